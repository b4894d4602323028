import type { App, BatchRun, BatchSchedule, RiversandTenant, ScheduleObject } from './model.ts';
import type {
  RiversandSeed,
  SeedApp,
  SeedBatchRun,
  SeedBatchSchedule,
  SeedRiversandTenant,
  SeedScheduleObject,
} from './seed.ts';
import type { RiversandWorld } from './world.ts';

/** Writes everything the platform knows, in the form of a seed. */
export function dumpRiversand(world: RiversandWorld): RiversandSeed {
  return { settings: { ...world.settings }, tenants: [...world.tenants.values()].map(dumpTenant) };
}

function dumpTenant(tenant: RiversandTenant): SeedRiversandTenant {
  return {
    tenantId: tenant.tenantId,
    clients: [...tenant.clients].map(([clientId, clientSecret]) => ({ clientId, clientSecret })),
    users: [...tenant.users].map(([userId, roles]) => ({ userId, roles: [...roles] })),
    apps: [...tenant.apps.values()].map(dumpApp),
    anyApp: tenant.anyApp,
    refuseAll: tenant.refuseAll,
    batchSchedules: [...tenant.batch.values()].map(dumpBatch),
    scheduleObjects: [...tenant.objects.values()].map((object) => dumpObject(tenant, object)),
    batchRuns: tenant.batchRuns.map(showBatchRun),
    objectRuns: tenant.objectRuns.map((run) => ({ ...run, dueAt: iso(run.dueAt) })),
    pending: tenant.pending.map((change) => ({ ...change, at: iso(change.at) })),
    ghosts: tenant.ghosts.map(({ schedule, hidden }) => {
      const { id, appId, jobDefId, poolId, recurrenceInterval } = schedule;
      return { schedule: { id, appId, jobDefId, poolId, recurrenceInterval }, hidden: { ...hidden } };
    }),
    tasks: Object.fromEntries(tenant.tasks),
    lastStamp: tenant.lastStamp,
    nextValueId: tenant.nextValueId,
    nextChange: tenant.nextChange,
  };
}

function dumpApp({ appId, versions, jobDefinitions, refuseAll }: App): SeedApp {
  const definitions = [...(jobDefinitions ?? [])].map(([jobDefId, runDuration]) =>
    runDuration === undefined ? jobDefId : { jobDefId, runDuration },
  );
  return {
    appId,
    versions: [...versions],
    ...(jobDefinitions === undefined ? {} : { jobDefinitions: definitions }),
    refuseAll,
  };
}

function dumpBatch(schedule: BatchSchedule): SeedBatchSchedule {
  const { id, appId, jobDefId, poolId, recurrenceInterval, doNotRunUntil, hidden } = schedule;
  return {
    id,
    appId,
    jobDefId,
    poolId,
    recurrenceInterval,
    ...(doNotRunUntil === undefined ? {} : { doNotRunUntil }),
    jobInputPayload: schedule.jobInputPayload,
    enabled: schedule.enabled,
    appVersion: schedule.appVersion,
    createdAt: iso(schedule.createdAt),
    anchor: iso(schedule.anchor),
    nextRunAt: iso(schedule.nextDue),
    ...(schedule.activeUntil === 0 ? {} : { activeUntil: iso(schedule.activeUntil) }),
    ...(hidden === undefined ? {} : { hidden: { ...hidden } }),
  };
}

function dumpObject(tenant: RiversandTenant, object: ScheduleObject): SeedScheduleObject {
  const last = tenant.invocations.get(object.id);
  return {
    ...object.body,
    id: object.id,
    anchor: iso(object.anchor),
    nextRunAt: iso(object.nextDue),
    ...(last === undefined ? {} : { lastInvocation: iso(last) }),
  };
}

/** A run with instants in ISO. */
export function showBatchRun(run: BatchRun): SeedBatchRun {
  return {
    ...run,
    dueAt: iso(run.dueAt),
    startedAt: run.startedAt === null ? null : iso(run.startedAt),
    endsAt: run.endsAt === null ? null : iso(run.endsAt),
  };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
