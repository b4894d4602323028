import {
  nextSapCron,
  parseRepeatAt,
  parseRepeatInterval,
  parseSapCron,
  parseSapDate,
  readEnglishTime,
  type SapCron,
} from '../../time/index.ts';
import { isRecord } from '../json.ts';
import { invalid } from './errors.ts';
import type { Mode, Timing } from './model.ts';

const DAY = 86_400_000;
const MAX_KNOWN = 10_000;

/** Crons that were read before, by their text; undefined: not a cron. */
const crons = new Map<string, SapCron | undefined>();

function readCron(text: string): SapCron | undefined {
  if (crons.has(text)) return crons.get(text);
  const parsed = parseSapCron(text);
  const cron = parsed.ok ? parsed.value : undefined;
  if (crons.size >= MAX_KNOWN) crons.clear();
  crons.set(text, cron);
  return cron;
}

/** The first run of a cron after an instant (epoch ms); undefined: there is none. */
export function nextCronRun(timing: Timing, after: number): number | undefined {
  const cron = readCron(String(timing.raw));
  return cron === undefined ? undefined : (nextSapCron(cron, after) ?? undefined);
}

/**
 * Reads when a schedule runs, as the service does and not as a careful person would: wrong crons and intervals are a
 * 400, but a daily or one-time text that cannot be read means "now".
 * @param now the instant at which the call arrived, epoch ms
 */
export function readTiming(mode: Mode, raw: unknown, now: number): Timing {
  if (mode === 'cron') {
    if (typeof raw !== 'string' || readCron(raw) === undefined) throw invalid('Invalid cron specified');
    return { mode, raw };
  }
  if (mode === 'repeatInterval') {
    const parsed = typeof raw === 'string' ? parseRepeatInterval(raw) : undefined;
    if (parsed?.ok !== true) throw invalid('Invalid repeatInterval specified');
    return { mode, raw, interval: parsed.value.seconds * 1000 };
  }
  if (mode === 'repeatAt') {
    const parsed = typeof raw === 'string' ? parseRepeatAt(raw) : undefined;
    if (parsed?.ok === true) return { mode, raw, timeOfDay: parsed.value.secondOfDay * 1000 };
    return { mode, raw, timeOfDay: now - Math.floor(now / DAY) * DAY, unreadable: true };
  }
  const at = readDate(raw);
  if (at !== undefined) return { mode, raw, at };
  return { mode, raw, at: readRelative(raw, now), relative: true };
}

function readRelative(raw: unknown, now: number): number {
  const text = isRecord(raw) ? raw['date'] : raw;
  const parsed = typeof text === 'string' ? readEnglishTime(text, now) : undefined;
  return parsed?.ok === true ? parsed.value.at : now;
}

/** ISO 8601, RFC 2822, or `{date, format}`; without a zone it is UTC. Epoch ms. */
export function readDate(value: unknown): number | undefined {
  const parsed = parseSapDate(value);
  return parsed.ok ? parsed.value.at : undefined;
}
