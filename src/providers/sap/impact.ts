import type { Impact, Reason } from '../../core/change.ts';
import type { JsonObject } from '../../core/json.ts';
import { defaultLook } from '../../core/look.ts';
import type { ImpactInput } from '../../core/provider.ts';
import type { LivePart } from '../../core/resource.ts';
import { compareRuns, type RunList } from '../../time/index.ts';
import {
  effectiveStart,
  phaseOfChanged,
  phaseOfNew,
  replacementStart,
  sameInterval,
  startsAtOnce,
} from './effective.ts';
import { readDate } from './meaning.ts';
import { whyNoRuns } from './no-runs.ts';
import { CALM, quietMoment, timedAfter, timedLive } from './quiet.ts';
import { runsWithin } from './runs.ts';
import { boundsWithin, timingOf } from './schedule-timing.ts';

/**
 * What a change does to the runs of one schedule. `missed` and `extra` compare before and after as far as both lists
 * reach; a new schedule has neither, a deleted one misses what was due.
 */
export function scheduleImpact(input: ImpactInput): Impact | undefined {
  if (input.action === 'adopt' || input.action === 'forget') return undefined;
  const { now, look = defaultLook } = input;
  const listBefore = input.before === undefined ? none : runsBefore(input.before, input.resourceBefore, now);
  const { list: listAfter, immediate, announced } = runsAfter(input);
  const isNew = input.before === undefined;
  const until = now + look.horizon;
  const [first] = listAfter(until, 1);
  const noRuns = first === undefined ? whyNoRuns(input, until) : undefined;
  return {
    ...compareRuns([listBefore, listAfter], { now, look, isNew }),
    immediate,
    runLogsLost: !isNew && (input.action === 'delete' || input.action === 'replace'),
    ...(noRuns === undefined ? {} : { noRuns }),
    ...(announced ? { announced } : {}),
    ...(disturbs(input, first) ? { disturbs: true } : {}),
  };
}

/** Does every write of it fall next to a run? Then the one next to it may be stopped or come early. */
function disturbs(input: ImpactInput, first: number | undefined): boolean {
  const { action, before, fields, now } = input;
  const jobBefore = input.resourceBefore ?? {};
  const { resourceAfter = jobBefore, after: becomes } = input;
  const held = becomes !== undefined && startsAtOnce(becomes, resourceAfter, now);
  const written = action === 'replace' || action === 'deactivate' || fields.length > 0 || held;
  if (before === undefined || !written) return false;
  const old = timedLive(before, jobBefore);
  if (becomes === undefined || action === 'deactivate') return quietMoment([old], now) === undefined;
  const next = timedAfter(becomes, resourceAfter, first);
  return quietMoment([old, action === 'replace' ? { ...next, calm: CALM } : next], now) === undefined;
}

const none: RunList = () => [];

function runsBefore(part: LivePart, job: JsonObject | undefined, now: number): RunList {
  return coming(part.spec, job ?? {}, now, readDate(part.facts['nextRunAt']));
}

interface After {
  list: RunList;
  immediate: boolean;
  announced: boolean;
}

function runsAfter(input: ImpactInput): After {
  const { after, now } = input;
  const job = input.resourceAfter ?? {};
  const gone = input.action === 'delete' || input.action === 'deactivate' || after === undefined;
  if (gone) return { list: none, immediate: false, announced: false };
  if (isLateOneTime(after, job, now)) return { list: () => [now], immediate: true, announced: false };
  if (!startsAtOnce(after, job, now)) {
    return { list: coming(after, job, now, undefined), immediate: false, announced: false };
  }
  if (isAnnounced(input.action, input.reason, after)) {
    return { list: coming(after, job, now, now), immediate: true, announced: true };
  }
  // What is not ours cannot be given a start of our own: switching its job on starts it.
  if (input.reason === 'unowned' && input.fields.length === 0) {
    return { list: coming(after, job, now, now), immediate: true, announced: false };
  }
  const start = plannedStart(input, after);
  return { list: coming(after, job, now, start), immediate: false, announced: false };
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
  if (input.action === 'replace' && !sameInterval(input.before.spec, after))
    return replacementStart(after, readDate(input.before.facts['nextRunAt']), input.now);
  const isStartChanged = input.fields.includes('/startTime');
  const phase = phaseOfChanged(after, input.before, { isStartChanged, now: input.now });
  return effectiveStart(after, phase, input.now);
}

/** A one-time schedule in the past runs at once when it is active and its end has not passed. */
function isLateOneTime(schedule: JsonObject, job: JsonObject, now: number): boolean {
  if (schedule['active'] !== true || job['active'] === false) return false;
  const timing = timingOf(schedule);
  const { endTime = Number.POSITIVE_INFINITY } = boundsWithin(schedule, job);
  return timing?.mode === 'time' && timing.at <= now && endTime > now;
}

/** The runs from `now` on. `anchor` is the known due time of an interval. */
function coming(schedule: JsonObject, job: JsonObject, now: number, anchor: number | undefined): RunList {
  return (until, limit) => runsWithin(schedule, job, { from: now, until, limit }, anchor);
}
