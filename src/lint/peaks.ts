import type { Finding } from '../core/errors.ts';
import { nameLoads, type PlacedLoad } from './placed-load.ts';
import { HORIZON_DAYS, MINUTE, minuteText, type Timetable } from './timetable.ts';

const MINUTES_OF_DAY = 1440;
/** More would not be read; each is worth a change of its own. */
const MOST_NAMED = 10;

interface Peak {
  minuteOfDay: number;
  /** Index of the fullest such minute. */
  minute: number;
  runs: number;
  /** Days on which this minute is over the threshold. */
  days: number;
}

/**
 * Minutes in which more than `threshold` runs are due, over all loads. Those at the same time of day are one finding, at
 * the first schedule in it that can be moved.
 */
export function peakFindings(
  loads: readonly PlacedLoad[],
  timetable: Timetable,
  threshold: number,
): Finding[] {
  const runs = new Float64Array((timetable.until - timetable.from) / MINUTE);
  for (const load of loads) {
    for (const minute of timetable.minutesOf(load)) runs[minute] = (runs[minute] ?? 0) + load.perMinute;
  }
  const peaks = findPeaks(runs, threshold);
  return peaks.slice(0, MOST_NAMED).flatMap((peak, index) => {
    const left = index === MOST_NAMED - 1 ? peaks.length - MOST_NAMED : 0;
    return toFinding(peak, left, loads, timetable, threshold);
  });
}

function findPeaks(runs: Float64Array, threshold: number): Peak[] {
  const peaks = new Map<number, Peak>();
  for (const [minute, count] of runs.entries()) {
    if (count <= threshold) continue;
    const minuteOfDay = minute % MINUTES_OF_DAY;
    const peak = peaks.get(minuteOfDay);
    if (peak === undefined) peaks.set(minuteOfDay, { minuteOfDay, minute, runs: count, days: 1 });
    else {
      peak.days += 1;
      if (count > peak.runs) Object.assign(peak, { minute, runs: count });
    }
  }
  return [...peaks.values()].sort((a, b) => b.runs - a.runs || a.minuteOfDay - b.minuteOfDay);
}

function toFinding(
  { minuteOfDay, minute, runs, days }: Peak,
  left: number,
  loads: readonly PlacedLoad[],
  timetable: Timetable,
  threshold: number,
): Finding[] {
  const there = loads.filter((load) => includesSorted(timetable.minutesOf(load), minute));
  const first = there.find(({ better }) => better !== undefined) ?? there[0];
  if (first === undefined) return [];
  const time = `${pad(Math.floor(minuteOfDay / 60))}:${pad(minuteOfDay % 60)} UTC`;
  const others = left === 0 ? '' : ` ${left} more such times of day are not listed.`;
  return [
    {
      code: 'LINT_PEAK',
      severity: 'warning',
      message: `${runs} runs are due in one minute, ${minuteText(timetable, minute)} (more than ${threshold}; at ${time} on ${days} of ${HORIZON_DAYS} days): ${nameLoads(there)}.${others}`,
      remedy: `Spread them over the hour.${first.better === undefined ? '' : ` Write: ${first.better}`}`,
      pointer: first.pointer,
      address: first.address,
    },
  ];
}

/** Whether a sorted list holds the number. */
function includesSorted(numbers: readonly number[], wanted: number): boolean {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[middle] ?? 0) < wanted) low = middle + 1;
    else high = middle;
  }
  return numbers[low] === wanted;
}

function pad(number: number): string {
  return String(number).padStart(2, '0');
}
