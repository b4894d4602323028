import { randomUUID } from 'node:crypto';
import { isRecord } from '../json.ts';
import { applyJobInput, readBody, readJobInput, readScheduleInput, requireTiming } from './input.ts';
import type { Job, JobType, Run, RunState, RunStatus, Schedule, Timing } from './model.ts';
import { planSchedule } from './planning.ts';
import type { JobStore, PutEffect } from './store.ts';
import { readDate } from './when.ts';
import {
  addInstance,
  DEFAULT_CREDENTIALS,
  DEFAULT_IAS_CLIENT,
  DEFAULT_INSTANCE,
  ensureTenant,
  type IasClient,
  type InstanceCredentials,
  PROVIDER,
  type Tenant,
  type World,
} from './world.ts';

/** A run in a seed; instants are ISO. */
export interface SeedRun {
  runId?: string;
  scheduleTimestamp?: string;
  executionTimestamp?: string | null;
  completionTimestamp?: string | null;
  httpStatus?: number | null;
  runStatus?: RunStatus;
  runState?: RunState;
  runText?: string;
  /** Until when an asynchronous run may call back, ISO. */
  deadline?: string;
}

/** A schedule as in the body of a create call, with what only a live one has. */
export interface SeedSchedule {
  scheduleId?: string;
  description?: string | null;
  data?: unknown;
  active?: boolean;
  cron?: string;
  time?: unknown;
  repeatInterval?: string;
  repeatAt?: string;
  startTime?: unknown;
  endTime?: unknown;
  createdAt?: string;
  modifiedAt?: string;
  lastRunAt?: string;
  unreachableSince?: string;
  /** Without it the next run is computed. */
  nextRunAt?: string | null;
  logs?: SeedRun[];
  /** As written by `state()`: how the service read the time when it came. */
  timing?: Timing;
}

/** A job as in the body of a create call, with what only a live one has. Tenants that are named become known. */
export interface SeedJob {
  _id?: number;
  name: string;
  description?: string;
  action?: string;
  active?: boolean;
  httpMethod?: string;
  jobType?: JobType;
  startTime?: unknown;
  endTime?: unknown;
  ansConfig?: Record<string, boolean>;
  calmConfig?: { enabled: boolean };
  /** Default: the provider's. */
  subDomain?: string;
  /** Id of the service instance; default: the first one. */
  instance?: string;
  createdAt?: string;
  modifiedAt?: string;
  schedules?: SeedSchedule[];
}

export interface SeedInstance extends Partial<InstanceCredentials> {
  id: string;
  /** Older credentials that are still good. */
  older?: InstanceCredentials[];
  /** Seconds. */
  asyncExecTimeout?: number;
  nextJobId?: number;
  effects?: PutEffect[];
}

/** What the emulated service starts with; `state()` gives the same document. Everything is optional. */
export interface EmulatorSeed {
  jobs?: SeedJob[];
  tenants?: { subdomain: string; tenantId?: string }[];
  provider?: Tenant;
  instances?: SeedInstance[];
  ias?: IasClient;
}

/** Replaces everything the service knows. Throws an Error that names the place of what is wrong. */
export function loadSeed(world: World, seed: EmulatorSeed, now: number): void {
  checkLists(seed);
  world.instances.clear();
  world.tenants.clear();
  world.provider = seed.provider ?? PROVIDER;
  world.tenants.set(world.provider.subdomain, world.provider);
  world.ias = seed.ias ?? { ...DEFAULT_IAS_CLIENT };
  for (const { subdomain, tenantId } of seed.tenants ?? []) ensureTenant(world, subdomain, tenantId);
  const instances = seed.instances ?? [];
  for (const [index, instance] of (instances.length > 0 ? instances : [{ id: DEFAULT_INSTANCE }]).entries()) {
    loadInstance(world, instance, index);
  }
  for (const [index, job] of (seed.jobs ?? []).entries()) {
    try {
      loadJob(world, job, now);
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      throw new Error(`seed.jobs[${index}]: ${problem}`, { cause: error });
    }
  }
}

/** A seed also comes from files and over HTTP, where types promise nothing. */
function checkLists(seed: unknown): void {
  if (!isRecord(seed)) throw new Error('seed: an object such as {"jobs": []} is expected');
  for (const name of ['jobs', 'tenants', 'instances']) {
    const list = seed[name] ?? [];
    if (!Array.isArray(list) || !list.every(isRecord))
      throw new Error(`seed.${name}: a list of objects is expected`);
  }
}

function loadInstance(world: World, seed: SeedInstance, index: number): void {
  const suffix = index === 0 ? '' : `-${seed.id}`;
  const credential = (name: keyof InstanceCredentials) =>
    seed[name] ?? `${DEFAULT_CREDENTIALS[name]}${suffix}`;
  const instance = addInstance(world, seed.id, {
    clientid: credential('clientid'),
    clientsecret: credential('clientsecret'),
    user: credential('user'),
    password: credential('password'),
  });
  instance.older = seed.older ?? [];
  const { store } = instance;
  store.asyncExecTimeout = seed.asyncExecTimeout ?? store.asyncExecTimeout;
  store.nextJobId = seed.nextJobId ?? 1;
  store.effects.push(...(seed.effects ?? []));
}

