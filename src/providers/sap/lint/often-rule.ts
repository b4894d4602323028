import type { Finding } from '../../../core/errors.ts';
import type { Timing } from '../../../time/index.ts';
import { advice } from './advice.ts';
import { awayFromPeaks } from './clock.ts';
import { writtenClock } from './clock-of.ts';
import type { LintedSchedule } from './linted-schedule.ts';

/** Runs less than a minute apart: a run may take 15 s and start minutes late, so that they pile up. */
export function tooOftenFindings(schedule: LintedSchedule): Finding[] {
  const { key, timing, settled } = schedule;
  if (settled !== undefined) return [];
  const least = leastGap(timing);
  if (least >= 60) return [];
  return [
    advice(
      'LINT_TOO_OFTEN',
      'warning',
      schedule.pointer,
      `Schedule ${key} runs every ${least === 1 ? 'second' : `${least} seconds`}.`,
      {
        why: 'Runs may start late and take 15 s, so they pile up. Let one run do the work of a minute, or loop in the application.',
        better: slower(schedule),
      },
    ),
  ];
}

/** The shortest distance of two runs in seconds, as far as it is under a minute. */
function leastGap(timing: Timing): number {
  if (timing.mode === 'repeatInterval') return timing.seconds;
  if (timing.mode !== 'cron') return Number.POSITIVE_INFINITY;
  const { minutes, seconds } = timing.cron;
  const [first = 0] = seconds;
  const goesOn = minutes.some((minute, index) => minutes[index + 1] === minute + 1);
  const gaps = seconds.map((second, index) => (seconds[index + 1] ?? Number.POSITIVE_INFINITY) - second);
  return Math.min(...gaps, goesOn ? first + 60 - (seconds.at(-1) ?? 0) : Number.POSITIVE_INFINITY);
}

function slower(schedule: LintedSchedule): string {
  const written = writtenClock(schedule);
  if (written === undefined || schedule.timing.mode === 'repeatInterval') return 'repeatInterval: "1 minute"';
  return written.write(awayFromPeaks({ ...written.clock, seconds: [0] }, schedule.seed));
}
