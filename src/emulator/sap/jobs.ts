import { type Call, isId, jobById, type Reply } from './call.ts';
import { invalid } from './errors.ts';
import { applyJobInput, type JobInput, readBody, readJobInput, requireJobFields } from './input.ts';
import type { Job } from './model.ts';
import { planJob } from './planning.ts';
import { createSchedule } from './schedules.ts';
import { showJob, showSchedule } from './shapes.ts';

/** POST /scheduler/jobs */
export function createJob(call: Call): Reply {
  const body = readBody(call.body);
  requireJobFields(body);
  return created(call, addJob(call, readJobInput(body, call.now)));
}

function created(call: Call, job: Job): Reply {
  const style = call.world.shapes('jobCreated', job.id);
  const body = {
    ...showJob(job, style),
    schedules: job.schedules.map((schedule) => showSchedule(schedule, style)),
  };
  return { status: 201, body, headers: { location: `/scheduler/jobs/${job.id}` } };
}

function addJob(call: Call, input: JobInput): Job {
  const { caller, store, now } = call;
  const { name, action, schedules = [] } = input;
  if (name === undefined) throw invalid('Job name is required');
  if (action === undefined) throw invalid('Job action is required');
  if (store.jobByName(caller.tenantId, name) !== undefined)
    throw invalid(`Job with name ${name} already exists`);
  const job: Job = {
    id: store.nextJobId,
    name,
    description: '',
    action,
    active: false,
    httpMethod: 'POST',
    jobType: 'HTTP_ENDPOINT',
    start: undefined,
    end: undefined,
    ansConfig: undefined,
    calmConfig: undefined,
    createdAt: now,
    modifiedAt: now,
    tenantId: caller.tenantId,
    subdomain: caller.subdomain,
    schedules: [],
  };
  applyJobInput(job, input);
  store.add(job);
  for (const schedule of schedules) createSchedule(call, job, schedule);
  return job;
}

/** PUT /scheduler/jobs/{id or name}: by id it keeps what is left out, by name it resets it. */
export function putJob(call: Call): Reply {
  const key = call.params['jobId'] ?? '';
  return isId(key) ? updateJob(call, jobById(call, key)) : putJobByName(call, key);
}

function updateJob(call: Call, job: Job): Reply {
  const body = readBody(call.body);
  if (Object.keys(body).length === 0) throw invalid('At least one parameter must be provided');
  // The schedules of a body are not even looked at: this call never touches them.
  const { schedules: _ignored, ...ofJob } = body;
  const input = readJobInput(ofJob, call.now);
  if (input.name !== undefined && input.name !== job.name) throw invalid('Job name cannot be changed');
  change(call, job, input);
  return { status: 200, body: { success: true } };
}

/** Takes the change over and plans the schedules again if it concerns when they run. */
function change(call: Call, job: Job, input: JobInput): void {
  const before = { active: job.active, start: job.start?.at, end: job.end?.at };
  applyJobInput(job, input);
  job.modifiedAt = call.now;
  call.store.version++;
  if (job.active && !before.active) planJob(call.store, job, call.now, 'activated');
  else if (job.active !== before.active || job.start?.at !== before.start || job.end?.at !== before.end) {
    planJob(call.store, job, call.now, 'changed');
  }
}

const RESET: JobInput = {
  description: '',
  active: false,
  httpMethod: 'POST',
  start: null,
  end: null,
  ansConfig: null,
  calmConfig: null,
};

function putJobByName(call: Call, name: string): Reply {
  const body = readBody(call.body);
  if (body['name'] !== name)
    throw invalid('Job name in the request URI does not match the name in the request body');
  const input = readJobInput(body, call.now);
  const job = call.store.jobByName(call.caller.tenantId, name);
  if (job === undefined) return created(call, addJob(call, { ...RESET, ...input }));
  change(call, job, { ...RESET, ...input });
  if (input.schedules !== undefined) {
    for (const schedule of job.schedules) call.store.removeSchedule(schedule);
    for (const schedule of input.schedules) createSchedule(call, job, schedule);
  }
  return { status: 200, body: { success: true } };
}

/** DELETE /scheduler/jobs/{id}: with it go its schedules and all run logs. */
export function deleteJob(call: Call): Reply {
  const job = jobById(call, call.params['jobId']);
  call.store.remove(job);
  return deleted(call, job.id);
}

/** The answer to a delete: 200, or sometimes 204. */
function deleted(call: Call, key: string | number): Reply {
  if (call.world.shapes('job', key).deleted === 204) return { status: 204 };
  return { status: 200, body: { success: true } };
}
