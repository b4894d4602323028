import {
  DAYS_FIELD,
  HOURS_FIELD,
  MINUTES_FIELD,
  MONTHS_FIELD,
  QUARTZ_WEEKDAYS_FIELD,
  readDashField,
  SECONDS_FIELD,
  WEEKDAYS_FIELD,
  YEARS_FIELD,
} from './cron-dialect.ts';
import { crontabMeaning, crontabToSapCron, parseCrontab } from './crontab.ts';
import { type TimeIssue, toIssue } from './issue.ts';
import type { Token } from './sap-cron-field.ts';
import { formatSapCron } from './sap-cron-format.ts';
import {
  ALL_DAYS,
  ALL_WEEKDAYS,
  ALL_YEARS,
  type DayMasks,
  dayRangeMasks,
  NO_OCCURRENCE,
  nthOccurrence,
  positiveDays,
  type SapCron,
  type WeekdayRule,
} from './sap-cron-model.ts';

const SAP_ORDER = 'seven fields: year month day dayOfWeek hour minute second';

/** Recognises Unix (five fields), Spring (six) and Quartz (six or seven) crons, with their SAP form if they have one. */
export function foreignCronIssue(text: string, tokens: readonly Token[]): TimeIssue | null {
  if (text.trim().startsWith('@')) return nicknameIssue(text);
  if (tokens.some((token) => /[:.]/.test(token.text))) return null;
  if (tokens.length === 5) return unixIssue(text);
  if (tokens.length === 6 || tokens.length === 7) return quartzIssue(tokens);
  return null;
}

function nicknameIssue(text: string): TimeIssue {
  const translated = crontabToSapCron(text);
  return toIssue({
    code: 'TIME_CRON_FIVE_FIELDS',
    message: 'This is a nickname of Unix cron; the service does not know it.',
    expected: SAP_ORDER,
    offset: text.indexOf('@'),
    length: text.trim().length,
    suggestion: translated.ok ? translated.value.cron : undefined,
  });
}

function unixIssue(text: string): TimeIssue | null {
  if (!parseCrontab(text).ok) return null;
  const translated = crontabToSapCron(text);
  return toIssue({
    code: 'TIME_CRON_FIVE_FIELDS',
    message: 'This is a Unix cron of five fields; the service reads seven fields in another order.',
    expected: SAP_ORDER,
    hint: translated.ok ? 'Or write it as `crontab`, which is translated for you.' : translated.issue.message,
    offset: text.trimEnd().length,
    suggestion: translated.ok ? translated.value.cron : undefined,
  });
}

function quartzIssue(tokens: readonly Token[]): TimeIssue | null {
  // A question mark, a # or an L is Quartz; six fields without them are read as Spring does, with Sunday 0 or 7.
  const quartz = tokens.length === 7 || tokens.some(({ text }) => /[?#]|^\d?L|^LW$/i.test(text));
  const cron = quartzMeaning(tokens, quartz);
  if (cron === null) return null;
  return toIssue({
    code: quartz ? 'TIME_CRON_QUARTZ' : 'TIME_CRON_SIX_FIELDS',
    message: `This is a ${quartz ? 'Quartz' : 'Spring'} cron, which starts with the seconds; the service reads another order.`,
    expected: SAP_ORDER,
    hint:
      cron === 'untranslatable'
        ? 'Its days cannot be said in one cron of the service: write two schedules, or other days.'
        : undefined,
    offset: tokens.length === 7 ? 0 : (tokens[0]?.offset ?? 0),
    suggestion: cron === 'untranslatable' ? undefined : formatSapCron(cron),
  });
}

function quartzMeaning(tokens: readonly Token[], quartz: boolean): SapCron | 'untranslatable' | null {
  const [second, minute, hour, day, month, weekday, year] = tokens;
  if (!second || !minute || !hour || !day || !month || !weekday) return null;
  const seconds = readDashField(second, SECONDS_FIELD, true);
  const minutes = readDashField(minute, MINUTES_FIELD, true);
  const hours = readDashField(hour, HOURS_FIELD, true);
  const months = readDashField(month, MONTHS_FIELD, true);
  const years = year === undefined ? null : readDashField(year, YEARS_FIELD, true);
  if (!seconds.ok || !minutes.ok || !hours.ok || !months.ok || years?.ok === false) return null;
  const days = quartzDays(day);
  const weekdays = quartzWeekdays(weekday, quartz);
  if (days === null || weekdays === null) return null;
  if (days === 'untranslatable') return days;
  // With both restricted Spring means both, as SAP does; Quartz does not allow it.
  if (quartz && days !== ALL_DAYS && weekdays !== ALL_WEEKDAYS) return 'untranslatable';
  return {
    ...crontabMeaning({
      minutes: minutes.numbers,
      hours: hours.numbers,
      days: null,
      months: months.numbers,
      weekdays: null,
    }),
    years: years === null || year?.text === '*' ? ALL_YEARS : years.numbers,
    seconds: seconds.numbers,
    days,
    weekdays,
  };
}

function quartzDays(token: Token): DayMasks | 'untranslatable' | null {
  if (token.text === '*' || token.text === '?') return ALL_DAYS;
  const last = /^L(?:-(\d+))?$/i.exec(token.text);
  if (last !== null) {
    const back = Number(last[1] ?? 0);
    return back > 30 ? null : dayRangeMasks(-1 - back, -1 - back);
  }
  if (/^(?:L|\d{1,2})W$/i.test(token.text)) return 'untranslatable';
  const result = readDashField(token, DAYS_FIELD, true);
  return result.ok ? positiveDays(result.numbers) : null;
}

function quartzWeekdays(token: Token, quartz: boolean): readonly WeekdayRule[] | null {
  if (token.text === '*' || token.text === '?') return ALL_WEEKDAYS;
  const field = quartz ? QUARTZ_WEEKDAYS_FIELD : WEEKDAYS_FIELD;
  const shift = quartz ? 1 : 0;
  const nth = /^([a-z]{3}|\d)(?:#([1-5])|L)$/i.exec(token.text);
  const days = readDashField(nth === null ? token : { ...token, text: nth[1] ?? '' }, field, true);
  if (!days.ok) return null;
  const rule =
    nth === null
      ? { four: 0b1111, five: 0b11111 }
      : nthOccurrence(nth[2] === undefined ? -1 : Number(nth[2]));
  const chosen = new Set(days.numbers.map((n) => (n - shift) % 7));
  return ALL_WEEKDAYS.map((_, day) => (chosen.has(day) ? rule : NO_OCCURRENCE));
}
