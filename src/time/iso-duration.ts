import { type Parsed, read, refuse, refuseLong } from './issue.ts';

const EXPECTED = 'an ISO 8601 duration of weeks, days, hours, minutes and seconds, such as PT1H or P1D';
const SHAPE =
  /^P(?:(\d+(?:[.,]\d+)?)Y)?(?:(\d+(?:[.,]\d+)?)M)?(?:(\d+(?:[.,]\d+)?)W)?(?:(\d+(?:[.,]\d+)?)D)?(?:T(?:(\d+(?:[.,]\d+)?)H)?(?:(\d+(?:[.,]\d+)?)M)?(?:(\d+(?:[.,]\d+)?)S)?)?$/;
const SIZES = [365 * 86_400, 30 * 86_400, 604_800, 86_400, 3600, 60, 1];

/**
 * Reads an ISO 8601 duration. Years and months are refused (their length varies), so are zero, negative and
 * fractional ones. A smallest interval, such as the batch service's minute, is for the caller to check.
 */
export function parseIsoDuration(text: string): Parsed<{ seconds: number }> {
  const long = refuseLong(text);
  if (long !== null) return long;
  const start = text.length - text.trimStart().length;
  const trimmed = text.trim();
  if (trimmed === '')
    return refuse({ code: 'TIME_EMPTY', message: 'The duration is empty.', expected: EXPECTED, offset: 0 });
  const sign = /^[+-]/.test(trimmed);
  const match = SHAPE.exec(trimmed.replace(/^[+-]/, '').toUpperCase());
  const parts = match?.slice(1) ?? [];
  if (match === null || trimmed.toUpperCase().endsWith('T') || parts.every((part) => part === undefined))
    return refuse({
      code: 'TIME_DURATION_UNREADABLE',
      message: `\`${trimmed}\` is not an ISO 8601 duration.`,
      expected: EXPECTED,
      offset: start + goodPrefix(trimmed),
    });
  const seconds = parts.reduce(
    (sum, part, i) => sum + Number((part ?? '0').replace(',', '.')) * (SIZES[i] ?? 0),
    0,
  );
  const suggestion = Number.isSafeInteger(seconds) && seconds > 0 ? formatIsoDuration(seconds) : undefined;
  const wrong = (code: string, message: string, offset: number, hint?: string) =>
    refuse({ code, message, expected: EXPECTED, hint, offset: start + offset, suggestion });
  if (sign) return wrong('TIME_DURATION_SIGN', `\`${trimmed}\`: a recurrence has no sign.`, 0);
  if (parts[0] !== undefined || parts[1] !== undefined)
    return wrong(
      'TIME_DURATION_CALENDAR',
      `\`${trimmed}\`: years and months vary in length.`,
      1,
      'Use days; the suggestion counts 365 days for a year and 30 for a month.',
    );
  if (seconds === 0) return wrong('TIME_DURATION_ZERO', 'A duration of zero never ends.', 0);
  const fraction = trimmed.search(/[.,]/);
  if (fraction >= 0)
    return wrong(
      'TIME_DURATION_FRACTION',
      `\`${trimmed}\`: fractions are not sure to be understood.`,
      fraction,
    );
  if (trimmed !== trimmed.toUpperCase())
    return wrong(
      'TIME_DURATION_UNREADABLE',
      `\`${trimmed}\`: the letters of a duration are capitals.`,
      trimmed.search(/[a-z]/),
    );
  if (!Number.isSafeInteger(seconds) || seconds > 1000 * (SIZES[0] ?? 1))
    return wrong('TIME_DURATION_TOO_LONG', `\`${trimmed}\` is longer than 1000 years.`, 0);
  return read({ seconds });
}

/** The canonical text in days, hours, minutes and seconds; `seconds` is a positive whole number. */
export function formatIsoDuration(seconds: number): string {
  if (!Number.isSafeInteger(seconds) || seconds < 1)
    throw new RangeError(`Not a positive whole number of seconds: ${seconds}`);
  const days = Math.floor(seconds / 86_400);
  const time = [
    [Math.floor(seconds / 3600) % 24, 'H'],
    [Math.floor(seconds / 60) % 60, 'M'],
    [seconds % 60, 'S'],
  ]
    .filter(([number]) => number !== 0)
    .map(([number, unit]) => `${number}${unit}`)
    .join('');
  return `P${days === 0 ? '' : `${days}D`}${time === '' ? '' : `T${time}`}`;
}

function goodPrefix(text: string): number {
  return /^[+-]?(?:P(?:\d+[YMWD])*(?:T(?:\d+[HMS])*)?)?/.exec(text)?.[0].length ?? 0;
}
