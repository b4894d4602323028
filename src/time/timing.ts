import { DAY, SECOND, startOfDay } from './calendar.ts';
import { nextSapCron } from './sap-cron-fires.ts';
import type { SapCron } from './sap-cron-model.ts';

/** When something runs. `at` is epoch milliseconds; `text` is the cron as written. All times are UTC. */
export type Timing =
  | { mode: 'cron'; cron: SapCron; text: string }
  | { mode: 'time'; at: number }
  | { mode: 'repeatInterval'; seconds: number }
  | { mode: 'repeatAt'; secondOfDay: number }
  | { mode: 'isoInterval'; seconds: number };

/** Bounds of a schedule or a job: it fires from `startTime` on and before `endTime`. Epoch milliseconds. */
export type Bounds = { startTime?: number; endTime?: number };

/**
 * What to know about a schedule besides its timing. `anchor` is a known due time of an interval: its phase. Nothing is
 * due before the anchor. Without one, `startTime` is the phase; without that, the interval starts where one looks.
 */
export type Phase = Bounds & { anchor?: number };

export type Window = Phase & { from: number; until: number; limit?: number };

/**
 * Fire times in [from, until), also within [startTime, endTime), in order, at most `limit`. Cron, repeatAt and time are
 * exact; for intervals it is the plan: the service counts from the start of the previous run, so late runs shift it.
 */
export function fireTimes(timing: Timing, window: Window): number[] {
  const { limit = Number.POSITIVE_INFINITY } = window;
  const times: number[] = [];
  if (limit < 1) return times;
  for (const at of fires(timing, window)) {
    times.push(at);
    if (times.length >= limit) break;
  }
  return times;
}

/** The same as an endless-safe generator: the caller may stop at any time. */
export function* fires(timing: Timing, window: Window): Generator<number> {
  const { until, endTime = Number.POSITIVE_INFINITY } = window;
  const end = Math.min(until, endTime);
  const begin = Math.max(window.from, window.startTime ?? Number.NEGATIVE_INFINITY);
  const phase = window.anchor ?? window.startTime ?? begin;
  for (let at = fireAtOrAfter(timing, begin, phase); at !== null && at < end; ) {
    yield at;
    at = fireAtOrAfter(timing, at + 1, phase);
  }
}

/**
 * The first fire strictly after `after`, or null. An interval with neither anchor nor start is due one interval after
 * `after`.
 */
export function nextFire(timing: Timing, after: number, phase: Phase = {}): number | null {
  const { startTime = Number.NEGATIVE_INFINITY, endTime = Number.POSITIVE_INFINITY } = phase;
  const begin = Math.max(after + 1, startTime);
  const at = fireAtOrAfter(timing, begin, phase.anchor ?? phase.startTime ?? after);
  return at === null || at >= endTime ? null : at;
}

function fireAtOrAfter(timing: Timing, begin: number, phase: number): number | null {
  switch (timing.mode) {
    case 'cron':
      return nextSapCron(timing.cron, begin - 1);
    case 'time':
      return timing.at >= begin ? timing.at : null;
    case 'repeatInterval':
    case 'isoInterval': {
      const interval = timing.seconds * SECOND;
      return phase + Math.max(0, Math.ceil((begin - phase) / interval)) * interval;
    }
    case 'repeatAt': {
      const today = startOfDay(begin) + timing.secondOfDay * SECOND;
      return today >= begin ? today : today + DAY;
    }
  }
}

/** The bounds that hold when both do: a job's bounds limit those of its schedules. */
export function intersectBounds(a: Bounds, b: Bounds): Bounds {
  const bounds: Bounds = {};
  const starts = [a.startTime, b.startTime].filter((at) => at !== undefined);
  const ends = [a.endTime, b.endTime].filter((at) => at !== undefined);
  if (starts.length > 0) bounds.startTime = Math.max(...starts);
  if (ends.length > 0) bounds.endTime = Math.min(...ends);
  return bounds;
}
