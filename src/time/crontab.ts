import {
  DAYS_FIELD,
  type DashField,
  HOURS_FIELD,
  MINUTES_FIELD,
  MONTHS_FIELD,
  readDashField,
  WEEKDAYS_FIELD,
} from './cron-dialect.ts';
import { type Parsed, read, refuse, refuseLong, type TimeIssue } from './issue.ts';
import { splitTokens } from './sap-cron-field.ts';
import { formatSapCron } from './sap-cron-format.ts';
import {
  ALL_DAYS,
  ALL_WEEKDAYS,
  ALL_YEARS,
  EVERY_OCCURRENCE,
  NO_OCCURRENCE,
  positiveDays,
  type SapCron,
} from './sap-cron-model.ts';

/**
 * A five-field Unix cron by meaning. Weekdays 0 (Sunday) to 6. `days` or `weekdays` is null when the field is `*`;
 * when both are lists, Unix fires on days that match either.
 */
export type Crontab = {
  minutes: number[];
  hours: number[];
  days: number[] | null;
  months: number[];
  weekdays: number[] | null;
};

const NICKNAMES: Record<string, string> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

const FIELDS: readonly DashField[] = [MINUTES_FIELD, HOURS_FIELD, DAYS_FIELD, MONTHS_FIELD, WEEKDAYS_FIELD];

/** Reads minute, hour, day of month, month, day of week, or a nickname such as `@daily`. UTC. */
export function parseCrontab(text: string): Parsed<Crontab> {
  const long = refuseLong(text, 2000);
  if (long !== null) return long;
  const trimmed = text.trim();
  if (trimmed.startsWith('@')) return parseNickname(text);
  const tokens = splitTokens(text, ' ');
  if (tokens.length !== FIELDS.length) {
    return refuse({
      code: tokens.length === 0 ? 'TIME_EMPTY' : 'TIME_CRONTAB_FIELD_COUNT',
      message:
        tokens.length === 0
          ? 'The crontab is empty.'
          : `The crontab has ${tokens.length} fields, it needs five.`,
      expected: 'minute hour day-of-month month day-of-week',
      hint: tokens.length === 7 ? 'Seven fields are the service’s own cron: write it as `cron`.' : undefined,
      offset: tokens[FIELDS.length]?.offset ?? text.trimEnd().length,
    });
  }
  const lists: number[][] = [];
  for (const [index, field] of FIELDS.entries()) {
    const token = tokens[index] ?? { text: '', offset: 0 };
    const result = readDashField(token, field);
    if (!result.ok) return refuseField(text, result.fault);
    lists.push(result.numbers);
  }
  const [minutes = [], hours = [], days = [], months = [], weekdays = []] = lists;
  const isStar = (index: number) => tokens[index]?.text === '*';
  return read({
    minutes,
    hours,
    days: isStar(2) ? null : days,
    months,
    weekdays: isStar(4) ? null : [...new Set(weekdays.map((day) => day % 7))].sort((a, b) => a - b),
  });
}

function parseNickname(text: string): Parsed<Crontab> {
  const expanded = NICKNAMES[text.trim().toLowerCase()];
  if (expanded !== undefined) return parseCrontab(expanded);
  return refuse({
    code: 'TIME_CRONTAB_NICKNAME',
    message: `\`${text.trim()}\` is not a known nickname.`,
    expected: Object.keys(NICKNAMES).join(', '),
    hint: text.trim() === '@reboot' ? 'There is no start-up event here.' : undefined,
    offset: text.indexOf('@'),
    length: text.trim().length,
  });
}

function refuseField(
  text: string,
  fault: { message: string; expected: string; replacement?: string; offset: number; length: number },
): Parsed<Crontab> {
  const { message, expected, replacement, offset, length } = fault;
  let suggestion: string | undefined;
  if (replacement !== undefined) {
    const candidate = text.slice(0, offset) + replacement + text.slice(offset + length);
    const parsed = parseCrontab(candidate);
    suggestion = parsed.ok ? candidate : parsed.issue.suggestion;
  }
  return refuse({ code: 'TIME_CRONTAB_FIELD', message, expected, offset, length, suggestion });
}

/**
 * Translates a Unix cron to SAP's, seconds 0. Refused when day of month and day of week are both restricted: Unix
 * fires on days that match either, SAP only on days that match both. Steps count from the field's start in Unix and
 * from zero in SAP, so they become lists where the two differ.
 */
export function crontabToSapCron(text: string): Parsed<{ cron: string }> {
  const parsed = parseCrontab(text);
  if (!parsed.ok) return withTranslatable(parsed.issue);
  const { days, weekdays } = parsed.value;
  if (days !== null && weekdays !== null) {
    const token = splitTokens(text, ' ')[4];
    return refuse({
      code: 'TIME_CRONTAB_BOTH_DAYS',
      message:
        'Both day of month and day of week are restricted: Unix cron fires when either matches, the service when both do.',
      expected: '* in one of the two day fields',
      hint: 'Write two schedules, one for each; or the service’s own `cron` if you mean days that match both.',
      offset: token?.offset ?? 0,
      length: token?.text.length,
    });
  }
  return read({ cron: formatSapCron(crontabMeaning(parsed.value)) }, parsed.warnings);
}

/** What would be a crontab need not have a translation: then nothing is offered. */
function withTranslatable(issue: TimeIssue): { ok: false; issue: TimeIssue } {
  const { suggestion, ...rest } = issue;
  if (suggestion === undefined || crontabToSapCron(suggestion).ok) return { ok: false, issue };
  return { ok: false, issue: rest };
}

/** The SAP cron of the same fire times, for crontabs with at most one restricted day field. */
export function crontabMeaning(crontab: Crontab): SapCron {
  const { minutes, hours, days, months, weekdays } = crontab;
  return {
    years: ALL_YEARS,
    months,
    days: days === null ? ALL_DAYS : positiveDays(days),
    weekdays:
      weekdays === null
        ? ALL_WEEKDAYS
        : ALL_WEEKDAYS.map((_, day) => (weekdays.includes(day) ? EVERY_OCCURRENCE : NO_OCCURRENCE)),
    hours,
    minutes,
    seconds: [0],
  };
}
