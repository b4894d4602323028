import { afterEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { defaultPolicy, type Policy } from '../../../src/core/policy.ts';
import type { Resource } from '../../../src/core/resource.ts';
import {
  type Emulator,
  type EmulatorSeed,
  type FaultEffect,
  startEmulator,
} from '../../../src/emulator/index.ts';
import { applyTarget, planTarget } from '../../../src/engine/index.ts';
import { riversandProvider } from '../../../src/providers/riversand/provider.ts';
import { memoryStore } from '../../../src/state/memory.ts';
import { batch, HOUR, MINUTE, object, START } from './support.ts';

const open: Emulator[] = [];
afterEach(async () => {
  for (const emulator of open.splice(0)) await emulator.close();
});

const TENANT = 'my_tenant';

/** A real listener with the emulated tenant; waiting moves the emulated clock. */
async function world(settings: JsonObject = {}) {
  const seed = { riversand: { settings, tenants: [{ tenantId: TENANT }] } } as unknown as EmulatorSeed;
  const emulator = await startEmulator({ seed, now: () => START });
  open.push(emulator);
  emulator.clock.freeze();
  const login = await fetch(`${emulator.url}/_emulator/riversand/credentials?tenantId=${TENANT}`);
  const credentials = (await login.json()) as JsonObject;
  const store = memoryStore();
  const input = (resources: readonly Resource[], policy: Partial<Policy>, readOnly: boolean) => ({
    name: 'dev',
    provider: riversandProvider,
    connection: { target: 'dev', url: emulator.url, credentials },
    policy: { ...defaultPolicy, ...policy },
    resources,
    store,
    readOnly,
    surroundings: {
      now: () => emulator.clock.now(),
      sleep: (ms: number) => emulator.clock.advance(ms),
      random: Math.random,
      log: () => undefined,
      redact: () => undefined,
      env: {},
      concurrency: 8,
    },
  });
  return {
    emulator,
    async plan(resources: readonly Resource[], policy: Partial<Policy> = {}) {
      const planned = await planTarget(input(resources, policy, true));
      await planned.close();
      return planned;
    },
    async apply(resources: readonly Resource[], policy: Partial<Policy> = {}) {
      const planned = await planTarget(input(resources, policy, false));
      try {
        const outcome = await applyTarget(planned, { concurrency: 8, onError: 'continue' });
        return { planned, outcomes: outcome.outcomes };
      } finally {
        await planned.close();
      }
    },
    /** Instants of all batch runs so far, epoch ms. */
    async runs(pair: { appId: string; jobDefId: string }): Promise<number[]> {
      const query = new URLSearchParams({ tenantId: TENANT, ...pair });
      const answer = await fetch(`${emulator.url}/_emulator/riversand/runs?${query}`);
      const body = (await answer.json()) as { runs?: JsonObject[] } | JsonObject[];
      const rows = Array.isArray(body) ? body : (body.runs ?? []);
      return rows.map((row) => Date.parse(String(row['startedAt']))).sort((a, b) => a - b);
    },
  };
}

describe('against the emulated tenant', () => {
  it('both kinds: apply, then the plan is empty after two requests', async () => {
    const here = await world();
    const wanted = [
      batch({ startAt: '2026-01-01T00:30:00Z', jobInputPayload: { a: 1 } }),
      batch({ jobDefId: 'off', enabled: false }, {}, 'off'),
      object('orders', { authContext: { token: 'abcdefgh' }, startTime: '05:30 AM' }),
      object('stock', { enabled: false }),
    ];
    const { outcomes } = await here.apply(wanted);
    expect(outcomes.map(({ status, error }) => error?.message ?? status)).toEqual(Array(4).fill('succeeded'));
    const planned = await here.plan(wanted);
    expect(planned.changes).toEqual([]);
    expect(planned.document.requests).toBe(2);
  });

  it('edits, removals and returns converge', async () => {
    const here = await world();
    const prune = { prune: true, allowEmpty: true, allowDeleteAll: true };
    await here.apply([batch(), object('orders')]);
    await here.apply([batch({ recurrenceInterval: 'PT3H' }), object('orders', { intervalInMins: 9 })]);
    const gone = await here.apply([], prune);
    expect(gone.outcomes.map(({ action, status }) => `${action} ${status}`).sort()).toEqual([
      'deactivate succeeded',
      'delete succeeded',
    ]);
    expect((await here.plan([], prune)).changes).toEqual([]);
    const back = await here.apply([batch({ recurrenceInterval: 'PT3H' }), object('orders')]);
    expect(back.outcomes.map(({ action, status }) => `${action} ${status}`)).toEqual([
      'update succeeded',
      'create succeeded',
    ]);
  });

  it.each<[string, FaultEffect]>([
    ['an error between the halves', { betweenHalves: 'error' }],
    ['a lost answer between the halves', { betweenHalves: 'drop' }],
    ['a gateway that gives up between the halves', { betweenHalves: 'error', commit: true, status: 504 }],
    ['somebody else’s create between the halves', { duplicate: true }],
    ['success that does nothing', { neverShows: true }],
    ['success that keeps the old one', { neverShows: 'kept' }],
    ['a schedule that shows late', { showsAfter: { ms: 20_000 } }],
    ['an old one that still shows', { showsAfter: { lists: 4, ghosts: true } }],
    ['an error after the work', { statusError: 'late', commit: true }],
    ['a lost answer', { commitThenDrop: true }],
  ] as [string, FaultEffect][])(
    'a change of payload alone ends as wanted after %s',
    async (_what, effect) => {
      const here = await world();
      await here.apply([batch({ jobInputPayload: { version: 1 } })]);
      here.emulator.faults.set({ match: { verb: 'schedule-batch-process', count: 1 }, effect });
      const edited = batch({ jobInputPayload: { version: 2 } });
      const { outcomes } = await here.apply([edited]);
      expect(outcomes.map(({ status, error }) => error?.message ?? status)).toEqual(['succeeded']);
      expect((await here.plan([edited])).changes).toEqual([]);
      const live = JSON.stringify(here.emulator.state());
      expect(live).toContain('"version":2');
    },
  );

  it('schedule objects that show after a minute are waited for', async () => {
    const here = await world({ visibilityDelay: 60_000 });
    const { outcomes } = await here.apply([object('orders')]);
    expect(outcomes[0]?.status).toBe('succeeded');
    await here.apply([object('orders', { intervalInMins: 10 })]);
    expect((await here.plan([object('orders', { intervalInMins: 10 })])).changes).toEqual([]);
  });

  it.each(['true', '"apps"'])('a tenant that refuses _ALL (%s) is planned all the same', async (how) => {
    const here = await world();
    await here.apply([batch(), batch({ appId: 'x', jobDefId: 'y' }, {}, 'xy')]);
    await fetch(`${here.emulator.url}/_emulator/riversand/refuse-all`, {
      method: 'PUT',
      body: `{"how": ${how}, "tenantId": "${TENANT}"}`,
    });
    const planned = await here.plan([batch(), batch({ appId: 'x', jobDefId: 'y' }, {}, 'xy')]);
    expect(planned.changes).toEqual([]);
    expect(planned.document.diagnostics.map(({ code }) => code)).toContain('RIVERSAND_NO_ALL');
  });
});

describe('SEMANTICS 6: runs under the virtual clock', () => {
  it('edits at any time miss and double no run but those that the plan had announced', async () => {
    const here = await world();
    let seed = 7;
    const random = (below: number): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return Math.floor((seed / 2_147_483_648) * below);
    };
    const jobs = Array.from({ length: 12 }, (_, at) => {
      const minutes = 5 + random(120);
      const startAt = START - random(10 * 24 * 60) * MINUTE;
      return { pair: { appId: 'app_x', jobDefId: `job_${at}` }, minutes, startAt, version: 0 };
    });
    const manifest = ({ pair, minutes, startAt, version }: (typeof jobs)[number]) =>
      batch(
        {
          ...pair,
          recurrenceInterval: `PT${minutes}M`,
          startAt: new Date(startAt).toISOString(),
          jobInputPayload: { version },
        },
        {},
        pair.jobDefId,
      );
    await here.apply(jobs.map(manifest));
    const announced = new Set<string>();
    const from = START + 4 * HOUR;
    for (let edit = 0; edit < 30; edit++) {
      await here.emulator.clock.advance((1 + random(40)) * MINUTE + random(60_000));
      const one = jobs[random(jobs.length)];
      if (one === undefined) continue;
      one.version += 1;
      const { planned, outcomes } = await here.apply(jobs.map(manifest));
      expect(outcomes.map(({ status }) => status)).toEqual(['succeeded']);
      for (const { impact } of planned.document.changes) {
        expect(impact?.extra).toEqual([]);
        for (const missed of impact?.missed ?? []) {
          // Only the margin may cost a run.
          expect(Date.parse(missed) - here.emulator.clock.now()).toBeLessThanOrEqual(2 * MINUTE);
          announced.add(`${one.pair.jobDefId} ${Date.parse(missed)}`);
        }
      }
    }
    const until = here.emulator.clock.now();
    for (const { pair, minutes, startAt } of jobs) {
      const every = minutes * MINUTE;
      const runs = (await here.runs(pair)).filter((at) => at >= from && at < until);
      const ideal: number[] = [];
      for (let at = startAt + Math.ceil((from - startAt) / every) * every; at < until; at += every)
        ideal.push(at);
      const expected = ideal.filter((at) => !announced.has(`${pair.jobDefId} ${at}`));
      expect(runs).toEqual(expected);
    }
  });
});
