import type { JsonObject } from '../../core/json.ts';
import type { RunsInput } from '../../core/provider.ts';
import { fireTimes } from '../../time/index.ts';
import { listSapCron, type Stretch } from '../../time/sap-cron-list.ts';
import { readDate } from './meaning.ts';
import { boundsWithin, timingOf } from './schedule-timing.ts';

/**
 * When a schedule is due within the stretch asked about, epoch ms. The service's own `nextRunAt` is the phase of an
 * interval; without it the start is, and without that the interval begins with the stretch. The job's switch and its
 * bounds hold for all its schedules.
 */
export function scheduleRuns({ resource, part, facts, due, from, until, limit }: RunsInput): number[] {
  if (part === undefined) return [];
  return runsWithin(part, resource, { from, until, limit }, due ?? readDate(facts?.['nextRunAt']));
}

/** Of an interval without a due time and without a start only the service knows the phase. */
export function unsurePhase({
  resource,
  part = {},
  facts,
  due,
}: Pick<RunsInput, 'resource' | 'part' | 'facts' | 'due'>): 'assumed' | undefined {
  const isOn = part['active'] === true && resource['active'] !== false;
  if (!isOn || timingOf(part)?.mode !== 'repeatInterval') return undefined;
  const isKnown =
    (due ?? readDate(facts?.['nextRunAt'])) !== undefined ||
    boundsWithin(part, resource).startTime !== undefined;
  return isKnown ? undefined : 'assumed';
}

/** The same with a known due time of the interval (`anchor`, epoch ms): nothing is due before it. */
export function runsWithin(
  schedule: JsonObject,
  job: JsonObject,
  stretch: Stretch,
  anchor: number | undefined,
): number[] {
  if (schedule['active'] !== true || job['active'] === false) return [];
  const timing = timingOf(schedule);
  if (timing === undefined) return [];
  const bounds = boundsWithin(schedule, job);
  if (timing.mode === 'cron') {
    const { startTime = stretch.from, endTime = stretch.until } = bounds;
    const from = Math.max(stretch.from, startTime);
    const until = Math.min(stretch.until, endTime);
    return listSapCron(timing.cron, { from, until, limit: stretch.limit });
  }
  // A one-time schedule whose start comes after its time runs at that start.
  if (timing.mode === 'time' && bounds.startTime !== undefined && bounds.startTime > timing.at) {
    return fireTimes({ mode: 'time', at: bounds.startTime }, { ...bounds, ...stretch });
  }
  const window = { ...bounds, ...stretch };
  return fireTimes(timing, anchor === undefined ? window : { ...window, anchor });
}
