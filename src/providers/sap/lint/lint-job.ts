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
      ...overFindings(schedule),
      ...timeFindings(schedule),
      ...monthDayFindings(schedule),
      ...bothDaysFindings(schedule),
      ...unevenStepFindings(schedule),
    ]),
    ...descriptionFindings(input, schedules),
    ...sharedDescriptionFindings(input),
  ];
}

/** What runs all the time meets every peak; that it does so is the one thing to say. */
function timeFindings(schedule: LintedSchedule): Finding[] {
  const often = tooOftenFindings(schedule);
  return often.length > 0 ? often : peakFindings(schedule);
}
