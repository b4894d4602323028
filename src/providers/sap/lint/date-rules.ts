import type { Finding } from '../../../core/errors.ts';
import type { LintInput } from '../../../core/provider.ts';
import { formatInstant, nextFire, nextSapCron, parseSapCron, words } from '../../../time/index.ts';
import { readDate } from '../meaning.ts';
import { boundsOf, boundsWithin } from '../schedule-timing.ts';
import { schedulePointer } from '../validate-values.ts';
import { advice } from './advice.ts';
import type { LintedSchedule } from './linted-schedule.ts';

/** The end of a job that is past; it ends all its schedules. */
export function jobEndFindings({ spec, now }: LintInput): Finding[] {
  const end = readDate(spec['endTime']);
  if (end === undefined || end > now) return [];
  return [
    advice('LINT_PAST_END', 'warning', '/spec/endTime', `The job ended at ${formatInstant(end)}.`, {
      why: 'None of its schedules runs any more. Take the end out or move it into the future, or remove the job.',
    }),
  ];
}

/** Schedules that will not run again. */
export function overFindings(schedule: LintedSchedule): Finding[] {
  const { key, settled, spec, job, timing, now, pointer } = schedule;
  const own = boundsOf(spec).endTime;
  if (own !== undefined && own <= now) {
    return [
      advice(
        'LINT_PAST_END',
        'warning',
        schedulePointer(key, 'endTime'),
        `Schedule ${key} ended at ${formatInstant(own)}.`,
        {
          why: 'It does not run any more. Take the end out or move it into the future, or remove the schedule.',
        },
      ),
    ];
  }
  if (settled?.why === 'past') {
    return [
      advice('LINT_PAST_TIME', 'info', pointer, `Schedule ${key} runs once, and ${settled.text}.`, {
        why: 'It is never sent again: remove it when its logs are no longer needed.',
      }),
    ];
  }
  if (settled?.why === 'ended') return [];
  const bounds = boundsWithin(spec, job);
  const never = timing.mode === 'cron' && nextSapCron(timing.cron, -1) === null;
  // One-time ones after their end, bounds without common time and crons without any date are warned about already.
  const isKnown = never || timing.mode === 'time' || !isOpen(bounds);
  if (isKnown || nextFire(timing, now, bounds) !== null) return [];
  const limits = [
    bounds.startTime === undefined ? undefined : `from ${formatInstant(bounds.startTime)}`,
    bounds.endTime === undefined ? undefined : `until ${formatInstant(bounds.endTime)}`,
  ].filter((text) => text !== undefined);
  const when = `${words(timing)}${limits.length === 0 ? '' : `, ${limits.join(' ')}`}`;
  return [
    advice('LINT_NO_FUTURE_RUN', 'warning', pointer, `Schedule ${key} has no future run: ${when}.`, {
      why: 'The service switches such schedules off. Widen the years or the bounds, or remove it.',
    }),
  ];
}

function isOpen({ startTime, endTime }: { startTime?: number; endTime?: number }): boolean {
  return startTime === undefined || endTime === undefined || startTime < endTime;
}

/** Days 29, 30 and 31 written by themselves: months without them are left out silently. */
export function monthDayFindings(schedule: LintedSchedule): Finding[] {
  const cron = fieldsOf(schedule);
  if (cron === undefined) return [];
  const { fields, timing } = cron;
  const terms = (fields[2] ?? '').split(',');
  const late = terms.filter((term) => /^(29|30|31)$/.test(term));
  const lacking = monthsWithout(Math.max(0, ...late.map(Number)), timing.cron.months);
  const [day] = late;
  if (day === undefined || lacking.length === 0) return [];
  const last = [...new Set(terms.map((term) => (late.includes(term) ? '-1' : term)))].join(',');
  const better = [...fields.slice(0, 2), last, ...fields.slice(3)].join(' ');
  return [
    advice(
      'LINT_MONTH_DAY',
      'warning',
      schedule.pointer,
      `Schedule ${schedule.key} runs on day ${late.join(' and ')}, which ${lacking.join(', ')} ${lacking.length === 1 ? 'does' : 'do'} not always have.`,
      {
        why: 'It is left out in those months. Day -1 is the last day of every month.',
        // A wrong suggestion would be worse than none: other conditions may make the last day impossible.
        ...(parseSapCron(better).ok && { better: `cron: "${better}"` }),
      },
    ),
  ];
}

const NAMES = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

function monthsWithout(day: number, months: readonly number[]): string[] {
  const short = day === 31 ? [2, 4, 6, 9, 11] : day >= 29 ? [2] : [];
  return short.filter((month) => months.includes(month)).map((month) => NAMES[month - 1] ?? '');
}

/** Day and weekday together: Unix runs on either, the service only on days that are both. */
export function bothDaysFindings(schedule: LintedSchedule): Finding[] {
  const cron = fieldsOf(schedule);
  if (cron === undefined || schedule.isCrontab) return [];
  const [, , day = '*', weekday = '*'] = cron.fields;
  if (day === '*' || weekday === '*' || nextSapCron(cron.timing.cron, -1) === null) return [];
  const nth = /^(1:7|8:14|15:21|22:28)$/.exec(day)?.[1];
  const occurrence =
    nth === undefined ? undefined : `${['1:7', '8:14', '15:21', '22:28'].indexOf(nth) + 1}.${weekday}`;
  const better = [...cron.fields.slice(0, 2), '*', occurrence ?? '', ...cron.fields.slice(4)].join(' ');
  const isPlain = /^[a-z]{3}$/i.test(weekday) && occurrence !== undefined;
  return [
    advice(
      'LINT_BOTH_DAYS',
      'info',
      schedule.pointer,
      `Schedule ${schedule.key} restricts day and weekday: it only runs on days that are both (${words(schedule.timing)}).`,
      {
        why: isPlain
          ? 'The n-th weekday of the month can be said directly.'
          : 'A Unix cron would run on either; for that, make two schedules.',
        ...(isPlain && { better: `cron: "${better}"` }),
      },
    ),
  ];
}

const SIZES = [
  [4, 24, 'hour'],
  [5, 60, 'minute'],
  [6, 60, 'second'],
] as const;

/** A step that does not divide its range: the last stretch before it starts over is shorter than the others. */
export function unevenStepFindings(schedule: LintedSchedule): Finding[] {
  const cron = fieldsOf(schedule);
  if (cron === undefined || schedule.isCrontab) return [];
  return SIZES.flatMap(([index, size, unit]) => {
    const step = Number(/^\*\/(\d+)$/.exec(cron.fields[index] ?? '')?.[1] ?? 1);
    if (step >= size || size % step === 0) return [];
    const fields = cron.fields.slice(0, index);
    const everyTime = fields.every((field) => field === '*');
    return [
      advice(
        'LINT_UNEVEN_STEP',
        'info',
        schedule.pointer,
        `Schedule ${schedule.key} does not run every ${step} ${unit}s: ${step} does not divide ${size}, so it starts over after ${size % step} ${unit}${size % step === 1 ? '' : 's'}.`,
        {
          why: 'An interval keeps its distance.',
          ...(everyTime && { better: `repeatInterval: "${step} ${unit}s"` }),
        },
      ),
    ];
  });
}

function fieldsOf({ timing }: LintedSchedule) {
  if (timing.mode !== 'cron') return undefined;
  return { timing, fields: timing.text.trim().split(/\s+/) };
}
