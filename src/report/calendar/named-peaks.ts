import type { Calendar } from './calendar.ts';
import { busiestMinutes, type Load } from './load.ts';

const MINUTE = 60_000;
/** So many busy minutes are looked at for what repeats: a peak of every hour, over two weeks. */
const CANDIDATES = 400;
/** Of one peak so many schedules are remembered by name. */
const NAMES = 12;

/** A peak with who runs in it; other minutes in which the same schedules meet are the same peak. */
export interface NamedPeak {
  /** Epoch ms of the minutes, in order. */
  minutes: number[];
  count: number;
  /** `SapJob/report daily`, some of them at least. */
  who: string[];
  /** How many schedules run in it. */
  schedules: number;
}

/** The busiest minutes with names, the busiest first; at most `limit`. */
export function namedPeaks(calendar: Calendar, load: Load, limit: number): NamedPeak[] {
  const runners = new Map<number, { count: number; who: string[]; schedules: number; hash: number }>();
  for (const { at, count } of busiestMinutes(load, CANDIDATES)) {
    runners.set(at, { count, who: [], schedules: 0, hash: 0 });
  }
  for (const [index, { address, schedule, runs }] of calendar.lanes.entries()) {
    let last = Number.NaN;
    for (const at of runs) {
      const minute = Math.floor(at / MINUTE) * MINUTE;
      if (minute === last) continue;
      last = minute;
      const found = runners.get(minute);
      if (found === undefined) continue;
      if (found.who.length < NAMES) found.who.push(schedule === '' ? address : `${address} ${schedule}`);
      found.schedules += 1;
      found.hash = (Math.imul(found.hash, 31) + index + 1) | 0;
    }
  }
  const peaks = new Map<string, NamedPeak>();
  for (const [at, { count, who, schedules, hash }] of runners) {
    const key = `${count} ${schedules} ${hash}`;
    const peak = peaks.get(key) ?? { minutes: [], count, who, schedules };
    peak.minutes.push(at);
    peaks.set(key, peak);
  }
  return [...peaks.values()].slice(0, limit);
}
