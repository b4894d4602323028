import { createWakeQueue, type WakeQueue } from '../heap.ts';
import type { App, RiversandTenant, ScheduleObject } from './model.ts';
import { DEFAULT_SETTINGS, type RiversandSettings } from './settings.ts';

/** What came of calling the task URL of a schedule object. */
export interface TaskResult {
  /** null: there was no answer. */
  httpStatus: number | null;
  text: string;
}

/** Really calls the task URL of a schedule object. */
export type CallTask = (object: ScheduleObject) => Promise<TaskResult>;

/** Everything the emulated platform knows. */
export interface RiversandWorld {
  now(): number;
  /** By tenant id; `credentials` are those of the first one. */
  readonly tenants: Map<string, RiversandTenant>;
  settings: RiversandSettings;
  /** What happens later; each is told the instant for which it was meant. */
  readonly queue: WakeQueue<(at: number) => void>;
  /** Runs before this instant need not be logged. */
  horizon: number;
  readonly call: CallTask | undefined;
  readonly underWay: Set<Promise<void>>;
}

export const DEFAULT_TENANT = 'emulatortenant';
export const DEFAULT_CLIENT = {
  clientId: 'emulator-riversand-client',
  clientSecret: 'emulator-riversand-secret',
};
export const DEFAULT_USER = { userId: 'emulator.user@example.com', roles: ['admin'] };
export const FIRST_VERSION = '1.0.0';

/** Runs that are older when the clock jumps are not logged. */
const KEEP_RUNS = 31 * 86_400_000;

export function createRiversandWorld(now: () => number, call?: CallTask): RiversandWorld {
  return {
    now,
    tenants: new Map(),
    settings: { ...DEFAULT_SETTINGS },
    queue: createWakeQueue(),
    horizon: Number.NEGATIVE_INFINITY,
    call,
    underWay: new Set(),
  };
}

export function createTenant(tenantId: string): RiversandTenant {
  return {
    tenantId,
    clients: new Map(),
    users: new Map(),
    apps: new Map(),
    anyApp: true,
    refuseAll: false,
    batch: new Map(),
    ghosts: [],
    batchRuns: [],
    lastStamp: 0,
    tasks: new Map(),
    objects: new Map(),
    pending: [],
    invocations: new Map(),
    objectRuns: [],
    nextValueId: 1,
    nextChange: 1,
  };
}

/** Lets everything happen that is due by an instant, in order. */
export function catchUp(world: RiversandWorld, until: number): void {
  if (world.call === undefined) world.horizon = until - KEEP_RUNS;
  for (let next = world.queue.peek(); next !== undefined && next.at <= until; next = world.queue.peek()) {
    world.queue.pop();
    next.item(next.at);
  }
}

/** The app of a name; undefined if there is none. In a tenant whose apps are not listed every name is one. */
export function findApp(tenant: RiversandTenant, appId: string): App | undefined {
  const known = tenant.apps.get(appId);
  if (known !== undefined || !tenant.anyApp) return known;
  const app: App = { appId, versions: [FIRST_VERSION], jobDefinitions: undefined, refuseAll: false };
  tenant.apps.set(appId, app);
  return app;
}

export function latestVersion(app: App): string {
  return app.versions.at(-1) ?? FIRST_VERSION;
}

/** Deploys a version of an app, which becomes known if it was not; without a version the last number grows. */
export function deployApp(tenant: RiversandTenant, appId: string, version?: string): string {
  let app = tenant.apps.get(appId);
  if (app === undefined) {
    app = { appId, versions: [], jobDefinitions: undefined, refuseAll: false };
    if (tenant.anyApp) app.versions.push(FIRST_VERSION);
    tenant.apps.set(appId, app);
  }
  const last = app.versions.at(-1);
  const next = version ?? (last === undefined ? FIRST_VERSION : increased(last));
  app.versions.push(next);
  return next;
}

function increased(version: string): string {
  if (!/\d+$/.test(version)) return `${version}.1`;
  return version.replace(/\d+$/, (digits) => String(Number(digits) + 1));
}

/** The first instant of a grid that is not before another one. */
export function gridFrom(anchor: number, interval: number, from: number): number {
  return from <= anchor ? anchor : anchor + Math.ceil((from - anchor) / interval) * interval;
}
