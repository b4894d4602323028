import { DAY, dateToInstant, daysInMonth, HOUR, MINUTE, SECOND, weekdayOf } from './calendar.ts';
import { LAST_YEAR, matchingDays, type SapCron } from './sap-cron-model.ts';

/** The stretch [from, until), epoch milliseconds, and how many fires at most. */
export interface Stretch {
  from: number;
  until: number;
  limit: number;
}

/**
 * All fire times of a cron in a stretch, in order, as a list. The same as asking for the next one again and again, but
 * each day is looked up once: for the calendars of thousands of schedules.
 */
export function listSapCron(cron: SapCron, stretch: Stretch): number[] {
  const times: number[] = [];
  const { from, until } = stretch;
  if (!(from < until)) return times;
  const start = new Date(from);
  let year = start.getUTCFullYear();
  let month = start.getUTCMonth() + 1;
  while (year <= LAST_YEAR && times.length < stretch.limit) {
    const first = dateToInstant(year, month, 1);
    if (first >= until) break;
    if (cron.years.includes(year) && cron.months.includes(month)) {
      addMonth(times, cron, first, daysInMonth(year, month), stretch);
    }
    month = month === 12 ? 1 : month + 1;
    if (month === 1) year += 1;
  }
  return times;
}

function addMonth(times: number[], cron: SapCron, first: number, length: number, stretch: Stretch): void {
  const mask = matchingDays(cron, length, weekdayOf(first));
  for (let day = 0; day < length; day++) {
    const midnight = first + day * DAY;
    if (midnight >= stretch.until) return;
    if (midnight + DAY <= stretch.from || ((mask >>> day) & 1) === 0) continue;
    addDay(times, cron, midnight, stretch);
    if (times.length >= stretch.limit) return;
  }
}

function addDay(times: number[], cron: SapCron, midnight: number, { from, until, limit }: Stretch): void {
  for (const h of cron.hours) {
    const hour = midnight + h * HOUR;
    if (hour + HOUR <= from) continue;
    if (hour >= until) return;
    for (const m of cron.minutes) {
      const minute = hour + m * MINUTE;
      if (minute + MINUTE <= from) continue;
      if (minute >= until) return;
      for (const s of cron.seconds) {
        const at = minute + s * SECOND;
        if (at < from) continue;
        if (at >= until || times.length >= limit) return;
        times.push(at);
      }
    }
  }
}
