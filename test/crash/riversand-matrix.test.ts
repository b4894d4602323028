import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import { defaultPolicy } from '../../src/core/policy.ts';
import type { Resource } from '../../src/core/resource.ts';
import { type Emulator, type EmulatorSeed, startEmulator } from '../../src/emulator/index.ts';
import { applyTarget, planTarget } from '../../src/engine/index.ts';
import { riversandProvider } from '../../src/providers/riversand/provider.ts';
import { memoryStore } from '../../src/state/memory.ts';
import type { StateStore, TargetState } from '../../src/state/store.ts';
import { batch, object, START } from '../providers/riversand/support.ts';
import { Killer, mortalService, mortalStore } from './killer.ts';

const TENANT = 'my_tenant';
const anchor = { startAt: '2026-01-01T00:07:00Z' };
const pair = (jobDefId: string, spec: JsonObject): Resource =>
  batch({ appId: 'shop', jobDefId, ...anchor, ...spec }, {}, jobDefId);

/** A replace by interval, one by payload that ends switched off, a switch, a create; objects: an update and a create. */
const before = [
  pair('interval', { recurrenceInterval: 'PT20M' }),
  pair('payload', { recurrenceInterval: 'PT30M' }),
  pair('switch', { recurrenceInterval: 'PT40M' }),
  object('poll', { enabled: true, intervalInMins: 5 }),
];
const after = [
  pair('interval', { recurrenceInterval: 'PT1H' }),
  pair('payload', { recurrenceInterval: 'PT30M', jobInputPayload: { all: true }, enabled: false }),
  pair('switch', { recurrenceInterval: 'PT40M', enabled: false }),
  pair('born', { recurrenceInterval: 'PT2H' }),
  object('poll', { enabled: true, intervalInMins: 10 }),
  object('young', { enabled: true, intervalInMins: 7 }),
];

const killer = new Killer();
let emulator: Emulator;
let credentials: JsonObject;
let service: { url: string; close(): Promise<void> };
let emulated: EmulatorSeed;
let stored: TargetState | null;

const inputOf = (store: StateStore, resources: readonly Resource[], readOnly: boolean) => ({
  name: 'dev',
  provider: riversandProvider,
  connection: { target: 'dev', url: service.url, credentials },
  policy: { ...defaultPolicy, prune: true, maxDeletes: { percent: 100, count: 50 } },
  resources,
  store: mortalStore(killer, store),
  readOnly,
  surroundings: {
    now: () => emulator.clock.now(),
    sleep: async (ms: number) => {
      if (killer.isDead) throw new Error('killed');
      await emulator.clock.advance(ms);
    },
    random: Math.random,
    log: () => undefined,
    redact: () => undefined,
    env: {},
    concurrency: 1,
  },
});

async function apply(store: StateStore, resources: readonly Resource[]) {
  const planned = await planTarget(inputOf(store, resources, false));
  try {
    return await applyTarget(planned, { concurrency: 1, onError: 'continue' });
  } finally {
    await planned.close();
  }
}

async function openChanges(store: StateStore, resources: readonly Resource[]): Promise<string[]> {
  const planned = await planTarget(inputOf(store, resources, true));
  await planned.close();
  return planned.changes.map(({ address, action }) => `${action} ${address}`);
}

function seen(): string[] {
  const [tenant] = emulator.state().riversand?.tenants ?? [];
  return [
    ...(tenant?.batchSchedules ?? []).map(
      ({ jobDefId, recurrenceInterval, enabled, jobInputPayload }) =>
        `${jobDefId}: ${recurrenceInterval} ${enabled} ${JSON.stringify(jobInputPayload)}`,
    ),
    ...(tenant?.scheduleObjects ?? []).map(
      ({ id, data }) => `${id}: ${JSON.stringify(data).match(/intervalInMins":(\d+)/)?.[1]}`,
    ),
  ].sort();
}

async function start(): Promise<StateStore> {
  emulator.setState(emulated);
  await emulator.clock.set(START + 3_600_000);
  killer.disarm();
  return memoryStore(stored === null ? [] : [stored]);
}

beforeAll(async () => {
  const seed = { riversand: { tenants: [{ tenantId: TENANT }] } } as unknown as EmulatorSeed;
  emulator = await startEmulator({ seed, now: () => START });
  emulator.clock.freeze();
  const login = await fetch(`${emulator.url}/_emulator/riversand/credentials?tenantId=${TENANT}`);
  credentials = (await login.json()) as JsonObject;
  service = await mortalService(killer, emulator.url, (_method, path) => path.startsWith('/api/'));
  const store = memoryStore();
  await apply(store, before);
  await emulator.clock.set(START + 3_600_000);
  emulated = emulator.state();
  stored = await store.read('dev');
});

afterAll(async () => {
  await service.close();
  await emulator.close();
});

describe('SEMANTICS 6 and 9: Riversand, killed at requests and writes of the state', () => {
  it('the next apply converges: nothing doubled, nothing lost, nothing refused', {
    timeout: 180_000,
  }, async () => {
    const whole = await start();
    const old = seen();
    await apply(whole, after);
    const wanted = seen();
    const points = [...killer.points];
    expect(points.length).toBeGreaterThan(20);
    // What was created can only be switched off again.
    const but = (lines: string[]): string[] => lines.filter((line) => !line.startsWith('born: PT2H false'));
    // Every third point: bench/crash-matrix.mjs has all of them, with real processes.
    const failures: string[] = [];
    for (let nth = 1; nth <= points.length; nth += 3) {
      const when = nth % 4 === 0 ? 'before' : 'after';
      const [way, manifests, goal] =
        nth % 2 === 0 ? (['on', after, wanted] as const) : (['back', before, old] as const);
      const store = await start();
      killer.arm(nth, when);
      await apply(store, after).catch(() => undefined);
      const isDead = killer.isDead;
      killer.disarm();
      if (!isDead) continue;
      const held = await store.readLock('dev');
      if (held !== null) await store.breakLock('dev', held.id);
      try {
        const { outcomes } = await apply(store, manifests);
        const failed = outcomes.flatMap(({ error }) => error?.message ?? []);
        // An object that was sent and shows only by now, while its manifest is gone: ours, and to be deleted.
        if ((await openChanges(store, manifests)).length > 0) await apply(store, manifests);
        expect({ failed, changes: await openChanges(store, manifests), seen: but(seen()) }).toEqual({
          failed: [],
          changes: [],
          seen: but(goal),
        });
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        failures.push(`${when} ${nth} (${points[nth - 1]}), then ${way}: ${why}\n${seen().join('\n')}`);
      }
    }
    expect(failures).toEqual([]);
  });
});
