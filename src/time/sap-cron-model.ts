import { daysInMonth } from './calendar.ts';

/**
 * A day-of-month field by meaning: which days match in months of 28, 29, 30 and 31 days. Bit d-1 stands for day d.
 * Four masks are the whole meaning, because negative days only depend on the month's length.
 */
export type DayMasks = readonly [number, number, number, number];

/**
 * What the weekday field says about one weekday: which of its occurrences match in a month where it falls four times,
 * and in one where it falls five times. Bit n-1 stands for the n-th occurrence.
 */
export type WeekdayRule = { readonly four: number; readonly five: number };

/** A SAP cron by meaning. Lists are sorted and without doubles; `weekdays` starts with Sunday. UTC. */
export type SapCron = {
  readonly years: readonly number[];
  readonly months: readonly number[];
  readonly days: DayMasks;
  readonly weekdays: readonly WeekdayRule[];
  readonly hours: readonly number[];
  readonly minutes: readonly number[];
  readonly seconds: readonly number[];
};

/** Years outside these are refused, and no cron fires outside them: a horizon that keeps every search finite. */
export const FIRST_YEAR = 1970;
export const LAST_YEAR = 2099;

export const MONTH_LENGTHS = [28, 29, 30, 31] as const;

export function numberRange(from: number, to: number, step = 1): number[] {
  const numbers: number[] = [];
  for (let n = from; n <= to; n += step) numbers.push(n);
  return numbers;
}

export const ALL_YEARS: readonly number[] = numberRange(FIRST_YEAR, LAST_YEAR);
export const ALL_MONTHS: readonly number[] = numberRange(1, 12);
export const ALL_HOURS: readonly number[] = numberRange(0, 23);
export const ALL_SIXTY: readonly number[] = numberRange(0, 59);

export const EVERY_OCCURRENCE: WeekdayRule = { four: 0b1111, five: 0b11111 };
export const NO_OCCURRENCE: WeekdayRule = { four: 0, five: 0 };
export const ALL_WEEKDAYS: readonly WeekdayRule[] = Array.from({ length: 7 }, () => EVERY_OCCURRENCE);

/** The mask of all days of a month of this length. */
export function monthMask(length: number): number {
  return 2 ** length - 1;
}

export const ALL_DAYS: DayMasks = [monthMask(28), monthMask(29), monthMask(30), monthMask(31)];

/** Days `from` to `to`, every `step`-th, where negative days count from the month's end. */
export function dayRangeMasks(from: number, to: number, step = 1): DayMasks {
  return [
    dayRangeMask(from, to, step, 28),
    dayRangeMask(from, to, step, 29),
    dayRangeMask(from, to, step, 30),
    dayRangeMask(from, to, step, 31),
  ];
}

function dayRangeMask(from: number, to: number, step: number, length: number): number {
  const first = from > 0 ? from : length + 1 + from;
  const last = Math.min(to > 0 ? to : length + 1 + to, length);
  let mask = 0;
  for (let day = first; day <= last; day += step) {
    if (day >= 1) mask |= 1 << (day - 1);
  }
  return mask;
}

export function unionDays(a: DayMasks, b: DayMasks): DayMasks {
  return [a[0] | b[0], a[1] | b[1], a[2] | b[2], a[3] | b[3]];
}

/** Days of the month counted from its start only. */
export function positiveDays(days: Iterable<number>): DayMasks {
  let masks: DayMasks = [0, 0, 0, 0];
  for (const day of days) masks = unionDays(masks, dayRangeMasks(day, day));
  return masks;
}

/** The n-th occurrence of a weekday; negative from the end of the month. */
export function nthOccurrence(nth: number): WeekdayRule {
  if (nth > 0) return { four: nth <= 4 ? 1 << (nth - 1) : 0, five: 1 << (nth - 1) };
  return { four: nth >= -4 ? 1 << (4 + nth) : 0, five: 1 << (5 + nth) };
}

export function unionRules(a: WeekdayRule, b: WeekdayRule): WeekdayRule {
  return { four: a.four | b.four, five: a.five | b.five };
}

export function isEveryOccurrence(rule: WeekdayRule): boolean {
  return rule.four === EVERY_OCCURRENCE.four && rule.five === EVERY_OCCURRENCE.five;
}

/** Which month lengths the year and month fields let through: days outside them cannot matter. */
export function monthLengthsOf(cron: Pick<SapCron, 'years' | 'months'>): number[] {
  if (cron.years === ALL_YEARS && cron.months === ALL_MONTHS) return [...MONTH_LENGTHS];
  const lengths = new Set<number>();
  for (const month of cron.months) {
    if (month !== 2) {
      lengths.add(daysInMonth(2001, month));
      continue;
    }
    for (const year of cron.years) lengths.add(daysInMonth(year, 2));
  }
  return [...lengths].sort((a, b) => a - b);
}

/** The days of one month on which a cron fires, as a mask. `firstWeekday` is the weekday of the month's first day. */
export function matchingDays(cron: SapCron, length: number, firstWeekday: number): number {
  const days = cron.days[length - 28] ?? 0;
  if (days === 0 || cron.weekdays === ALL_WEEKDAYS) return days;
  let mask = 0;
  for (let weekday = 0; weekday < 7; weekday++) {
    const rule = cron.weekdays[weekday] ?? NO_OCCURRENCE;
    const first = (weekday - firstWeekday + 7) % 7;
    const occurrences = first + 28 < length ? rule.five : rule.four;
    for (let n = 0; n < 5; n++) {
      if ((occurrences >> n) & 1) mask |= 1 << (first + 7 * n);
    }
  }
  return days & mask;
}
