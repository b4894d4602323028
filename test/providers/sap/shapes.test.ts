import { afterEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import type { LivePart, LiveResource } from '../../../src/core/resource.ts';
import { type EmulatorSeed, randomSeed, startEmulator } from '../../../src/emulator/index.ts';
import { sapProvider } from '../../../src/providers/sap/provider.ts';
import { carryOut, entryOf, job, kindOf, NOW, plan, quietSurroundings } from './support.ts';

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function connect(seed: EmulatorSeed, shapes: number) {
  const emulator = await startEmulator({ seed, shapes });
  open.push(() => emulator.close());
  emulator.clock.freeze();
  await emulator.clock.set(NOW);
  const credentials = { serviceKey: emulator.credentials as unknown as JsonObject };
  const surroundings = quietSurroundings(() => emulator.clock.now());
  const session = await sapProvider.open({ target: 'test', credentials }, 'write', surroundings);
  open.push(() => session.close());
  return { emulator, session };
}

function meaning({ identity, canonical, parts }: LiveResource) {
  return { identity, canonical, parts: parts.map(({ id, canonical: own }: LivePart) => ({ id, own })) };
}

describe('shapes that vary between answers', () => {
  it.each([1, 2, 3, 4, 5])('mean the same whichever way they are read (%i)', async (shapes) => {
    const seed = randomSeed({ jobs: 25, schedulesPerJob: 4, seed: shapes });
    const plain = await connect(seed, 0);
    const varied = await connect(plain.emulator.state(), shapes);
    const kinds = ['SapJob', 'SapTask', 'SapSettings'];

    const expected = (await plain.session.observe(kinds, [])).resources.map(meaning);
    const observed = (await varied.session.observe(kinds, [])).resources;

    expect(observed.map(meaning)).toEqual(expected);
    for (const listed of observed) {
      const { kind, identity, id } = listed;
      const byId = await varied.session.read({ kind, identity, id });
      const byName = await varied.session.read({ kind, identity });
      expect([byId, byName].map((live) => live && meaning(live))).toEqual([meaning(listed), meaning(listed)]);
    }
  });

  it.each([11, 12, 13])('leave nothing to do after an apply (%i)', async (shapes) => {
    const { session, emulator } = await connect({}, shapes);
    const desired = job('report', {
      description: '',
      endTime: { date: '2030-W06-5' },
      calmConfig: { enabled: true },
      schedules: {
        a: { cron: '* */3 10 * 9 0 0', data: { list: [1, { x: null }], text: 'ü' } },
        b: { repeatInterval: '120 minutes', startTime: '2027-01-01 00:00:00', data: '' },
        c: { repeatAt: '6.20pm', endTime: 'Sat, 05 Nov 2033 08:15:30 GMT', active: false },
        d: { time: { date: '2027-05-01 10:00 +0200', format: 'YYYY-MM-DD HH:mm Z' } },
        e: { crontab: '*/25 3-5 * * 1-5' },
      },
    });
    const [create] = plan([desired], [], {});
    if (create === undefined) throw new Error('nothing to do');
    const results = await carryOut(create, session, () => emulator.clock.now());

    const ids = [...results.values()][0]?.partIds ?? {};
    expect(Object.keys(ids).sort()).toEqual(['a', 'b', 'c', 'd', 'e']);
    const { resources } = await session.observe(['SapJob'], []);
    const [live] = resources;
    if (live === undefined) throw new Error('not there');
    expect(
      plan([desired], [...resources], { [desired.address]: entryOf(desired, live, { ...ids }) }),
    ).toEqual([]);
    // Found again without the state, too.
    const { matched, ambiguous } = kindOf('SapJob').correlate({
      live: live.parts,
      remembered: {},
      desired: desired.parts,
      base: {},
    });
    expect([Object.fromEntries(matched), ambiguous]).toEqual([ids, []]);
  });
});

describe('tenants', () => {
  it('a provider’s token sees all tenants, the target only one', async () => {
    const seed = {
      jobs: [
        { name: 'own' },
        { name: 'same' },
        { name: 'same', subDomain: 'acme' },
        { name: 'theirs', subDomain: 'acme' },
      ],
    };
    const { emulator, session } = await connect(
      { ...seed, jobs: seed.jobs.map((row) => ({ ...row, action: 'https://app.example.com/run' })) },
      0,
    );
    expect((await session.observe(['SapJob'], [])).resources.map(({ identity }) => identity)).toEqual([
      'own',
      'same',
    ]);

    const [same] = (await session.observe(['SapJob'], [])).resources.filter(
      ({ identity }) => identity === 'same',
    );
    expect((await session.read({ kind: 'SapJob', identity: 'same' }))?.id).toBe(same?.id);
    expect(await session.read({ kind: 'SapJob', identity: 'theirs' })).toBeNull();

    const tenant = await sapProvider.open(
      {
        target: 'acme',
        tenant: { subdomain: 'acme' },
        credentials: { serviceKey: emulator.credentials as unknown as JsonObject },
      },
      'read',
      quietSurroundings(),
    );
    open.push(() => tenant.close());
    expect((await tenant.observe(['SapJob'], [])).resources.map(({ identity }) => identity)).toEqual([
      'same',
      'theirs',
    ]);
    expect(await tenant.instance()).not.toBe(await session.instance());
    expect(tenant.execute).toBeUndefined();
  });
});
