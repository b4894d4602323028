interface Mark {
  /** Epoch ms. */
  at: number;
  /** What happened at that time, and between it and the next mark. */
  count: number;
}

export interface RecentCount {
  add(now: number): void;
  /**
   * The part of the past, up to now and so long beyond it (`pauseMs`, in which nothing can be), that had the most for its
   * length: what happened, and how long ago it began. An idle time before it does not count, and neither does
   * a part shorter than `leastMs`.
   */
  fastest(now: number, pauseMs: number, leastMs: number): { count: number; sinceMs: number };
  since(at: number): number;
  forgetBefore(at: number): void;
}

/** More marks are not kept: two neighbours become one. */
const MOST_MARKS = 512;

/** How much happened, and when, in little memory: the older, the coarser. */
export function createRecentCount(): RecentCount {
  let marks: Mark[] = [];

  return {
    add(now) {
      const last = marks.at(-1);
      if (last !== undefined && last.at >= now) last.count += 1;
      else marks.push({ at: now, count: 1 });
      if (marks.length > MOST_MARKS) marks = thin(marks);
    },
    fastest(now, pauseMs, leastMs) {
      let best = { count: 0, sinceMs: 0 };
      let highest = 0;
      let count = 0;
      for (const mark of marks.toReversed()) {
        count += mark.count;
        const sinceMs = Math.max(1, now - mark.at);
        const rate = count / Math.max(leastMs, sinceMs + pauseMs);
        if (rate < highest) continue;
        highest = rate;
        best = { count, sinceMs };
      }
      return best;
    },
    since: (at) => marks.reduce((sum, mark) => sum + (mark.at >= at ? mark.count : 0), 0),
    forgetBefore(at) {
      marks = marks.filter((mark) => mark.at >= at);
    },
  };
}

/** The older half at half the resolution. */
function thin(marks: readonly Mark[]): Mark[] {
  const half = marks.length >> 1;
  const thinned: Mark[] = [];
  for (let at = 0; at < half; at += 2) {
    const first = marks[at];
    const second = at + 1 < half ? marks[at + 1] : undefined;
    if (first !== undefined) thinned.push({ at: first.at, count: first.count + (second?.count ?? 0) });
  }
  return [...thinned, ...marks.slice(half)];
}
