import { randomUUID } from 'node:crypto';
import { isRecord } from '../json.ts';
import { type Call, jobById, type Reply, readFlagParameter, scheduleOf } from './call.ts';
import { invalid } from './errors.ts';
import { readBody, readScheduleInput, requireTiming, type ScheduleInput } from './input.ts';
import type { Job, Schedule } from './model.ts';
import { pageOf, readPage } from './paging.ts';
import { type Cause, planSchedule } from './planning.ts';
import { keptRuns } from './runner.ts';
import { isoDate, showRun, showSchedule } from './shapes.ts';

/** The most logs that come with a schedule or without paging. */
export const MAX_LOGS = 200;

/** GET /scheduler/jobs/{id}/schedules */
export function listSchedules(call: Call): Reply {
  const job = jobById(call, call.params['jobId']);
  const page = readPage(call.query, call.world.maxPageSize);
  return pageOf(job.schedules, page, `/scheduler/jobs/${job.id}/schedules`, (schedule) => ({
    ...showSchedule(schedule, call.world.shapes('schedules', schedule.scheduleId)),
    jobId: job.id,
  }));
}

/** GET /scheduler/jobs/{id}/schedules/{sid} */
export function getSchedule(call: Call): Reply {
  const schedule = scheduleOf(call);
  const body: Record<string, unknown> = {
    ...showSchedule(schedule, call.world.shapes('schedule', schedule.scheduleId)),
    jobId: schedule.job.id,
    modifiedAt: isoDate(schedule.modifiedAt),
  };
  if (readFlagParameter(call, 'displayLogs', false)) {
    body['logs'] = keptRuns(schedule, call.now).reverse().slice(0, MAX_LOGS).map(showRun);
  }
  return { status: 200, body };
}

/** POST /scheduler/jobs/{id}/schedules */
export function postSchedule(call: Call): Reply {
  const job = jobById(call, call.params['jobId']);
  const schedule = createSchedule(call, job, readScheduleInput(readBody(call.body), call.now));
  const shown = showSchedule(schedule, call.world.shapes('scheduleCreated', schedule.scheduleId));
  return {
    status: 201,
    body: { ...shown, jobId: job.id },
    headers: { location: `/scheduler/jobs/${job.id}/schedules/${schedule.scheduleId}` },
  };
}

/** Adds a schedule to a job and plans it; one that is due at once runs before the next call is answered. */
export function createSchedule(call: Call, job: Job, input: ScheduleInput): Schedule {
  requireTiming(input);
  const { store, now } = call;
  const schedule: Schedule = {
    scheduleId: randomUUID(),
    job,
    description: input.description,
    data: input.data,
    active: input.active ?? false,
    timing: input.timing,
    start: input.start ?? undefined,
    end: input.end ?? undefined,
    createdAt: now,
    modifiedAt: now,
    lastRunAt: undefined,
    nextRunAt: undefined,
    wakeAt: undefined,
    unreachableSince: undefined,
    runs: [],
  };
  store.addSchedule(schedule);
  planSchedule(store, schedule, now, 'created');
  return schedule;
}

/** PUT /scheduler/jobs/{id}/schedules/{sid}: everything but the mode can change, and it takes effect at once. */
export function putSchedule(call: Call): Reply {
  const schedule = scheduleOf(call);
  const body = readBody(call.body);
  if (Object.keys(body).length === 0) throw invalid('At least one parameter must be provided');
  const input = readScheduleInput(body, call.now);
  if (input.timing !== undefined && input.timing.mode !== schedule.timing.mode) {
    throw invalid('The scheduling mode of a schedule cannot be changed');
  }
  disturbComingRun(call, schedule, input);
  const shown = showSchedule(schedule, call.world.shapes('scheduleCreated', schedule.scheduleId));
  return { status: 200, body: { ...shown, jobId: schedule.job.id } };
}

