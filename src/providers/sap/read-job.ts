import { ReconcileError } from '../../core/errors.ts';
import type { LiveResource } from '../../core/resource.ts';
import type { SapClient } from './client.ts';
import { idOfJob, toLiveJob, toLiveSettings } from './mapping.ts';
import { readAll } from './paging.ts';
import { refusedStatus } from './refusal.ts';
import { isOwnRow, type TenantScope } from './tenants.ts';
import type { WireJob, WireSchedule } from './wire.ts';

/** One object itself. `null` only after the service's own 404; a job that was made again under its name is found by it. */
export async function readResource(
  client: SapClient,
  ref: { kind: string; identity: string; id?: string },
  tenants: TenantScope = {},
): Promise<LiveResource | null> {
  if (ref.kind === 'SapSettings') return toLiveSettings(await client.settings());
  const known = ref.id === undefined ? null : await readWholeJob(client, ref.id);
  const live = known?.identity === ref.identity ? known : await readByName(client, ref.identity, tenants);
  if (live === null || live.kind === ref.kind) return live;
  throw new ReconcileError(`Job "${ref.identity}" is a ${live.kind}, not a ${ref.kind}.`, {
    code: 'SAP_KIND_DIFFERS',
    category: 'refused',
    remedy: `Manage it with a manifest of kind ${live.kind}; the service does not turn one into the other.`,
  });
}

async function readByName(
  client: SapClient,
  name: string,
  tenants: TenantScope,
): Promise<LiveResource | null> {
  const job = await client.jobByName(name);
  if (job === null) return null;
  const id = await ownId(client, job, tenants);
  if (id === undefined) return null;
  const isIt = id === idOfJob(job) && job.schedules !== undefined;
  return isIt ? complete(client, job, id) : readWholeJob(client, id);
}

/**
 * A provider's token sees the jobs of all tenants, and names repeat between them. Single answers may not say whose they
 * are; the list does. Undefined when only others have a job of this name.
 */
async function ownId(client: SapClient, job: WireJob, tenants: TenantScope): Promise<string | undefined> {
  const isMarked = Boolean(job.tenantId ?? job.subDomain);
  const isClear = isMarked ? isOwnRow(job, tenants) : tenants.own === undefined;
  if (isClear) return idOfJob(job);
  const rows = await client.jobsNamed(job.name).catch((error: unknown) => {
    // A service that knows no filter: then there is nothing to tell the tenants apart by.
    if (!isMarked && refusedStatus(error) === 400) return [job];
    throw error;
  });
  const row = rows.find((candidate) => isOwnRow(candidate, tenants));
  return row === undefined ? undefined : idOfJob(row);
}

/** A job with all its schedules. `listed`: its row in the list, which tells what single answers may leave out. */
export async function readWholeJob(
  client: SapClient,
  id: string,
  listed?: WireJob,
): Promise<LiveResource | null> {
  const job = await client.job(id);
  return job === null ? null : complete(client, { ...known(listed), ...job }, id);
}

async function complete(client: SapClient, job: WireJob, id: string): Promise<LiveResource> {
  const schedules = isWhole(job) ? (job.schedules ?? []) : await readSchedules(client, id);
  return toLiveJob({ ...job, jobId: id }, schedules);
}

/** Where the answer counts its schedules, the count has to be right. */
function isWhole(job: WireJob): boolean {
  if (job.schedules === undefined) return false;
  if ((job.ACTIVECOUNT ?? null) === null || (job.INACTIVECOUNT ?? null) === null) return true;
  return job.schedules.length === Number(job.ACTIVECOUNT) + Number(job.INACTIVECOUNT);
}

function readSchedules(client: SapClient, jobId: string): Promise<WireSchedule[]> {
  return readAll({
    what: 'schedules of a job',
    fetch: (offset, size) => client.schedules(jobId, offset, size),
    idOf: (schedule) => schedule.scheduleId,
  });
}

function known(listed: WireJob | undefined): Partial<WireJob> {
  if (listed === undefined) return {};
  const { ACTIVECOUNT: _active, INACTIVECOUNT: _inactive, schedules: _schedules, ...rest } = listed;
  return rest;
}