function loadJob(world: World, seed: SeedJob, now: number): void {
  const [first] = world.instances.keys();
  const store = world.instances.get(seed.instance ?? first ?? '')?.store;
  if (store === undefined) throw new Error(`instance ${seed.instance} is not among the instances`);
  const { schedules = [], jobType = 'HTTP_ENDPOINT', action, ...body } = seed;
  // A task has no action of its own.
  const input = readJobInput(readBody(action ? { ...body, action } : body), now);
  if (input.name === undefined) throw new Error('name is missing');
  const { subdomain, tenantId } = ensureTenant(world, seed.subDomain ?? world.provider.subdomain);
  if (store.jobByName(tenantId, input.name) !== undefined)
    throw new Error(`a job named ${input.name} exists already`);
  const createdAt = instant(seed.createdAt, 'createdAt') ?? now;
  const job: Job = {
    id: seed._id ?? store.nextJobId,
    name: input.name,
    description: '',
    action: jobType === 'CF_TASK' ? '' : 'https://app.example.com/run',
    active: true,
    httpMethod: 'POST',
    jobType,
    start: undefined,
    end: undefined,
    ansConfig: undefined,
    calmConfig: undefined,
    createdAt,
    modifiedAt: instant(seed.modifiedAt, 'modifiedAt') ?? createdAt,
    tenantId,
    subdomain,
    schedules: [],
  };
  if (store.job(job.id) !== undefined) throw new Error(`a job with the _id ${job.id} exists already`);
  applyJobInput(job, input);
  store.add(job);
  for (const schedule of schedules) loadSchedule(store, job, schedule, now);
}

function loadSchedule(store: JobStore, job: Job, seed: SeedSchedule, now: number): void {
  const { timing, ...rest } = seed;
  const input = readScheduleInput(readBody(rest), now);
  if (timing !== undefined) input.timing = timing;
  requireTiming(input);
  const createdAt = instant(seed.createdAt, 'createdAt') ?? job.createdAt;
  const schedule: Schedule = {
    scheduleId: seed.scheduleId ?? randomUUID(),
    job,
    description: input.description,
    data: input.data,
    active: input.active ?? true,
    timing: input.timing,
    start: input.start ?? undefined,
    end: input.end ?? undefined,
    createdAt,
    modifiedAt: instant(seed.modifiedAt, 'modifiedAt') ?? createdAt,
    lastRunAt: instant(seed.lastRunAt, 'lastRunAt'),
    nextRunAt: undefined,
    wakeAt: undefined,
    unreachableSince: instant(seed.unreachableSince, 'unreachableSince'),
    runs: (seed.logs ?? []).map((run) => loadRun(run, now)),
  };
  if (store.schedules.has(schedule.scheduleId))
    throw new Error(`the scheduleId ${schedule.scheduleId} is used twice`);
  schedule.lastRunAt ??= lastOfInterval(schedule, now);
  store.addSchedule(schedule);
  planSchedule(store, schedule, now, 'loaded');
  const next = instant(seed.nextRunAt ?? undefined, 'nextRunAt');
  if (next === undefined || !schedule.job.active || seed.active === false) return;
  schedule.active = true;
  schedule.nextRunAt = next;
  schedule.wakeAt = next;
  store.queue.push(next, schedule);
}

/** What was there before has run before: an interval goes on in its phase. */
function lastOfInterval(schedule: Schedule, now: number): number | undefined {
  const { interval } = schedule.timing;
  const phase = schedule.start?.at ?? schedule.createdAt;
  if (interval === undefined || !schedule.active || phase > now) return undefined;
  return phase + Math.floor((now - phase) / interval) * interval;
}

function loadRun(seed: SeedRun, now: number): Run {
  const executedAt = instant(seed.executionTimestamp ?? undefined, 'executionTimestamp') ?? null;
  const deadline = instant(seed.deadline, 'deadline');
  return {
    runId: seed.runId ?? randomUUID(),
    scheduledAt: instant(seed.scheduleTimestamp, 'scheduleTimestamp') ?? executedAt ?? now,
    executedAt,
    completedAt: instant(seed.completionTimestamp ?? undefined, 'completionTimestamp') ?? null,
    httpStatus: seed.httpStatus ?? null,
    status: seed.runStatus ?? 'COMPLETED',
    state: seed.runState ?? 'SUCCESS',
    text: seed.runText ?? '',
    ...(deadline === undefined ? {} : { deadline }),
  };
}

function instant(text: string | undefined, name: string): number | undefined {
  if (text === undefined) return undefined;
  const at = readDate(text);
  if (at === undefined) throw new Error(`${name}: ${JSON.stringify(text)} is not a date`);
  return at;
}