/** A run in the execution queue is stopped; one that was already picked from it is executed immediately. */
function disturbComingRun(call: Call, schedule: Schedule, input: ScheduleInput): void {
  const { store, now, world } = call;
  const { queuedWithin, pickedWithin } = world.queueTimes;
  const dueAt = schedule.nextRunAt;
  const ahead = dueAt === undefined ? Number.POSITIVE_INFINITY : dueAt - now;
  applyScheduleInput(call, schedule, input);
  if (dueAt === undefined || ahead > queuedWithin) return;
  const effect = ahead <= pickedWithin ? 'executedImmediately' : 'stopped';
  store.effects.push({ at: now, jobId: schedule.job.id, scheduleId: schedule.scheduleId, effect, dueAt });
  if (effect === 'executedImmediately') {
    world.runner.runNow(
      store,
      schedule,
      dueAt,
      now,
      'Executed immediately: the schedule was changed after it was picked',
    );
  } else {
    schedule.runs.push(stoppedRun(dueAt));
  }
  // The disturbed run is over: the plan goes on after it.
  if (schedule.nextRunAt === dueAt) planSchedule(store, schedule, dueAt, 'ran');
}

function stoppedRun(dueAt: number): Schedule['runs'][number] {
  return {
    runId: randomUUID(),
    scheduledAt: dueAt,
    executedAt: null,
    completedAt: null,
    httpStatus: null,
    status: 'SCHEDULED',
    state: '',
    text: 'Stopped: the schedule was changed while it was in the execution queue',
  };
}

function applyScheduleInput(call: Call, schedule: Schedule, input: ScheduleInput): void {
  const before = timesOf(schedule);
  const wasActive = schedule.active;
  if (input.description !== undefined) schedule.description = input.description;
  if (input.data !== undefined) schedule.data = input.data;
  if (input.active !== undefined) schedule.active = input.active;
  if (input.start !== undefined) schedule.start = input.start ?? undefined;
  if (input.end !== undefined) schedule.end = input.end ?? undefined;
  if (input.timing !== undefined) schedule.timing = input.timing;
  schedule.modifiedAt = call.now;
  call.store.version++;
  if (schedule.active !== wasActive) replan(call, schedule, 'activated');
  else if (timesOf(schedule) !== before)
    replan(call, schedule, input.timing?.unreadable ? 'created' : 'changed');
}

function timesOf(schedule: Schedule): string {
  return JSON.stringify([schedule.timing, schedule.start?.at, schedule.end?.at]);
}

function replan(call: Call, schedule: Schedule, cause: Cause): void {
  planSchedule(call.store, schedule, call.now, cause);
}

/** DELETE /scheduler/jobs/{id}/schedules/{sid} */
export function deleteSchedule(call: Call): Reply {
  const schedule = scheduleOf(call);
  call.store.removeSchedule(schedule);
  return deletedSchedules(call, schedule.scheduleId);
}

/** DELETE /scheduler/jobs/{id}/schedules */
export function deleteAllSchedules(call: Call): Reply {
  const job = jobById(call, call.params['jobId']);
  for (const schedule of job.schedules) call.store.removeSchedule(schedule);
  return deletedSchedules(call, job.id);
}

function deletedSchedules(call: Call, key: string | number): Reply {
  if (call.world.shapes('schedule', key).deleted === 204) return { status: 204 };
  return { status: 200, body: { success: true } };
}

/** POST /scheduler/jobs/{id}/schedules/activationStatus */
export function setActivationStatus(call: Call): Reply {
  const job = jobById(call, call.params['jobId']);
  const status = isRecord(call.body) ? call.body['activationStatus'] : undefined;
  if (typeof status !== 'boolean') throw invalid('activationStatus must be true or false');
  for (const schedule of job.schedules)
    if (schedule.active !== status) applyScheduleInput(call, schedule, { active: status });
  return { status: 200, body: { success: true } };
}
