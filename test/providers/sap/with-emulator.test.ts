import { afterEach, describe, expect, it } from 'vitest';
import type { InventoryEntry } from '../../../src/core/inventory.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import type { OperationResult, Session } from '../../../src/core/provider.ts';
import { recordApplied } from '../../../src/core/record.ts';
import type { Resource } from '../../../src/core/resource.ts';
import { type Emulator, type EmulatorSeed, randomSeed, startEmulator } from '../../../src/emulator/index.ts';
import { sapProvider } from '../../../src/providers/sap/provider.ts';
import { carryOut, instant, job, kindOf, NOW, plan, planContext, quietSurroundings } from './support.ts';

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

interface World {
  emulator: Emulator;
  session: Session;
  now(): number;
}

async function world(seed: EmulatorSeed = {}): Promise<World> {
  const emulator = await startEmulator({ seed });
  open.push(() => emulator.close());
  emulator.clock.freeze();
  await emulator.clock.set(NOW);
  const session = await openSession(emulator, 'write');
  return { emulator, session, now: () => emulator.clock.now() };
}

async function openSession(emulator: Emulator, mode: 'read' | 'write'): Promise<Session> {
  const connection = {
    target: 'test',
    credentials: { serviceKey: emulator.credentials as unknown as JsonObject },
  };
  const session = await sapProvider.open(
    connection,
    mode,
    quietSurroundings(() => emulator.clock.now()),
  );
  open.push(() => session.close());
  return session;
}

/** Plans and applies one manifest, and says what is ours afterwards. */
async function apply(
  { session, now }: World,
  desired: Resource,
  before?: InventoryEntry,
): Promise<{ entry: InventoryEntry; results: Map<string, OperationResult>; steps: string[] }> {
  const { resources } = await session.observe([desired.kind], []);
  const inventory = before === undefined ? {} : { [desired.address]: before };
  const [change] = plan([desired], [...resources], inventory, {}, now());
  if (change === undefined) throw new Error('nothing to do');
  if (change.blocked ?? change.parts.find((part) => part.blocked)) throw new Error(JSON.stringify(change));
  const results = await carryOut(change, session, now);
  const live = await session.read({ kind: desired.kind, identity: desired.identity });
  if (live === null) throw new Error('not there');
  const remembered: Record<string, string> = {};
  for (const [key, part] of Object.entries(before?.parts ?? {})) remembered[key] = part.id;
  for (const result of results.values()) Object.assign(remembered, result.partIds);
  const { matched } = kindOf(desired.kind).correlate({
    live: live.parts,
    remembered,
    desired: desired.parts,
    base: {},
  });
  const entry = recordApplied({
    desired,
    kind: kindOf(desired.kind),
    id: live.id,
    partIds: matched,
    effective: Object.assign({}, ...[...results.values()].map((result) => result.effective ?? {})),
    before,
    written: 'all',
    source: {},
    sealer: planContext().sealer,
    now: new Date(now()).toISOString(),
  });
  return { entry, results, steps: change.operations.map(({ step }) => step) };
}

async function planAgain({ session, now }: World, desired: Resource, entry: InventoryEntry) {
  const { resources } = await session.observe([desired.kind], []);
  const changes = plan([desired], [...resources], { [desired.address]: entry }, {}, now());
  return changes.flatMap(({ operations }) => operations.map(({ summary }) => summary));
}

describe('observe against the emulator', () => {
  it('reads 1,000 jobs with 3,000 schedules in at most ceil(jobs/100) + ceil(schedules/100) + 4 requests', async () => {
    const { session } = await world(randomSeed({ jobs: 1000, schedulesPerJob: 3 }));

    const observed = await session.observe(['SapJob', 'SapTask', 'SapSettings'], []);

    const jobs = observed.resources.filter(({ kind }) => kind !== 'SapSettings');
    const schedules = jobs.reduce((sum, { parts }) => sum + parts.length, 0);
    expect([jobs.length, schedules]).toEqual([1000, 3000]);
    expect(observed.diagnostics).toEqual([]);
    expect(session.reader.requests).toBeLessThanOrEqual(Math.ceil(1000 / 100) + Math.ceil(3000 / 100) + 4);
  });

  it('gives what a direct read of each job gives', async () => {
    const { session } = await world(randomSeed({ jobs: 60, schedulesPerJob: 4, seed: 7 }));
    const { resources } = await session.observe(['SapJob', 'SapTask'], []);

    for (const listed of resources) {
      const read = await session.read({ kind: listed.kind, identity: listed.identity, id: listed.id });
      expect({ ...read, facts: {} }).toEqual({ ...listed, facts: {} });
    }
  });
});

