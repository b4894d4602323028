// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references look like that
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { defaultLimits, type Limits } from '../../src/manifest/limits.ts';
import { parseYaml } from '../../src/manifest/parse/parse-documents.ts';
import { readPlainYaml } from '../../src/manifest/parse/read-plain-yaml.ts';

/** Did the plain reader read it? If so, exactly what the full parser reads, to the order of the keys and the places. */
function agrees(text: string, limits: Limits = defaultLimits): boolean {
  const plain = readPlainYaml(text, limits);
  if (plain === undefined) return false;
  const full = parseYaml('x.yaml', text, limits);
  expect(full.findings).toEqual([]);
  expect(JSON.stringify(plain)).toBe(JSON.stringify(full.documents));
  return true;
}

const scalars = [
  ...[
    'a',
    'Bar baz',
    'x-y',
    '1',
    '-5',
    'true',
    'TRUE',
    'null',
    'null ',
    'No',
    'yes',
    '~',
    '',
    '=',
    '==',
    '-',
  ],
  ...['https://x.y/z?a=1', '* * * * 6 12 17', '10 minutes', '5.30pm', '2020-01-01T00:00:00Z', '12:30'],
  ...['it is: so', 'a:', 'a :b', ': a', '#no', 'a#b', 'a #b', '- a', '? a', '?', ':', '|', '>', '%d', '@x'],
  ...[
    '`y`',
    '!z',
    '&a',
    '*b',
    '{a}',
    'x}',
    '[y',
    'a,b',
    "it's",
    'say "hi"',
    'back\\slash',
    'two  spaces',
    '<<',
  ],
  ...['ü ö', 'x\u00a0', '\u00a0', '\u2028', '\ufeff', '😀', '100%', '(x)', '<', '_', '$', '${var:x}', 'a\tb'],
  ...['line1\nline2', 'l1\n\nl2\n', 'tail \n', '\nlead', ' lead', '.5', '+1', '0x1F', '0o17', '1e5', '012'],
  ...[
    '.inf',
    '-.INF',
    '.NaN',
    '1.5',
    '-0',
    '12345678901234567',
    '999999999999999',
    '---',
    '...',
    './x',
    '../x',
  ],
];
const sentences = [
  'a long sentence that will be folded over several lines of text',
  'with  double  spaces  that   fold somewhere in  between',
  'ends with a space for all its length ',
  ' begins with one and goes on for long enough',
  'a "quoted" word and it\'s apostrophe in a longer sentence',
  'tabs\tand\nbreaks in a text that is long enough to fold',
  'colon: in a text that is long enough to be folded twice',
  'hash # in a text that is long enough to be folded twice',
  '- dash in a text that is - long enough - to be folded',
];
const keys = [
  'a',
  'b',
  'key',
  'x-y',
  'a.b',
  'A_1',
  'a b',
  '1',
  'true',
  '"q"',
  "it's",
  'é',
  'null',
  '$x',
  'a/b',
];
const anyKey = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('name', 'spec', 'cron', 'daily', 'x-y') },
  fc.constantFrom(...keys),
);
const leaf = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom('daily', 'Bar baz', 'https://x.y/z?a=1', '* * * * 6 12 17', '10 minutes'),
  },
  { weight: 2, arbitrary: fc.constantFrom(...scalars) },
  fc.constantFrom(...sentences),
  fc.constantFrom(1, 0, -3, 1.5, true, false, null, 1e21),
);
const { map } = fc.letrec((tie) => ({
  any: fc.oneof({ maxDepth: 4 }, leaf, tie('map'), fc.array(tie('any'), { maxLength: 4 })),
  map: fc.dictionary(anyKey, tie('any'), { maxKeys: 4, noNullPrototype: true }),
}));
const style = fc.record({
  lineWidth: fc.constantFrom(0, 20, 80),
  indent: fc.constantFrom(1, 2, 4),
  indentSeq: fc.boolean(),
  defaultStringType: fc.constantFrom('PLAIN', 'PLAIN', 'QUOTE_DOUBLE', 'QUOTE_SINGLE'),
  collectionStyle: fc.constantFrom('any', 'any', 'any', 'flow'),
  nullStr: fc.constantFrom('null', '~', '', 'NULL'),
  blockQuote: fc.constantFrom(true, 'literal', 'folded', false),
  aliasDuplicateObjects: fc.constant(false),
  schema: fc.constant('core'),
});
/** One or more documents as a careful person or program writes them. */
const written = fc
  .tuple(fc.array(fc.tuple(map, style), { minLength: 1, maxLength: 3 }), fc.boolean())
  .map(([documents, begins]) => {
    const texts = documents.map(([value, options]) => stringify(value, options as object));
    return (begins ? '---\n' : '') + texts.join('---\n');
  });

