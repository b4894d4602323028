import type { PartChange } from '../../core/change.ts';
import { ReconcileError } from '../../core/errors.ts';
import type { JsonObject } from '../../core/json.ts';
import type { LivePart } from '../../core/resource.ts';
import {
  effectiveStart,
  effectiveValues,
  phaseOfChanged,
  phaseOfNew,
  replacementStart,
  sameInterval,
  startsAtOnce,
} from './effective.ts';
import { isAnnounced } from './impact.ts';
import { readDate } from './meaning.ts';
import { timingOf } from './schedule-timing.ts';

export interface Ready {
  /** The schedule as it is to be sent. */
  values: JsonObject;
  /** What was sent of the engine's own accord. */
  effective?: JsonObject;
}

/** When a write happens, and the first run that the plan showed for after it (epoch ms): where there is a choice, it is that. */
export interface Moment {
  now: number;
  shown: number | undefined;
}

/**
 * A new schedule, ready to be sent: with a start of our own where it would run unannounced (SEMANTICS 5). Undefined when
 * its one time has passed by now: such a schedule is never sent (SEMANTICS 4).
 */
export function prepareNew(part: PartChange, job: JsonObject, moment: Moment): Ready | undefined {
  const { now, shown } = moment;
  const values = part.target ?? part.desired?.spec ?? {};
  if (isPast(values, now)) return undefined;
  if (!startsAtOnce(values, job, now) || isAnnounced('create', part.reason, values)) return { values };
  return withStart(values, shown ?? (part.reason === 'missing' ? undefined : phaseOfNew(values)), now);
}

/** A schedule that is changed: its live due time, read just before, stays its phase. */
export function prepareChanged(
  values: JsonObject,
  live: LivePart,
  job: JsonObject,
  { now, shown }: Moment,
  isStartChanged = false,
): Ready {
  if (!startsAtOnce(values, job, now)) return { values };
  const due = phaseOfChanged(values, live, { isStartChanged, now });
  // What the plan showed holds, also where it has begun by now; but late runs may have moved a phase that goes on.
  const goesOn = sameInterval(values, live.spec) && due !== undefined;
  const phase = shown === undefined || (goesOn && shown <= now) ? due : shown;
  return withStart(values, phase, now);
}

/** A schedule in a new mode, about to be switched on. */
export function prepareReplacement(
  values: JsonObject,
  old: LivePart | undefined,
  job: JsonObject,
  { now, shown }: Moment,
): Ready {
  if (!startsAtOnce(values, job, now)) return { values };
  const start = replacementStart(values, readDate(old?.facts['nextRunAt']), now);
  return withStart(values, shown ?? start, now);
}

function withStart(values: JsonObject, phase: number | undefined, now: number): Ready {
  const effective = effectiveValues(effectiveStart(values, phase, now));
  return { values: { ...values, ...effective }, effective };
}

/** The service runs a one-time schedule with a time in the past at once. */
export function refusePast(what: string, values: JsonObject, now: number): void {
  if (values['active'] !== true || !isPast(values, now)) return;
  throw new ReconcileError(
    `${what} was to run once at a time that is past by now: writing it would run it at once.`,
    {
      code: 'TIME_PASSED',
      category: 'stale',
      remedy: 'Give it a time in the future, and plan again.',
    },
  );
}

function isPast(values: JsonObject, now: number): boolean {
  const timing = timingOf(values);
  return timing?.mode === 'time' && timing.at <= now;
}
