import { formatInstant } from '../../time/index.ts';
import type { Calendar } from './calendar.ts';
import { busiestMinutes, loadPerMinute } from './load.ts';

/** What `calendar -o json` gives. Instants are ISO 8601 in UTC. */
export interface CalendarDocument {
  from: string;
  until: string;
  /** In order of time, then address, then schedule. `schedule` is empty for kinds that have none. */
  /** `estimated`: nothing tells the phase of its interval. */
  runs: { at: string; address: string; schedule: string; estimated?: true }[];
  /** The busiest minutes, the busiest first; minutes with a single run are none. */
  peaks: { minute: string; count: number }[];
  /** What runs although nothing tells when, so that no run is shown; absent when there is none. */
  unplaced?: { address: string; schedule: string }[];
}

export function calendarDocument(calendar: Calendar, peaks: number): CalendarDocument {
  const { from, until } = calendar;
  const lanes = [...calendar.lanes].sort(
    (a, b) => compare(a.address, b.address) || compare(a.schedule, b.schedule),
  );
  const runs = lanes.flatMap(({ address, schedule, runs, phase }) =>
    runs.map((at) => ({
      at,
      address,
      schedule,
      ...(phase === 'assumed' ? { estimated: true as const } : {}),
    })),
  );
  const unplaced = lanes.filter(({ phase }) => phase === 'unknown');
  // Sorting is stable, so that runs of one instant stay in the order of their lanes.
  runs.sort((a, b) => a.at - b.at);
  return {
    from: formatInstant(from),
    until: formatInstant(until),
    runs: runs.map((run) => ({ ...run, at: formatInstant(run.at) })),
    peaks: busiestMinutes(loadPerMinute(calendar), peaks).map(({ at, count }) => ({
      minute: formatInstant(at),
      count,
    })),
    ...(unplaced.length === 0
      ? {}
      : { unplaced: unplaced.map(({ address, schedule }) => ({ address, schedule })) }),
  };
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
