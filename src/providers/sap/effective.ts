import type { JsonObject } from '../../core/json.ts';
import type { LivePart } from '../../core/resource.ts';
import { formatInstant } from '../../time/index.ts';
import { readDate } from './meaning.ts';
import { boundsWithin, timingOf } from './schedule-timing.ts';

const SECOND = 1000;

/**
 * Would the service run this schedule at once when it is written or its job is switched on? It does so with an active
 * repeatInterval whose start is not in the future (SEMANTICS 5). `schedule` as it will be, `job` as it will be.
 */
export function startsAtOnce(schedule: JsonObject, job: JsonObject, now: number): boolean {
  if (schedule['active'] !== true || job['active'] === false) return false;
  if (timingOf(schedule)?.mode !== 'repeatInterval') return false;
  const { startTime = now, endTime = Number.POSITIVE_INFINITY } = boundsWithin(schedule, job);
  return startTime <= now && endTime > now;
}

/**
 * The start that the engine sends of its own accord, epoch ms: the next due time of the phase, or one interval from
 * now. `nextRunAt` is the phase: the live due time, read just before the write.
 */
export function effectiveStart(schedule: JsonObject, nextRunAt: number | undefined, now: number): number {
  const timing = timingOf(schedule);
  if (timing?.mode !== 'repeatInterval') return now;
  const interval = timing.seconds * SECOND;
  if (nextRunAt === undefined) return wholeSecond(now + interval);
  if (nextRunAt > now) return nextRunAt;
  return nextRunAt + (Math.floor((now - nextRunAt) / interval) + 1) * interval;
}

/**
 * The same for a schedule in a new mode. An interval has no phase yet: it is due one interval from now, or earlier when
 * the old schedule was, so that no due run is lost.
 */
export function replacementStart(schedule: JsonObject, oldRunAt: number | undefined, now: number): number {
  const fresh = effectiveStart(schedule, undefined, now);
  return oldRunAt !== undefined && oldRunAt > now && oldRunAt < fresh ? oldRunAt : fresh;
}

/**
 * The phase that a changed schedule keeps: its live due time, or the start that it waits for while it is off. A start that is
 * written anew is the phase from then on; one that is taken away held it back no longer than that. Epoch ms.
 */
export function phaseOfChanged(
  values: JsonObject,
  { spec, facts }: LivePart,
  { isStartChanged, now }: { isStartChanged: boolean; now: number },
): number | undefined {
  const start = readDate(spec['startTime']);
  const isWaiting = start !== undefined && start > now;
  const due = readDate(facts['nextRunAt']) ?? (isWaiting ? start : undefined);
  if (!isStartChanged) return due;
  const own = readDate(values['startTime']);
  const timing = timingOf(values);
  if (own !== undefined || due === undefined || !isWaiting || timing?.mode !== 'repeatInterval')
    return own ?? due;
  const interval = timing.seconds * SECOND;
  return due - Math.ceil((due - now) / interval) * interval;
}

/** Is the phase of the one that of the other? */
export function sameInterval(a: JsonObject, b: JsonObject): boolean {
  const [one, other] = [timingOf(a), timingOf(b)];
  return one?.mode === 'repeatInterval' && other?.mode === 'repeatInterval' && one.seconds === other.seconds;
}

/** A new schedule whose manifest gives a start in the past: that start is its phase. */
export function phaseOfNew(schedule: JsonObject): number | undefined {
  return readDate(schedule['startTime']);
}

export function effectiveValues(start: number): { startTime: string } {
  return { startTime: formatInstant(start) };
}

function wholeSecond(instant: number): number {
  return Math.ceil(instant / SECOND) * SECOND;
}
