import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FaultWorld, openFaultWorld } from '../../bench/fault-worlds.mjs';
import type { ChangeOutcome } from '../../src/core/outcome.ts';
import type { FaultRule } from '../../src/emulator/index.ts';
import { faultProduct } from './fault-product.ts';

const redirect = { status: 302, headers: { location: 'https://login.example.com/' } };

/** The write is done; what is told of it, and what the reads tell after it, is not true. */
const lies: Record<'sap' | 'riversand', Record<string, FaultRule[]>> = {
  sap: {
    'a refused POST that was done': [
      { match: { method: 'POST', path: '/scheduler/**' }, effect: { commit: true, status: 400 } },
    ],
    'a POST that was done and redirected': [
      { match: { method: 'POST', path: '/scheduler/**' }, effect: { commit: true, ...redirect } },
    ],
    'an answer with another id': [
      {
        match: { method: 'POST', path: '/scheduler/jobs' },
        effect: { commit: true, status: 201, body: { _id: 4711, name: 'comes' } },
      },
    ],
    'an answer that is lost, and reads that fail after it': [
      { match: { method: 'POST', path: '/scheduler/**' }, effect: { commitThenDrop: true } },
      { match: { method: 'GET', path: '/scheduler/jobs/**', nth: 3 }, effect: { html: true } },
    ],
  },
  riversand: {
    'calls that are done, and lists that say "error" in HTTP 200 after them': [
      ...[3, 4, 5, 6, 7, 8].map((nth) => ({
        match: { verb: 'schedule-batch-list', nth },
        effect: { statusError: true },
      })),
    ],
    'a process that is done and says "error", and shows only after a minute': [
      {
        match: { verb: 'schedule-batch-process' },
        effect: { commit: true, statusError: true, showsAfter: 60_000 },
      },
    ],
    'a create that is done and says "error"': [
      { match: { verb: 'create' }, effect: { commit: true, statusError: true } },
    ],
    'a create that is done and redirected': [
      { match: { verb: 'create' }, effect: { commit: true, ...redirect } },
    ],
    'a process that is done, and a page that says 404': [
      {
        match: { verb: 'schedule-batch-process' },
        effect: { commit: true, status: 404, html: true },
      },
    ],
  },
};

describe.each(['sap', 'riversand'] as const)(
  'SEMANTICS 9, %s: whatever the answers, what was created is ours',
  (service) => {
    let world: FaultWorld;
    let wanted: string[];
    beforeAll(async () => {
      world = await openFaultWorld(faultProduct, service);
      await world.apply(await world.restore());
      await world.emulator.clock.advance(120_000);
      wanted = world.seen();
    }, 60_000);
    afterAll(() => world.close());

    it.each(Object.entries(lies[service]))(
      '%s: the next apply is refused nothing and makes no second one',
      async (_, rules) => {
        const store = await world.restore();
        world.emulator.faults.set(rules);
        await world.apply(store).catch(() => undefined);
        world.emulator.faults.clear();
        await world.emulator.clock.advance(120_000);
        const { outcomes } = await world.apply(store);
        expect((outcomes as ChangeOutcome[]).flatMap(({ error }) => error?.message ?? [])).toEqual([]);
        await world.emulator.clock.advance(120_000);
        expect(world.seen()).toEqual(wanted);
        expect((await world.plan(store)).map(({ address }) => address)).toEqual([]);
      },
      60_000,
    );
  },
);

describe('SEMANTICS 9, sap: what a lost answer made shows late', () => {
  let world: FaultWorld;
  let wanted: string[];
  beforeAll(async () => {
    world = await openFaultWorld(faultProduct, 'sap');
    await world.apply(await world.restore());
    await world.emulator.clock.advance(120_000);
    wanted = world.seen();
  }, 60_000);
  afterAll(() => world.close());

  const lost: FaultRule = {
    match: { method: 'POST', path: '/scheduler/**', count: 2 },
    effect: { commitThenDrop: true },
  };
  const stale: Record<string, FaultRule[]> = {
    'lists and searches': [
      { match: { method: 'GET', path: '/scheduler/jobs' }, effect: { stale: true } },
      { match: { method: 'GET', path: '/scheduler/search/**' }, effect: { stale: true } },
    ],
    'all reads': [{ match: { method: 'GET', path: '/scheduler/**' }, effect: { stale: true } }],
  };

  // Reads by id that are old during a second apply would hide everything there is to go by: a limit, see docs/safety.md.
  it.each([
    { reads: 'lists and searches', applies: 1 },
    { reads: 'lists and searches', applies: 2 },
    { reads: 'lists and searches', applies: 3 },
    { reads: 'all reads', applies: 1 },
  ])(
    '$reads show what was before, during $applies applies: afterwards it is ours, once',
    async ({ reads, applies }) => {
      const store = await world.restore();
      world.emulator.faults.set([lost, ...(stale[reads] ?? [])]);
      for (let count = 0; count < applies; count++) await world.apply(store).catch(() => undefined);
      world.emulator.faults.clear();
      const { outcomes } = await world.apply(store);
      expect((outcomes as ChangeOutcome[]).flatMap(({ error }) => error?.message ?? [])).toEqual([]);
      await world.emulator.clock.advance(120_000);
      expect(world.seen()).toEqual(wanted);
      expect((await world.plan(store)).map(({ address }) => address)).toEqual([]);
    },
    60_000,
  );

  it('a first try that was refused leaves no intent: what somebody else makes after it stays his', async () => {
    const store = await world.restore();
    const refused = { status: 400, body: { message: 'no' } };
    world.emulator.faults.set([{ match: { method: 'POST', path: '/scheduler/jobs' }, effect: refused }]);
    await world.apply(store);
    world.emulator.faults.clear();
    const other = await world.restore();
    await world.apply(other);
    const made = (world.emulator.state().jobs ?? []).filter(({ name }) => name === 'comes');
    await world.restore();
    const now = world.emulator.state();
    world.emulator.setState({ ...now, jobs: [...(now.jobs ?? []), ...made] });
    const changes = await world.plan(store);
    expect(changes.find(({ address }) => address === 'SapJob/comes')?.blocked?.code).toBe('UNOWNED');
  });
});
