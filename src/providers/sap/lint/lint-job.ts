import type { Finding } from '../../../core/errors.ts';
import type { LintInput } from '../../../core/provider.ts';
import { actionFindings } from './action-rule.ts';
import {
  bothDaysFindings,
  jobEndFindings,
  monthDayFindings,
  overFindings,
  unevenStepFindings,
} from './date-rules.ts';
import { descriptionFindings, sharedDescriptionFindings } from './description-rules.ts';
import { type LintedSchedule, lintedSchedules } from './linted-schedule.ts';
import { tooOftenFindings } from './often-rule.ts';
import { peakFindings } from './peak-rule.ts';

/** Advice on a job and its schedules. For a task it is the same: what it does not have is not looked at. */
export function lintJob(input: LintInput): Finding[] {
  const schedules = lintedSchedules(input);
  return [
    ...actionFindings(input),
    ...jobEndFindings(input),
    ...schedules.flatMap((schedule) => [
      ...timeFindings(schedule),
      ...monthDayFindings(schedule),
      ...bothDaysFindings(schedule),
      ...unevenStepFindings(schedule),
    ]),
    ...descriptionFindings(input, schedules),
    ...sharedDescriptionFindings(input),
  ];
}

/** When it runs is no matter once it is over; and what runs all the time meets every peak anyway. */
function timeFindings(schedule: LintedSchedule): Finding[] {
  for (const rule of [overFindings, tooOftenFindings]) {
    const findings = rule(schedule);
    if (findings.length > 0) return findings;
  }
  return peakFindings(schedule);
}
