import { clockText, formatInstant } from './calendar.ts';
import { loadCronstrue } from './lazy.ts';
import { clockListText } from './number-list.ts';
import { formatRepeatInterval } from './repeat-interval.ts';
import { nextSapCron } from './sap-cron-fires.ts';
import { formatSapCron } from './sap-cron-format.ts';
import type { SapCron } from './sap-cron-model.ts';
import type { Timing } from './timing.ts';
import { dateWords } from './words-date.ts';
import { joinWords } from './words-list.ts';

const MOST_LISTED = 8;

/** A timing in plain English, such as `the last Sunday of each month at 09:00 UTC`. */
export function words(timing: Timing): string {
  switch (timing.mode) {
    case 'cron':
      return cronWords(timing.cron);
    case 'time':
      return `once, at ${formatInstant(timing.at)}`;
    case 'repeatInterval':
      return `every ${intervalWords(timing.seconds)}, counted from the start of the previous run`;
    case 'repeatAt':
      return `daily at ${clockText(timing.secondOfDay)} UTC`;
    case 'isoInterval':
      return `every ${intervalWords(timing.seconds)}`;
  }
}

function intervalWords(seconds: number): string {
  return formatRepeatInterval(seconds).replace(/^1 /, '');
}

function cronWords(cron: SapCron): string {
  if (nextSapCron(cron, -1) === null) return 'never: no date fits';
  const [years = '*', months = '*', days = '*', weekdays = '*'] = formatSapCron(cron).split(' ');
  const dates = dateWords({ years, months, days, weekdays });
  const times = cron.hours.length * cron.minutes.length * cron.seconds.length;
  if (times <= MOST_LISTED) {
    return joined(`${dates?.text ?? 'daily'} at ${joinWords(timesOfDay(cron))} UTC`, dates?.condition);
  }
  const pattern = timePattern(cron);
  return joined(/\d:\d/.test(pattern) ? `${pattern} UTC` : pattern, dates?.text, dates?.condition);
}

function joined(...parts: (string | null | undefined)[]): string {
  return parts.filter((part) => part != null).join(', ');
}

function timesOfDay(cron: SapCron): string[] {
  const { hours, minutes, seconds } = cron;
  return hours.flatMap((h) => minutes.flatMap((m) => seconds.map((s) => clockText(h * 3600 + m * 60 + s))));
}

/** Seconds, minutes and hours are spoken alike in every cron dialect, so the library can say them. */
function timePattern(cron: SapCron): string {
  const fields = [
    clockListText(cron.seconds, 60, '-'),
    clockListText(cron.minutes, 60, '-'),
    clockListText(cron.hours, 24, '-'),
  ];
  const text = loadCronstrue().toString(`${fields.join(' ')} * * *`, {
    use24HourTimeFormat: true,
    verbose: false,
  });
  return text.charAt(0).toLowerCase() + text.slice(1);
}
