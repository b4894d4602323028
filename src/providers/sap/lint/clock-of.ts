import { formatInstant, formatRepeatAt, formatSapCron, type Timing } from '../../../time/index.ts';
import { readDate } from '../meaning.ts';
import { schedulePointer } from '../validate-values.ts';
import type { Clock } from './clock.ts';
import type { LintedSchedule } from './linted-schedule.ts';

/** The clock of a schedule, where it is written, and how another one is written in its place. */
export interface WrittenClock {
  clock: Clock;
  pointer: string;
  write(clock: Clock): string;
}

/** Undefined for what has no clock: one-time schedules, and intervals whose phase the service decides. */
export function writtenClock(schedule: LintedSchedule): WrittenClock | undefined {
  const { timing, spec, pointer } = schedule;
  if (timing.mode === 'cron') {
    return { clock: timing.cron, pointer, write: (clock) => `cron: "${withClock(timing, clock)}"` };
  }
  if (timing.mode === 'repeatAt') {
    const { secondOfDay } = timing;
    return {
      clock: {
        hours: [Math.floor(secondOfDay / 3600)],
        minutes: [Math.floor(secondOfDay / 60) % 60],
        seconds: [secondOfDay % 60],
      },
      pointer,
      write: ({ hours, minutes, seconds }) =>
        `repeatAt: "${formatRepeatAt((hours[0] ?? 0) * 3600 + (minutes[0] ?? 0) * 60 + (seconds[0] ?? 0))}"`,
    };
  }
  const start = readDate(spec['startTime']);
  // After the first run the phase is what the service made of it, not what is written.
  if (timing.mode !== 'repeatInterval' || start === undefined || start <= schedule.now) return undefined;
  const clock = intervalClock(start, timing.seconds);
  if (clock === undefined) return undefined;
  const first = clock.minutes[0] ?? 0;
  return {
    clock,
    pointer: schedulePointer(schedule.key, 'startTime'),
    write: ({ minutes }) => `startTime: ${formatInstant(start + ((minutes[0] ?? first) - first) * 60_000)}`,
  };
}

/**
 * An interval stays on the same minutes only when it is a multiple of five minutes. Its seconds drift anyway: each run
 * counts from the start of the one before.
 */
function intervalClock(start: number, seconds: number): Clock | undefined {
  if (seconds % 300 !== 0) return undefined;
  const minute = Math.floor(start / 60_000);
  const hour = Math.floor(minute / 60);
  return {
    hours: orbit(hour % 24, seconds % 3600 === 0 ? (seconds / 3600) % 24 : 1, 24),
    minutes: orbit(minute % 60, (seconds / 60) % 60, 60),
    seconds: [],
  };
}

/** All values that repeated steps from `start` come to. */
function orbit(start: number, step: number, size: number): number[] {
  const values = new Set<number>();
  for (let value = start; !values.has(value); value = (value + step) % size) values.add(value);
  return [...values].sort((a, b) => a - b);
}

/** The expression as written, with other minutes and seconds. */
function withClock({ cron, text }: Timing & { mode: 'cron' }, { minutes, seconds }: Clock): string {
  const [minute = '', second = ''] = formatSapCron({ ...cron, minutes, seconds })
    .split(' ')
    .slice(5);
  const fields = text.trim().split(/\s+/);
  if (minutes !== cron.minutes) fields[5] = minute;
  if (seconds !== cron.seconds) fields[6] = second;
  return fields.join(' ');
}
