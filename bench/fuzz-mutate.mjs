/** Spoils texts and JSON values; the same numbers from `random` (0 ≤ x < 1) give the same spoils. */

const pieces = [
  '',
  ' ',
  '\t',
  '\n',
  '\r',
  '\u0000',
  '\u001b[31m',
  '\uFEFF',
  '\uD800',
  '\u202E',
  '😀',
  'é',
  '%',
  '%zz',
  '\\',
  '"',
  "'",
  '{',
  '}',
  '[',
  ']',
  ':',
  ',',
  '-',
  '- ',
  '? ',
  '#',
  '&a ',
  '*a',
  '<<: *a',
  '!!binary ',
  '!!js/function ',
  '!x ',
  '|\n',
  '>\n',
  '---\n',
  '...\n',
  '---',
  '~',
  'null',
  'true',
  '.nan',
  '.inf',
  '-0',
  '1e999',
  '1e-999',
  '0x1f',
  '0o17',
  '1_000',
  '9007199254740993',
  '99999999999999999999999',
  '-1',
  '2026-02-30',
  '2026-11-22T12:00:00Z',
  '9999-12-31T23:59:59Z',
  '+275760-09-13',
  '24:60',
  'P1Y',
  'PT0S',
  'PT9999999999H',
  '* * * * * * *',
  '*/0 * * * *',
  '0-99999 * * * *',
  'a'.repeat(5000),
  `\${`,
  `\${}`,
  `\${var:x}`,
  `\${env:HOME}`,
  `\${file:/etc/hostname}`,
  `\${file:../../x}`,
  `\${secret:NONE}`,
  `\${secret:CANARY}`,
  `$\${`,
  '__proto__',
  'constructor',
  'toString',
  '../',
  '/',
  '~0',
  '~2',
  '/spec/~',
  'SapJob/',
  '/x',
  '<script>',
  '|',
  '`',
  '\u0085',
  '\u2028',
  '[['.repeat(400),
  '{"a":'.repeat(400),
];

const odd = [
  null,
  true,
  false,
  0,
  -1,
  0.5,
  1e308,
  Number.MAX_SAFE_INTEGER + 2,
  '',
  ' ',
  '0',
  '-1',
  'null',
  'x'.repeat(20_000),
  '\u0000',
  '\uD800',
  '__proto__',
  '(sensitive)',
  '1',
  'Infinity',
  '9999-99-99',
  '2026-11-22T12:00:00Z',
  [],
  {},
  [null],
  [[]],
  [{}],
  { $sealed: 'x' },
  { $sealed: 'unverifiable' },
  { $sealed: 5 },
  { $sealed: ':' },
  { length: 3 },
  ['a', 'a'],
  { '': '' },
  { 'a/b~c': { '~1': 1 } },
];

/** @param {() => number} random @param {readonly T[]} list @returns {T} @template T */
export function pick(random, list) {
  return list[Math.floor(random() * list.length)];
}

/** @param {() => number} random @param {number} below */
const upTo = (random, below) => Math.floor(random() * below);

/** One to four careless edits of a text. @param {string} text @param {() => number} random */
export function spoilText(text, random) {
  let out = text;
  for (let edits = 1 + upTo(random, 4); edits > 0; edits--) out = spoilOnce(out, random);
  return out;
}

/** @param {string} text @param {() => number} random */
function spoilOnce(text, random) {
  const at = upTo(random, text.length + 1);
  const end = Math.min(text.length, at + 1 + upTo(random, random() < 0.7 ? 12 : 400));
  switch (upTo(random, 8)) {
    case 0:
      return text.slice(0, at) + text.slice(end);
    case 1:
      return text.slice(0, at);
    case 2:
      return text.slice(0, end) + text.slice(at);
    case 3:
      return text.slice(0, at) + pick(random, pieces) + text.slice(end);
    case 4: {
      const from = upTo(random, text.length + 1);
      return text.slice(0, at) + text.slice(from, from + upTo(random, 60)) + text.slice(at);
    }
    case 5:
      return (
        text.slice(0, at) +
        String.fromCharCode(upTo(random, random() < 0.8 ? 128 : 65_536)) +
        text.slice(at + 1)
      );
    case 6:
      return spoilWord(text, random);
    default:
      return text.slice(0, at) + pick(random, pieces) + text.slice(at);
  }
}

/** Another text for a whole word or value. @param {string} text @param {() => number} random */
function spoilWord(text, random) {
  const words = [...text.matchAll(/[^\s:{}[\],"']+/g)];
  const word = pick(random, words);
  if (word === undefined) return text;
  const other = random() < 0.5 ? pick(random, pieces) : pick(random, words)[0];
  return text.slice(0, word.index) + other + text.slice(word.index + word[0].length);
}

/** One to three values, keys or lists of a JSON value are something else. @param {unknown} value @param {() => number} random */
export function spoilJson(value, random) {
  const copy = structuredClone(value);
  for (let edits = 1 + upTo(random, 3); edits > 0; edits--) {
    const places = placesOf(copy);
    const place = pick(random, places);
    if (place === undefined) return pick(random, odd);
    spoilPlace(place, places, random);
  }
  return copy;
}

/** @param {{ holder: any; key: string | number }} place @param {{ holder: any; key: string | number }[]} places @param {() => number} random */
function spoilPlace({ holder, key }, places, random) {
  switch (upTo(random, 6)) {
    case 0:
      if (Array.isArray(holder)) holder.splice(Number(key), 1);
      else delete holder[key];
      return;
    case 1:
      if (Array.isArray(holder)) holder.push(structuredClone(holder[Number(key)]));
      else define(holder, pick(random, ['__proto__', 'x', '', 'constructor', ' ']), holder[key]);
      return;
    case 2: {
      const other = pick(random, places);
      define(holder, key, structuredClone(other.holder[other.key]));
      return;
    }
    case 3: {
      const old = holder[key];
      if (typeof old === 'string') define(holder, key, spoilText(old, random));
      else if (typeof old === 'number')
        define(holder, key, pick(random, [-old, old + 1, String(old), old * 1e15, 0.1]));
      else if (Array.isArray(old)) define(holder, key, Object.fromEntries(old.entries()));
      else if (old !== null && typeof old === 'object') define(holder, key, Object.values(old));
      else define(holder, key, pick(random, odd));
      return;
    }
    default:
      define(holder, key, structuredClone(pick(random, odd)));
  }
}

/** An own property, also for `__proto__`. @param {any} holder @param {string | number} key @param {unknown} value */
function define(holder, key, value) {
  Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true });
}

/** @param {unknown} value @returns {{ holder: any; key: string | number }[]} */
function placesOf(value) {
  if (typeof value !== 'object' || value === null) return [];
  return Object.keys(value).flatMap((key) => [
    { holder: value, key },
    ...placesOf(/** @type {any} */ (value)[key]),
  ]);
}

/** JSON, half of the time spoiled as a value and half as a text. @param {string} text @param {() => number} random */
export function spoilJsonText(text, random) {
  if (random() < 0.4) return spoilText(text, random);
  try {
    return JSON.stringify(spoilJson(JSON.parse(text), random), null, random() < 0.5 ? 1 : 0) ?? '';
  } catch {
    return spoilText(text, random);
  }
}
