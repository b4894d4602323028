import type { PlacedLoad } from './placed-load.ts';

export const MINUTE = 60_000;
const DAY = 86_400_000;

/** Five weeks: every weekday, and every day that a month has. */
export const HORIZON_DAYS = 35;

/** The runs of all loads, minute by minute, over the horizon. */
export interface Timetable {
  /** Epoch ms of the first minute: the next midnight UTC, so that every day counts whole. */
  from: number;
  until: number;
  /** Indices of the minutes, counted from `from`, in which a load runs. */
  minutesOf(load: PlacedLoad): readonly number[];
}

/** `now`: epoch ms. Loads with the same rhythm are reckoned once. */
export function createTimetable(now: number): Timetable {
  const from = (Math.floor(now / DAY) + 1) * DAY;
  const until = from + HORIZON_DAYS * DAY;
  const known = new Map<string, readonly number[]>();
  return {
    from,
    until,
    minutesOf(load) {
      const found = known.get(load.rhythm);
      if (found !== undefined) return found;
      const minutes = load.minutes(from, until).map((at) => (at - from) / MINUTE);
      known.set(load.rhythm, minutes);
      return minutes;
    },
  };
}

/** `Mon 2026-11-23 06:12 UTC` */
export function minuteText({ from }: Timetable, minute: number): string {
  const iso = new Date(from + minute * MINUTE).toISOString();
  const weekday = new Date(from + minute * MINUTE).toLocaleDateString('en', {
    weekday: 'short',
    timeZone: 'UTC',
  });
  return `${weekday} ${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
}
