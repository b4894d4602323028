import { formatInstant } from './calendar.ts';
import { englishKind, readEnglishTime } from './english-time.ts';
import { readIsoInstant } from './iso-instant.ts';
import { type Parsed, read, refuse, refuseLong, type TimeIssue, toIssue } from './issue.ts';
import { loadMoment } from './lazy.ts';
import { readRfcInstant } from './rfc-instant.ts';

export type SapDate = { at: number; zoneAssumed: boolean };

const EXPECTED = 'ISO 8601 (2026-01-01T00:00:00Z), RFC 2822, or {date, format}';

/**
 * Reads a date in any shape the service takes or gives: ISO 8601 (calendar, week, ordinal), RFC 2822,
 * `2015-10-20 04:30:00`, `{date, format}` with moment tokens (strict), `{date}`. `at` is epoch milliseconds.
 * Without a zone UTC is taken: `zoneAssumed`, with the warning TIME_ZONE_ASSUMED, because the service has been seen to
 * read such dates in another zone; only a bare day with its own format is usual enough to pass without the warning.
 * Relative texts are refused (TIME_RELATIVE); with `relativeTo` the issue offers the instant instead.
 */
export function parseSapDate(value: unknown, options: { relativeTo?: number } = {}): Parsed<SapDate> {
  if (typeof value === 'string') return parseDateText(value, options.relativeTo);
  if (isRecord(value)) return parseDateObject(value, options.relativeTo);
  const isInstant = typeof value === 'number' && Math.abs(value) <= 8.64e15;
  return refuse({
    code: 'TIME_DATE_UNREADABLE',
    message: `A date cannot be ${Array.isArray(value) ? 'a list' : value === null ? 'null' : `a ${typeof value}`}.`,
    expected: EXPECTED,
    offset: 0,
    suggestion: isInstant ? formatInstant(Math.trunc(value)) : undefined,
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseDateObject(value: Record<string, unknown>, relativeTo: number | undefined): Parsed<SapDate> {
  const { date, format } = value;
  if (typeof date !== 'string')
    return refuse({
      code: 'TIME_DATE_UNREADABLE',
      message: 'The date object has no text under `date`.',
      expected: '{date: "2026-01-01", format: "YYYY-MM-DD"}',
      offset: 0,
    });
  if (format === undefined || format === null) return parseDateText(date, relativeTo);
  if (typeof format === 'string') return parseFormatted(date, format);
  return refuse({
    code: 'TIME_FORMAT_UNKNOWN',
    message: `The format is not a text but a ${typeof format}.`,
    expected: 'moment tokens such as YYYY-MM-DD HH:mm Z',
    offset: 0,
  });
}

function parseDateText(text: string, relativeTo: number | undefined): Parsed<SapDate> {
  const long = refuseLong(text);
  if (long !== null) return long;
  const start = text.length - text.trimStart().length;
  const trimmed = text.trim();
  const iso = readIsoInstant(trimmed);
  const result = iso.ok || iso.fault !== null ? iso : readRfcInstant(trimmed);
  if (result.ok) {
    const { at, zone } = result.value;
    return read({ at, zoneAssumed: !zone }, zone ? [] : [zoneWarning(trimmed, at)]);
  }
  if (result.fault !== null)
    return refuse({
      code: 'TIME_DATE_UNREADABLE',
      message: `\`${trimmed}\` is not a date: ${result.fault.message}.`,
      expected: EXPECTED,
      offset: start + result.fault.offset,
      length: result.fault.length,
    });
  if (trimmed === '')
    return refuse({ code: 'TIME_EMPTY', message: 'The date is empty.', expected: EXPECTED, offset: 0 });
  const english = englishKind(trimmed);
  if (english === 'relative') return refuseRelative(trimmed, start, relativeTo);
  return refuse({
    code: 'TIME_DATE_UNREADABLE',
    message: `\`${trimmed}\` is not a date the service is sure to understand.`,
    expected: EXPECTED,
    offset: start + isoPrefix(trimmed),
    suggestion: nearest(trimmed) ?? (english === 'absolute' ? englishInstant(trimmed) : undefined),
  });
}

function refuseRelative(text: string, offset: number, relativeTo: number | undefined): Parsed<SapDate> {
  const english = relativeTo === undefined ? null : readEnglishTime(text, relativeTo);
  return refuse({
    code: 'TIME_RELATIVE',
    message: `\`${text}\` depends on when it is read: the service would take another instant at every call.`,
    expected: `an instant: ${EXPECTED}`,
    hint: english?.ok === true ? 'The suggestion is what it means now.' : 'Write the instant that is meant.',
    offset,
    length: text.length,
    suggestion: english?.ok === true ? formatInstant(english.value.at) : undefined,
  });
}

function zoneWarning(text: string, at: number): TimeIssue {
  return toIssue({
    code: 'TIME_ZONE_ASSUMED',
    message: `\`${text}\` has no time zone: read as UTC, but the service may read it in another zone.`,
    expected: 'a zone, such as Z or +0000',
    offset: text.length,
    suggestion: formatInstant(at),
  });
}

/** How much of the text could be the start of an ISO date. */
function isoPrefix(text: string): number {
  return (
    /^\d{0,4}(?:(?<=\d{4})-(?:\d{0,2}(?:(?<=\d{2})-(?:\d{0,2}(?:(?<=\d{2})[T ][\d:]*)?)?)?)?)?/.exec(
      text,
    )?.[0].length ?? 0
  );
}

/** Slips that leave one meaning only: missing zeros, slashes in year-first dates, epoch milliseconds. */
function nearest(text: string): string | undefined {
  if (/^\d{12,13}$/.test(text)) return formatInstant(Number(text));
  const match =
    /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ](\d{1,2}):(\d{1,2})(?::(\d{1,2}))?\s*(Z)?)?$/i.exec(text);
  if (match === null) return undefined;
  const [, year, month = '', day = '', hour, minute = '', second = '0'] = match;
  const two = (part: string) => part.padStart(2, '0');
  const date = `${year}-${two(month)}-${two(day)}`;
  const candidate = hour === undefined ? date : `${date}T${two(hour)}:${two(minute)}:${two(second)}Z`;
  return readIsoInstant(candidate).ok ? candidate : undefined;
}

/** Only for texts that spell the month and give a time of day: nothing is left to guess in those. */
function englishInstant(text: string): string | undefined {
  if (!/[a-z]{3}/i.test(text) || !/\d[:.]\d\d|\d\s*[ap]m/i.test(text)) return undefined;
  const english = readEnglishTime(text, 0);
  return english.ok ? formatInstant(english.value.at) : undefined;
}

// The documented tokens, longest first; text in square brackets is literal.
const TOKENS =
  /\[[^\]]*\]|YYYY|YY|Q|MMMM|MMM|MM|M|DDDD|DDD|DD|Do|D|X|x|gggg|gg|ww|w|e|GGGG|GG|WW|W|E|HH|H|hh|h|a|A|mm|m|ss|s|S{1,3}|ZZ|Z|T(?=[Hh])/g;

