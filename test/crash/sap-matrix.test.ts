import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import type { Resource } from '../../src/core/resource.ts';
import type { EmulatorSeed } from '../../src/emulator/index.ts';
import { applyTarget, type PlannedTarget, planTarget } from '../../src/engine/index.ts';
import { memoryStore } from '../../src/state/memory.ts';
import type { StateStore, TargetState } from '../../src/state/store.ts';
import { type SapWorld, sapJob, startSapWorld } from '../support/sap-target.ts';
import { Killer, mortalService, mortalStore } from './killer.ts';

const action = 'https://app.example.com/report';
const cron = (hour: number): JsonObject => ({ cron: `* * * * ${hour} 10 20` });
const job = (name: string, schedules: JsonObject, more: JsonObject = {}): Resource =>
  sapJob(name, { action, ...more, schedules });

/** One of each: create, update of job and schedule, a new schedule, a mode change, deletes of a schedule and of a job. */
const before = [
  job('edit', { a: cron(1), b: cron(2) }),
  job('gone', { x: cron(3) }),
  job('mode', { m: cron(4), n: cron(5) }),
];
const after = [
  job(
    'edit',
    { a: cron(7), c: { repeatInterval: '2 hours', startTime: '2026-01-01T00:30:00Z' } },
    { description: 'new' },
  ),
  job('fresh', { one: cron(8), two: { repeatInterval: '3 hours' }, off: { ...cron(9), active: false } }),
  job('mode', { m: { repeatAt: '6.15am' }, n: cron(5) }),
];
const byHand = { cron: '* * * * 23 59 58', description: 'somebody else', active: true };
const policyChange = { prune: true, maxDeletes: { percent: 100, count: 50 } };

const killer = new Killer();
let world: SapWorld;
let service: { url: string; close(): Promise<void> };
let emulated: EmulatorSeed;
let stored: TargetState | null;

interface Applier {
  store: StateStore;
  plan(resources: readonly Resource[]): Promise<PlannedTarget>;
  apply(resources: readonly Resource[]): ReturnType<typeof applyTarget>;
}

function applier(store: StateStore): Applier {
  const input = (resources: readonly Resource[], readOnly: boolean) => {
    const plain = world.input(resources, { policyChange });
    return {
      ...plain,
      store: mortalStore(killer, store),
      readOnly,
      connection: { ...plain.connection, url: service.url },
      surroundings: {
        ...plain.surroundings,
        sleep: async () => {
          if (killer.isDead) throw new Error('killed');
        },
      },
    };
  };
  return {
    store,
    async plan(resources) {
      const planned = await planTarget(input(resources, true));
      await planned.close();
      return planned;
    },
    async apply(resources) {
      const planned = await planTarget(input(resources, false));
      try {
        return await applyTarget(planned, { concurrency: 1, onError: 'continue' });
      } finally {
        await planned.close();
      }
    },
  };
}

/** What the service knows, without ids and times of its own. */
function seen(): string[] {
  return (world.emulator.state().jobs ?? [])
    .flatMap(({ name, description, schedules = [] }) => [
      `${name}: ${description}`,
      ...schedules
        .map(
          (item) =>
            `${name}/${item.description}: ${item.cron ?? item.repeatAt ?? item.repeatInterval} ${item.active}`,
        )
        .sort(),
    ])
    .sort();
}

async function start(): Promise<Applier> {
  world.emulator.setState(emulated);
  killer.disarm();
  return applier(memoryStore(stored === null ? [] : [stored]));
}

/** The lock of the dead process: it would expire by itself. */
async function unlock({ store }: Applier): Promise<void> {
  const held = await store.readLock('dev');
  if (held !== null) await store.breakLock('dev', held.id);
}

beforeAll(async () => {
  world = await startSapWorld();
  service = await mortalService(
    killer,
    world.emulator.url,
    (method, path) => method !== 'GET' && !path.endsWith('/token'),
  );
  const base = applier(memoryStore());
  await base.apply(before);
  const edit = world.emulator.state().jobs?.find(({ name }) => name === 'edit');
  await world.byHand('POST', `/scheduler/jobs/${edit?._id}/schedules`, byHand);
  await world.byHand('POST', '/scheduler/jobs', {
    name: 'theirs',
    description: 'Not ours',
    action,
    httpMethod: 'POST',
    active: true,
    schedules: [{ ...byHand }],
  });
  emulated = world.emulator.state();
  stored = await base.store.read('dev');
});

afterAll(async () => {
  await service.close();
  await world.close();
});

describe('SEMANTICS 9: killed before and after every write, to the service and to the state', () => {
  it('the next apply converges, whether the manifests stay or go back', { timeout: 120_000 }, async () => {
    const whole = await start();
    const old = seen();
    await whole.apply(after);
    const wanted = seen();
    const points = [...killer.points];
    expect(points.length).toBeGreaterThan(15);
    const failures: string[] = [];
    // Each point once, in turns: bench/crash-matrix.mjs has all combinations, with real processes.
    for (let nth = 1; nth <= points.length; nth++) {
      const when = nth % 3 === 0 ? 'before' : 'after';
      const [way, manifests, goal] =
        nth % 2 === 0 ? (['on', after, wanted] as const) : (['back', before, old] as const);
      const here = await start();
      killer.arm(nth, when);
      await here.apply(after).catch(() => undefined);
      expect(killer.isDead).toBe(true);
      killer.disarm();
      await unlock(here);
      const where = `${when} ${nth} (${points[nth - 1]}), then ${way}`;
      try {
        await here.apply(manifests);
        // What was to be made and is not seen may still show for a while; then nothing of it is left.
        await world.emulator.clock.advance(2 * 60_000);
        await here.apply(manifests);
        const { changes } = await here.plan(manifests);
        const journal = (await here.store.read('dev'))?.journal ?? null;
        expect({ changes: changes.map(({ address }) => address), journal, seen: seen() }).toEqual({
          changes: [],
          journal: null,
          seen: goal,
        });
      } catch (error) {
        failures.push(`${where}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    expect(failures).toEqual([]);
  });
});
