import { isRecord } from '../json.ts';
import { batchSuccess, StatusError } from './answers.ts';
import { invalid, readBatchRequest, readInstant, readInterval, readPair } from './batch-input.ts';
import { durationOf, logRun, planBatch, removeBatch, switchBatch } from './batch-runner.ts';
import type { RiversandCall } from './call.ts';
import type { BatchRequest, BatchSchedule, Hidden, RiversandTenant } from './model.ts';
import { findApp, latestVersion } from './world.ts';

/**
 * `schedule-batch-process`: deletes every earlier schedule of the pair, then creates one. Two steps, and what goes
 * wrong between them leaves nothing.
 */
export async function processBatch(call: RiversandCall): Promise<Record<string, unknown>> {
  const { world, tenant, body, taskId, effect } = call;
  const request = readBatchRequest(body);
  const version = versionOf(tenant, request);
  const known = world.settings.idempotentTasks ? tenant.tasks.get(taskId) : undefined;
  if (known !== undefined) return batchSuccess(taskId, body, { jobId: known });
  if (effect.neverShows === 'kept') return batchSuccess(taskId, body, { jobId: newId(call, request) });

  deleteEarlier(call, request);
  const { betweenHalves, duplicate } = effect;
  if (typeof betweenHalves === 'number') await call.sleep(betweenHalves);
  else if (betweenHalves !== undefined) {
    throw new StatusError('CREATE_FAILED', 'The schedule could not be created: internal error');
  }
  if (duplicate !== undefined && duplicate !== false) {
    // Somebody else's call, whole, between our two halves.
    const other = isRecord(duplicate) ? readBatchRequest({ ...body, ...duplicate }) : request;
    deleteEarlier(call, other);
    create(call, other, version);
  }
  const id = effect.neverShows === true ? newId(call, request) : create(call, request, version).id;
  if (world.settings.idempotentTasks) tenant.tasks.set(taskId, id);
  return batchSuccess(taskId, body, { jobId: id });
}

function versionOf(
  tenant: RiversandTenant,
  { appId, jobDefId }: { appId: string; jobDefId: string },
): string {
  const app = findApp(tenant, appId);
  if (app === undefined) throw new StatusError('APP_UNKNOWN', `There is no app ${appId}`);
  if (app.jobDefinitions !== undefined && !app.jobDefinitions.has(jobDefId)) {
    throw new StatusError('JOB_DEFINITION_UNKNOWN', `The app ${appId} has no job definition ${jobDefId}`);
  }
  return latestVersion(app);
}

function deleteEarlier(call: RiversandCall, pair: { appId: string; jobDefId: string }): void {
  const { world, tenant, effect } = call;
  const now = world.now();
  for (const schedule of schedulesOf(tenant, pair)) {
    removeBatch(world, tenant, schedule, now);
    const { showsAfter } = effect;
    if (isRecord(showsAfter) && showsAfter.ghosts === true) {
      tenant.ghosts.push({ schedule, hidden: hiddenBy(call, now) ?? {} });
    }
  }
}

function create(call: RiversandCall, request: BatchRequest, appVersion: string): BatchSchedule {
  const { world, tenant } = call;
  const now = world.now();
  const start = request.doNotRunUntil === undefined ? now : readInstant(request.doNotRunUntil);
  // Without a start, or with one that is over, the first run is now.
  const anchor = Math.max(now, start);
  const schedule: BatchSchedule = {
    ...request,
    id: newId(call, request),
    interval: readInterval(request.recurrenceInterval),
    anchor,
    enabled: true,
    appVersion,
    createdAt: now,
    nextDue: anchor,
    activeUntil: 0,
    wakeAt: undefined,
    hidden: hiddenBy(call, now),
  };
  tenant.batch.set(schedule.id, schedule);
  planBatch(world, tenant, schedule);
  return schedule;
}

/** How long the list does not know of a change. */
function hiddenBy({ world, effect }: RiversandCall, now: number): Hidden | undefined {
  const { showsAfter = world.settings.listDelay } = effect;
  if (typeof showsAfter === 'number') return showsAfter > 0 ? { until: now + showsAfter } : undefined;
  const { ms, lists } = showsAfter;
  return {
    ...(ms === undefined ? {} : { until: now + ms }),
    ...(lists === undefined ? {} : { lists }),
  };
}

/** Two schedules of one millisecond still have different ids. */
function newId(
  { world, tenant }: RiversandCall,
  { appId, jobDefId }: { appId: string; jobDefId: string },
): string {
  for (;;) {
    tenant.lastStamp = Math.max(world.now(), tenant.lastStamp + 1);
    const id = `${tenant.tenantId}_${appId}_${jobDefId}_${tenant.lastStamp}`;
    // A seed may have given it already.
    if (!tenant.batch.has(id)) return id;
  }
}

function schedulesOf(
  tenant: RiversandTenant,
  { appId, jobDefId }: { appId: string; jobDefId: string },
): BatchSchedule[] {
  return [...tenant.batch.values()].filter(
    (schedule) => schedule.appId === appId && schedule.jobDefId === jobDefId,
  );
}

/** `schedule-batch-enable` and `-disable`: every schedule of the pair. */
export function switchSchedules(call: RiversandCall, enabled: boolean): Record<string, unknown> {
  const { world, tenant, body, taskId } = call;
  const pair = readPair(body);
  const schedules = schedulesOf(tenant, pair);
  if (schedules.length === 0) {
    throw new StatusError('SCHEDULE_UNKNOWN', `There is no schedule of ${pair.appId}, ${pair.jobDefId}`);
  }
  for (const schedule of schedules) switchBatch(world, tenant, schedule, enabled, world.now());
  return batchSuccess(taskId, body, { jobId: schedules.at(-1)?.id });
}

/** `batch-create-job`: one run of the latest version, now. */
export function runOnce(call: RiversandCall): Record<string, unknown> {
  const { world, tenant, body, taskId, now } = call;
  const pair = readPair(body);
  const appVersion = versionOf(tenant, pair);
  const { jobInputPayload = {} } = body;
  if (!isRecord(jobInputPayload)) throw invalid('jobInputPayload: an object is expected');
  const runId = newId(call, pair);
  logRun(tenant, {
    runId,
    scheduleId: null,
    ...pair,
    appVersion,
    payload: structuredClone(jobInputPayload),
    dueAt: now,
    startedAt: now,
    endsAt: now + durationOf(world, tenant, pair),
    terminated: false,
  });
  return batchSuccess(taskId, body, { jobId: runId });
}
