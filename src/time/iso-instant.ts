import {
  DAY,
  dateToInstant,
  daysInMonth,
  HOUR,
  isLeapYear,
  isValidDate,
  MINUTE,
  SECOND,
  weekdayOf,
} from './calendar.ts';
import { remembering } from './remember.ts';

/** An instant as read: `zone` is false when the text named none and UTC was taken. `time` is false for a bare date. */
export type ReadInstant = { at: number; zone: boolean; time: boolean };
export type InstantFault = { offset: number; length?: number; message: string };
export type InstantResult = { ok: true; value: ReadInstant } | { ok: false; fault: InstantFault | null };

const SHAPE =
  /^(\d{4})(?:-?W(\d{2})(?:-?(\d))?|-(\d{2})-(\d{2})|(\d{2})(\d{2})|-?(\d{3}))(?:([Tt ]\s*)(\d{2})(?::?(\d{2})(?::?(\d{2})(?:[.,](\d{1,9}))?)?)?(?:\s*([Zz]|[+-]\d{2}(?::?\d{2})?))?)?$/;

/**
 * Reads ISO 8601: calendar, week and ordinal dates, basic or extended, with or without time and zone; a space may
 * stand for the T, as in the service's own answers. `fault` is null when the text is no ISO date at all.
 */
export function readIsoInstant(text: string): InstantResult {
  return remembered(text);
}

const remembered = remembering(readInstant);

function readInstant(text: string): InstantResult {
  const match = SHAPE.exec(text);
  if (match === null) return { ok: false, fault: null };
  const group = (n: number) => match[n];
  const number = (n: number) => Number(match[n] ?? 0);
  // Positions are only needed for faults; collecting them for every date is dear.
  const at = (n: number) => new RegExp(SHAPE, 'd').exec(text)?.indices?.[n]?.[0] ?? 0;
  const wrong = (n: number, message: string): InstantResult => ({
    ok: false,
    fault: { offset: at(n), length: match[n]?.length ?? 0, message },
  });

  const year = number(1);
  let day: number;
  if (group(2) !== undefined) {
    const weekday = group(3) === undefined ? 1 : number(3);
    if (number(2) < 1 || number(2) > weeksInYear(year)) return wrong(2, `${year} has no week ${group(2)}`);
    if (weekday < 1 || weekday > 7) return wrong(3, 'a weekday is 1 to 7');
    day = weekToInstant(year, number(2), weekday);
  } else if (group(8) !== undefined) {
    if (number(8) < 1 || number(8) > (isLeapYear(year) ? 366 : 365))
      return wrong(8, `${year} has no day ${group(8)}`);
    day = dateToInstant(year, 1, number(8));
  } else {
    const [monthGroup, dayGroup] = group(4) === undefined ? [6, 7] : [4, 5];
    const month = number(monthGroup);
    if (month < 1 || month > 12) return wrong(monthGroup, `there is no month ${group(monthGroup)}`);
    if (!isValidDate(year, month, number(dayGroup)))
      return wrong(dayGroup, `month ${month} of ${year} has ${daysInMonth(year, month)} days`);
    day = dateToInstant(year, month, number(dayGroup));
  }

  if (number(10) > 24) return wrong(10, 'an hour is 00 to 24');
  if (number(11) > 59) return wrong(11, 'a minute is 00 to 59');
  if (number(12) > 59) return wrong(12, 'a second is 00 to 59');
  const fraction = Math.floor(Number(`0.${group(13) ?? '0'}`) * 1000 + 1e-6);
  const time = number(10) * HOUR + number(11) * MINUTE + number(12) * SECOND + fraction;
  if (time > DAY) return wrong(10, 'hour 24 is only the end of the day, 24:00:00');
  const zone = zoneOffset(group(14));
  if (zone === null) return wrong(14, 'a zone is at most 23:59 from UTC');
  return {
    ok: true,
    value: { at: day + time - zone, zone: group(14) !== undefined, time: group(10) !== undefined },
  };
}

/** Milliseconds to subtract; null for a zone that cannot be. */
function zoneOffset(zone: string | undefined): number | null {
  if (zone === undefined || zone === 'Z' || zone === 'z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(3).replace(':', ''));
  if (hours > 23 || minutes > 59) return null;
  return (zone.startsWith('-') ? -1 : 1) * (hours * HOUR + minutes * MINUTE);
}

/** ISO weeks: week 1 holds January 4, weeks start on Monday (1). */
function weekToInstant(year: number, week: number, weekday: number): number {
  const fourth = dateToInstant(year, 1, 4);
  const monday = fourth - ((weekdayOf(fourth) + 6) % 7) * DAY;
  return monday + ((week - 1) * 7 + weekday - 1) * DAY;
}

function weeksInYear(year: number): number {
  const first = weekdayOf(dateToInstant(year, 1, 1));
  return first === 4 || (first === 3 && isLeapYear(year)) ? 53 : 52;
}
