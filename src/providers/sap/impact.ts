import type { Impact, Reason } from '../../core/change.ts';
import type { JsonObject } from '../../core/json.ts';
import type { ImpactInput } from '../../core/provider.ts';
import type { LivePart } from '../../core/resource.ts';
import { formatInstant } from '../../time/index.ts';
import { effectiveStart, phaseOfNew, startsAtOnce } from './effective.ts';
import { readDate } from './meaning.ts';
import { runsWithin } from './runs.ts';
import { boundsWithin, timingOf } from './schedule-timing.ts';

/** How many coming runs are shown, and how far ahead they are looked for. */
const RUNS = 5;
const HORIZON = 366 * 24 * 60 * 60 * 1000;

/**
 * What a change does to the runs of one schedule. `missed` and `extra` compare before and after as far as both lists
 * reach; a new schedule has neither, a deleted one misses what was due.
 */
export function scheduleImpact(input: ImpactInput): Impact | undefined {
  if (input.action === 'adopt' || input.action === 'forget') return undefined;
  const before = input.before === undefined ? [] : runsBefore(input.before, input.resourceBefore, input.now);
  const { runs: after, immediate, announced } = runsAfter(input);
  const isNew = input.before === undefined;
  const reach = commonReach(before, after);
  const impact: Impact = {
    before: before.map(formatInstant),
    after: after.map(formatInstant),
    missed: before.filter((at) => at <= reach && !after.includes(at)).map(formatInstant),
    extra: isNew ? [] : after.filter((at) => at <= reach && !before.includes(at)).map(formatInstant),
    immediate,
    runLogsLost: !isNew && (input.action === 'delete' || input.action === 'replace'),
  };
  return announced ? { ...impact, announced } : impact;
}

function runsBefore(part: LivePart, job: JsonObject | undefined, now: number): number[] {
  return coming(part.spec, job ?? {}, now, readDate(part.facts['nextRunAt']));
}

interface After {
  runs: number[];
  immediate: boolean;
  announced: boolean;
}

function runsAfter(input: ImpactInput): After {
  const { after, now } = input;
  const job = input.resourceAfter ?? {};
  const gone = input.action === 'delete' || input.action === 'deactivate' || after === undefined;
  if (gone) return { runs: [], immediate: false, announced: false };
  if (isLateOneTime(after, job, now)) return { runs: [now], immediate: true, announced: false };
  if (!startsAtOnce(after, job, now)) {
    return { runs: coming(after, job, now, undefined), immediate: false, announced: false };
  }
  if (isAnnounced(input.action, input.reason, after)) {
    return { runs: coming(after, job, now, now), immediate: true, announced: true };
  }
  // What is not ours cannot be given a start of our own: switching its job on starts it.
  if (input.reason === 'unowned' && input.fields.length === 0) {
    return { runs: coming(after, job, now, now), immediate: true, announced: false };
  }
  const start = plannedStart(input, after);
  return { runs: coming(after, job, now, start), immediate: false, announced: false };
}

/** The first run of a new repeatInterval without a start is what the service does: announced, not prevented. */
export function isAnnounced(
  action: ImpactInput['action'],
  reason: Reason | undefined,
  schedule: JsonObject,
): boolean {
  return action === 'create' && reason !== 'missing' && (schedule['startTime'] ?? null) === null;
}

/** The start that will be sent instead of the manifest's, so that nothing runs at once. */
function plannedStart(input: ImpactInput, after: JsonObject): number {
  if (input.before === undefined) {
    const phase = input.reason === 'missing' ? undefined : phaseOfNew(after);
    return effectiveStart(after, phase, input.now);
  }
  return effectiveStart(after, readDate(input.before.facts['nextRunAt']), input.now);
}

/** A one-time schedule in the past runs at once when it is active and its end has not passed. */
function isLateOneTime(schedule: JsonObject, job: JsonObject, now: number): boolean {
  if (schedule['active'] !== true || job['active'] === false) return false;
  const timing = timingOf(schedule);
  const { endTime = Number.POSITIVE_INFINITY } = boundsWithin(schedule, job);
  return timing?.mode === 'time' && timing.at <= now && endTime > now;
}

/** The next runs at or after `now`, epoch ms. `anchor` is the known due time of an interval. */
function coming(schedule: JsonObject, job: JsonObject, now: number, anchor: number | undefined): number[] {
  return runsWithin(schedule, job, { from: now, until: now + HORIZON, limit: RUNS }, anchor);
}

/** Up to where both lists are complete. */
function commonReach(before: readonly number[], after: readonly number[]): number {
  const ends = [before, after].filter((runs) => runs.length === RUNS).map((runs) => runs.at(-1) ?? 0);
  return Math.min(Number.POSITIVE_INFINITY, ...ends);
}
