import type { Impact } from '../../core/change.ts';
import type { ImpactInput } from '../../core/provider.ts';
import { formatInstant } from '../../time/index.ts';
import { boundsWithin } from './schedule-timing.ts';
import { settledSchedule } from './settled.ts';

/**
 * Why a schedule that stays in the service is not due before `until` (epoch ms). Undefined where it is deleted, or is only
 * due later.
 */
export function whyNoRuns(input: ImpactInput, until: number): Impact['noRuns'] {
  const { action, after, now, resourceAfter: job = {} } = input;
  if (action === 'deactivate') return { why: 'inactive', text: 'it is switched off' };
  if (action === 'delete' || after === undefined) return undefined;
  const settled = settledSchedule(after, job, now);
  if (settled !== undefined) return settled;
  const isOff = after['active'] !== true;
  if (job['active'] === false) {
    const text = isOff ? 'the job is inactive, and so is the schedule' : 'the job is inactive';
    return { why: 'resourceInactive', text };
  }
  if (isOff) return { why: 'inactive', text: 'the schedule is inactive' };
  const { endTime } = boundsWithin(after, job);
  if (endTime === undefined || endTime >= until) return undefined;
  return { why: 'ended', text: `it ends ${formatInstant(endTime)}, before a run is due` };
}
