export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** Sunday first, as in JavaScript and Unix cron. */
export const WEEKDAY_NAMES = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
export const WEEKDAY_WORDS = [
  'Sunday',
  'Monday',
  'Tuesday',
  'Wednesday',
  'Thursday',
  'Friday',
  'Saturday',
] as const;
export const MONTH_NAMES = [
  'jan',
  'feb',
  'mar',
  'apr',
  'may',
  'jun',
  'jul',
  'aug',
  'sep',
  'oct',
  'nov',
  'dec',
] as const;

export function isLeapYear(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}

/** Days in a month; `month` is 1 to 12. */
export function daysInMonth(year: number, month: number): number {
  if (month === 2) return isLeapYear(year) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Midnight UTC of a calendar date, epoch milliseconds; unlike Date.UTC it takes the years 0 to 99 literally. */
export function dateToInstant(year: number, month: number, day: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getTime();
}

/** 0 (Sunday) to 6 (Saturday). */
export function weekdayOf(instant: number): number {
  return (((Math.floor(instant / DAY) + 4) % 7) + 7) % 7;
}

export function startOfDay(instant: number): number {
  return Math.floor(instant / DAY) * DAY;
}

export function isValidDate(year: number, month: number, day: number): boolean {
  return month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month);
}

/** `HH:MM`, or `HH:MM:SS` when there are seconds. */
export function clockText(secondOfDay: number): string {
  const hours = pad(Math.floor(secondOfDay / 3600));
  const minutes = pad(Math.floor(secondOfDay / 60) % 60);
  const seconds = secondOfDay % 60;
  return seconds === 0 ? `${hours}:${minutes}` : `${hours}:${minutes}:${pad(seconds)}`;
}

export function pad(value: number, width = 2): string {
  return String(value).padStart(width, '0');
}

/** `2026-01-01T00:00:00Z`; milliseconds only when they are not zero. */
export function formatInstant(instant: number): string {
  const text = new Date(instant).toISOString();
  return text.endsWith('.000Z') ? `${text.slice(0, -5)}Z` : text;
}
