import { clockListText, numberListText } from './number-list.ts';
import { ALL_MONTHS, ALL_YEARS, monthLengthsOf, type SapCron } from './sap-cron-model.ts';
import { dayText } from './sap-day-text.ts';
import { weekdayText } from './sap-weekday-text.ts';

/**
 * The canonical text: two crons whose fields mean the same give the same text, and the text is a valid SAP cron.
 * Days, months and years are listed instead of stepped, because there `*` with a step is easily misread.
 */
export function formatSapCron(cron: SapCron): string {
  const lengths = monthLengthsOf(cron);
  return [
    cron.years.length === ALL_YEARS.length ? '*' : numberListText(cron.years),
    cron.months.length === ALL_MONTHS.length ? '*' : numberListText(cron.months),
    dayText(cron.days, lengths),
    weekdayText(cron.weekdays, lengths),
    clockListText(cron.hours, 24),
    clockListText(cron.minutes, 60),
    clockListText(cron.seconds, 60),
  ].join(' ');
}

/** Whether two crons mean the same, field by field. */
export function equalSapCron(a: SapCron, b: SapCron): boolean {
  return formatSapCron(a) === formatSapCron(b);
}
