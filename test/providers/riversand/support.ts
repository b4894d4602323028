import { afterEach } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import type { Look } from '../../../src/core/look.ts';
import { defaultPolicy, type Policy } from '../../../src/core/policy.ts';
import type { Connection, Session, Surroundings } from '../../../src/core/provider.ts';
import {
  defaultLifecycle,
  formatAddress,
  type Lifecycle,
  type Resource,
} from '../../../src/core/resource.ts';
import { applyTarget, type PlannedTarget, planTarget } from '../../../src/engine/index.ts';
import { riversandProvider } from '../../../src/providers/riversand/provider.ts';
import { memoryStore } from '../../../src/state/memory.ts';
import { type FakeSurroundings, fakeSurroundings } from '../../http/fake-surroundings.ts';
import { FakeTenant } from './fake-service.ts';

export const START = Date.UTC(2026, 2, 1, 12);
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

export const credentials: JsonObject = {
  tenantId: 'acme',
  userId: 'ann',
  userRoles: ['admin'],
  clientId: 'client',
  clientSecret: 'correct-horse-battery',
};

export function kindOf(name: string) {
  const kind = riversandProvider.kinds.find((candidate) => candidate.kind === name);
  if (kind === undefined) throw new Error(`no kind ${name}`);
  return kind;
}

/** A manifest as the loader gives it. */
function resource(
  kind: string,
  name: string,
  spec: JsonObject,
  lifecycle: Partial<Lifecycle> = {},
): Resource {
  return {
    kind,
    name,
    address: formatAddress(kind, name),
    identity: kindOf(kind).identity(name, spec),
    labels: {},
    lifecycle: { ...defaultLifecycle, ...lifecycle },
    secrets: [...kindOf(kind).secret, ...(lifecycle.sensitive ?? [])],
    place: { file: 'test.yaml', line: 1, col: 1 },
    ...kindOf(kind).normalize(name, spec),
  };
}

export function batch(spec: JsonObject = {}, lifecycle: Partial<Lifecycle> = {}, name = 'nightly'): Resource {
  const whole = { appId: 'data_load', jobDefId: 'nightly', recurrenceInterval: 'PT1H', ...spec };
  return resource('RiversandBatchJob', name, whole, lifecycle);
}

export function object(name: string, spec: JsonObject = {}, lifecycle: Partial<Lifecycle> = {}): Resource {
  const whole = { intervalInMins: 5, taskUrl: 'https://app.example.com/run', ...spec };
  return resource('RiversandSchedule', name, whole, lifecycle);
}

type Options = Partial<Policy> & { stateKey?: string; look?: Look };

export interface World {
  tenant: FakeTenant;
  surroundings: FakeSurroundings;
  connection: Connection;
  store: ReturnType<typeof memoryStore>;
  session(mode?: 'read' | 'write', more?: Partial<Surroundings>): Promise<Session>;
  plan(resources: readonly Resource[], policy?: Options): Promise<PlannedTarget>;
  apply(resources: readonly Resource[], policy?: Options): ReturnType<typeof applyTarget>;
}

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

/** A fake tenant, and a target that points at it. The clock moves only when somebody waits. */
export async function world(change: (tenant: FakeTenant) => void = () => undefined): Promise<World> {
  const tenant = new FakeTenant();
  change(tenant);
  const url = await tenant.start();
  open.push(() => tenant.stop());
  const surroundings = fakeSurroundings();
  surroundings.advance(START - surroundings.now());
  tenant.date = () => surroundings.now();
  const connection: Connection = { target: 'dev', url, credentials };
  const store = memoryStore();
  const input = (
    resources: readonly Resource[],
    { stateKey, look, ...policy }: Options,
    readOnly: boolean,
  ) => ({
    name: 'dev',
    provider: riversandProvider,
    connection,
    policy: { ...defaultPolicy, ...policy },
    resources,
    store,
    surroundings,
    readOnly,
    ...(stateKey === undefined ? {} : { stateKey }),
    ...(look === undefined ? {} : { look }),
  });
  return {
    tenant,
    surroundings,
    connection,
    store,
    async session(mode = 'write', more = {}) {
      const session = await riversandProvider.open(connection, mode, { ...surroundings, ...more });
      open.push(() => session.close());
      return session;
    },
    async plan(resources, policy = {}) {
      const planned = await planTarget(input(resources, policy, true));
      await planned.close();
      return planned;
    },
    async apply(resources, policy = {}) {
      const planned = await planTarget(input(resources, policy, false));
      try {
        return await applyTarget(planned, { concurrency: 8, onError: 'continue' });
      } finally {
        await planned.close();
      }
    },
  };
}
