import type { Calendar, Lane } from './calendar.ts';
import { numberText } from './when.ts';

/** All schedules of one job. */
export interface Job {
  address: string;
  schedules: Lane[];
  /** Runs of all its schedules. */
  count: number;
}

/** The lanes by job, the busiest first, then by address. Jobs without a run in the stretch come last. */
export function jobsOf({ lanes }: Pick<Calendar, 'lanes'>): Job[] {
  const jobs = new Map<string, Job>();
  for (const lane of lanes) {
    const job = jobs.get(lane.address) ?? { address: lane.address, schedules: [], count: 0 };
    job.schedules.push(lane);
    job.count += lane.runs.length;
    jobs.set(lane.address, job);
  }
  return [...jobs.values()].sort((a, b) => b.count - a.count || (a.address < b.address ? -1 : 1));
}

/** `daily`, `hourly and daily`, `a, b and 3 more`: which schedules a job has. */
export function scheduleNames(job: Job, most = 3): string {
  const names = job.schedules.map(markedName).filter((name) => name !== '');
  return listed(names, most);
}

/** The name of the schedule, with a `~` where its times are estimated. */
export function markedName({ schedule, phase }: Lane): string {
  return phase === 'assumed' ? `~${schedule}` : schedule;
}

/** A list for people, cut after `most`. */
export function listed(names: readonly string[], most: number, all = names.length): string {
  const shown = names.slice(0, most);
  const hidden = all - shown.length;
  if (hidden > 0) return `${shown.join(', ')} and ${numberText(hidden)} more`;
  const last = shown.at(-1) ?? '';
  return shown.length < 2 ? last : `${shown.slice(0, -1).join(', ')} and ${last}`;
}

/** With one kind only, its name on every label says nothing. */
export function oneKind(items: readonly { address: string }[]): boolean {
  return new Set(items.map(({ address }) => address.slice(0, address.indexOf('/')))).size === 1;
}

/** The name within its kind. */
export function nameOf(address: string): string {
  return address.slice(address.indexOf('/') + 1);
}
