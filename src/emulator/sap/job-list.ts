import { type Call, jobById, type Reply, readFlagParameter } from './call.ts';
import { invalid, notFound } from './errors.ts';
import { readFilter } from './filter.ts';
import type { Job } from './model.ts';
import { hasPaging, pageOf, readPage } from './paging.ts';
import { showJob, showJobEntry, showSchedule } from './shapes.ts';
import { visibleJobs } from './world.ts';

const SORT_FIELDS: Record<string, (job: Job) => string | number> = {
  _id: (job) => job.id,
  jobId: (job) => job.id,
  name: (job) => job.name,
  description: (job) => job.description,
  action: (job) => job.action,
  httpMethod: (job) => job.httpMethod,
  jobType: (job) => job.jobType,
  subDomain: (job) => job.subdomain,
  createdAt: (job) => job.createdAt,
  modifiedAt: (job) => job.modifiedAt,
  active: (job) => Number(job.active),
};

/** GET /scheduler/jobs: a page of the list, or with `name` or `jobId` one job. */
export function listJobs(call: Call): Reply {
  const { query } = call;
  if (query.has('name') || query.has('jobId')) return getSelectedJob(call);
  const page = readPage(query, call.world.maxPageSize);
  const jobs = selectJobs(call);
  const style = call.world.shapes('jobs', page.offset);
  const path = `/scheduler/jobs${style.slash ? '/' : ''}`;
  return pageOf(jobs, page, path, (job) => showJobEntry(job, call.world.shapes('jobs', job.id)));
}

/** GET /scheduler/jobs/{id} */
export function getJob(call: Call): Reply {
  return { status: 200, body: shownJob(call, jobById(call, call.params['jobId'])) };
}

function getSelectedJob(call: Call): Reply {
  const { query, world } = call;
  if (hasPaging(query)) throw invalid('page_size and offset cannot be used together with jobId or name');
  const id = query.get('jobId');
  const job = id === null ? jobByName(call, query.get('name') ?? '') : jobById(call, id);
  const body = shownJob(call, job);
  if (world.shapes('job', job.name).single === 'list')
    return { status: 200, body: { total: 1, results: [body] } };
  return { status: 200, body };
}

function shownJob(call: Call, job: Job): Record<string, unknown> {
  const style = call.world.shapes('job', job.id);
  const shown = showJob(job, style);
  if (!readFlagParameter(call, 'displaySchedules', false)) return shown;
  return { ...shown, schedules: job.schedules.map((schedule) => showSchedule(schedule, style)) };
}

function jobByName(call: Call, name: string): Job {
  const { caller, store } = call;
  const own = store.jobByName(caller.tenantId, name);
  const job = own ?? (caller.provider ? store.list().find((other) => other.name === name) : undefined);
  if (job === undefined) throw notFound(`Job with name ${name} is not found`);
  return job;
}

function selectJobs(call: Call): readonly Job[] {
  const { query, caller, store } = call;
  const type = query.get('jobType');
  const tenantId = query.get('tenantId');
  const filter = query.get('filter') ?? query.get('$filter');
  const sortBy = query.get('sort_by');
  const order = (query.get('sort_order') ?? 'asc').toLowerCase();
  if (type !== null && type !== 'HTTP_ENDPOINT' && type !== 'CF_TASK') throw invalid('Invalid jobType');
  if (tenantId !== null && (!caller.provider || caller.method === 'basic')) {
    throw invalid('The filter tenantId needs a token of the provider tenant');
  }
  if (order !== 'asc' && order !== 'desc') throw invalid('Invalid sort_order');
  const sort = sortBy === null ? undefined : sortField(sortBy);
  const scope = caller.provider ? (tenantId ?? undefined) : caller.tenantId;
  if (type === null && filter === null && sort === undefined) return store.list(scope);
  const key = JSON.stringify(['jobs', scope, type, filter, sortBy, order]);
  return store.cached(key, () => {
    const matches = filter === null ? () => true : readFilter(filter);
    const found = store.list(scope).filter((job) => (type === null || job.jobType === type) && matches(job));
    return sort === undefined ? found : found.sort(comparison(sort, order === 'desc' ? -1 : 1));
  });
}

function sortField(name: string): (job: Job) => string | number {
  const field = Object.hasOwn(SORT_FIELDS, name) ? SORT_FIELDS[name] : undefined;
  if (field === undefined) throw invalid('Invalid sort_by');
  return field;
}

function comparison(field: (job: Job) => string | number, direction: 1 | -1): (a: Job, b: Job) => number {
  return (a, b) => {
    const left = field(a);
    const right = field(b);
    if (left === right) return a.id - b.id;
    return (left < right ? -1 : 1) * direction;
  };
}

/** GET /scheduler/jobCount */
export function countJobs(call: Call): Reply {
  const jobs = visibleJobs(call.caller, call.store);
  let active = 0;
  for (const job of jobs) if (job.active) active++;
  return { status: 200, body: { active, inactive: jobs.length - active } };
}
