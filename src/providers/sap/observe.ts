import { counted } from '../../core/counted.ts';
import { type Diagnostic, ReconcileError } from '../../core/errors.ts';
import type { KnownObject } from '../../core/provider.ts';
import { formatAddress, type LiveResource } from '../../core/resource.ts';
import type { SapClient } from './client.ts';
import { idOfJob, kindOfJob, toLiveJob, toLiveSettings } from './mapping.ts';
import { modesOf } from './modes.ts';
import { forEachLimited, readAll, readOnce } from './paging.ts';
import { readWholeJob } from './read-job.ts';
import { refusedStatus } from './refusal.ts';
import { ownRows, type TenantScope } from './tenants.ts';
import type { WireFoundSchedule, WireJob, WireSchedule } from './wire.ts';

export interface ObserveScope {
  kinds: readonly string[];
  tenants: TenantScope;
  /** What manifests and state name. */
  known?: readonly KnownObject[];
  /** For people, while pages are read. */
  progress?(message: string): void;
}

export interface Observed {
  resources: LiveResource[];
  diagnostics: Diagnostic[];
}

/** Jobs that are read by themselves at a time. */
const AT_ONCE = 16;
/** A service without the search answers so; then every job is read by itself. */
const NO_SEARCH = [400, 403, 404, 405, 501];

const UNUSABLE: readonly string[] = ['WIRE_SCHEMA', 'ANSWER_NOT_JSON', 'LISTING_UNSOUND'];

/**
 * Every live resource of the kinds, or an error. Jobs come in pages, schedules from the two searches over all jobs; both
 * are held against each other job by job, and a job whose counts disagree is read by itself (SEMANTICS 8, gate 3).
 */
export async function observe(client: SapClient, scope: ObserveScope): Promise<Observed> {
  const wantsJobs = scope.kinds.includes('SapJob') || scope.kinds.includes('SapTask');
  const [jobs, settings] = await Promise.all([
    wantsJobs ? observeJobs(client, scope) : { resources: [], diagnostics: [] },
    scope.kinds.includes('SapSettings') ? client.settings() : undefined,
  ]);
  if (settings === undefined) return jobs;
  return { ...jobs, resources: [...jobs.resources, toLiveSettings(settings)] };
}

async function observeJobs(client: SapClient, scope: ObserveScope): Promise<Observed> {
  const [rows, found] = await Promise.all([readJobs(client, scope), findSchedules(client, scope)]);
  const own = ownRows(rows, scope.tenants);
  const jobs = own.filter((job) => scope.kinds.includes(kindOfJob(job)));
  const byJob = found === undefined ? undefined : groupByJob(found, jobs);
  const resources: LiveResource[] = [];
  const doubtful: WireJob[] = [];
  for (const job of jobs) {
    const schedules = byJob === undefined ? [] : (byJob.get(job) ?? []);
    if (agrees(job, schedules)) resources.push(toLiveJob(job, schedules));
    else doubtful.push(job);
  }
  await forEachLimited(doubtful, AT_ONCE, async (job) => {
    // Gone since the list was read: the service's own 404 says so.
    const live = await readWholeJob(client, idOfJob(job), job);
    if (live !== null) resources.push(live);
    scope.progress?.(`jobs read one by one: ${resources.length} of ${jobs.length}`);
  });
  resources.sort((a, b) => (a.identity < b.identity ? -1 : 1));
  return {
    resources,
    diagnostics: [
      ...namesOfTasks(own, scope.known ?? []),
      ...othersAlone(rows, own),
      ...remarks(found !== undefined, doubtful.length),
    ],
  };
}

function readJobs(client: SapClient, { progress }: ObserveScope): Promise<WireJob[]> {
  return readAll({
    what: 'jobs',
    fetch: client.jobs,
    idOf: idOfJob,
    progress: (read, total) => progress?.(`jobs: ${read} of ${total}`),
  });
}

/** All schedules of all jobs, or undefined when the service has no such search. */
async function findSchedules(
  client: SapClient,
  { progress }: ObserveScope,
): Promise<WireFoundSchedule[] | undefined> {
  const find = (active: boolean) =>
    readOnce({
      what: active ? 'active schedules' : 'inactive schedules',
      fetch: (offset, size) => client.foundSchedules(active, offset, size),
      idOf: (row) => row.scheduleId,
      progress: (read, total) =>
        progress?.(`${active ? 'active' : 'inactive'} schedules: ${read} of ${total}`),
    });
  try {
    const [on, off] = await Promise.all([find(true), find(false)]);
    return [...on.rows, ...off.rows];
  } catch (error) {
    if (NO_SEARCH.includes(refusedStatus(error) ?? 0) || isUnusable(error)) return undefined;
    throw error;
  }
}

