import type { Json, JsonObject } from '../../core/json.ts';
import { readInstant, readSeconds } from './meaning.ts';
import { DEFAULT_MARGIN } from './normalize.ts';

export interface Rhythm {
  /** ms */
  interval: number;
  /** Phase anchor of the manifest, epoch ms: nothing is due before it. */
  startAt?: number;
  /** The last `doNotRunUntil` that was sent, epoch ms: the phase where the manifest names none. */
  last?: number;
}

/**
 * When the first run of a schedule that is written now is due: the first instant of its phase later than `now + margin`
 * (SEMANTICS 6). With no phase at all it starts to count now, so that nothing runs at once. All in ms.
 */
export function firstRun({ interval, startAt, last }: Rhythm, now: number, margin: number): number {
  const anchor = startAt ?? last ?? Math.ceil(now / 1000) * 1000;
  const earliest = now + margin;
  if (anchor > earliest) return anchor;
  return anchor + (Math.floor((earliest - anchor) / interval) + 1) * interval;
}

/** The first run must never be nearer than this when the request leaves: long enough for a slow answer, ms. */
const LONGEST_LEAD = 60_000;

/** Part of the margin, and never so long that a short interval leaves no room for it. All in ms. */
export function leadOf({ interval }: Rhythm, margin: number): number {
  return Math.min(margin / 2, LONGEST_LEAD, interval / 3);
}

/** Whether an instant is one of the rhythm's; all are where it has no phase. */
export function isOnGrid({ interval, startAt, last }: Rhythm, at: number): boolean {
  const anchor = startAt ?? last;
  return anchor === undefined || (at >= anchor && (at - anchor) % interval === 0);
}

/** Runs of a phase from `from` on, none before the anchor. */
export function runsFrom(anchor: number, interval: number, from: number, limit: number): number[] {
  const first = anchor >= from ? anchor : anchor + Math.ceil((from - anchor) / interval) * interval;
  return Array.from({ length: limit }, (_, index) => first + index * interval);
}

/** The rhythm of a schedule as written; undefined when its interval cannot be read. */
export function rhythmOf(spec: JsonObject, effective: JsonObject | undefined): Rhythm | undefined {
  const seconds = readSeconds(spec['recurrenceInterval']);
  if (seconds === undefined) return undefined;
  const startAt = readInstant(spec['startAt']);
  const last = readInstant(effective?.['doNotRunUntil']);
  return {
    interval: seconds * 1000,
    ...(startAt === undefined ? {} : { startAt }),
    ...(last === undefined ? {} : { last }),
  };
}

/** `startMargin` in ms. */
export function marginOf(value: Json | undefined): number {
  return (readSeconds(value) ?? readSeconds(DEFAULT_MARGIN) ?? 0) * 1000;
}
