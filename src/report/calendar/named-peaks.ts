import type { Calendar } from './calendar.ts';
import { listed, markedName, nameOf } from './jobs.ts';
import { busiestMinutes, type Load } from './load.ts';
import { shortened } from './markup.ts';

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
  /** Some of them at least. */
  who: { address: string; schedule: string }[];
  /** How many schedules run in it. */
  schedules: number;
}

/** The busiest minutes with names, the busiest first; at most `limit`. */
export function namedPeaks(calendar: Calendar, load: Load, limit: number): NamedPeak[] {
  const runners = new Map<
    number,
    { count: number; who: NamedPeak['who']; schedules: number; hash: number }
  >();
  for (const { at, count } of busiestMinutes(load, CANDIDATES)) {
    runners.set(at, { count, who: [], schedules: 0, hash: 0 });
  }
  for (const [index, lane] of calendar.lanes.entries()) {
    const { address, runs } = lane;
    let last = Number.NaN;
    for (const at of runs) {
      const minute = Math.floor(at / MINUTE) * MINUTE;
      if (minute === last) continue;
      last = minute;
      const found = runners.get(minute);
      if (found === undefined) continue;
      if (found.who.length < NAMES) found.who.push({ address, schedule: markedName(lane) });
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

/** `SapJob/report daily, SapJob/mail hourly and 12 more`; `plain`: without the kind. */
export function whoText(
  { who, schedules }: NamedPeak,
  { most, plain, longest }: { most: number; plain: boolean; longest: number },
): string {
  const names = who.slice(0, most).map(({ address, schedule }) => {
    const job = plain ? nameOf(address) : address;
    return shortened(schedule === '' ? job : `${job} ${schedule}`, longest);
  });
  return listed(names, most, schedules);
}
