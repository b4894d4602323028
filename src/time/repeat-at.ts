import { pad } from './calendar.ts';
import { fromTwelveHours, readClockTime, secondOfDay } from './clock-time.ts';
import { type Parsed, read, refuse, refuseLong } from './issue.ts';
import { remembering } from './remember.ts';

const EXPECTED = 'a time of day in UTC such as 18.40, 4.40pm, 17.20:30 or 09:00';
const DANGER = 'The service would take it for "now" and run it immediately.';

/** Reads a daily time (UTC). The issue says that the service runs unreadable ones at once: that is its fall-back. */
export function parseRepeatAt(text: string): Parsed<{ secondOfDay: number }> {
  return remembered(text);
}

const remembered = remembering(readRepeatAt);

function readRepeatAt(text: string): Parsed<{ secondOfDay: number }> {
  const long = refuseLong(text);
  if (long !== null) return long;
  const trimmed = text.trim();
  const time = readClockTime(trimmed);
  if (time !== null) return read({ secondOfDay: secondOfDay(time) });
  const offset = firstWrong(text);
  if (trimmed === '')
    return refuse({
      code: 'TIME_EMPTY',
      message: `The daily time is empty. ${DANGER}`,
      expected: EXPECTED,
      offset: 0,
    });
  return refuse({
    code: 'TIME_REPEAT_AT_UNREADABLE',
    message: `\`${trimmed}\` is not a time of day that the service can read. ${DANGER}`,
    expected: EXPECTED,
    hint: /^\d{1,2}[.,]\d$/.test(trimmed)
      ? 'In YAML put it in quotes: 18.40 without quotes is the number 18.4.'
      : undefined,
    offset,
    suggestion: nearest(trimmed),
  });
}

/** The canonical text, 24 hours: `18.40`, with seconds `17.20:30`. `secondOfDay` is 0 to 86399. */
export function formatRepeatAt(secondOfDay: number): string {
  if (!Number.isInteger(secondOfDay) || secondOfDay < 0 || secondOfDay >= 86_400)
    throw new RangeError(`Not a second of the day: ${secondOfDay}`);
  const text = `${pad(Math.floor(secondOfDay / 3600))}.${pad(Math.floor(secondOfDay / 60) % 60)}`;
  return secondOfDay % 60 === 0 ? text : `${text}:${pad(secondOfDay % 60)}`;
}

/** Position of the first character that keeps the text from being a time of day. */
function firstWrong(text: string): number {
  const start = text.length - text.trimStart().length;
  const good =
    /^(?:[01]?\d|2[0-3])(?:[.:](?:[0-5]\d?)?(?:[.:](?:[0-5]\d?)?)?)?/.exec(text.trimStart())?.[0] ?? '';
  return Math.min(start + good.length, Math.max(text.trimEnd().length, start));
}

function nearest(text: string): string | undefined {
  const lower = text
    .toLowerCase()
    .replace(/\b(?:utc|gmt|z|daily|every day|at)\b/g, ' ')
    .trim();
  if (/^(?:noon|midday)$/.test(lower)) return '12.00';
  if (lower === 'midnight' || /^24[.:]00(?:[.:]00)?$/.test(lower)) return '00.00';
  const oneDigit = /^(\d{1,2})([.:])(\d)$/.exec(lower);
  // A dot and one digit is what YAML leaves of 18.40; a colon and one digit is a minute without its zero.
  if (oneDigit !== null)
    return valid(`${oneDigit[1]}.${oneDigit[2] === '.' ? `${oneDigit[3]}0` : `0${oneDigit[3]}`}`);
  const found = /^(\d{1,2})(?:\s*[.:,h-]\s*(\d{2}))?(?:[.:](\d{2}))?\s*([ap])?\.?\s?m?\.?$/.exec(lower);
  if (found !== null) return fromParts(found);
  const four = /^(\d{2})(\d{2})$/.exec(lower);
  return four === null ? undefined : valid(`${four[1]}.${four[2]}`);
}

function fromParts(found: RegExpExecArray): string | undefined {
  const [, hourText = '', minute = '00', second, half] = found;
  const number = Number(hourText);
  const twelve = half === undefined ? null : fromTwelveHours(number, half);
  const hour = twelve ?? number;
  return valid(`${pad(hour)}.${minute}${second === undefined ? '' : `:${second}`}`);
}

function valid(text: string): string | undefined {
  const time = readClockTime(text);
  return time === null ? undefined : formatRepeatAt(secondOfDay(time));
}