const report = {
  description: 'Report',
  ansConfig: { onError: true },
  schedules: {
    daily: { cron: '* * * * 7 3 20', data: { level: 1 } },
    often: { repeatInterval: '2 hours' },
    evening: { repeatAt: '18.40', endTime: { date: '2030-W06-5' } },
    once: { time: '2026-12-24T18:00:00Z' },
  },
};

describe('apply, then plan', () => {
  it('is empty after a create, and after every kind of change', async () => {
    const here = await world();
    const first = job('report', report);
    const created = await apply(here, first);
    expect(created.steps).toEqual(['create-job']);
    expect(Object.keys(created.entry.parts).sort()).toEqual(['daily', 'evening', 'often', 'once']);
    expect(await planAgain(here, first, created.entry)).toEqual([]);

    const second = job('report', {
      ...report,
      description: 'Reports',
      endTime: '2031-01-01',
      schedules: {
        daily: { cron: '* * * * 8 3 20', data: { level: 2 } },
        often: { repeatInterval: '3 hours' },
        evening: { cron: '* * * * 18 41 7' },
        late: { repeatAt: '23.10' },
      },
    });
    const changed = await apply(here, second, created.entry);
    expect(changed.steps).toEqual([
      'update-job',
      'update-schedule',
      'update-schedule',
      'create-schedule',
      'create-replacement',
      'delete-replaced',
      'activate-replacement',
      'delete-schedule',
    ]);
    expect(await planAgain(here, second, changed.entry)).toEqual([]);
  });

  it('an interval that is changed keeps its next due time and runs nothing extra', async () => {
    const here = await world();
    const created = await apply(here, job('beat', { schedules: { often: { repeatInterval: '2 hours' } } }));
    await here.emulator.clock.advance(30 * 60_000);

    const changed = await apply(
      here,
      job('beat', { schedules: { often: { repeatInterval: '3 hours' } } }),
      created.entry,
    );

    const due = instant('2026-11-22T14:00:00Z');
    expect(changed.entry.parts['often']?.effective).toEqual({
      startTime: new Date(due).toISOString().replace('.000', ''),
    });
    await here.emulator.clock.advance(60_000);
    const logs = here.emulator.state().jobs?.[0]?.schedules?.[0]?.logs ?? [];
    expect(logs).toHaveLength(1);
  });

  it('an interval switched on with its job waits for its next due time', async () => {
    const here = await world();
    const off = job('beat', { active: false, schedules: { often: { repeatInterval: '2 hours' } } });
    const created = await apply(here, off);
    const on = job('beat', { schedules: { often: { repeatInterval: '2 hours' } } });
    await here.emulator.clock.advance(5 * 60_000);

    const changed = await apply(here, on, created.entry);

    expect(changed.steps).toEqual(['hold-schedule', 'update-job']);
    expect(changed.entry.parts['often']?.effective).toEqual({ startTime: '2026-11-22T14:05:00Z' });
    await here.emulator.clock.advance(60 * 60_000);
    expect(here.emulator.state().jobs?.[0]?.schedules?.[0]?.logs ?? []).toHaveLength(0);
    await here.emulator.clock.advance(60 * 60_000);
    expect(here.emulator.state().jobs?.[0]?.schedules?.[0]?.logs ?? []).toHaveLength(1);
    expect(await planAgain(here, on, changed.entry)).toEqual([]);
  });
});

