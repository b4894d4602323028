import type { Calendar, Lane } from './calendar.ts';
import { type Job, jobsOf, listed } from './jobs.ts';
import { type Load, loadPerMinute } from './load.ts';
import { type NamedPeak, namedPeaks } from './named-peaks.ts';
import { countText, minutesText, momentText, numberText, spanText } from './when.ts';

/** What all renderings say of a calendar. */
export interface Summary {
  calendar: Calendar;
  load: Load;
  /** Jobs with at least one run, the busiest first. */
  jobs: Job[];
  /** Jobs without a run in the stretch. */
  idle: number;
  peaks: NamedPeak[];
}

export function summarize(calendar: Calendar, peaks: number): Summary {
  const load = loadPerMinute(calendar);
  const jobs = jobsOf(calendar);
  const busy = jobs.filter(({ count }) => count > 0);
  return {
    calendar,
    load,
    jobs: busy,
    idle: jobs.length - busy.length,
    peaks: namedPeaks(calendar, load, peaks),
  };
}

/** `Sun 22 Nov 2026 12:00 to Sun 29 Nov 2026 12:00 UTC (7 days)` */
export function stretchText({ from, until }: Calendar): string {
  return `${momentText(from)} to ${momentText(until)} UTC (${spanText(until - from)})`;
}

/** `1,234 runs of 41 jobs; 3 more jobs do not run in this time` */
export function totalText({ load, jobs, idle }: Summary): string {
  if (load.total === 0) return idle === 0 ? 'no schedules' : `no run of ${countText(idle, 'job')}`;
  const total = `${countText(load.total, 'run')} of ${countText(jobs.length, 'job')}`;
  if (idle === 0) return total;
  return `${total}; ${numberText(idle)} more ${idle === 1 ? 'job does' : 'jobs do'} not run in this time`;
}

/** What is less sure than it looks: times that are estimated, and schedules of which no run can be shown. */
export function unsureTexts({ lanes }: Calendar): string[] {
  const named = (phase: Lane['phase']): string[] =>
    lanes
      .filter((lane) => lane.phase === phase && (phase === 'unknown' || lane.runs.length > 0))
      .map(({ address, schedule }) => (schedule === '' ? address : `${address} ${schedule}`));
  const assumed = named('assumed');
  const unknown = named('unknown');
  return [
    ...(assumed.length === 0
      ? []
      : [
          `~ Estimated: nothing tells the phase of ${countText(assumed.length, 'interval')}, here taken from the beginning: ${listed(assumed, 3)}.`,
        ]),
    ...(unknown.length === 0
      ? []
      : [
          `Not shown: nothing tells when ${unknown.length === 1 ? 'this runs' : 'these run'}: ${listed(unknown, 3)}.`,
        ]),
  ];
}

/** `the busiest minute has 18 runs: 06:00 daily, …` */
export function busiestText({ peaks }: Summary): string {
  const [peak] = peaks;
  if (peak === undefined) return 'no two runs begin in the same minute';
  return `the busiest minute has ${countText(peak.count, 'run')}: ${minutesText(peak.minutes)}`;
}
