import type { Calendar } from './calendar.ts';

const MINUTE = 60_000;

/** How many runs begin in each minute. */
export interface Load {
  /** Epoch ms of the first minute. */
  start: number;
  /** One count for each minute from `start` on, to the end of the stretch. */
  counts: Uint32Array;
  /** Of all minutes. */
  total: number;
  /** Of the busiest minute. */
  most: number;
}

export function loadPerMinute({ from, until, lanes }: Pick<Calendar, 'from' | 'until' | 'lanes'>): Load {
  const first = Math.floor(from / MINUTE);
  const counts = new Uint32Array(Math.max(1, Math.ceil(until / MINUTE) - first));
  let total = 0;
  for (const { runs } of lanes) {
    total += runs.length;
    for (const at of runs) {
      const index = Math.floor(at / MINUTE) - first;
      counts[index] = (counts[index] ?? 0) + 1;
    }
  }
  return { start: first * MINUTE, counts, total, most: counts.reduce((a, b) => Math.max(a, b), 0) };
}

/** One minute and how many runs begin in it. */
export interface Peak {
  /** Epoch ms of the minute. */
  at: number;
  count: number;
}

/** The busiest minutes, the busiest first, then the earliest. A run that is alone is no peak. */
export function busiestMinutes({ start, counts }: Load, limit: number): Peak[] {
  if (limit < 1) return [];
  const threshold = thresholdFor(counts, limit);
  const peaks: Peak[] = [];
  for (const [index, count] of counts.entries()) {
    if (count >= threshold) peaks.push({ at: start + index * MINUTE, count });
  }
  return peaks.sort((a, b) => b.count - a.count || a.at - b.at).slice(0, limit);
}

/** The least count that is among the `limit` highest; found by counting, because a year has half a million minutes. */
function thresholdFor(counts: Uint32Array, limit: number): number {
  const minutesWith = new Map<number, number>();
  for (const count of counts) {
    if (count > 1) minutesWith.set(count, (minutesWith.get(count) ?? 0) + 1);
  }
  let minutes = 0;
  let threshold = 2;
  for (const count of [...minutesWith.keys()].sort((a, b) => b - a)) {
    threshold = count;
    minutes += minutesWith.get(count) ?? 0;
    if (minutes >= limit) break;
  }
  return threshold;
}
