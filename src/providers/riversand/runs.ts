import type { JsonObject } from '../../core/json.ts';
import type { RunsInput } from '../../core/provider.ts';
import { parseRiversandTime } from '../../time/index.ts';
import { canonicalNumber } from './meaning.ts';
import { rhythmOf, runsFrom } from './phase.ts';

/** Runs of a batch schedule whose phase is known: from what was sent, else from `startAt`. None where nothing tells it. */
export function batchRuns({ resource, facts, due, from, until, limit }: RunsInput): number[] {
  if (resource['enabled'] === false) return [];
  const rhythm = rhythmOf(resource, facts);
  const anchor = due ?? rhythm?.last ?? rhythm?.startAt;
  if (rhythm === undefined || anchor === undefined) return [];
  return within(anchor, rhythm.interval, from, until, limit);
}

export function unsureBatchPhase({ resource, facts, due }: Pick<RunsInput, 'resource' | 'facts' | 'due'>) {
  if (resource['enabled'] === false) return undefined;
  const rhythm = rhythmOf(resource, facts);
  return (due ?? rhythm?.last ?? rhythm?.startAt) === undefined ? ('unknown' as const) : undefined;
}

export function unsureObjectPhase({ resource, due, from }: Pick<RunsInput, 'resource' | 'due' | 'from'>) {
  if (resource['enabled'] === false) return undefined;
  return (due ?? instantOf(resource, 'startTime', from)) === undefined ? ('unknown' as const) : undefined;
}

/** Calls of a schedule object that has a start: a bare time of day is today's. */
export function objectRuns({ resource, due, from, until, limit }: RunsInput): number[] {
  if (resource['enabled'] === false) return [];
  const minutes = canonicalNumber(resource['intervalInMins'] ?? null);
  const start = due ?? instantOf(resource, 'startTime', from);
  if (typeof minutes !== 'number' || minutes < 1 || start === undefined) return [];
  const stop = stopOf(resource, from) ?? Number.POSITIVE_INFINITY;
  return within(start, minutes * 60_000, from, Math.min(until, stop), limit);
}

/** When the calls of a schedule object stop, epoch ms; a bare time of day is that of `day`. */
export function stopOf(resource: JsonObject, day: number): number | undefined {
  return instantOf(resource, 'stopTime', day);
}

function instantOf(resource: JsonObject, field: string, day: number): number | undefined {
  const text = resource[field];
  if (typeof text !== 'string') return undefined;
  const parsed = parseRiversandTime(text, { day });
  return parsed.ok ? (parsed.value.at ?? undefined) : undefined;
}

/** Runs of a phase in [from, until), none before the anchor. */
export function within(
  anchor: number,
  interval: number,
  from: number,
  until: number,
  limit: number,
): number[] {
  const most = Math.min(limit, Math.max(0, Math.ceil((until - Math.max(anchor, from)) / interval) + 1));
  return runsFrom(anchor, interval, from, most).filter((at) => at < until);
}
