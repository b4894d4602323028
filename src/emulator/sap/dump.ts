import type { JsonRecord } from '../json.ts';
import type { Job, Run, Schedule } from './model.ts';
import type { EmulatorSeed, SeedJob, SeedRun, SeedSchedule } from './seed.ts';
import { isoDate } from './shapes.ts';
import type { World } from './world.ts';

/** Writes everything the service knows, in the form of a seed. */
export function dumpSeed(world: World): EmulatorSeed {
  return {
    provider: world.provider,
    tenants: [...world.tenants.values()],
    ias: world.ias,
    instances: [...world.instances.values()].map(({ store, credentials, older }) => ({
      id: store.instanceId,
      ...credentials,
      older,
      asyncExecTimeout: store.asyncExecTimeout,
      nextJobId: store.nextJobId,
      effects: [...store.effects],
    })),
    jobs: [...world.instances.values()].flatMap(({ store }) =>
      store.list().map((job) => dumpJob(job, store.instanceId)),
    ),
  };
}

function iso(at: number | null): string | null {
  return at === null ? null : isoDate(at);
}

function dumpJob(job: Job, instance: string): SeedJob {
  const {
    id,
    start,
    end,
    ansConfig,
    calmConfig,
    tenantId: _,
    subdomain,
    schedules,
    createdAt,
    modifiedAt,
    ...same
  } = job;
  return {
    _id: id,
    ...same,
    ...(start === undefined ? {} : { startTime: start.raw }),
    ...(end === undefined ? {} : { endTime: end.raw }),
    ...(ansConfig === undefined ? {} : { ansConfig }),
    ...(calmConfig === undefined ? {} : { calmConfig }),
    subDomain: subdomain,
    instance,
    createdAt: isoDate(createdAt),
    modifiedAt: isoDate(modifiedAt),
    schedules: schedules.map(dumpSchedule),
  };
}

function dumpSchedule(schedule: Schedule): SeedSchedule {
  const { start, end, timing, lastRunAt, nextRunAt, unreachableSince } = schedule;
  const dumped: SeedSchedule & JsonRecord = {
    scheduleId: schedule.scheduleId,
    active: schedule.active,
    [timing.mode]: timing.raw,
    timing,
    createdAt: isoDate(schedule.createdAt),
    modifiedAt: isoDate(schedule.modifiedAt),
    nextRunAt: nextRunAt === undefined ? null : isoDate(nextRunAt),
  };
  if (schedule.description !== undefined) dumped.description = schedule.description;
  if (schedule.data !== undefined) dumped.data = schedule.data;
  if (start !== undefined) dumped.startTime = start.raw;
  if (end !== undefined) dumped.endTime = end.raw;
  if (lastRunAt !== undefined) dumped.lastRunAt = isoDate(lastRunAt);
  if (unreachableSince !== undefined) dumped.unreachableSince = isoDate(unreachableSince);
  if (schedule.runs.length > 0) dumped.logs = schedule.runs.map(dumpRun);
  return dumped;
}

function dumpRun(run: Run): SeedRun {
  return {
    runId: run.runId,
    scheduleTimestamp: isoDate(run.scheduledAt),
    executionTimestamp: iso(run.executedAt),
    completionTimestamp: iso(run.completedAt),
    httpStatus: run.httpStatus,
    runStatus: run.status,
    runState: run.state,
    runText: run.text,
    ...(run.deadline === undefined ? {} : { deadline: isoDate(run.deadline) }),
  };
}