function parseFormatted(date: string, format: string): Parsed<SapDate> {
  const long = refuseLong(date) ?? refuseLong(format);
  if (long !== null) return long;
  const tokens = format.match(TOKENS) ?? [];
  const strange = /[A-Za-z]+/.exec(format.replace(TOKENS, (token) => ' '.repeat(token.length)));
  if (strange !== null || tokens.length === 0) {
    const mended = format
      .replace(/y+/g, (y) => (y.length > 2 ? 'YYYY' : 'YY'))
      .replace(/d+/g, (d) => d.toUpperCase());
    return refuse({
      code: 'TIME_FORMAT_UNKNOWN',
      message:
        strange === null
          ? 'The format holds no tokens.'
          : `\`${strange[0]}\` in the format ${format} is not a token of the service.`,
      expected: 'moment tokens such as YYYY-MM-DD HH:mm Z',
      hint:
        mended === format ? 'Put literal letters in square brackets.' : `Did you mean the format ${mended}?`,
      offset: strange?.index ?? 0,
      length: strange?.[0].length,
    });
  }
  if (needsClock(tokens))
    return refuse({
      code: 'TIME_FORMAT_UNKNOWN',
      message: `The format ${format} leaves out the year or the week: the date would depend on when it is read.`,
      expected: 'a format with the whole date, such as YYYY-MM-DD HH:mm Z',
      offset: 0,
      length: format.length,
    });
  // Strict, in UTC and in English wherever this runs: moment guesses otherwise.
  const parsed = loadMoment().utc(date, format, 'en', true);
  if (!parsed.isValid())
    return refuse({
      code: 'TIME_DATE_UNREADABLE',
      message: `\`${date}\` does not fit its format ${format}.`,
      expected: `a date such as ${loadMoment().utc(0).locale('en').format(format)}`,
      offset: parsed.parsingFlags().charsLeftOver > 0 ? date.length - parsed.parsingFlags().charsLeftOver : 0,
    });
  const at = parsed.valueOf();
  const zoneAssumed = !tokens.some((token) => /^(?:ZZ?|X|x)$/.test(token));
  const hasTime = tokens.some((token) => /^(?:HH?|hh?|mm?|ss?|S+|a|A)$/.test(token));
  return read({ at, zoneAssumed }, zoneAssumed && hasTime ? [zoneWarning(date, at)] : []);
}

/** What a format leaves out, moment fills in from the clock; only after a year it does not. */
function needsClock(tokens: readonly string[]): boolean {
  const has = (pattern: RegExp) => tokens.some((token) => pattern.test(token));
  if (has(/^[Xx]$/)) return false;
  if (!has(/^(?:YY|GG|gg)/)) return true;
  return has(/^(?:gg|e$)/) && !has(/^ww?$/);
}
