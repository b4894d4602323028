import { randomUUID } from 'node:crypto';
import type { Run, Schedule } from './model.ts';
import { DAY, deactivate, KEEP_RUNS, planSchedule } from './planning.ts';
import type { JobStore } from './store.ts';

/** More runs than this are not kept for one schedule. */
const MAX_RUNS = 5_000;
const MINUTE = 60_000;
/** After a longer downtime only the last missed run is made up. */
const SHORT_DOWNTIME = 20 * MINUTE;
/** An endpoint that does not answer for longer has its schedules switched off. */
const UNREACHABLE = 10 * DAY;

/** What came of calling an endpoint. */
export interface CallResult {
  /** null: there was no answer. */
  httpStatus: number | null;
  text: string;
}

/** Calls a job's endpoint for one run. */
export type CallEndpoint = (schedule: Schedule, run: Run) => Promise<CallResult>;

/** A run as it starts; instants are epoch ms. */
export interface StartedRun {
  jobId: number;
  scheduleId: string;
  dueAt: number;
  startedAt: number;
}

/** Lets due runs happen. */
export interface Runner {
  /** Walks everything due up to an instant, in order; with `call` it does not wait for the endpoints. */
  catchUp(store: JobStore, until: number): void;
  /** Like catchUp for a service that was down since `downSince`. */
  resume(store: JobStore, downSince: number, until: number): void;
  /** Starts a run now, outside its plan. */
  runNow(store: JobStore, schedule: Schedule, dueAt: number, now: number, text?: string): void;
  /** Waits for the endpoints that are being called. */
  settled(): Promise<void>;
}

/**
 * @param now clock of the service, epoch ms
 * @param call without it runs count as successful without calling anything
 * @param onRun told of every run
 */
