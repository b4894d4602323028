import type { JsonObject } from '../../core/json.ts';
import type { Settled } from '../../core/provider.ts';
import { formatInstant, nextSapCron, type Timing } from '../../time/index.ts';
import { boundsOf, boundsWithin, timingOf } from './schedule-timing.ts';

/**
 * Is this schedule over for good at `now` (epoch ms)? The service deactivates such schedules, and deletes one-time ones,
 * by itself (SEMANTICS 4). `schedule` and `job` as written. What cannot be read is never settled.
 */
export function settledSchedule(schedule: JsonObject, job: JsonObject, now: number): Settled | undefined {
  const timing = timingOf(schedule);
  if (timing?.mode === 'time' && timing.at <= now) {
    return { why: 'past', text: `its time ${formatInstant(timing.at)} is past` };
  }
  const own = boundsOf(schedule).endTime;
  if (own !== undefined && own <= now) {
    return { why: 'ended', text: `its end ${formatInstant(own)} is past` };
  }
  const jobs = boundsOf(job).endTime;
  if (jobs !== undefined && jobs <= now) {
    return { why: 'ended', text: `the end of its job ${formatInstant(jobs)} is past` };
  }
  if (timing?.mode === 'cron' && neverFires(timing, schedule, job, now)) {
    return { why: 'never', text: 'its cron has no future date' };
  }
  return undefined;
}

function neverFires(
  timing: Timing & { mode: 'cron' },
  schedule: JsonObject,
  job: JsonObject,
  now: number,
): boolean {
  const { startTime = now } = boundsWithin(schedule, job);
  return nextSapCron(timing.cron, Math.max(now, startTime - 1)) === null;
}
