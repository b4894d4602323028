import { type AmbiguousDate, findAmbiguousDate } from './ambiguous-date.ts';
import {
  DAY,
  formatInstant,
  HOUR,
  MINUTE,
  SECOND,
  startOfDay,
  WEEKDAY_NAMES,
  weekdayOf,
} from './calendar.ts';
import { fromTwelveHours, readClockTime, secondOfDay } from './clock-time.ts';
import { readIsoInstant } from './iso-instant.ts';
import { type Parsed, read, refuse, refuseLong, type TimeIssue, toIssue } from './issue.ts';
import { loadChrono } from './lazy.ts';
import { readRfcInstant } from './rfc-instant.ts';

const UNITS: Record<string, number> = { s: SECOND, m: MINUTE, h: HOUR, d: DAY, w: 7 * DAY };
const UNIT = '(s(?:ec(?:ond)?s?)?|m(?:in(?:ute)?s?)?|h(?:(?:ou)?rs?)?|days?|weeks?)';
const IN_FORM = new RegExp(`^in (\\d+) ?${UNIT}$`);
const FROM_NOW_FORM = new RegExp(`^(\\d+) ?${UNIT} from now$`);
const NEXT_WEEK_FORM =
  /^next week (?:on )?(sun|mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?)(?:day)?(?: at)? (.+)$/;

/**
 * Reads an English one-time text as the service might, in UTC, relative to `now` (epoch milliseconds): `in 2 hours`,
 * `10 hours from now`, `9pm tonight`, `tomorrow at 4pm`, `next week monday at 5am`, `18.40`, `3.30pm`, `now`, and
 * ISO or RFC dates. The whole text must be one time; a date that could be read with day or month first is refused. For explaining and for hints only: what the service makes of such
 * a text is not documented to the letter.
 */
export function readEnglishTime(text: string, now: number): Parsed<{ at: number }> {
  const long = refuseLong(text);
  if (long !== null) return long;
  const trimmed = text.trim();
  if (trimmed === '')
    return refuse({
      code: 'TIME_EMPTY',
      message: 'The time is empty.',
      expected: 'a time such as in 2 hours',
      offset: 0,
    });
  const iso = readIsoInstant(trimmed);
  if (iso.ok) return read({ at: iso.value.at });
  const rfc = readRfcInstant(trimmed);
  if (rfc.ok) return read({ at: rfc.value.at });
  const plain = trimmed.toLowerCase().replace(/\s+/g, ' ');
  const known = readKnownForm(plain, now);
  if (known !== null) return withPastWarning(known, text, now);
  if (/^\d{4}-/.test(trimmed)) return unreadable(text);
  return readWithChrono(text, trimmed, now);
}

/**
 * Whether an English text moves with the clock (`tomorrow`), names an instant by itself (`5 November 2027 at 8:15`),
 * or is no time at all (null).
 */
export function englishKind(text: string): 'relative' | 'absolute' | null {
  if (/^\d{4}-/.test(text)) return null;
  // Two bases that differ in year, day, weekday and time of day: what does not move between them is absolute.
  const first = readEnglishTime(text, 0);
  const second = readEnglishTime(text, 400 * DAY + 5 * HOUR + 7 * MINUTE);
  if (!first.ok || !second.ok) return null;
  return first.value.at === second.value.at ? 'absolute' : 'relative';
}

/** The forms that the documentation shows; chrono misses or splits some of them. */
function readKnownForm(text: string, now: number): number | null {
  if (text === 'now') return now;
  const interval = IN_FORM.exec(text) ?? FROM_NOW_FORM.exec(text);
  if (interval !== null) {
    const at = now + Number(interval[1]) * (UNITS[interval[2]?.charAt(0) ?? ''] ?? Number.NaN);
    return Math.abs(at) <= 8.64e15 ? at : null;
  }
  const today = startOfDay(now);
  const bare = clock(text) ?? clock(/^(?:(?:tonight|today)(?: at)?) (.+)$/.exec(text)?.[1]);
  if (bare !== null) return today + bare;
  const trailing = clock(/^(.+) (?:tonight|today)$/.exec(text)?.[1]);
  if (trailing !== null) return today + trailing;
  const tomorrow = clock(/^tomorrow(?: at)? (.+)$/.exec(text)?.[1] ?? /^(.+) tomorrow$/.exec(text)?.[1]);
  if (tomorrow !== null) return today + DAY + tomorrow;
  const week = NEXT_WEEK_FORM.exec(text);
  const weekTime = clock(week?.[2]);
  if (week === null || weekTime === null) return null;
  const weekday = WEEKDAY_NAMES.findIndex((name) => week[1]?.startsWith(name));
  const monday = today - ((weekdayOf(today) + 6) % 7) * DAY;
  return monday + 7 * DAY + ((weekday + 6) % 7) * DAY + weekTime;
}