export function createRunner(
  now: () => number,
  call: CallEndpoint | undefined,
  onRun?: (run: StartedRun) => void,
): Runner {
  const underWay = new Set<Promise<void>>();

  function execute(
    store: JobStore,
    schedule: Schedule,
    dueAt: number,
    startedAt: number,
    text?: string,
  ): void {
    const run: Run = {
      runId: randomUUID(),
      scheduledAt: dueAt,
      executedAt: startedAt,
      completedAt: startedAt,
      httpStatus: 200,
      status: 'COMPLETED',
      state: 'SUCCESS',
      text: text ?? 'Completed successfully',
    };
    schedule.lastRunAt = startedAt;
    keepRun(schedule, run, startedAt);
    store.version++;
    onRun?.({ jobId: schedule.job.id, scheduleId: schedule.scheduleId, dueAt, startedAt });
    if (call === undefined || schedule.job.jobType === 'CF_TASK') return;
    run.completedAt = null;
    run.httpStatus = null;
    run.status = 'RUNNING';
    run.state = 'TRIGGERED';
    run.text = text ?? '';
    const calling = call(schedule, run).then((result) => finish(store, schedule, run, result));
    underWay.add(calling);
    void calling.finally(() => underWay.delete(calling));
  }

  function finish(store: JobStore, schedule: Schedule, run: Run, result: CallResult): void {
    const at = Math.max(now(), run.executedAt ?? 0);
    store.version++;
    run.httpStatus = result.httpStatus;
    if (run.text === '') run.text = result.text;
    if (result.httpStatus === null) {
      schedule.unreachableSince ??= at;
      run.state = 'REQUEST_ERROR';
      if (at - schedule.unreachableSince > UNREACHABLE) deactivate(store, schedule);
    } else schedule.unreachableSince = undefined;
    // The application may have called back before its own answer arrived.
    if (run.status === 'COMPLETED') return;
    if (result.httpStatus === 202) {
      run.state = 'ACK_RECVD';
      run.deadline = at + store.asyncExecTimeout * 1000;
      return;
    }
    run.status = 'COMPLETED';
    run.completedAt = at;
    if (result.httpStatus === null) return;
    run.state = result.httpStatus >= 200 && result.httpStatus < 400 ? 'SUCCESS' : 'ERROR';
  }

  function step(store: JobStore, schedule: Schedule, at: number, startedAt: number): void {
    schedule.wakeAt = undefined;
    if (schedule.active && schedule.nextRunAt === at) {
      execute(store, schedule, at, startedAt);
      planSchedule(store, schedule, startedAt, 'ran');
    } else if (schedule.active) planSchedule(store, schedule, at, 'loaded');
    else store.removeSchedule(schedule);
  }

  /** Runs whose logs would be gone by the end of the walk need not be written. */
  function skipForgotten(store: JobStore, schedule: Schedule, at: number, horizon: number): boolean {
    if (call !== undefined || at >= horizon || schedule.nextRunAt !== at || schedule.timing.mode === 'time')
      return false;
    schedule.wakeAt = undefined;
    schedule.lastRunAt = lastBefore(schedule, at, horizon);
    planSchedule(store, schedule, horizon, 'loaded');
    return true;
  }

  function due(store: JobStore, until: number): { at: number; schedule: Schedule } | undefined {
    for (;;) {
      const entry = store.queue.peek();
      if (entry === undefined || entry.at > until) return undefined;
      store.queue.pop();
      if (entry.item.wakeAt === entry.at) return { at: entry.at, schedule: entry.item };
    }
  }

  return {
    catchUp(store, until) {
      const horizon = until - KEEP_RUNS;
      for (let next = due(store, until); next !== undefined; next = due(store, until)) {
        if (!skipForgotten(store, next.schedule, next.at, horizon))
          step(store, next.schedule, next.at, next.at);
      }
    },
    resume(store, downSince, until) {
      if (until - downSince > SHORT_DOWNTIME) {
        for (let next = due(store, until); next !== undefined; next = due(store, until)) {
          const { schedule, at } = next;
          if (schedule.nextRunAt !== at) {
            step(store, schedule, at, at);
            continue;
          }
          schedule.nextRunAt = lastMissed(store, schedule, at, until);
          step(store, schedule, schedule.nextRunAt, until);
        }
      }
      this.catchUp(store, until);
    },
    runNow: (store, schedule, dueAt, at, text) => execute(store, schedule, dueAt, at, text),
    async settled() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}

function keepRun(schedule: Schedule, run: Run, now: number): void {
  const { runs } = schedule;
  runs.push(run);
  const oldest = runs[0];
  if (runs.length > MAX_RUNS || (oldest !== undefined && oldest.scheduledAt < now - 2 * KEEP_RUNS)) {
    schedule.runs = keptRuns(schedule, now).slice(-MAX_RUNS);
  }
}

/** The runs whose logs are still there, oldest first. One that never called back in its time is UNKNOWN from then on. */
export function keptRuns(schedule: Schedule, now: number): Run[] {
  for (const run of schedule.runs) {
    if (run.deadline === undefined || run.deadline >= now || run.status === 'COMPLETED') continue;
    run.status = 'COMPLETED';
    run.state = 'UNKNOWN';
    run.completedAt = run.deadline;
  }
  return schedule.runs.filter((run) => (run.executedAt ?? run.scheduledAt) >= now - KEEP_RUNS);
}

/** The last start before an instant, of a schedule that runs at `at`. Only an interval depends on it. */
function lastBefore(schedule: Schedule, at: number, horizon: number): number {
  const { mode, interval } = schedule.timing;
  if (mode !== 'repeatInterval' || interval === undefined) return at;
  return at + Math.floor((horizon - at) / interval) * interval;
}

/** The last run that was missed between `at` and `until`. */
function lastMissed(store: JobStore, schedule: Schedule, at: number, until: number): number {
  const { mode, interval } = schedule.timing;
  if (mode === 'time') return at;
  if (mode === 'repeatInterval' && interval !== undefined) {
    return at + Math.floor((until - at) / interval) * interval;
  }
  // Looking back in growing steps spares a walk through months of runs of a schedule that runs every second.
  for (let back = MINUTE; ; back *= 8) {
    const from = Math.max(at, until - back);
    const found = lastRunBetween(store, schedule, from, until);
    if (found !== undefined) return found;
    if (from === at) return at;
  }
}

function lastRunBetween(
  store: JobStore,
  schedule: Schedule,
  from: number,
  until: number,
): number | undefined {
  let last: number | undefined;
  let instant = from;
  for (;;) {
    planSchedule(store, schedule, instant, 'ran');
    if (!schedule.active) {
      // The plan came to its end on the way; the missed run is still made up.
      schedule.active = true;
      return last;
    }
    if (schedule.nextRunAt === undefined || schedule.nextRunAt > until) return last;
    last = schedule.nextRunAt;
    instant = last;
  }
}
