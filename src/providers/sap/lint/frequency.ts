import { fireTimes, parseSapCron, sapCronFires, type Timing } from '../../../time/index.ts';
import type { Claim } from './claims.ts';

/** How often something runs, whatever its bounds. */
export interface Frequency {
  /** Days of a year that have runs. */
  days: number;
  /** Runs on such a day. */
  perDay: number;
  /** The longest stretch between two days with runs, in days. */
  longestPause: number;
  /** The most usual distance of two runs, in seconds; 0 when there is only one. */
  gap: number;
}

const DAY = 86_400_000;

/** Looks at two years from `now` (epoch ms). */
export function frequencyOf(timing: Timing, now: number): Frequency {
  if (timing.mode === 'time') return { days: 1, perDay: 1, longestPause: Number.POSITIVE_INFINITY, gap: 0 };
  if (timing.mode === 'repeatAt') return { days: 365, perDay: 1, longestPause: 1, gap: 86_400 };
  if (timing.mode !== 'cron') return ofInterval(timing.seconds);
  const cron = inAnyYear(timing);
  const { hours, minutes, seconds } = cron;
  const daily = { ...cron, hours: [0], minutes: [0], seconds: [0] };
  const days = [...sapCronFires(daily, now, now + 730 * DAY)];
  const pauses = days.slice(1).map((day, index) => (day - (days[index] ?? day)) / DAY);
  const times = fireTimes({ ...timing, cron }, { from: now, until: now + 1500 * DAY, limit: 60 });
  return {
    days: days.length / 2,
    perDay: hours.length * minutes.length * seconds.length,
    longestPause: pauses.length === 0 ? Number.POSITIVE_INFINITY : Math.max(...pauses),
    gap: mostUsual(times.slice(1).map((at, index) => (at - (times[index] ?? at)) / 1000)),
  };
}

function ofInterval(seconds: number): Frequency {
  const perDay = 86_400 / seconds;
  return {
    days: Math.min(365, 365 * perDay),
    perDay: Math.max(1, perDay),
    longestPause: Math.max(1, 1 / perDay),
    gap: seconds,
  };
}

/** A description says how often, not in which years. */
function inAnyYear(timing: Timing & { mode: 'cron' }) {
  const text = timing.text.trim().replace(/^\S+/, '*');
  const parsed = parseSapCron(text);
  return parsed.ok ? parsed.value : timing.cron;
}

function mostUsual(numbers: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const number of numbers) counts.set(number, (counts.get(number) ?? 0) + 1);
  const [most] = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  return most?.[0] ?? 0;
}

/** Wide on purpose: `daily` on working days, twice a day or only in summer is no contradiction. */
export function fits(claim: Claim, { days, perDay, longestPause, gap }: Frequency): boolean {
  if ('gap' in claim) return gap >= claim.gap / 1.4 && gap <= claim.gap * 1.4;
  switch (claim.every) {
    case 'second':
      return gap > 0 && gap <= 2;
    case 'minute':
      return gap > 20 && gap <= 120;
    case 'hour':
      return gap >= 1200 && gap <= 7200;
    case 'day':
      return days >= 100 && perDay <= 6;
    case 'week':
      return longestPause <= 14 && days >= 24 && days <= 190 && perDay <= 24;
    case 'month':
      return longestPause >= 15 && longestPause <= 62 && perDay <= 24;
    case 'quarter':
      return longestPause >= 50 && longestPause <= 200;
    case 'year':
      return longestPause >= 180;
  }
}
