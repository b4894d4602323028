import { type Parsed, read, refuse, refuseLong } from './issue.ts';
import { remembering } from './remember.ts';

/** Seconds in each unit the service knows; its months have 30 days and its years 365. */
const UNITS: Record<string, number> = {
  year: 31_536_000,
  month: 2_592_000,
  week: 604_800,
  day: 86_400,
  hour: 3600,
  minute: 60,
  second: 1,
};

// Seen in the wild, but the service documents whole words only.
const ABBREVIATIONS: Record<string, string> = {
  y: 'year',
  yr: 'year',
  mo: 'month',
  mon: 'month',
  mth: 'month',
  w: 'week',
  wk: 'week',
  d: 'day',
  h: 'hour',
  hr: 'hour',
  m: 'minute',
  min: 'minute',
  s: 'second',
  sec: 'second',
};

const SMALL =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  );
const TENS = ['', '', 'twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety'];

const LONGEST = 1000 * 31_536_000;
const EXPECTED = 'a number in digits and a unit: years, months, weeks, days, hours, minutes or seconds';

/**
 * Reads `<number> <unit>`: years (365 days), months (30 days), weeks, days, hours, minutes, seconds, singular or
 * plural, in any case. Number words, abbreviations, fractions and sums are refused with the valid text offered.
 */
export function parseRepeatInterval(text: string): Parsed<{ seconds: number }> {
  return remembered(text);
}

const remembered = remembering(readInterval);

function readInterval(text: string): Parsed<{ seconds: number }> {
  const long = refuseLong(text);
  if (long !== null) return long;
  const start = text.length - text.trimStart().length;
  const trimmed = text.trim();
  if (trimmed === '')
    return refuse({ code: 'TIME_EMPTY', message: 'The interval is empty.', expected: EXPECTED, offset: 0 });
  const match = /^(\d+)\s+([a-z]+)$/i.exec(trimmed);
  const unit = match === null ? undefined : unitSeconds(match[2] ?? '');
  if (match === null || unit === undefined) return refuseText(trimmed, start);
  const seconds = Number(match[1]) * unit;
  if (seconds === 0)
    return refuse({
      code: 'TIME_INTERVAL_ZERO',
      message: 'An interval of zero never ends.',
      expected: 'at least 1 second',
      offset: start,
      length: match[1]?.length,
    });
  if (seconds > LONGEST)
    return refuse({
      code: 'TIME_INTERVAL_TOO_LONG',
      message: `${trimmed} is longer than 1000 years.`,
      offset: start,
      length: trimmed.length,
    });
  return read({ seconds });
}

/** The canonical text, in the largest of weeks, days, hours, minutes and seconds that fits; `seconds` is a positive whole number. */
export function formatRepeatInterval(seconds: number): string {
  if (!Number.isSafeInteger(seconds) || seconds < 1)
    throw new RangeError(`Not a positive whole number of seconds: ${seconds}`);
  for (const unit of ['week', 'day', 'hour', 'minute']) {
    const size = UNITS[unit] ?? 1;
    if (seconds % size === 0) return count(seconds / size, unit);
  }
  return count(seconds, 'second');
}

function count(number: number, unit: string): string {
  return `${number} ${unit}${number === 1 ? '' : 's'}`;
}

function unitSeconds(word: string): number | undefined {
  const lower = word.toLowerCase();
  return Object.hasOwn(UNITS, lower)
    ? UNITS[lower]
    : lower.endsWith('s')
      ? UNITS[lower.slice(0, -1)]
      : undefined;
}

function refuseText(text: string, start: number): Parsed<{ seconds: number }> {
  const numberWord = text.toLowerCase().match(/[a-z]+(?:[\s-]+[a-z]+)?/)?.[0] ?? '';
  const suggestion = nearest(text.replace(/^[-+]\s*/, ''));
  const words = wordNumber(numberWord.split(/[\s-]+/)) !== null || /^(?:an?|half)\b/i.test(text);
  if (words)
    return refuse({
      code: 'TIME_INTERVAL_WORDS',
      message: `\`${text}\`: the service does not understand number words.`,
      expected: EXPECTED,
      offset: start,
      length: numberWord.split(/\s/)[0]?.length,
      suggestion,
    });
  const minus = /^-/.test(text);
  const digits = /^\d+(?:\.\d+)?/.exec(text)?.[0] ?? '';
  const space = /^\s*/.exec(text.slice(digits.length))?.[0].length ?? 0;
  return refuse({
    code: minus ? 'TIME_INTERVAL_NEGATIVE' : 'TIME_INTERVAL_UNREADABLE',
    message: minus
      ? `\`${text}\`: an interval cannot be negative.`
      : `\`${text}\` is not an interval the service understands.`,
    expected: EXPECTED,
    hint: digits === text ? 'The unit is missing.' : undefined,
    offset: start + (digits.includes('.') ? digits.indexOf('.') : digits.length + space),
    suggestion,
  });
}

/** What the text means when read generously, as a valid interval. */
function nearest(text: string): string | undefined {
  const words = text
    .toLowerCase()
    .replace(/^every\s+/, '')
    .replace(/,|\band\b/g, ' ')
    .replace(/(\d)([a-z])/g, '$1 $2')
    .replace(/([a-z])-([a-z])/g, '$1 $2')
    .trim()
    .split(/\s+/);
  let total = 0;
  let pending: string[] = [];
  for (const word of words) {
    const size = looseUnit(word);
    if (size === undefined) {
      pending.push(word);
      continue;
    }
    const number = looseNumber(pending);
    if (number === null) return undefined;
    total += number * size;
    pending = [];
  }
  const usable = pending.length === 0 && Number.isSafeInteger(total) && total > 0 && total <= LONGEST;
  return usable ? formatRepeatInterval(total) : undefined;
}

function looseUnit(word: string): number | undefined {
  const bare = word.replace(/\.$/, '');
  const known = unitSeconds(bare);
  if (known !== undefined) return known;
  // Milliseconds are not minutes; there is nothing shorter than a second.
  if (bare === 'ms') return undefined;
  const singular = bare.length > 1 && bare.endsWith('s') ? bare.slice(0, -1) : bare;
  const full = Object.hasOwn(ABBREVIATIONS, singular) ? ABBREVIATIONS[singular] : undefined;
  return full === undefined ? undefined : UNITS[full];
}

function looseNumber(words: string[]): number | null {
  const [only = ''] = words;
  if (words.length === 0) return 1; // "every hour"
  if (words.length === 1 && /^\d+(?:\.\d+)?$/.test(only)) return Number(only);
  if (words.length === 1 && /^(?:an?)$/.test(only)) return 1;
  if (only === 'half' && (words.length === 1 || (words.length === 2 && /^an?$/.test(words[1] ?? ''))))
    return 0.5;
  return wordNumber(words);
}

/** One to ninety-nine in English. */
function wordNumber(words: readonly string[]): number | null {
  const [first = '', second] = words;
  const tens = TENS.indexOf(first);
  if (second === undefined || looseUnit(second) !== undefined) {
    const small = SMALL.indexOf(first);
    return small > 0 ? small : tens >= 2 ? tens * 10 : null;
  }
  const ones = SMALL.indexOf(second);
  return words.length === 2 && tens >= 2 && ones >= 1 && ones <= 9 ? tens * 10 + ones : null;
}
