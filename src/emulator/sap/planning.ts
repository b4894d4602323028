import type { Job, Schedule } from './model.ts';
import type { JobStore } from './store.ts';
import { nextCronRun } from './when.ts';

export const DAY = 86_400_000;
/** A one-time schedule that ran is deleted after this time. */
const KEEP_DONE = 30 * DAY;
/** Run logs are kept this long. */
export const KEEP_RUNS = 15 * DAY;

/**
 * Why a schedule is planned: it is new, was switched on (itself or its job), was changed, has just run, or was
 * loaded as something that existed before.
 */
export type Cause = 'created' | 'activated' | 'changed' | 'ran' | 'loaded';

/** Later of both starts and earlier of both ends: a job's own times bound all its schedules. */
function bounds(schedule: Schedule): { start: number | undefined; end: number | undefined } {
  const { job } = schedule;
  const starts = [job.start?.at, schedule.start?.at].filter((at) => at !== undefined);
  const ends = [job.end?.at, schedule.end?.at].filter((at) => at !== undefined);
  return {
    start: starts.length === 0 ? undefined : Math.max(...starts),
    end: ends.length === 0 ? undefined : Math.min(...ends),
  };
}

/** Computes the next run and when to look again; switches off what has nothing left to do. `now` is epoch ms. */
export function planSchedule(store: JobStore, schedule: Schedule, now: number, cause: Cause): void {
  store.version++;
  schedule.nextRunAt = undefined;
  if (!schedule.active) {
    wake(store, schedule, deletionTime(schedule));
    return;
  }
  const { start, end } = bounds(schedule);
  if (end !== undefined && end <= now) {
    deactivate(store, schedule);
    return;
  }
  if (!schedule.job.active) {
    wake(store, schedule, end);
    return;
  }
  const next = nextRun(schedule, start, now, cause);
  if (next === undefined) {
    deactivate(store, schedule);
    return;
  }
  // The end itself is no longer part of the schedule's time.
  schedule.nextRunAt = end !== undefined && next >= end ? undefined : next;
  wake(store, schedule, schedule.nextRunAt ?? end);
}

export function deactivate(store: JobStore, schedule: Schedule): void {
  schedule.active = false;
  schedule.nextRunAt = undefined;
  store.version++;
  wake(store, schedule, deletionTime(schedule));
}

/** Plans all schedules of a job, for instance when it is switched on or its bounds moved. */
export function planJob(store: JobStore, job: Job, now: number, cause: Cause): void {
  for (const schedule of job.schedules) planSchedule(store, schedule, now, cause);
}

function deletionTime(schedule: Schedule): number | undefined {
  if (schedule.timing.mode !== 'time' || schedule.lastRunAt === undefined) return undefined;
  return schedule.lastRunAt + KEEP_DONE;
}

function wake(store: JobStore, schedule: Schedule, at: number | undefined): void {
  if (schedule.wakeAt === at) return;
  schedule.wakeAt = at;
  if (at !== undefined) store.queue.push(at, schedule);
}

function nextRun(
  schedule: Schedule,
  start: number | undefined,
  now: number,
  cause: Cause,
): number | undefined {
  const { timing } = schedule;
  // A run exactly at the start counts; a run exactly now has just been, or is too late.
  const after = start !== undefined && start > now ? start - 1 : now;
  if (timing.mode === 'cron') return nextCronRun(timing, after);
  if (timing.mode === 'repeatAt') return nextDailyRun(schedule, after, now, cause);
  if (timing.mode === 'time') return nextOneTimeRun(schedule, start, now, cause);
  return nextIntervalRun(schedule, start, now, cause);
}

function nextDailyRun(schedule: Schedule, after: number, now: number, cause: Cause): number {
  const { timeOfDay = 0, unreadable } = schedule.timing;
  if (unreadable === true && (cause === 'created' || cause === 'activated') && after === now) return now;
  const midnight = Math.floor(after / DAY) * DAY;
  return midnight + timeOfDay > after ? midnight + timeOfDay : midnight + DAY + timeOfDay;
}

function nextOneTimeRun(
  schedule: Schedule,
  start: number | undefined,
  now: number,
  cause: Cause,
): number | undefined {
  if (cause === 'ran') return undefined;
  const at = Math.max(schedule.timing.at ?? now, start ?? Number.NEGATIVE_INFINITY);
  if (at > now) return at;
  // What is past when it is loaded has had its run before; in every other case it runs at once.
  return cause === 'loaded' ? undefined : now;
}

function nextIntervalRun(schedule: Schedule, start: number | undefined, now: number, cause: Cause): number {
  const interval = schedule.timing.interval ?? DAY;
  if (start !== undefined && start > now) return start;
  if (cause === 'changed')
    return Math.max(now, schedule.lastRunAt === undefined ? now : schedule.lastRunAt + interval);
  if (cause === 'ran' || cause === 'loaded') {
    // Counted from the start of the previous run; one that was stopped leaves the count as it is.
    const phase = schedule.lastRunAt ?? start ?? schedule.createdAt;
    return phase > now ? phase : phase + (Math.floor((now - phase) / interval) + 1) * interval;
  }
  return now;
}