const pieces = [
  ...[
    '\n',
    '\n',
    '\r\n',
    '\r',
    '\t',
    ' ',
    '  ',
    '   # c',
    ' #',
    '#',
    '\n# c\n',
    ':',
    ': ',
    '-',
    '- ',
    '? ',
    '?',
    ',',
  ],
  ...[
    '"',
    "'",
    '{',
    '}',
    '[',
    ']',
    ', ',
    '|',
    '>',
    '|-',
    '>-',
    '|+',
    '|2',
    '&a ',
    '*a',
    '!x ',
    '!!str ',
    '%',
    '@',
    '`',
  ],
  ...[
    '---',
    '---\n',
    '--- ',
    '...\n',
    '\n---\n',
    '\\',
    '\\n',
    '0',
    '-1',
    '.5',
    '0x1',
    '1e3',
    '.nan',
    '~',
    'null',
    '<<: ',
  ],
  ...[
    'a',
    'a: b\n',
    '\n  a: 1\n',
    '\n- x',
    '\n  more',
    '\n\n  x',
    '\\\n',
    '\na:',
    'é',
    '\u00a0',
    '\ufeff',
    '\u0085',
    '$',
    '${',
    '.',
    '/',
    '__proto__: 1\n',
  ],
];
const piece = fc.constantFrom(...pieces);
const soup = fc.array(piece, { minLength: 1, maxLength: 12 }).map((parts) => parts.join(''));

type Slip = [kind: 'insert' | 'remove' | 'indent' | 'repeat', at: number, piece: string, size: number];
const slips = fc.array(
  fc.tuple(fc.constantFrom('insert', 'remove', 'indent', 'repeat'), fc.nat(), piece, fc.nat({ max: 3 })),
  { minLength: 1, maxLength: 2 },
) as fc.Arbitrary<Slip[]>;

function slip(text: string, [kind, at, extra, size]: Slip): string {
  const position = at % (text.length + 1);
  if (kind === 'insert') return text.slice(0, position) + extra + text.slice(position);
  if (kind === 'remove') return text.slice(0, position) + text.slice(position + 1 + size);
  const lines = text.split('\n');
  const index = at % lines.length;
  const line = lines[index] ?? '';
  if (kind === 'indent') lines[index] = size > 1 ? ' '.repeat(size - 1) + line : line.replace(/^ {1,2}/, '');
  else lines.splice((at + size) % lines.length, 0, line);
  return lines.join('\n');
}

describe('the reader of plain YAML agrees with the full parser about whatever it reads', () => {
  it('for documents as they are written in many styles', () => {
    let read = 0;
    fc.assert(
      fc.property(written, (text) => {
        if (agrees(text)) read += 1;
      }),
      { numRuns: 400 },
    );
    // Otherwise the property says nothing.
    expect(read).toBeGreaterThan(60);
  });

  it('for documents with slips of the pen', () => {
    fc.assert(
      fc.property(written, slips, (text, made) => {
        agrees(made.reduce(slip, text));
      }),
      { numRuns: 800 },
    );
  });

  it('for any text made of what means something in YAML', () => {
    fc.assert(
      fc.property(soup, fc.constantFrom('', 'a: ', 'a:\n- ', 'a: {b: ', 'a: ['), (text, before) => {
        agrees(before + text);
      }),
      { numRuns: 800 },
    );
  });

  it('for Windows line ends, without a line break at the end, and under a small depth limit', () => {
    fc.assert(
      fc.property(written, fc.nat({ max: 4 }), (text, depth) => {
        agrees(text.replaceAll('\n', '\r\n'));
        agrees(text.replace(/\n$/, ''));
        agrees(text, { ...defaultLimits, depth });
      }),
      { numRuns: 200 },
    );
  });

  it.each(scalars)('for %j as a value and as a key, in block and flow', (scalar) => {
    for (const quote of ['', '"', "'"]) {
      const text = quote + scalar + quote;
      for (const document of [
        `a: ${text}\n`,
        `a:\n  - ${text}\nb: 1\n`,
        `a: {b: ${text}}\n`,
        `a: [${text}, 1]\n`,
      ]) {
        agrees(document);
        agrees(document.replace(/\n$/, ' # comment\n'));
      }
      for (const document of [`${text}: 1\n`, `a: {${text}: 1}\n`, `a:\n- ${text}: 1\n`]) agrees(document);
    }
  });
});

