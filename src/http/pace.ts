/** How fast one host may be asked, learned from its refusals. Times are epoch ms. */
export interface Pace {
  /** How long to wait before the next request, ms; 0: now. */
  waitMs(now: number): number;
  /** A request goes out. */
  start(now: number): void;
  answered(): void;
  /** The service said that a limit is near. */
  warned(now: number): void;
  /** The service refused, and asked for a pause of `pauseMs`. */
  refused(now: number, pauseMs: number): void;
  /** Requests per second; undefined as long as nothing was ever refused. */
  perSecond(): number | undefined;
}

/** Below what was refused: so far that the next refusal is some time away. */
const STEP_BACK = 0.96;
/** `Retry-After` counts whole seconds, so that on average it says so much too long, ms. */
const ROUNDED_UP = 500;
/** Without a warning for so long, ms, the limit is far away. */
const QUIET = 2000;
/** So much may be caught up after a timer that came late, ms. */
const CATCH_UP = 100;
/** Growth per second: far from any limit, below the pace of the last refusal, and about there. */
const FAST = 0.1;
const MEDIUM = 0.02;
const SLOW = 0.001;
/** After so long without a refusal, ms, the slow growth has doubled; it goes on with the square of the time. */
const PATIENCE = 15_000;
/** A refusal after so long at a pace, ms, tells that this pace was too much; an earlier one tells little. */
const CERTAIN = 5000;
/** What was answered counts the pause, too, in which nothing could be: the limit may be so much higher. */
const ABOVE_MEASURED = 1.05;
/** A pace below this would be no pace but a standstill; per ms. */
const LEAST = 1 / 1000;

/**
 * A rate limit that counts requests in windows cannot be met by few requests at a time alone: whoever is fast uses up the
 * window, is refused, and waits. So the first refusal tells the pace: what was answered, over the time it took and the
 * pause that was asked for. From there it grows: slowly where the last refusal was, faster below, and fast when the service
 * warns before it refuses and does not warn now.
 */
export function createPace(): Pace {
  let pace: number | undefined;
  let ceiling = 0;
  let count = 0;
  let since: number | undefined;
  let refusedAt = 0;
  let warnedAt = Number.NEGATIVE_INFINITY;
  /** Did a warning come before the last refusal? Then silence means something. */
  let trusted = false;
  let certain = false;
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
    if (trusted && now - warnedAt > QUIET && now - refusedAt > QUIET) return FAST;
    if (!certain || current < STEP_BACK * ceiling) return MEDIUM;
    const patience = Math.max(0, now - refusedAt) / PATIENCE;
    return SLOW * (1 + patience ** 2);
  }

  return {
    waitMs(now) {
      grow(now);
      return pace === undefined || allowance >= 1 ? 0 : Math.ceil((1 - allowance) / pace);
    },
    start(now) {
      since ??= now;
      if (pace !== undefined) allowance -= 1;
    },
    answered() {
      count += 1;
    },
    warned(now) {
      warnedAt = now;
    },
    refused(now, pauseMs) {
      const elapsed = now - (since ?? now);
      const rounding = pace !== undefined && pauseMs >= 1000 ? ROUNDED_UP : 0;
      const measured = Math.max(LEAST, count / Math.max(1, elapsed + pauseMs - rounding));
      certain = pace !== undefined && elapsed >= CERTAIN;
      // Hardly anything was answered since: that says nothing about the pace.
      if (pace !== undefined && count < 5) ceiling = pace;
      else ceiling = pace === undefined ? measured : Math.min(pace, measured * ABOVE_MEASURED);
      pace = Math.max(LEAST, STEP_BACK * ceiling);
      trusted = now - warnedAt < QUIET;
      refusedAt = now + pauseMs;
      since = undefined;
      count = 0;
      grownAt = refusedAt;
      allowance = 1;
    },
    perSecond: () => (pace === undefined ? undefined : pace * 1000),
  };
}
