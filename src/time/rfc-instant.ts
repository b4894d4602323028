import {
  dateToInstant,
  daysInMonth,
  HOUR,
  isValidDate,
  MINUTE,
  MONTH_NAMES,
  SECOND,
  WEEKDAY_WORDS,
  weekdayOf,
} from './calendar.ts';
import type { InstantResult } from './iso-instant.ts';

const SHAPE =
  /^(?:(sun|mon|tue|wed|thu|fri|sat),?\s+)?(\d{1,2})\s+(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\s+(\d{2}|\d{4})\s+(\d{2}):(\d{2})(?::(\d{2}))?\s+(ut|utc|gmt|z|[ecmp][sd]t|[+-]\d{4})$/di;

// RFC 2822 keeps these names from its predecessor.
const ZONE_HOURS: Record<string, number> = {
  est: -5,
  edt: -4,
  cst: -6,
  cdt: -5,
  mst: -7,
  mdt: -6,
  pst: -8,
  pdt: -7,
};

/** Reads RFC 2822: `Sat, 05 Nov 1994 08:15:30 GMT`. `fault` is null when the text has another shape. */
export function readRfcInstant(text: string): InstantResult {
  const match = SHAPE.exec(text.replace(/\s*\([^()]*\)$/, ''));
  if (match === null) return { ok: false, fault: null };
  const [, weekday, dayText, monthText = '', yearText = '', hour, minute, second = '0', zone = ''] = match;
  const wrong = (n: number, message: string): InstantResult => ({
    ok: false,
    fault: { offset: match.indices?.[n]?.[0] ?? 0, length: match[n]?.length ?? 0, message },
  });
  const short = Number(yearText);
  // The RFC's rule for two digits: up to 49 is this century.
  const year = yearText.length === 4 ? short : short + (short < 50 ? 2000 : 1900);
  const month = MONTH_NAMES.findIndex((name) => name === monthText.toLowerCase()) + 1;
  if (!isValidDate(year, month, Number(dayText)))
    return wrong(2, `${monthText} ${year} has ${daysInMonth(year, month)} days`);
  if (Number(hour) > 23) return wrong(5, 'an hour is 00 to 23');
  if (Number(minute) > 59) return wrong(6, 'a minute is 00 to 59');
  if (Number(second) > 59) return wrong(7, 'a second is 00 to 59');
  const day = dateToInstant(year, month, Number(dayText));
  const named = WEEKDAY_WORDS[weekdayOf(day)] ?? '';
  if (weekday !== undefined && !named.toLowerCase().startsWith(weekday.toLowerCase()))
    return wrong(1, `that day is a ${named}`);
  const offset = zoneOffset(zone.toLowerCase());
  if (offset === null) return wrong(8, 'a zone is at most 23:59 from UTC');
  const time = Number(hour) * HOUR + Number(minute) * MINUTE + Number(second) * SECOND;
  return { ok: true, value: { at: day + time - offset, zone: true, time: true } };
}

function zoneOffset(zone: string): number | null {
  const named = ZONE_HOURS[zone];
  if (named !== undefined) return named * HOUR;
  if (!/^[+-]/.test(zone)) return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(3));
  if (hours > 23 || minutes > 59) return null;
  return (zone.startsWith('-') ? -1 : 1) * (hours * HOUR + minutes * MINUTE);
}
