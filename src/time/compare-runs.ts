import { DAY, formatInstant } from './calendar.ts';

/** The runs of a schedule from now on and before `until` (epoch ms), in order, at most `limit`. */
export type RunList = (until: number, limit: number) => readonly number[];

/** Stretch over which runs per day are counted. */
const COUNTED_DAYS = 7;
/** A week of a run each second. */
const MOST_COUNTED = COUNTED_DAYS * 86_400;
/** Lists that agree for so many runs are taken for equal. */
const MOST_COMPARED = 50_000;

/** Runs a day, over the next seven days from `now` (epoch ms), with two decimals. */
function runsPerDay(list: RunList, now: number): number {
  const { length } = list(now + COUNTED_DAYS * DAY, MOST_COUNTED);
  return Math.round((100 * length) / COUNTED_DAYS) / 100;
}

/** The first run that only one of the lists has before `until`, epoch ms; undefined when there is none. */
function firstDifference(before: RunList, after: RunList, until: number): number | undefined {
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

/** What is shown of two lists of runs, as ISO instants in UTC. */
interface ComparedRuns {
  before: string[];
  after: string[];
  missed: string[];
  extra: string[];
  perDay: { before: number; after: number; days: number };
  /** Null: none before `until`. */
  firstDifference: string | null;
  until: string;
}

/**
 * The runs before and after a change, seen from `now` (epoch ms) as far as `look` reaches. `missed` and `extra` are compared
 * as far as both lists reach; what is new has neither.
 */
export function compareRuns(
  [listBefore, listAfter]: readonly [RunList, RunList],
  { now, look, isNew }: { now: number; look: { runs: number; horizon: number }; isNew: boolean },
): ComparedRuns {
  const until = now + look.horizon;
  const before = listBefore(until, look.runs);
  const after = listAfter(until, look.runs);
  const reach = commonReach([before, after], look.runs);
  const only = (runs: readonly number[], others: readonly number[]): string[] =>
    runs.filter((at) => at <= reach && !others.includes(at)).map(formatInstant);
  const differs = firstDifference(listBefore, listAfter, until);
  return {
    before: before.map(formatInstant),
    after: after.map(formatInstant),
    missed: only(before, after),
    extra: isNew ? [] : only(after, before),
    perDay: { before: runsPerDay(listBefore, now), after: runsPerDay(listAfter, now), days: COUNTED_DAYS },
    firstDifference: differs === undefined ? null : formatInstant(differs),
    until: formatInstant(until),
  };
}

/** Up to where both lists are complete. */
function commonReach(lists: readonly (readonly number[])[], listed: number): number {
  const ends = lists.filter((runs) => runs.length === listed).map((runs) => runs.at(-1) ?? 0);
  return Math.min(Number.POSITIVE_INFINITY, ...ends);
}
