import { counted } from '../../core/counted.ts';
import { leaves } from '../../core/diff.ts';
import { ReconcileError } from '../../core/errors.ts';
import type { JsonObject } from '../../core/json.ts';
import type { OperationResult } from '../../core/provider.ts';
import type { LiveResource, Part } from '../../core/resource.ts';
import { jobBody, scheduleBody } from './bodies.ts';
import { correlateSchedules } from './correlate.ts';
import { momentOf } from './execute-schedule.ts';
import { canonicalJob, canonicalSchedule } from './normalize.ts';
import { healedFields, jobName, partsToCreate } from './operations.ts';
import { wokenOthers } from './owned.ts';
import { globalParametersPath, jobPath, jobsPath } from './paths.ts';
import { readResource, readWholeJob } from './read-job.ts';
import { prepareNew } from './starting.ts';
import {
  agreesAt,
  type Doing,
  gone,
  idFromAnswer,
  jobIdOf,
  notFoundAfterWrite,
  overlay,
  secretPointers,
  writeOrSettle,
} from './writing.ts';

export async function createJob(doing: Doing): Promise<OperationResult> {
  const { change, client, context } = doing;
  const name = jobName(change);
  const target = change.target ?? change.desired?.spec ?? {};
  const later = change.operations.some((operation) => operation.step === 'create-schedule');
  const parts = later ? [] : partsToCreate(change, context.now());
  const effective: Record<string, JsonObject> = {};
  const sent: Part[] = [];
  for (const part of parts) {
    const ready = prepareNew(part, target, momentOf(doing, part.key));
    if (ready === undefined) continue;
    if (ready.effective !== undefined) effective[part.key] = ready.effective;
    sent.push({ key: part.key, spec: ready.values, canonical: canonicalSchedule(ready.values) });
  }
  if (change.action === 'create' && context.live !== undefined) {
    return appeared(context.live, target, sent);
  }
  const request = {
    method: 'POST' as const,
    path: jobsPath,
    body: { name, ...jobBody(target, []), schedules: sent.map(({ spec }) => scheduleBody(spec)) },
    secrets: secretPointers(change, placesOf(sent), true),
  };
  const read = () => readResource(client, { kind: 'SapJob', identity: name }, doing.tenants);
  // The name is unique, so that a second POST can only be refused.
  const outcome = await writeOrSettle(doing, request, async () => (await read()) ?? undefined, true);
  const live =
    'settled' in outcome
      ? outcome.settled
      : await made(doing, idFromAnswer(outcome.answer, ['_id', 'jobId']));
  return { id: live.id, partIds: idsOf(live, sent), effective, wrote: true };
}

async function made(doing: Doing, id: string | undefined): Promise<LiveResource> {
  const { client, change, tenants } = doing;
  const name = jobName(change);
  const ref = { kind: 'SapJob', identity: name, ...(id === undefined ? {} : { id }) };
  const live = await readResource(client, ref, tenants);
  if (live !== null) return live;
  throw notFoundAfterWrite(`Job "${name}"`);
}

/** Made by somebody else, or by an earlier try of ours, since the plan: only what is just as wanted can pass. */
function appeared(live: LiveResource, target: JsonObject, sent: readonly Part[]): OperationResult {
  const partIds = idsOf(live, sent);
  const isSame =
    agreesAt(canonicalJob(target), live.canonical, leaves(canonicalJob(target), [])) &&
    live.parts.length === sent.length &&
    sent.every((part) => {
      const found = live.parts.find(({ id }) => id === partIds[part.key]);
      return (
        found !== undefined && agreesAt(part.canonical, found.canonical, leaves(part.canonical, ['/data']))
      );
    });
  if (isSame) return { id: live.id, partIds, wrote: false };
  throw new ReconcileError(`Job "${live.identity}" exists by now (id ${live.id}) and is not as wanted.`, {
    code: 'APPEARED_MEANWHILE',
    category: 'stale',
    remedy: 'Plan again: the plan then shows how it differs.',
  });
}

/** Which of the schedules just sent is which key. */
function idsOf(live: LiveResource, sent: readonly Part[]): Record<string, string> {
  const { matched } = correlateSchedules({ live: live.parts, remembered: {}, desired: sent, base: {} });
  return Object.fromEntries(matched);
}

function placesOf(sent: readonly Part[]): Record<string, string> {
  return Object.fromEntries(sent.map(({ key }, index) => [key, `/schedules/${index}`]));
}

export async function updateJob(doing: Doing): Promise<OperationResult> {
  const { change } = doing;
  const pointers = healedFields(change.fields).map(({ pointer }) => pointer);
  const target = change.target ?? {};
  return putJob(doing, pointers, target);
}

