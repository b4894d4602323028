import { clockListText, numberListText } from './number-list.ts';
import { ALL_MONTHS, ALL_YEARS, isEveryOccurrence, monthLengthsOf, type SapCron } from './sap-cron-model.ts';
import { daysFromStart } from './sap-day-text.ts';

/** The five-field Unix cron with the same fire times, or why there is none. */
export function sapCronToCrontab(
  cron: SapCron,
): { ok: true; crontab: string } | { ok: false; reason: string } {
  if (cron.seconds.length !== 1 || cron.seconds[0] !== 0)
    return { ok: false, reason: 'Unix cron has no seconds; this fires at others than second 0.' };
  if (cron.years.length !== ALL_YEARS.length) return { ok: false, reason: 'Unix cron has no years.' };
  const days = daysFromStart(cron.days, monthLengthsOf(cron));
  if (days === null) return { ok: false, reason: 'Unix cron cannot count days from the end of the month.' };
  const partial = cron.weekdays.some(
    (rule) => !isEveryOccurrence(rule) && (rule.four !== 0 || rule.five !== 0),
  );
  if (partial) return { ok: false, reason: 'Unix cron has no n-th weekday of the month.' };
  const weekdays = cron.weekdays.flatMap((rule, day) => (isEveryOccurrence(rule) ? [day] : []));
  const dayField = days.length === 31 || everyDay(cron) ? '*' : numberListText(days, '-');
  const weekdayField = weekdays.length === 7 ? '*' : numberListText(weekdays, '-');
  if (dayField !== '*' && weekdayField !== '*')
    return { ok: false, reason: 'Unix cron fires when either day field matches; here both must match.' };
  if (dayField === '') return { ok: false, reason: 'It never fires.' };
  const fields = [
    clockListText(cron.minutes, 60, '-'),
    clockListText(cron.hours, 24, '-'),
    dayField,
    cron.months.length === ALL_MONTHS.length ? '*' : numberListText(cron.months, '-'),
    weekdayField,
  ];
  return { ok: true, crontab: fields.join(' ') };
}

function everyDay(cron: SapCron): boolean {
  return monthLengthsOf(cron).every((length) => cron.days[length - 28] === 2 ** length - 1);
}
