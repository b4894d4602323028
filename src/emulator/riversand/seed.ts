import { isRecord, type JsonRecord } from '../json.ts';
import { readBatchRequest, readInterval } from './batch-input.ts';
import { planBatch } from './batch-runner.ts';
import type {
  App,
  BatchRun,
  BatchSchedule,
  Ghost,
  Hidden,
  ObjectRun,
  PendingChange,
  RiversandTenant,
} from './model.ts';
import { readScheduleObject } from './object-input.ts';
import { planChange, planObject, setObject } from './object-runner.ts';
import { DEFAULT_SETTINGS, type RiversandSettings, readSettings } from './settings.ts';
import {
  createTenant,
  DEFAULT_CLIENT,
  DEFAULT_TENANT,
  DEFAULT_USER,
  FIRST_VERSION,
  findApp,
  gridFrom,
  latestVersion,
  type RiversandWorld,
} from './world.ts';

export interface SeedApp {
  appId: string;
  /** Deployed versions, the latest last; default 1.0.0. */
  versions?: string[];
  /** Default: any. With `runDuration` (ms) its runs last so long. */
  jobDefinitions?: (string | { jobDefId: string; runDuration?: number })[];
  /** Refuses `jobDefId: "_ALL"`. */
  refuseAll?: boolean;
}

/** A batch schedule as in the body of a create call, with what only a live one has. */
export interface SeedBatchSchedule {
  id?: string;
  appId: string;
  jobDefId: string;
  /** Default `rsbatch`. */
  poolId?: string;
  recurrenceInterval: string;
  doNotRunUntil?: string;
  jobInputPayload?: JsonRecord;
  /** Default true. */
  enabled?: boolean;
  /** Default: the latest. */
  appVersion?: string;
  createdAt?: string;
  /** First instant of the grid of its runs; default: `doNotRunUntil`, else the creation. */
  anchor?: string;
  /** Default: the next one of the grid. */
  nextRunAt?: string;
  activeUntil?: string;
  hidden?: Hidden;
}

/** A schedule object as `get` gives it, with what only a live one has. */
export interface SeedScheduleObject extends JsonRecord {
  id: string;
  lastInvocation?: string;
  anchor?: string;
  nextRunAt?: string;
}

export interface SeedBatchRun extends Omit<BatchRun, 'dueAt' | 'startedAt' | 'endsAt'> {
  dueAt: string;
  startedAt: string | null;
  endsAt: string | null;
}

export interface SeedRiversandTenant {
  tenantId: string;
  clients?: { clientId: string; clientSecret: string }[];
  users?: { userId: string; roles: string[] }[];
  /** Default: every name is an app. */
  apps?: SeedApp[];
  /** Even with `apps` other names are apps. */
  anyApp?: boolean;
  /** `apps`: `appId: "_ALL"` is refused, `jobDefId: "_ALL"` is not; true: both are. */
  refuseAll?: boolean | 'apps';
  batchSchedules?: SeedBatchSchedule[];
  scheduleObjects?: SeedScheduleObject[];
  /** What only `state()` writes. */
  batchRuns?: SeedBatchRun[];
  objectRuns?: (Omit<ObjectRun, 'dueAt'> & { dueAt: string })[];
  pending?: (Omit<PendingChange, 'at'> & { at: string })[];
  ghosts?: Ghost[];
  tasks?: Record<string, string>;
  lastStamp?: number;
  nextValueId?: number;
  nextChange?: number;
}

/** The `riversand` part of what the emulator starts with; everything is optional. */
export interface RiversandSeed {
  settings?: Partial<RiversandSettings>;
  tenants?: SeedRiversandTenant[];
}

/** Replaces everything the platform knows. Throws an Error that names the place of what is wrong. */
export function loadRiversand(world: RiversandWorld, seed: RiversandSeed, now: number): void {
  if (!isRecord(seed)) throw new Error('seed.riversand: an object such as {"tenants": []} is expected');
  world.queue.clear();
  world.horizon = Number.NEGATIVE_INFINITY;
  world.tenants.clear();
  world.settings = { ...DEFAULT_SETTINGS, ...readSettings(seed.settings ?? {}) };
  const tenants = listOf<SeedRiversandTenant>(seed, 'tenants', 'seed.riversand');
  for (const [index, tenant] of (tenants.length > 0 ? tenants : [{ tenantId: DEFAULT_TENANT }]).entries()) {
    loadTenant(world, tenant, now, `seed.riversand.tenants[${index}]`);
  }
}

