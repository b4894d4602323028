import type { Caller, Job } from './model.ts';
import { type CallEndpoint, createRunner, type Runner, type StartedRun } from './runner.ts';
import type { Shapes } from './shapes.ts';
import { createJobStore, type JobStore } from './store.ts';

/** A tenant: the provider's own, or a subscriber of the SaaS application. */
export interface Tenant {
  subdomain: string;
  /** The tenant's zone id. */
  tenantId: string;
}

/** What a service instance's binding holds. */
export interface InstanceCredentials {
  clientid: string;
  clientsecret: string;
  user: string;
  password: string;
}

export interface Instance {
  store: JobStore;
  credentials: InstanceCredentials;
  /** After a rotation without a grace: what is refused from now on needs no list, what is still good does. */
  older: InstanceCredentials[];
}

/** A client of the Identity Authentication service; it may reach every instance. */
export interface IasClient {
  clientid: string;
  clientsecret: string;
}

/** How long before its time a run is in the execution queue, and how long before it has been picked from it. Ms. */
export interface QueueTimes {
  queuedWithin: number;
  pickedWithin: number;
}

/** Everything the emulated service knows. */
export interface World {
  now(): number;
  readonly instances: Map<string, Instance>;
  /** By subdomain; the first one is the provider. */
  readonly tenants: Map<string, Tenant>;
  provider: Tenant;
  ias: IasClient;
  readonly runner: Runner;
  shapes: Shapes;
  queueTimes: QueueTimes;
  maxPageSize: number;
  /** A search page is silently cut to this size. */
  searchPageCap: number;
}

export const DEFAULT_INSTANCE = 'emulator-instance';
export const PROVIDER: Tenant = { subdomain: 'provider', tenantId: 'provider-tenant-id' };
export const DEFAULT_CREDENTIALS: InstanceCredentials = {
  clientid: 'sb-emulator!b1|sap-jobscheduler!b3',
  clientsecret: 'emulator-client-secret',
  user: 'emulator-user',
  password: 'emulator-password',
};
export const DEFAULT_IAS_CLIENT: IasClient = {
  clientid: 'emulator-ias-client',
  clientsecret: 'emulator-ias-secret',
};

export function createWorld(
  now: () => number,
  shapes: Shapes,
  call: CallEndpoint | undefined,
  onRun?: (run: StartedRun) => void,
): World {
  return {
    now,
    instances: new Map(),
    tenants: new Map([[PROVIDER.subdomain, PROVIDER]]),
    provider: PROVIDER,
    ias: { ...DEFAULT_IAS_CLIENT },
    runner: createRunner(now, call, onRun),
    shapes,
    queueTimes: { queuedWithin: 15_000, pickedWithin: 5_000 },
    maxPageSize: 100,
    searchPageCap: 100,
  };
}

export function addInstance(world: World, id: string, credentials: InstanceCredentials): Instance {
  const instance: Instance = { store: createJobStore(id), credentials, older: [] };
  world.instances.set(id, instance);
  return instance;
}

/** The tenant of a subdomain, which becomes known if it was not. */
export function ensureTenant(world: World, subdomain: string, tenantId?: string): Tenant {
  const known = world.tenants.get(subdomain);
  if (known !== undefined) return known;
  const tenant = { subdomain, tenantId: tenantId ?? `${subdomain}-tenant-id` };
  world.tenants.set(subdomain, tenant);
  return tenant;
}

/** A provider's token sees the jobs of all tenants, any other only its own. */
export function mayRead(caller: Caller, job: Job): boolean {
  return caller.provider || job.tenantId === caller.tenantId;
}

/** The jobs a caller can see, by id. */
export function visibleJobs(caller: Caller, store: JobStore): readonly Job[] {
  return store.list(caller.provider ? undefined : caller.tenantId);
}
