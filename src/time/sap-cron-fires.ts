import { DAY, dateToInstant, daysInMonth, SECOND, startOfDay, weekdayOf } from './calendar.ts';
import { matchingDays, type SapCron } from './sap-cron-model.ts';

/**
 * The first instant strictly after `after` (epoch milliseconds) at which the cron fires, or null when there is none up
 * to the end of 2099. Goes from month to month, never from second to second, so that impossible crons end at once.
 */
export function nextSapCron(cron: SapCron, after: number): number | null {
  const from = Math.floor(after / SECOND) * SECOND + SECOND;
  const today = startOfDay(from);
  const firstDay = nextMatchingDay(cron, today);
  if (firstDay === null) return null;
  if (firstDay > today) return firstDay + firstTimeOfDay(cron) * SECOND;
  const time = nextTimeOfDay(cron, (from - today) / SECOND);
  if (time !== null) return today + time * SECOND;
  const nextDay = nextMatchingDay(cron, today + DAY);
  return nextDay === null ? null : nextDay + firstTimeOfDay(cron) * SECOND;
}

/** All fire times in [from, until), in order. */
export function* sapCronFires(cron: SapCron, from: number, until: number): Generator<number> {
  let at = nextSapCron(cron, from - 1);
  while (at !== null && at < until) {
    yield at;
    at = nextSapCron(cron, at);
  }
}

/** Midnight of the first matching day at or after `fromDay`. */
function nextMatchingDay(cron: SapCron, fromDay: number): number | null {
  const start = new Date(fromDay);
  const startYear = start.getUTCFullYear();
  const startMonth = start.getUTCMonth() + 1;
  for (const year of cron.years) {
    if (year < startYear) continue;
    for (const month of cron.months) {
      if (year === startYear && month < startMonth) continue;
      const first = dateToInstant(year, month, 1);
      let mask = matchingDays(cron, daysInMonth(year, month), weekdayOf(first));
      if (fromDay > first) mask &= -1 << (start.getUTCDate() - 1);
      if (mask !== 0) return first + lowestBit(mask) * DAY;
    }
  }
  return null;
}

function lowestBit(mask: number): number {
  return 31 - Math.clz32(mask & -mask);
}

function firstTimeOfDay(cron: SapCron): number {
  return timeOfDay(cron.hours[0], cron.minutes[0], cron.seconds[0]);
}

/** The first second of the day at or after `from` that matches. */
function nextTimeOfDay(cron: SapCron, from: number): number | null {
  const hour = Math.floor(from / 3600);
  const minute = Math.floor(from / 60) % 60;
  const second = from % 60;
  for (const h of cron.hours) {
    if (h < hour) continue;
    if (h > hour) return timeOfDay(h, cron.minutes[0], cron.seconds[0]);
    for (const m of cron.minutes) {
      if (m < minute) continue;
      if (m > minute) return timeOfDay(h, m, cron.seconds[0]);
      for (const s of cron.seconds) {
        if (s >= second) return timeOfDay(h, m, s);
      }
    }
  }
  return null;
}

function timeOfDay(hour = 0, minute = 0, second = 0): number {
  return hour * 3600 + minute * 60 + second;
}
