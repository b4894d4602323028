export interface SkewEstimate {
  /** One answer: sent and received by our clock, and its `Date` header; all epoch ms. */
  observe(sent: number, received: number, date: number): void;
  /** The service's clock minus ours in ms; 0 when they agree as far as can be told, or when no answer gave a date. */
  value(): number;
}

/** A `Date` header names a whole second. */
const resolution = 1000;
/** Clocks that are set wrongly are not wrong by more; such a date is no clock's, ms. */
const implausible = 10 * 366 * 86_400_000;

/**
 * Every answer says: at some instant between `sent` and `received` the service's clock was within [date, date + 1 s).
 * Cutting those ranges with each other soon gives the skew better than any single answer could. An answer that
 * contradicts the earlier ones means that a clock was set: then only the new one counts.
 */
export function createSkewEstimate(): SkewEstimate {
  let low = Number.NEGATIVE_INFINITY;
  let high = Number.POSITIVE_INFINITY;
  return {
    observe(sent, received, date) {
      if (Math.abs(date - received) > implausible) return;
      const from = date - received;
      const to = date + resolution - sent;
      const contradicts = from > high || to < low;
      low = contradicts ? from : Math.max(low, from);
      high = contradicts ? to : Math.min(high, to);
    },
    value() {
      if (!Number.isFinite(low) || (low <= 0 && high >= 0)) return 0;
      return Math.round((low + high) / 2);
    },
  };
}

/** A date of HTTP (`Sun, 06 Nov 1994 08:49:37 GMT`) as epoch ms. */
export function parseHttpDate(text: string | undefined): number | undefined {
  if (text === undefined || !/^[A-Za-z]{3,9},? /.test(text)) return undefined;
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}