/**
 * The search is only a short cut, so its trouble stops nothing: what cannot be understood, or fails again and again, is
 * done without. The network, the credentials and the rate limit concern every call, and are errors here, too.
 */
function isUnusable(error: unknown): boolean {
  if (!(error instanceof ReconcileError)) return false;
  if (UNUSABLE.includes(error.code)) return true;
  return (error.exchange?.status ?? 0) >= 500;
}

/** A list's `jobId` and `_id` may differ, and a search names the parent by one of them: the name must fit as well. */
function groupByJob(
  found: readonly WireFoundSchedule[],
  jobs: readonly WireJob[],
): Map<WireJob, WireFoundSchedule[]> {
  const byId = new Map<string, WireJob[]>();
  for (const job of jobs) {
    for (const id of new Set([job.jobId, job._id].filter((value) => value !== undefined).map(String))) {
      byId.set(id, [...(byId.get(id) ?? []), job]);
    }
  }
  const grouped = new Map<WireJob, WireFoundSchedule[]>();
  for (const schedule of found) {
    const { _id, name } = schedule.parent;
    const candidates = (byId.get(String(_id)) ?? []).filter((job) => name === undefined || job.name === name);
    const [job] = candidates;
    if (job === undefined || candidates.length > 1) continue;
    const list = grouped.get(job);
    if (list === undefined) grouped.set(job, [schedule]);
    else list.push(schedule);
  }
  return grouped;
}

/** Does what the search found fit what the list counted? Rows in both states, or without a mode, are not believed. */
function agrees(job: WireJob, schedules: readonly WireSchedule[]): boolean {
  if ((job.ACTIVECOUNT ?? null) === null || (job.INACTIVECOUNT ?? null) === null) return false;
  const active = schedules.filter((schedule) => schedule.active === true).length;
  return (
    active === Number(job.ACTIVECOUNT) &&
    schedules.length - active === Number(job.INACTIVECOUNT) &&
    new Set(schedules.map(({ scheduleId }) => scheduleId)).size === schedules.length &&
    schedules.every((schedule) => modesOf({ ...modeValues(schedule) }).length > 0)
  );
}

function modeValues({ cron, time, repeatInterval, repeatAt }: WireSchedule) {
  return {
    cron: cron ?? null,
    time: time ?? null,
    repeatInterval: repeatInterval ?? null,
    repeatAt: repeatAt ?? null,
  };
}

/** A job that runs a task has the name that a manifest wants for a job of its own: that can never be made (SEMANTICS 8). */
function namesOfTasks(rows: readonly WireJob[], known: readonly KnownObject[]): Diagnostic[] {
  const tasks = new Set(rows.filter((row) => kindOfJob(row) === 'SapTask').map(({ name }) => name));
  return known
    .filter(({ kind, identity, wanted }) => wanted && kind === 'SapJob' && tasks.has(identity))
    .map(({ kind, identity }) => ({
      code: 'SAP_KIND_DIFFERS',
      severity: 'error',
      message: `job "${identity}" is there already and runs a Cloud Foundry task: it can neither be created nor be changed as a SapJob`,
      remedy: 'Manage its schedules with a manifest of kind SapTask, or give the job another name.',
      address: formatAddress(kind, identity),
    }));
}

/** All rows dropped out: likelier a tenant that is named wrongly than an instance without jobs of its own. */
function othersAlone(rows: readonly WireJob[], own: readonly WireJob[]): Diagnostic[] {
  if (rows.length === 0 || own.length > 0) return [];
  const marks = [...new Set(rows.map(({ subDomain, tenantId }) => subDomain || tenantId || ''))].sort();
  const shown = `${marks.slice(0, 5).join(', ')}${marks.length > 5 ? ` and ${marks.length - 5} more` : ''}`;
  return [
    {
      code: 'SAP_TENANT_NO_JOBS',
      severity: 'warning',
      message: `these credentials see ${counted(rows.length, 'job')}, none of which is of the target's tenant: all are of ${shown}`,
      remedy:
        "If these are the target's jobs, correct its `tenant`: until then jobs that exist are taken for missing.",
    },
  ];
}

function remarks(searched: boolean, doubtful: number): Diagnostic[] {
  if (!searched) {
    const message =
      'The search for schedules is missing or cannot be used: jobs with schedules were read one by one.';
    return [{ code: 'SAP_NO_SEARCH', severity: 'info', message }];
  }
  if (doubtful === 0) return [];
  const message = `${counted(doubtful, 'job')} ${doubtful === 1 ? 'was read by itself' : 'were read by themselves'}, because search and list did not agree about their schedules.`;
  return [{ code: 'SAP_SEARCH_DISAGREED', severity: 'info', message }];
}