function loadTenant(world: RiversandWorld, seed: SeedRiversandTenant, now: number, at: string): void {
  const { tenantId } = seed;
  if (typeof tenantId !== 'string' || tenantId === '') throw new Error(`${at}.tenantId: a text is expected`);
  if (world.tenants.has(tenantId)) throw new Error(`${at}: the tenant ${tenantId} is there twice`);
  if (![undefined, true, false, 'apps'].includes(seed.refuseAll))
    throw new Error(`${at}.refuseAll: true, false or "apps" is expected`);
  const tenant = createTenant(tenantId);
  world.tenants.set(tenantId, tenant);
  for (const { clientId, clientSecret } of seed.clients ?? [DEFAULT_CLIENT]) {
    tenant.clients.set(clientId, clientSecret);
  }
  for (const { userId, roles } of seed.users ?? [DEFAULT_USER]) tenant.users.set(userId, roles);
  for (const app of listOf<SeedApp>(seed, 'apps', at)) tenant.apps.set(app.appId, readApp(app));
  tenant.anyApp = seed.anyApp ?? seed.apps === undefined;
  tenant.refuseAll = seed.refuseAll ?? false;
  tenant.tasks = new Map(Object.entries(seed.tasks ?? {}));
  tenant.ghosts = structuredClone(seed.ghosts ?? []);
  tenant.lastStamp = seed.lastStamp ?? 0;
  tenant.nextValueId = seed.nextValueId ?? 1;
  tenant.nextChange = seed.nextChange ?? 1;
  tenant.batchRuns = (seed.batchRuns ?? []).map((run) => ({
    ...run,
    dueAt: instant(run.dueAt, 'dueAt'),
    startedAt: run.startedAt === null ? null : instant(run.startedAt, 'startedAt'),
    endsAt: run.endsAt === null ? null : instant(run.endsAt, 'endsAt'),
  }));
  tenant.objectRuns = (seed.objectRuns ?? []).map((run) => ({ ...run, dueAt: instant(run.dueAt, 'dueAt') }));
  each(listOf<SeedBatchSchedule>(seed, 'batchSchedules', at), `${at}.batchSchedules`, (schedule) =>
    loadBatch(world, tenant, schedule, now),
  );
  each(listOf<SeedScheduleObject>(seed, 'scheduleObjects', at), `${at}.scheduleObjects`, (object) =>
    loadObject(world, tenant, object, now),
  );
  for (const change of seed.pending ?? [])
    planChange(world, tenant, { ...structuredClone(change), at: instant(change.at, 'at') });
}

function readApp(seed: SeedApp): App {
  if (typeof seed.appId !== 'string' || seed.appId === '') throw new Error('apps: appId is missing');
  const definitions = seed.jobDefinitions?.map((entry): [string, number | undefined] =>
    typeof entry === 'string' ? [entry, undefined] : [entry.jobDefId, entry.runDuration],
  );
  return {
    appId: seed.appId,
    versions: [...(seed.versions ?? [FIRST_VERSION])],
    jobDefinitions: definitions === undefined ? undefined : new Map(definitions),
    refuseAll: seed.refuseAll ?? false,
  };
}

function loadBatch(
  world: RiversandWorld,
  tenant: RiversandTenant,
  seed: SeedBatchSchedule,
  now: number,
): void {
  const { appId, jobDefId, poolId, recurrenceInterval, doNotRunUntil, jobInputPayload } = seed;
  const request = readBatchRequest({
    jobIdentifier: { appId, jobDefId },
    batchOptions: poolId === undefined ? {} : { poolId },
    scheduledJobOptions: { recurrenceInterval, doNotRunUntil },
    jobInputPayload,
  });
  const app = findApp(tenant, appId);
  if (app === undefined) throw new Error(`the app ${appId} is not among the apps`);
  const createdAt = instantOr(seed.createdAt, 'createdAt', now);
  const interval = readInterval(recurrenceInterval);
  const anchor = instantOr(seed.anchor ?? doNotRunUntil, 'anchor', createdAt);
  if (seed.id === undefined) tenant.lastStamp = Math.max(createdAt, tenant.lastStamp + 1);
  const schedule: BatchSchedule = {
    ...request,
    id: seed.id ?? `${tenant.tenantId}_${appId}_${jobDefId}_${tenant.lastStamp}`,
    interval,
    anchor,
    enabled: seed.enabled ?? true,
    appVersion: seed.appVersion ?? latestVersion(app),
    createdAt,
    // What was there before has run before: the next run is after now.
    nextDue: instantOr(seed.nextRunAt, 'nextRunAt', gridFrom(anchor, interval, now + 1)),
    activeUntil: instantOr(seed.activeUntil, 'activeUntil', 0),
    wakeAt: undefined,
    hidden: structuredClone(seed.hidden),
  };
  if (tenant.batch.has(schedule.id)) throw new Error(`the id ${schedule.id} is used twice`);
  tenant.batch.set(schedule.id, schedule);
  planBatch(world, tenant, schedule);
}

function loadObject(
  world: RiversandWorld,
  tenant: RiversandTenant,
  seed: SeedScheduleObject,
  now: number,
): void {
  const { lastInvocation, anchor, nextRunAt, ...body } = seed;
  const { id, object } = readScheduleObject({ scheduleObject: body });
  if (tenant.objects.has(id)) throw new Error(`the id ${id} is used twice`);
  const loaded = setObject(world, tenant, id, object, now);
  loaded.anchor = instantOr(anchor, 'anchor', loaded.anchor);
  // As with batch schedules: the next run is after now.
  loaded.nextDue = instantOr(nextRunAt, 'nextRunAt', gridFrom(loaded.anchor, loaded.interval, now + 1));
  planObject(world, tenant, loaded);
  if (lastInvocation !== undefined) tenant.invocations.set(id, instant(lastInvocation, 'lastInvocation'));
}

function each<T>(entries: readonly T[], at: string, load: (entry: T) => void): void {
  for (const [index, entry] of entries.entries()) {
    try {
      load(entry);
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      throw new Error(`${at}[${index}]: ${problem}`, { cause: error });
    }
  }
}

/** A seed also comes from files and over HTTP, where types promise nothing. */
function listOf<T>(owner: object, name: string, at: string): T[] {
  const list: unknown = (owner as JsonRecord)[name] ?? [];
  if (!Array.isArray(list) || !list.every(isRecord))
    throw new Error(`${at}.${name}: a list of objects is expected`);
  return list as T[];
}

function instantOr(text: string | undefined, name: string, other: number): number {
  return text === undefined ? other : instant(text, name);
}

function instant(text: unknown, name: string): number {
  const at = typeof text === 'string' ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at)) throw new Error(`${name}: ${JSON.stringify(text)} is not an instant`);
  return at;
}
