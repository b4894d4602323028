import { editDistance } from '../manifest/suggest.ts';
import type { Notation } from './notations.ts';

/**
 * The valid form that is nearest to a text that cannot be read: slips are mended one at a time, and the first result that
 * `reads` is offered. Undefined where that would only be a guess. `offset`: the first wrong character.
 */
export function nearestForm(
  text: string,
  { as, offset, reads }: { as: Notation; offset: number; reads: (text: string) => boolean },
): string | undefined {
  if (text.length > MOST_LETTERS) return undefined;
  for (const candidate of mended(text, as, offset)) {
    if (candidate !== text && candidate !== '' && reads(candidate)) return candidate;
  }
  return undefined;
}

/** A longer text is not a slip of the pen. */
const MOST_LETTERS = 80;

function* mended(text: string, as: Notation, offset: number): Generator<string> {
  if (as === 'repeatInterval') yield* intervals(text);
  yield* otherWords(text, as);
  yield* otherNumbers(text, offset);
  yield* cutOff(text, as, offset);
  if (!text.includes('#')) yield* otherToken(text, offset);
  yield* completed(text, as);
  if (as === 'duration') return;
  for (let at = 0; at + 1 < text.length; at++)
    yield `${text.slice(0, at)}${text[at + 1]}${text[at]}${text.slice(at + 2)}`;
  for (let at = 0; at < text.length; at++) yield text.slice(0, at) + text.slice(at + 1);
}

const weekdays = 'sun mon tue wed thu fri sat';
const months = 'jan feb mar apr may jun jul aug sep oct nov dec';
const units = 'second seconds minute minutes hour hours day days week weeks month months year years';
const longDays = 'sunday monday tuesday wednesday thursday friday saturday';
const vocabulary: Readonly<Partial<Record<Notation, string>>> = {
  cron: weekdays,
  crontab: `${weekdays} ${months} yearly annually monthly weekly daily midnight hourly`,
  repeatInterval: units,
  time: `today tomorrow tonight next from now at in ${units} ${longDays} ${weekdays} ${months}`,
};

/** Misspelt words, and words that are longer than the notation's. */
function* otherWords(text: string, as: Notation): Generator<string> {
  const known = vocabulary[as]?.split(' ') ?? [];
  for (const { 0: word, index } of text.matchAll(/[a-z]{2,}/gi)) {
    const small = word.toLowerCase();
    const near = known
      .map((other) => ({
        other,
        far: small.startsWith(other) && other.length > 2 ? 1 : editDistance(small, other),
      }))
      .filter(({ other, far }) => far > 0 && far <= Math.min(2, Math.floor(other.length / 3)))
      .sort((a, b) => a.far - b.far);
    for (const { other } of near) yield text.slice(0, index) + other + text.slice(index + word.length);
  }
}

/** The ends of all ranges that a number may be meant for. */
const limits = [0, 1, 5, 7, 12, 23, 28, 29, 30, 31, 52, 53, 59, 365, 366, 1000, 1970, 2099];

/** The first number at or after the fault, or around it, moved to the nearest end of a range. */
function* otherNumbers(text: string, offset: number): Generator<string> {
  for (const { 0: digits, index } of text.matchAll(/\d+/g)) {
    if (index + digits.length <= offset) continue;
    const value = Number(digits);
    for (const limit of limits.toSorted((a, b) => Math.abs(a - value) - Math.abs(b - value))) {
      const other = String(limit).padStart(/^0\d/.test(digits) ? digits.length : 1, '0');
      const rest = text.slice(index + digits.length);
      yield text.slice(0, index) + other + (other === '1' ? rest.replace(/^( [a-z]+)s$/, '$1') : rest);
    }
    return;
  }
}

/** What stands before the fault, where what follows it means nothing of its own: a time zone does. */
function* cutOff(text: string, as: Notation, offset: number): Generator<string> {
  const rest = text.slice(offset);
  if (/[a-z]{2}\/?|[+-]\d/i.test(rest.replace(/utc|gmt/i, '').replace(/z+/i, ''))) return;
  const start = text.slice(0, offset).replace(/[\s,:/.+-]+$/, '');
  if (as === 'time') yield* [text.replace(/(\d\d)\.(\d\d)$/, '$1:$2'), `${start}Z`];
  yield start;
}

const numerals = 'zero one two three four five six seven eight nine ten eleven twelve'.split(' ');

/** The word around the fault, without what does not belong there. */
function* otherToken(text: string, offset: number): Generator<string> {
  const from = text.slice(0, offset).search(/\S*$/);
  const token = /^\S*/.exec(text.slice(from))?.[0] ?? '';
  const numeral = numerals.indexOf(token.toLowerCase());
  const variants = [
    numeral < 0 ? token : String(numeral),
    token.replace(/^([a-z]{3})\.(-?\d)$/i, '$2.$1'),
    token.replace(/([,:/-])[,:/-]+/g, '$1').replace(/^[,:]+|[,:/-]+$/g, ''),
    token.replace(/^\//, '*/'),
    token.replace(':', '-'),
    token.replace(/^([^:]+):.*:([^:]+)$/, '$1:$2'),
    token.replace(/^(\d+)[^\d].*$/, '$1'),
    token.replace(/^-/, ''),
  ];
  for (const variant of variants) yield text.slice(0, from) + variant + text.slice(from + token.length);
}

/** Parts that are missing, or separated by something else. */
function* completed(text: string, as: Notation): Generator<string> {
  yield text.replace(/[;|\t]+/g, ' ');
  if (as === 'crontab') yield `${text.trim()} *`;
  if (as !== 'duration') return;
  const plain = text.replace(/\s+/g, '').toUpperCase();
  const body = plain.replace(/^P?T?/, '');
  yield* [plain, `PT${body}`, `P${body}`, `${plain}M`, `${plain}S`];
}

const rhythms: Readonly<Record<string, string>> = {
  hourly: '1 hour',
  daily: '1 day',
  weekly: '1 week',
  fortnightly: '2 weeks',
};

/** `hourly`, and digits in groups. */
function* intervals(text: string): Generator<string> {
  const rhythm = rhythms[text.trim().toLowerCase()];
  if (rhythm !== undefined) yield rhythm;
  yield text.replace(/(?<=\d)[,'_](?=\d{3}\b)/g, '');
}
