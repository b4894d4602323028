import { DAY } from './calendar.ts';

/** The runs of a schedule from now on and before `until` (epoch ms), in order, at most `limit`. */
export type RunList = (until: number, limit: number) => readonly number[];

/** Stretch over which runs per day are counted. */
export const COUNTED_DAYS = 7;
/** A week of a run each second. */
const MOST_COUNTED = COUNTED_DAYS * 86_400;
/** Lists that agree for so many runs are taken for equal. */
const MOST_COMPARED = 50_000;

/** Runs a day, over the next seven days from `now` (epoch ms), with two decimals. */
export function runsPerDay(list: RunList, now: number): number {
  const { length } = list(now + COUNTED_DAYS * DAY, MOST_COUNTED);
  return Math.round((100 * length) / COUNTED_DAYS) / 100;
}

/** The first run that only one of the lists has before `until`, epoch ms; undefined when there is none. */
export function firstDifference(before: RunList, after: RunList, until: number): number | undefined {
  for (let limit = 16; limit <= MOST_COMPARED * 16; limit *= 16) {
    const [left, right] = [before(until, limit), after(until, limit)];
    const length = Math.max(left.length, right.length);
    for (let index = 0; index < length; index++) {
      const [a, b] = [left[index], right[index]];
      if (a !== b) return Math.min(a ?? Number.POSITIVE_INFINITY, b ?? Number.POSITIVE_INFINITY);
    }
    if (length < limit) return undefined;
    if (limit >= MOST_COMPARED) return undefined;
  }
  return undefined;
}
