import type { Finding } from '../../../core/errors.ts';
import { advice } from './advice.ts';
import { awayFromPeaks, peakOf } from './clock.ts';
import { writtenClock } from './clock-of.ts';
import type { LintedSchedule } from './linted-schedule.ts';

const texts = {
  LINT_MIDNIGHT: {
    severity: 'warning',
    message: 'runs at midnight UTC, the busiest minute of the service',
  },
  LINT_FULL_HOUR: { severity: 'warning', message: 'runs at the top of the hour' },
  LINT_ROUND_MINUTE: { severity: 'info', message: 'runs at a minute that is a multiple of five' },
  LINT_ROUND_SECOND: { severity: 'info', message: 'runs at second 0 or 30' },
} as const;

/** SAP's own advice against peaks. One finding per schedule: the most crowded moment that it meets. */
export function peakFindings(schedule: LintedSchedule): Finding[] {
  if (!schedule.active || schedule.settled !== undefined) return [];
  const written = writtenClock(schedule);
  if (written === undefined) return [];
  const code = peakOf(written.clock);
  if (code === undefined) return [];
  const { severity, message } = texts[code];
  const better = written.write(awayFromPeaks(written.clock, schedule.seed));
  return [
    advice(code, severity, written.pointer, `Schedule ${schedule.key} ${message}.`, {
      why: schedule.isCrontab
        ? 'Everybody else runs then, so it may start late. A crontab always means second 0; a cron can say another one.'
        : 'Everybody else runs then, so it may start late.',
      better,
    }),
  ];
}

/** How to write the schedule at a minute of its own, even when its present one is not crowded by itself. */
export function elsewhere(schedule: LintedSchedule): string | undefined {
  const written = writtenClock(schedule);
  if (written === undefined) return undefined;
  const [minute, ...others] = written.clock.minutes;
  if (minute === undefined || others.length > 0) return undefined;
  // As if it stood on the last round minute, from where there is a way.
  const around: typeof written.clock = { ...written.clock, minutes: [minute < 30 ? 0 : 30] };
  const moved = awayFromPeaks(around, schedule.seed);
  return moved.minutes[0] === minute ? undefined : written.write(moved);
}