export async function deactivateJob(doing: Doing): Promise<OperationResult> {
  return putJob(doing, ['/active'], { active: false });
}

/** The whole set by id: what is not ours to change goes as it is live. */
async function putJob(
  doing: Doing,
  pointers: readonly string[],
  target: JsonObject,
): Promise<OperationResult> {
  const { change, client, context } = doing;
  const id = jobIdOf(doing);
  const isFirst = context.results.size === 0 && context.live?.id === id;
  const live = isFirst ? (context.live ?? null) : await readWholeJob(client, id);
  if (live === null) throw gone(`Job "${jobName(change)}"`);
  const isDone = (now: LiveResource) => agreesAt(canonicalJob(target), now.canonical, pointers);
  if (isDone(live)) return { id, wrote: false };
  refuseToWake(doing, live);
  const request = {
    method: 'PUT' as const,
    path: jobPath(id),
    body: jobBody(overlay(live.spec, target, pointers), pointers),
    secrets: secretPointers(change, {}, true),
  };
  await writeOrSettle(
    doing,
    request,
    async () => {
      const now = await readWholeJob(client, id);
      return now !== null && isDone(now) ? now : undefined;
    },
    true,
  );
  return { id, wrote: true };
}

/** Schedules of ours have got a start; those of others would run at once when their job is switched on (SEMANTICS 5). */
function refuseToWake({ change, context }: Doing, live: LiveResource): void {
  if (change.desired?.lifecycle.allowImmediate === true) return;
  const made = new Set([...context.results.values()].flatMap(({ partIds }) => Object.values(partIds ?? {})));
  const others = wokenOthers(change, live, context.now()).filter(({ id }) => !made.has(id));
  if (others.length === 0) return;
  const shown = others.map(({ id }) => id).join(', ');
  throw new ReconcileError(
    `Switching job "${live.identity}" on would run schedules at once that are not ours: ${shown}.`,
    {
      code: 'RUNS_IMMEDIATELY',
      category: 'refused',
      remedy: 'Give them a start in the future in the service, or set lifecycle.allowImmediate: true.',
    },
  );
}

export async function deleteJob(doing: Doing): Promise<OperationResult> {
  const { change, client } = doing;
  const id = jobIdOf(doing);
  const live = await readWholeJob(client, id);
  if (live === null) return { wrote: false };
  refuseDelete(doing, live);
  const request = { method: 'DELETE' as const, path: jobPath(id), accept: [404] };
  const isGone = async () => ((await readWholeJob(client, id)) === null ? true : undefined);
  await writeOrSettle(doing, request, isGone, true);
  // A job that is deleted to be made again gets a new id.
  return change.action === 'replace' ? { wrote: true } : { id, wrote: true };
}

/** What came to the job since the plan is not ours to delete; a task's job can never be made again. */
function refuseDelete({ change }: Doing, live: LiveResource): void {
  if (live.kind === 'SapTask') {
    throw new ReconcileError(`Job "${live.identity}" runs a Cloud Foundry task: it is never deleted.`, {
      code: 'SAP_TASK_JOB',
      category: 'refused',
    });
  }
  const planned = new Set((change.live?.parts ?? []).map(({ id }) => id));
  const strange = live.parts.filter((part) => !planned.has(part.id));
  const lifecycle = change.desired?.lifecycle ?? change.base?.lifecycle;
  if (strange.length === 0 || lifecycle?.exclusive === true) return;
  throw new ReconcileError(
    `Job "${live.identity}" got ${counted(strange.length, 'schedule')} since the plan was made: ${strange.map(({ id }) => id).join(', ')}.`,
    { code: 'UNOWNED_PARTS', category: 'stale', remedy: 'Plan again.' },
  );
}

export async function updateSettings(doing: Doing): Promise<OperationResult> {
  const { change, client } = doing;
  const seconds = String(change.target?.['asyncExecTimeout'] ?? '');
  const isDone = async () => {
    const live = await client.settings();
    const found = live.config.find(({ CONFIG_NAME }) => CONFIG_NAME === 'ASYNC_EXEC_TIMEOUT');
    return String(found?.CONFIG_VALUE) === seconds ? true : undefined;
  };
  if (await isDone()) return { wrote: false };
  const request = {
    method: 'PUT' as const,
    path: globalParametersPath,
    body: { ASYNC_EXEC_TIMEOUT: seconds },
  };
  await writeOrSettle(doing, request, isDone, true);
  return { wrote: true };
}
