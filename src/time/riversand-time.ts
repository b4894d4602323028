import { dateToInstant, HOUR, isValidDate, MINUTE, SECOND, startOfDay } from './calendar.ts';
import { fromTwelveHours } from './clock-time.ts';
import { type Parsed, read, refuse, refuseLong } from './issue.ts';

/** `at` is null for a bare time of day when no `day` was given. */
export type RiversandTime = { at: number | null; secondOfDay: number };

const SHAPE =
  /^(?:(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2})|\s+(\d{2}):(\d{2})\s+([AP]M))|(\d{2}):(\d{2})\s+([AP]M))$/i;
const WITH_DATE = '`yyyy-MM-dd hh:mm AM/PM` or `yyyy-MM-ddTHH:mm`';

/**
 * Reads the start and stop formats of the Riversand scheduler service, UTC: `2026-01-31 05:30 PM`,
 * `2026-01-31T17:30`, and, unless `requireDate` is set (a stop time), `05:30 PM`. `day` is any instant of the day that
 * a bare time is meant for.
 */
export function parseRiversandTime(
  text: string,
  options: { requireDate?: boolean; day?: number } = {},
): Parsed<RiversandTime> {
  const long = refuseLong(text);
  if (long !== null) return long;
  const start = text.length - text.trimStart().length;
  const trimmed = text.trim();
  const expected = options.requireDate ? WITH_DATE : `${WITH_DATE} or \`hh:mm AM/PM\``;
  const wrong = (message: string, offset = start, suggestion?: string) =>
    refuse({ code: 'TIME_RIVERSAND_UNREADABLE', message, expected, offset, suggestion });
  if (trimmed === '')
    return refuse({ code: 'TIME_EMPTY', message: 'The time is empty.', expected, offset: 0 });
  const match = SHAPE.exec(trimmed);
  if (match === null)
    return wrong(`\`${trimmed}\` is in none of the service's formats.`, start, nearest(trimmed, options));
  const [, year, month, day, hour24, minute24, hourA, minuteA, halfA, hourB, minuteB, halfB] = match;
  const half = halfA ?? halfB;
  const hour = half === undefined ? Number(hour24) : fromTwelveHours(Number(hourA ?? hourB), half);
  const minute = Number(minute24 ?? minuteA ?? minuteB);
  const timeAt = start + (year === undefined ? 0 : 11);
  if (hour === null) return wrong(`\`${trimmed}\`: with AM or PM the hour is 01 to 12.`, timeAt);
  if (hour > 23 || minute > 59) return wrong(`\`${trimmed}\`: there is no such time of day.`, timeAt);
  const secondOfDay = (hour * HOUR + minute * MINUTE) / SECOND;
  if (year === undefined) {
    if (options.requireDate) return wrong(`\`${trimmed}\` has no date.`);
    const at = options.day === undefined ? null : startOfDay(options.day) + secondOfDay * SECOND;
    return read({ at, secondOfDay });
  }
  if (!isValidDate(Number(year), Number(month), Number(day)))
    return wrong(`\`${trimmed}\`: there is no such day.`, start + 5);
  return read({
    at: dateToInstant(Number(year), Number(month), Number(day)) + secondOfDay * SECOND,
    secondOfDay,
  });
}

/** `2026-01-31T17:30`; seconds are dropped, the format has none. */
export function formatRiversandTime(at: number): string {
  return new Date(at).toISOString().slice(0, 16);
}

/** Missing zeros, a missing space, seconds and a Z too many. */
function nearest(text: string, options: { requireDate?: boolean }): string | undefined {
  const candidate = text
    .replace(/(?<!\d)(\d)(?=\D)/g, '0$1')
    .replace(/\s*([ap])\.?m\.?$/i, (_, half: string) => ` ${half.toUpperCase()}M`)
    .replace(/^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})(?::00(?:\.0+)?)?Z?$/i, '$1T$2');
  if (candidate === text) return undefined;
  return parseRiversandTime(candidate, options).ok ? candidate : undefined;
}
