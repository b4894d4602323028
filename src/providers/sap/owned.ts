import type { Change, PartChange } from '../../core/change.ts';
import type { JsonObject } from '../../core/json.ts';
import type { LivePart, LiveResource } from '../../core/resource.ts';
import { correlateSchedules } from './correlate.ts';
import { startsAtOnce } from './effective.ts';

/** The live schedules of a change that are ours, by key: remembered ones, and those an adoption takes over. */
export function ownedSchedules(change: Change): Map<string, LivePart> {
  const live = change.live?.parts ?? [];
  const entries = Object.entries(change.base?.parts ?? {}).filter(([, part]) => part.released === undefined);
  const { matched } = correlateSchedules({
    live,
    remembered: Object.fromEntries(entries.map(([key, part]) => [key, part.id])),
    desired: change.desired?.parts ?? [],
    base: {},
  });
  const byId = new Map(live.map((part) => [part.id, part]));
  const owned = new Map<string, LivePart>();
  for (const [key, id] of matched) {
    const part = byId.get(id);
    if (part !== undefined) owned.set(key, part);
  }
  return owned;
}

/** The job around the schedules before and after a change. A task's job keeps what it has. */
export function jobBefore(change: Change): JsonObject {
  return { ...change.live?.facts, ...change.live?.spec };
}

export function jobAfter(change: Change): JsonObject {
  return { ...change.live?.facts, ...(change.target ?? change.desired?.spec ?? change.live?.spec) };
}

/**
 * Our schedules that the service would run at once because their job is switched on (or its bounds move), and that have
 * no write of their own in this change (SEMANTICS 5).
 */
export function wokenSchedules(change: Change, now: number): [string, LivePart][] {
  const written = new Set(change.parts.filter(isWritten).map((part) => part.live?.id));
  return [...ownedSchedules(change)]
    .filter(([, part]) => !written.has(part.id) && wakes(part.spec, change, now))
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Schedules that are not ours and would run at once: nothing can be written to them to prevent it. */
export function wokenOthers(change: Change, live: LiveResource, now: number): LivePart[] {
  const owned = new Set([...ownedSchedules(change).values()].map(({ id }) => id));
  const ours = new Set(change.parts.map((part) => part.live?.id));
  return live.parts.filter(({ id, spec }) => !owned.has(id) && !ours.has(id) && wakes(spec, change, now));
}

/** Does the change of the job make something run that rested? Then the job is written last. */
export function wakesAny(change: Change, now: number): boolean {
  return isSwitchedOn(change) || (change.live?.parts ?? []).some((part) => wakes(part.spec, change, now));
}

function isSwitchedOn(change: Change): boolean {
  return jobBefore(change)['active'] === false && jobAfter(change)['active'] === true;
}

function wakes(schedule: JsonObject, change: Change, now: number): boolean {
  return startsAtOnce(schedule, jobAfter(change), now) && !startsAtOnce(schedule, jobBefore(change), now);
}

/** Parts with a request of their own. */
export function isWritten(part: PartChange): boolean {
  if (part.blocked !== undefined) return false;
  if (part.action === 'update' || part.action === 'adopt') return part.fields.some((field) => field.healed);
  return part.action !== 'forget';
}
