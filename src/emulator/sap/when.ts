import moment from 'moment';
import { nextSapCron } from '../../time/sap-cron-fires.ts';
import type { SapCron } from '../../time/sap-cron-model.ts';
import { parseSapCron } from '../../time/sap-cron-parse.ts';
import { isRecord } from '../json.ts';
import { invalid } from './errors.ts';
import type { Mode, Timing } from './model.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A month has 30 days here and a year 365: so the service counts. */
const UNITS: Record<string, number> = {
  second: SECOND,
  sec: SECOND,
  minute: MINUTE,
  min: MINUTE,
  hour: HOUR,
  day: DAY,
  week: 7 * DAY,
  month: 30 * DAY,
  year: 365 * DAY,
};

const crons = new Map<string, SapCron | undefined>();

function readCron(text: string): SapCron | undefined {
  if (crons.has(text)) return crons.get(text);
  const parsed = parseSapCron(text);
  const cron = parsed.ok ? parsed.value : undefined;
  if (crons.size > 10_000) crons.clear();
  crons.set(text, cron);
  return cron;
}

/** The first run of a cron after an instant (epoch ms); undefined: there is none. */
export function nextCronRun(timing: Timing, after: number): number | undefined {
  const cron = readCron(String(timing.raw));
  return cron === undefined ? undefined : (nextSapCron(cron, after) ?? undefined);
}

/** Reads when a schedule runs as the service does: wrong crons and intervals are a 400, other garbage means "now". */
export function readTiming(mode: Mode, raw: unknown, now: number): Timing {
  if (mode === 'cron') {
    if (typeof raw !== 'string' || readCron(raw) === undefined) throw invalid('Invalid cron specified');
    return { mode, raw };
  }
  if (mode === 'repeatInterval') {
    const interval = typeof raw === 'string' ? readInterval(raw) : undefined;
    if (interval === undefined) throw invalid('Invalid repeatInterval specified');
    return { mode, raw, interval };
  }
  if (mode === 'repeatAt') {
    const timeOfDay = typeof raw === 'string' ? readTimeOfDay(raw) : undefined;
    if (timeOfDay !== undefined) return { mode, raw, timeOfDay };
    return { mode, raw, timeOfDay: now % DAY, unreadable: true };
  }
  const at = readDate(raw);
  if (at !== undefined) return { mode, raw, at };
  return {
    mode,
    raw,
    at: typeof raw === 'string' ? (readRelativeTime(raw, now) ?? now) : now,
    relative: true,
  };
}

/** `<number> <unit>`, digits only; ms. */
export function readInterval(text: string): number | undefined {
  const match = /^\s*(\d{1,9})\s*([a-z]+?)s?\s*$/i.exec(text);
  const unit = match?.[2] === undefined ? undefined : UNITS[match[2].toLowerCase()];
  const interval = match === null || unit === undefined ? 0 : Number(match[1]) * unit;
  return interval > 0 ? interval : undefined;
}

/** `4.40pm`, `18.40`, `6:20 am`, `17.20:30`; ms since midnight. */
export function readTimeOfDay(text: string): number | undefined {
  const match = /^\s*(\d{1,2})(?:[.:](\d{2}))?(?:[.:](\d{2}))?\s*(am|pm)?\s*$/i.exec(text);
  if (match === null || (match[2] === undefined && match[4] === undefined)) return undefined;
  const [minute, second] = [Number(match[2] ?? 0), Number(match[3] ?? 0)];
  const half = match[4]?.toLowerCase();
  const given = Number(match[1]);
  if (minute > 59 || second > 59 || given > 23 || (half !== undefined && (given < 1 || given > 12)))
    return undefined;
  const hour = half === undefined ? given : (given % 12) + (half === 'pm' ? 12 : 0);
  return hour * HOUR + minute * MINUTE + second * SECOND;
}

const ZONELESS = ['YYYY-MM-DD HH:mm:ss.SSS', 'YYYY-MM-DD HH:mm:ss', 'YYYY-MM-DD HH:mm', 'YYYY-MM-DD HH:mm Z'];

/** ISO 8601, RFC 2822, or `{date, format}` with moment's tokens; without a zone it is UTC. Epoch ms. */
export function readDate(value: unknown): number | undefined {
  if (isRecord(value)) {
    const { date, format } = value;
    if (typeof date !== 'string') return undefined;
    if (format === undefined || format === null || format === '') return readDate(date);
    return typeof format === 'string' ? instantOf(moment.utc(date, format, 'en', true)) : undefined;
  }
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  return (
    instantOf(moment.utc(value, moment.ISO_8601, true)) ??
    instantOf(moment.utc(value, moment.RFC_2822, true)) ??
    instantOf(moment.utc(value, ZONELESS, true))
  );
}

function instantOf(parsed: moment.Moment): number | undefined {
  return parsed.isValid() ? parsed.valueOf() : undefined;
}

const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** English times as the service documents them, read at `now`; undefined: nobody can tell. */
export function readRelativeTime(text: string, now: number): number | undefined {
  const words = text.trim().toLowerCase().replaceAll(/\s+/g, ' ');
  if (words === 'now') return now;
  const distance = /^(?:in (.+)|(.+) from now)$/.exec(words);
  const amount = readInterval((distance?.[1] ?? distance?.[2] ?? '').replace(/^an? /, '1 '));
  if (amount !== undefined) return now + amount;
  return readDayAndTime(words, now);
}

function readDayAndTime(words: string, now: number): number | undefined {
  const today = now - (now % DAY);
  const match =
    /^(?:(today|tonight|tomorrow|(next week )?([a-z]+?)(?:day)?)(?: at)? )?(.+?)( tonight| today| tomorrow)?$/.exec(
      words,
    );
  if (match === null) return undefined;
  const time = readTimeOfDay(match[4] ?? '');
  if (time === undefined) return undefined;
  const day = match[5]?.trim() ?? match[1];
  if (day === undefined) return today + time > now ? today + time : today + DAY + time;
  if (day === 'today' || day === 'tonight') return today + time;
  if (day === 'tomorrow') return today + DAY + time;
  const weekday = WEEKDAYS.findIndex((name) => match[3]?.startsWith(name));
  if (weekday < 0) return undefined;
  const ahead = (weekday - new Date(today).getUTCDay() + 7) % 7 || 7;
  return (
    today +
    (match[2] === undefined
      ? ahead
      : ahead + 7 * Number(ahead < 7 && weekday > new Date(today).getUTCDay())) *
      DAY +
    time
  );
}