describe('lost answers', () => {
  it('a create whose answer is lost makes one job, and its ids are known', async () => {
    const here = await world();
    here.emulator.faults.set({
      match: { method: 'POST', path: '/scheduler/jobs', count: 1 },
      effect: { commitThenDrop: true },
    });

    const { entry } = await apply(here, job('report', report));

    expect(here.emulator.state().jobs).toHaveLength(1);
    expect(Object.keys(entry.parts)).toHaveLength(4);
  });

  it('a schedule whose answer is lost is found, not made again', async () => {
    const here = await world();
    const created = await apply(here, job('report', { schedules: { a: { cron: '* * * * 7 3 20' } } }));
    here.emulator.faults.set({
      match: { method: 'POST', path: '/scheduler/jobs/*/schedules', count: 1 },
      effect: { commitThenDrop: true },
    });

    const desired = job('report', {
      schedules: { a: { cron: '* * * * 7 3 20' }, b: { repeatAt: '8.10am' } },
    });
    const changed = await apply(here, desired, created.entry);

    expect(here.emulator.state().jobs?.[0]?.schedules).toHaveLength(2);
    expect(await planAgain(here, desired, changed.entry)).toEqual([]);
  });
});

describe('names from the wild', () => {
  it.each(['GET MDIClient new', 'transfer Billable Items ', "it's (new) v2.0.3", 'a/b?c=d&e#f%20+', 'ü'])(
    'are read exactly as they are: %s',
    async (name) => {
      const { session } = await world({ jobs: [{ name, action: 'https://app.example.com/run' }] });
      const [listed] = (await session.observe(['SapJob'], [])).resources;
      expect(listed?.identity).toBe(name);
      expect((await session.read({ kind: 'SapJob', identity: name }))?.id).toBe(listed?.id);
      expect(await session.read({ kind: 'SapJob', identity: `${name} ` })).toBeNull();
    },
  );
});

describe('a service in trouble', () => {
  const quarter = { probability: 0.25 };

  it('is still observed whole, or not at all', async () => {
    const here = await world(randomSeed({ jobs: 130, schedulesPerJob: 3 }));
    const expected = (await here.session.observe(['SapJob'], [])).resources.map(({ identity }) => identity);
    here.emulator.faults.set([
      { match: { path: '/scheduler/search/*', ...quarter, seed: 1 }, effect: { status: 503 } },
      { match: { path: '/scheduler/jobs', ...quarter, seed: 2 }, effect: { reset: true } },
      { match: { path: '/scheduler/jobs', nth: 3 }, effect: { truncate: 40 } },
    ]);
    const seen = await here.session.observe(['SapJob'], []);
    expect(seen.resources.map(({ identity }) => identity)).toEqual(expected);
    expect(seen.resources.every(({ parts }) => parts.length === 3)).toBe(true);
  });

  it('a page of HTML is an error', async () => {
    const here = await world(randomSeed({ jobs: 130, schedulesPerJob: 1 }));
    here.emulator.faults.set({
      match: { path: '/scheduler/jobs', query: 'offset=100' },
      effect: { html: true },
    });
    await expect(here.session.observe(['SapJob'], [])).rejects.toMatchObject({ code: 'ANSWER_NOT_JSON' });
  });

  it('SEMANTICS 9: lost answers leave no second job and no second schedule, and the next apply goes on', async () => {
    const versions: JsonObject[] = [
      { a: { cron: '* * * * 7 3 20' }, b: { repeatInterval: '2 hours' } },
      { a: { repeatAt: '18.40' }, b: { repeatInterval: '3 hours' }, c: { cron: '* * * mon 7 3 20' } },
      { a: { repeatAt: '18.41' }, c: { repeatInterval: '1 day' }, d: { repeatAt: '3.07' } },
    ];
    let lost = 0;
    for (let seed = 1; seed <= 8; seed++) {
      const here = await world();
      here.emulator.faults.set(
        ['POST', 'PUT', 'DELETE'].map((method) => ({
          match: { method, path: '/^.scheduler/', probability: 0.4, seed },
          effect: { commitThenDrop: true },
        })),
      );
      let entry: InventoryEntry | undefined;
      for (const schedules of versions) {
        const desired = job('report', { schedules });
        ({ entry } = await apply(here, desired, entry));
        const live = await here.session.read({ kind: 'SapJob', identity: 'report' });
        expect(live?.parts.map(({ spec }) => spec['description']).sort()).toEqual(
          Object.keys(schedules).sort(),
        );
        expect(live?.parts.every(({ spec }) => spec['active'])).toBe(true);
        expect(await planAgain(here, desired, entry)).toEqual([]);
      }
      expect(here.emulator.state().jobs).toHaveLength(1);
      lost += here.emulator.faults.list().reduce((sum, { hits }) => sum + hits, 0);
    }
    expect(lost).toBeGreaterThan(20);
  });
});