describe('the reader of plain YAML', () => {
  it('reads what manifests are usually made of', () => {
    const text = [
      '# the nightly jobs',
      '---',
      'apiVersion: reconcile/v1',
      'kind: SapJob   # a comment',
      'metadata:',
      '  name: nightly',
      "  labels: {team: finance, \"x-y\": 'it''s', n: [1, -2, true, null]}",
      '',
      'spec:',
      '  description: |',
      '    Two lines,',
      '      the second indented.',
      '  note: >-',
      '    folded',
      '    text',
      '  action: https://${var:appHost}/jobs/nightly?x=1',
      '  active: true',
      '  long: a text over',
      '    two lines',
      '  quoted: "a quoted # one,',
      '    too"',
      '  below:',
      '    https://x.y/z',
      '  empty:',
      '  list:',
      '  - one',
      '  - a: 1',
      '    b: "two\\nlines"',
      '  schedules:',
      '    \'daily\': {cron: "* * * * 6 12 17"}',
      '---',
      '{"apiVersion": "reconcile/v1", "kind": "SapTask"}',
      '',
    ].join('\n');
    expect(agrees(text)).toBe(true);
    expect(readPlainYaml(text, defaultLimits)).toMatchObject([
      {
        index: 0,
        line: 3,
        col: 1,
        value: {
          metadata: { labels: { team: 'finance', 'x-y': "it's", n: [1, -2, true, null] } },
          spec: {
            description: 'Two lines,\n  the second indented.\n',
            note: 'folded text',
            long: 'a text over two lines',
            quoted: 'a quoted # one, too',
            below: 'https://x.y/z',
            empty: null,
            list: ['one', { a: 1, b: 'two\nlines' }],
            schedules: { daily: { cron: '* * * * 6 12 17' } },
          },
        },
      },
      { index: 1, line: 32, col: 1 },
    ]);
  });

  it('reads the examples that come with the product', () => {
    const folder = fileURLToPath(new URL('../../examples', import.meta.url));
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
      /\.ya?ml$/.test(file),
    );
    const read = files.filter((file) => agrees(readFileSync(`${folder}/${file}`, 'utf8')));
    expect(read.length).toBeGreaterThan(files.length / 2);
  });

  it.each([
    ['an anchor', 'a: &x 1\nb: *x\n'],
    ['a tag', 'a: !!str 1\n'],
    ['a duplicate key', 'a: 1\na: 2\n'],
    ['a duplicate key in a flow map', 'a: {b: 1, b: 2}\n'],
    ['a dangerous key', 'a:\n  __proto__: {}\n'],
    ['a dangerous quoted key', '{"constructor": 1}\n'],
    ['a merge key', 'a: {"<<": {}}\n'],
    ['a tab', 'a:\t1\n'],
    ['a number that cannot be kept', 'a: 12345678901234567890\n'],
    ['a directive', '%YAML 1.2\n---\na: 1\n'],
    ['an empty document', '---\n---\na: 1\n'],
    ['a text with a blank line in it', 'a: one\n\n  two\n'],
    ['a quoted text with a blank line in it', 'a: "one\n\n  two"\n'],
    ['a text over very many lines', `a: one\n${'  two\n'.repeat(100)}`],
    ['a quoted text that never ends', `a: "one\n${'  two\n'.repeat(100)}`],
    ['a list as the document', '- a\n'],
    ['nothing', ''],
  ])('leaves %s to the full parser', (_what, text) => {
    expect(readPlainYaml(text, defaultLimits)).toBeUndefined();
  });

  it('leaves what is nested too deep to the full parser', () => {
    const nested = (levels: number) => `a: ${'['.repeat(levels)}1${']'.repeat(levels)}\n`;
    expect(agrees(nested(defaultLimits.depth - 1))).toBe(true);
    expect(readPlainYaml(nested(defaultLimits.depth), defaultLimits)).toBeUndefined();
    expect(readPlainYaml(nested(400_000), defaultLimits)).toBeUndefined();
  });
});
