import type { Traveller } from '../travel.ts';
import { type RiversandCredentials, riversandCredentials, tenantOf } from './access.ts';
import { resumeBatch } from './batch-runner.ts';
import { showBatchRun } from './dump.ts';
import type { ObjectRun } from './model.ts';
import { resumeObjects } from './object-runner.ts';
import type { SeedBatchRun } from './seed.ts';
import { type RiversandSettings, readSettings } from './settings.ts';
import { catchUp, deployApp, type RiversandWorld } from './world.ts';

/** Which runs; default: all of the first tenant. */
export interface RiversandRunFilter {
  tenantId?: string | undefined;
  appId?: string | undefined;
  jobDefId?: string | undefined;
  /** Id of a batch schedule, also of one that is gone. */
  scheduleId?: string | undefined;
}

/** The second service of the emulator. Every method of a tenant means the first one unless it is named. */
export interface RiversandAccess {
  readonly url: string;
  readonly credentials: RiversandCredentials;
  credentialsFor(tenantId?: string): RiversandCredentials;
  readonly settings: {
    get(): RiversandSettings;
    /** Changes some; throws an Error that says what is wrong. */
    set(settings: Partial<RiversandSettings>): void;
  };
  /** Deploys a version of an app (default: the next one) and gives it. Schedules that live keep theirs. */
  deploy(appId: string, options?: { version?: string; tenantId?: string }): string;
  /** Makes a tenant refuse `_ALL` or not. */
  refuseAll(how: boolean | 'apps', tenantId?: string): void;
  /** Batch runs in the order they started, those of deleted schedules too; instants are ISO. */
  runs(filter?: RiversandRunFilter): SeedBatchRun[];
  /** Runs of schedule objects. */
  objectRuns(filter?: Pick<RiversandRunFilter, 'tenantId' | 'scheduleId'>): ObjectRun[];
}

/** @param touch told of every change */
export function createRiversandAccess(
  world: RiversandWorld,
  url: () => string,
  touch: () => void,
): RiversandAccess {
  return {
    get url() {
      return url();
    },
    get credentials() {
      return riversandCredentials(world);
    },
    credentialsFor: (tenantId) => riversandCredentials(world, tenantId),
    settings: {
      get: () => ({ ...world.settings }),
      set(settings) {
        world.settings = { ...world.settings, ...readSettings(settings) };
        touch();
      },
    },
    deploy(appId, { version, tenantId } = {}) {
      const deployed = deployApp(tenantOf(world, tenantId), appId, version);
      touch();
      return deployed;
    },
    refuseAll(how, tenantId) {
      tenantOf(world, tenantId).refuseAll = how;
      touch();
    },
    runs({ tenantId, ...filter } = {}) {
      catchUp(world, world.now());
      const wanted = Object.entries(filter).filter(([, value]) => value !== undefined);
      return tenantOf(world, tenantId)
        .batchRuns.filter((run) => wanted.every(([key, value]) => run[key as keyof typeof filter] === value))
        .map(showBatchRun);
    },
    objectRuns({ tenantId, scheduleId } = {}) {
      catchUp(world, world.now());
      return tenantOf(world, tenantId)
        .objectRuns.filter((run) => scheduleId === undefined || run.scheduleId === scheduleId)
        .map((run) => ({ ...run }));
    },
  };
}

/** Its part in the movements of the clock. What is due while it is down is lost. */
export function createRiversandTraveller(world: RiversandWorld): Traveller {
  return {
    nextDue: () => world.queue.peek()?.at,
    catchUp: (until) => catchUp(world, until),
    resume(_downSince, until) {
      for (const tenant of world.tenants.values()) {
        resumeBatch(world, tenant, until);
        resumeObjects(world, tenant, until);
      }
      catchUp(world, until);
    },
    async settled() {
      while (world.underWay.size > 0) await Promise.all(world.underWay);
    },
  };
}
