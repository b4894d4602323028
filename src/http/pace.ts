import { createRecentCount } from './recent-count.ts';

/** How fast one host may be asked, learned from its refusals. Times are epoch ms. */
export interface Pace {
  /** How long to wait before the next request, ms; 0: now. */
  waitMs(now: number): number;
  /** A request goes out. */
  start(): void;
  answered(now: number): void;
  /** The service said that a limit is near. */
  warned(now: number): void;
  /** The service refused, and asked for a pause of `pauseMs`. */
  refused(now: number, pauseMs: number): void;
  /** Requests per second; undefined as long as nothing was ever refused. */
  perSecond(): number | undefined;
}

/** Below what was refused: so far that the next refusal is some time away. */
const STEP_BACK = 0.96;
/** What went well before counts less with each refusal: somebody else may use the limit, too. */
const LESS_PROVEN = 0.9;
/** `Retry-After` counts whole seconds: it says up to so much too long, ms. */
const ROUNDED_UP = 1000;
/** Fewer answers between two refusals tell nothing about a pace: it is the same refusal still. */
const FEW = 5;
/** So much may be caught up after a timer that came late, ms. */
const CATCH_UP = 100;
/** Growth per second: far from any limit. */
const FAST = 0.1;
/** Share of the way to what may be the limit that is gone in each window. */
const MEDIUM = 0.2;
/** Growth per second where the last refusal was. */
const SLOW = 0.001;
/** After so long without a refusal, ms, the slow growth has doubled; it goes on with the square of the time. */
const PATIENCE = 15_000;
/** The window of a limit is taken to be between these, ms: a limit is said to lift within a minute. */
const SHORTEST = 1000;
const LONGEST = 60_000;
/** A pace below this would be no pace but a standstill; per ms. */
const LEAST = 1 / 1000;

/**
 * A rate limit that counts requests in windows cannot be met by few requests at a time alone: whoever is fast uses up the
 * window, is refused, and waits. So the first refusal tells the pace: what was answered, over the time it took and the
 * pause that was asked for. As that pause is rounded up, the limit may be higher: from there the pace grows, slowly once it
 * is where a refusal was. It grows fast when the service warns before it refuses and does not warn now. Windows may be long,
 * and their beginning is always quiet, so that growth and silence are measured in them: a window is no shorter than the
 * longest pause that was asked for.
 */
export function createPace(): Pace {
  let pace: number | undefined;
  /** The limit is not above this. */
  let ceiling = 0;
  /** What went well for a whole window. */
  let proven = 0;
  /** The limit's window is at least so long, ms. */
  let window = SHORTEST;
  const recent = createRecentCount();
  /** The last refusal that came after answers, and the pace before it. */
  let refusal: { at: number; pace: number | undefined } | undefined;
  /** End of the last pause. */
  let resumedAt = Number.NEGATIVE_INFINITY;
  let warnedAt = Number.NEGATIVE_INFINITY;
  /** Did a warning come before the last refusal? Then silence means something. */
  let trusted = false;
  /** When the pace last grew fast. */
  let fastAt = Number.NEGATIVE_INFINITY;
  let grownAt = 0;
  let allowance = 1;

  function grow(now: number): void {
    if (pace === undefined) return;
    const seconds = Math.max(0, Math.min(now - grownAt, 1000)) / 1000;
    allowance = Math.min(Math.max(1, pace * CATCH_UP), allowance + Math.max(0, now - grownAt) * pace);
    grownAt = now;
    pace *= 1 + growth(now, pace) * seconds;
  }

  function growth(now: number, current: number): number {
    const quiet = 2 * window;
    if (trusted && now - warnedAt > quiet && now - resumedAt > quiet) {
      fastAt = now;
      return FAST;
    }
    const gap = Math.log((STEP_BACK * ceiling) / current);
    const patience = Math.max(0, now - resumedAt) / Math.max(PATIENCE, quiet);
    return Math.max((gap * MEDIUM * SHORTEST) / window, SLOW * (1 + patience ** 2));
  }

  return {
    waitMs(now) {
      grow(now);
      return pace === undefined || allowance >= 1 ? 0 : Math.ceil((1 - allowance) / pace);
    },
    start() {
      if (pace !== undefined) allowance -= 1;
    },
    answered(now) {
      recent.add(now);
    },
    warned(now) {
      warnedAt = now;
    },
    refused(now, pauseMs) {
      // Sent before the pause began: it says nothing new.
      if (now < resumedAt) return;
      const isSame = refusal !== undefined && recent.since(resumedAt) < FEW;
      if (!isSame) {
        recent.forgetBefore(resumedAt);
        refusal = { at: now, pace };
      }
      const before = refusal?.pace;
      const pause = now - (refusal?.at ?? now) + pauseMs;
      // Refused right after it was quiet: that was the beginning of a longer window.
      const misled = now - fastAt < window ? now - resumedAt : 0;
      const longer = Math.min(LONGEST, Math.max(window, pause, misled));
      if (longer > window) proven = 0;
      window = longer;
      // A pace that went well for a window is too much by its last growth alone, however long the pause that is asked for.
      const isLate = !isSame && before !== undefined && now - resumedAt >= window;
      trusted = now - warnedAt < 2 * window;
      resumedAt = now + pauseMs;
      grownAt = resumedAt;
      allowance = 1;
      // Somebody else may have used up the window: then there is no pace to be seen.
      if (before === undefined && recent.since(Number.NEGATIVE_INFINITY) < FEW) return;
      const rounding = pauseMs >= ROUNDED_UP ? ROUNDED_UP : 0;
      const [least, likely, most] = isLate
        ? [0, 0, 0]
        : [pauseMs, pauseMs - rounding / 2, pauseMs - rounding];
      const { count, sinceMs } = recent.fastest(now, least, window);
      const over = (rest: number): number => count / Math.max(isLate ? window : 1, sinceMs + rest);
      ceiling = Math.min(before ?? Number.POSITIVE_INFINITY, over(most));
      proven = isLate ? STEP_BACK * over(0) : proven * LESS_PROVEN;
      pace = Math.max(
        LEAST,
        before === undefined ? over(least) : STEP_BACK * Math.min(before, Math.max(proven, over(likely))),
      );
    },
    perSecond: () => (pace === undefined ? undefined : pace * 1000),
  };
}
