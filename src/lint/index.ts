import type { Finding } from '../core/errors.ts';
import { overlapFindings } from './overlaps.ts';
import { peakFindings } from './peaks.ts';
import type { PlacedLoad } from './placed-load.ts';
import { createTimetable } from './timetable.ts';

export { knownCodes, lintCodes } from './codes.ts';
export { type Disable, readDisables } from './disable-comments.ts';
export type { PlacedLoad } from './placed-load.ts';
export { type DisabledCode, type SwitchedOff, switchOff } from './switch-off.ts';

/**
 * Advice on what the schedules of one target do together: over-full minutes and overlapping calls of one endpoint.
 * `loads` in the order of their addresses; each finding has the address and pointer of one of them.
 */
export function lintLoads(
  loads: readonly PlacedLoad[],
  { now, runsPerMinute }: { now: number; runsPerMinute: number },
): Finding[] {
  const timetable = createTimetable(now);
  return [...overlapFindings(loads, timetable), ...peakFindings(loads, timetable, runsPerMinute)];
}
