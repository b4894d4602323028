import type { Finding } from '../../../core/errors.ts';
import { fireTimes } from '../../../time/index.ts';
import { boundsWithin } from '../schedule-timing.ts';
import { advice } from './advice.ts';
import { awayFromPeaks } from './clock.ts';
import { writtenClock } from './clock-of.ts';
import type { LintedSchedule } from './linted-schedule.ts';

const MINUTE = 60_000;

/** Runs less than a minute apart: a run may take 15 s and start minutes late, so that they pile up. */
export function tooOftenFindings(schedule: LintedSchedule): Finding[] {
  const { key, timing, settled, now, spec, job } = schedule;
  if (settled !== undefined) return [];
  const window = { from: now, until: Number.POSITIVE_INFINITY, ...boundsWithin(spec, job), limit: 100 };
  const times = timing.mode === 'repeatInterval' ? [0, timing.seconds * 1000] : fireTimes(timing, window);
  const gaps = times.slice(1).map((at, index) => at - (times[index] ?? at));
  const least = Math.min(...gaps);
  if (!(least < MINUTE)) return [];
  return [
    advice(
      'LINT_TOO_OFTEN',
      'warning',
      schedule.pointer,
      `Schedule ${key} runs every ${least === 1000 ? 'second' : `${least / 1000} seconds`}.`,
      {
        why: 'Runs may start late and take 15 s, so they pile up. Let one run do the work of a minute, or loop in the application.',
        better: slower(schedule),
      },
    ),
  ];
}

function slower(schedule: LintedSchedule): string {
  const written = writtenClock(schedule);
  if (written === undefined || schedule.timing.mode === 'repeatInterval') return 'repeatInterval: "1 minute"';
  return written.write(awayFromPeaks({ ...written.clock, seconds: [0] }, schedule.seed));
}
