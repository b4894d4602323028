import { randomUUID } from 'node:crypto';
import type { BatchRun, BatchSchedule, RiversandTenant } from './model.ts';
import { findApp, gridFrom, type RiversandWorld } from './world.ts';

/** More runs than this are not kept for one tenant. */
const MAX_RUNS = 200_000;

/** Plans the next wake of a schedule; one that is disabled has none. */
export function planBatch(world: RiversandWorld, tenant: RiversandTenant, schedule: BatchSchedule): void {
  schedule.wakeAt = schedule.enabled ? schedule.nextDue : undefined;
  wake(world, tenant, schedule);
}

function wake(world: RiversandWorld, tenant: RiversandTenant, schedule: BatchSchedule): void {
  const { wakeAt } = schedule;
  if (wakeAt === undefined) return;
  world.queue.push(wakeAt, (at) => {
    const alive = tenant.batch.get(schedule.id) === schedule;
    if (alive && schedule.wakeAt === at) step(world, tenant, schedule, at);
  });
}

/** A run is due. At most one run of a schedule is active at a time. */
function step(world: RiversandWorld, tenant: RiversandTenant, schedule: BatchSchedule, at: number): void {
  if (at < world.horizon) {
    schedule.nextDue = gridFrom(schedule.anchor, schedule.interval, world.horizon);
  } else if (at < schedule.activeUntil && world.settings.overrun === 'delay') {
    schedule.wakeAt = schedule.activeUntil;
    wake(world, tenant, schedule);
    return;
  } else if (at < schedule.activeUntil) {
    skipDue(tenant, schedule, at);
  } else {
    const { nextDue } = schedule;
    const startedAt = Math.max(at, nextDue);
    const endsAt = startedAt + durationOf(world, tenant, schedule);
    schedule.nextDue = nextDue + schedule.interval;
    logRun(tenant, runOf(schedule, { dueAt: nextDue, startedAt, endsAt }));
    schedule.activeUntil = endsAt;
    // Of those that were due while the last run was active, only the first is made up.
    skipDue(tenant, schedule, startedAt);
  }
  planBatch(world, tenant, schedule);
}

/** Drops what is due up to an instant. */
function skipDue(tenant: RiversandTenant, schedule: BatchSchedule, until: number): void {
  for (; schedule.nextDue <= until; schedule.nextDue += schedule.interval) {
    logRun(tenant, runOf(schedule, { dueAt: schedule.nextDue, startedAt: null, endsAt: null }));
  }
}

/** Enables or disables. An active run goes on; the grid stays where it is. */
export function switchBatch(
  world: RiversandWorld,
  tenant: RiversandTenant,
  schedule: BatchSchedule,
  enabled: boolean,
  now: number,
): void {
  if (schedule.enabled === enabled) return;
  schedule.enabled = enabled;
  const missed = schedule.nextDue < now;
  if (enabled && missed && world.settings.onEnable === 'now') {
    // Woken for the last instant of the grid that was missed, which is made up now.
    schedule.nextDue = gridFrom(schedule.anchor, schedule.interval, now) - schedule.interval;
    schedule.wakeAt = now;
    wake(world, tenant, schedule);
    return;
  }
  if (enabled && missed) schedule.nextDue = gridFrom(schedule.anchor, schedule.interval, now);
  planBatch(world, tenant, schedule);
}

/** Takes a schedule away. */
export function removeBatch(
  world: RiversandWorld,
  tenant: RiversandTenant,
  schedule: BatchSchedule,
  now: number,
): void {
  tenant.batch.delete(schedule.id);
  if (!world.settings.deleteEndsRuns || schedule.activeUntil <= now) return;
  for (const run of tenant.batchRuns) {
    if (run.scheduleId !== schedule.id || run.endsAt === null || run.endsAt <= now) continue;
    run.endsAt = now;
    run.terminated = true;
  }
}

/** What was due while the service was down is lost; everything goes on in its phase. */
export function resumeBatch(world: RiversandWorld, tenant: RiversandTenant, now: number): void {
  for (const schedule of tenant.batch.values()) {
    if (schedule.nextDue >= now) continue;
    schedule.nextDue = gridFrom(schedule.anchor, schedule.interval, now);
    planBatch(world, tenant, schedule);
  }
}

export function durationOf(
  world: RiversandWorld,
  tenant: RiversandTenant,
  { appId, jobDefId }: { appId: string; jobDefId: string },
): number {
  return findApp(tenant, appId)?.jobDefinitions?.get(jobDefId) ?? world.settings.runDuration;
}

function runOf(schedule: BatchSchedule, times: Pick<BatchRun, 'dueAt' | 'startedAt' | 'endsAt'>): BatchRun {
  const { id, appId, jobDefId, appVersion, jobInputPayload } = schedule;
  return {
    runId: randomUUID(),
    scheduleId: id,
    appId,
    jobDefId,
    appVersion,
    payload: jobInputPayload,
    ...times,
    terminated: false,
  };
}

export function logRun(tenant: RiversandTenant, run: BatchRun): void {
  const { batchRuns } = tenant;
  batchRuns.push(run);
  if (batchRuns.length > 2 * MAX_RUNS) tenant.batchRuns = batchRuns.slice(-MAX_RUNS);
}
