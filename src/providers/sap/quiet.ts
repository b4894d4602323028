import { ReconcileError } from '../../core/errors.ts';
import type { JsonObject } from '../../core/json.ts';
import type { LivePart } from '../../core/resource.ts';
import { readDate } from './meaning.ts';
import { runsWithin } from './runs.ts';
import type { Doing } from './writing.ts';

/**
 * A PUT stops a run that is in the execution queue and starts one early that was picked from it. How long before its time
 * that is, is not documented: a quarter of a minute is taken for it, and some time for the request to get there. Ms.
 */
const QUEUED = 15_000;
const ON_THE_WAY = 10_000;
export const CALM = QUEUED + ON_THE_WAY;
/** How long one waits for a moment without a run. */
const PATIENCE = 5 * 60_000;
const TRIES = 3;
/** A run each second. */
const MOST_RUNS = (PATIENCE + CALM) / 1000;

/** A schedule with the job around it, and the phase of its interval (epoch ms). */
export interface Timed {
  schedule: JsonObject;
  job: JsonObject;
  anchor: number | undefined;
  /** How long before its next run it may still be written, ms. */
  calm: number;
}

/**
 * The first instant from `now` on at which a write disturbs no run of any of these: none is due for a while after it.
 * Undefined when they run so often that there is none soon. Epoch ms.
 */
export function quietMoment(timed: readonly Timed[], now: number): number | undefined {
  const stretch = { from: now + 1, until: now + PATIENCE + CALM, limit: MOST_RUNS };
  const runs = timed
    .flatMap(({ schedule, job, anchor, calm }) =>
      runsWithin(schedule, job, stretch, anchor).map((at) => ({ at, from: at - calm })),
    )
    .sort((a, b) => a.at - b.at);
  let moment = now;
  for (const { at, from } of runs) if (at > moment && from <= moment) moment = at + 1;
  return moment <= now + PATIENCE ? moment : undefined;
}

/** A live schedule with its due time as its phase. */
export function timedLive({ spec, facts }: LivePart, job: JsonObject): Timed {
  return { schedule: spec, job, anchor: readDate(facts['nextRunAt']), calm: CALM };
}

/** What a schedule becomes in place: the request has to get there before a start that it names. */
export function timedAfter(schedule: JsonObject, job: JsonObject, anchor: number | undefined): Timed {
  return { schedule, job, anchor, calm: ON_THE_WAY };
}

/**
 * Waits until a write disturbs no run. `look` reads what is there now and says what runs; it is asked again after each
 * wait. Where the plan said that there is no such moment, or the user allowed runs at once, nothing waits.
 */
export async function waitForQuiet<Seen>(
  doing: Doing,
  key: string,
  look: () => Promise<{ seen: Seen; timed: readonly Timed[] }>,
): Promise<Seen> {
  const { context, change } = doing;
  for (let tries = 0; ; tries++) {
    const { seen, timed } = await look();
    const now = context.now();
    const moment = quietMoment(timed, now);
    if (moment === now || context.pause === undefined || change.desired?.lifecycle.allowImmediate === true) {
      return seen;
    }
    if (moment === undefined) {
      if (isAnnouncedToDisturb(doing, key)) return seen;
      throw noQuietMoment(key);
    }
    // A due time that is "now" again and again does not pass: waiting for it would never end.
    if (tries === TRIES) return seen;
    await context.pause(moment, `schedule "${key}" to have run`);
  }
}

function isAnnouncedToDisturb({ context }: Doing, key: string): boolean {
  return context.planned?.parts.find((part) => part.key === key)?.impact?.disturbs === true;
}

function noQuietMoment(key: string): ReconcileError {
  return new ReconcileError(
    `Schedule "${key}" runs so often by now that any write would stop a run or start it early, which the plan did not say.`,
    {
      code: 'NO_GAP',
      category: 'stale',
      remedy: 'It was not written. Plan again: the plan then says so.',
    },
  );
}