/** Milliseconds since midnight. */
function clock(text: string | undefined): number | null {
  if (text === undefined) return null;
  const time = readClockTime(text);
  if (time !== null) return secondOfDay(time) * SECOND;
  const hours = /^(\d{1,2}) ?([ap]m)$/.exec(text);
  const hour = hours === null ? null : fromTwelveHours(Number(hours[1]), hours[2] ?? '');
  return hour === null ? null : hour * HOUR;
}

function readWithChrono(text: string, trimmed: string, now: number): Parsed<{ at: number }> {
  const found = findOneTime(trimmed, now);
  if (found.at === null) return unreadable(text, found.good);
  const ambiguous = findAmbiguousDate(trimmed);
  if (ambiguous !== null) return refuseAmbiguous(text, trimmed, now, ambiguous);
  return withPastWarning(found.at, text, now);
}

/** The only time that the whole text names (epoch milliseconds), or how many of its characters do name one. */
function findOneTime(trimmed: string, now: number): { at: number } | { at: null; good: number } {
  const results = loadChrono().parse(trimmed, { instant: new Date(now), timezone: 0 }, { forwardDate: true });
  const [result] = results;
  const whole = results.length === 1 && result?.text.length === trimmed.length && result.end == null;
  if (whole)
    return {
      at: isBareDay(result, trimmed, now)
        ? startOfDay(result.start.date().getTime())
        : result.start.date().getTime(),
    };
  return { at: null, good: result?.index === 0 ? result.text.length : 0 };
}

/** A day without a time of day: chrono takes noon, a day of ISO begins at midnight. */
function isBareDay({ start }: Found, trimmed: string, now: number): boolean {
  if (start.isCertain('hour') || start.get('hour') !== 12 || start.get('minute') !== 0) return false;
  // What counts from the time of day of now may be noon by chance.
  const [later] = loadChrono().parse(
    trimmed,
    { instant: new Date(now + 97 * MINUTE), timezone: 0 },
    { forwardDate: true },
  );
  return later?.start.get('hour') === 12 && later.start.get('minute') === 0;
}

type Found = ReturnType<ReturnType<typeof loadChrono>['parse']>[number];

function refuseAmbiguous(
  text: string,
  trimmed: string,
  now: number,
  { offset, length, readings }: AmbiguousDate,
): Parsed<{ at: number }> {
  const before = trimmed.slice(0, offset);
  const after = trimmed.slice(offset + length);
  const instants = readings.map((reading) => {
    const { at } = findOneTime(`${before}${reading}${after}`, now);
    return at === null ? [] : [formatInstant(at)];
  });
  // A date alone names no time of day: none is made up.
  const forms = instants
    .flat()
    .map((instant) => (length === trimmed.length ? instant.slice(0, 10) : instant));
  return refuse({
    code: 'TIME_DATE_AMBIGUOUS',
    message: `\`${text.trim()}\` may have the day or the month first.`,
    expected: 'a date with the year first, or with the name of the month',
    hint: forms.length === 2 ? `Write ${forms[0]} (day first) or ${forms[1]} (month first).` : undefined,
    offset: text.length - text.trimStart().length + offset,
    length,
  });
}

function withPastWarning(at: number, text: string, now: number): Parsed<{ at: number }> {
  const past: TimeIssue[] =
    at >= now
      ? []
      : [
          toIssue({
            code: 'TIME_PAST',
            message: `\`${text.trim()}\` is already past: the service runs a one-time schedule in the past immediately.`,
            offset: 0,
            length: text.length,
          }),
        ];
  return read({ at }, past);
}

function unreadable(text: string, good = 0): Parsed<{ at: number }> {
  const start = text.length - text.trimStart().length;
  return refuse({
    code: 'TIME_ENGLISH_UNREADABLE',
    message: `\`${text.trim()}\` is not one clear time. The service would take it for "now" and run it immediately.`,
    expected:
      'such as in 2 hours, tomorrow at 4pm, 9pm tonight, next week monday at 5am, 18.40, or an ISO 8601 instant',
    offset: start + good,
  });
}
