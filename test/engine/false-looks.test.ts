import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FaultWorld, openFaultWorld } from '../../bench/fault-worlds.mjs';
import type { ChangeOutcome } from '../../src/core/outcome.ts';
import type { Provider, Session } from '../../src/core/provider.ts';
import type { LivePart, LiveResource } from '../../src/core/resource.ts';
import { sapProvider } from '../../src/providers/sap/provider.ts';
import { faultProduct } from './fault-product.ts';

type Lie = (live: LiveResource | null) => LiveResource | null;

/** What is told of one job, look by look, after the look that comes before its first write. */
const told = { identity: '', isWritten: false, lies: [] as Lie[] };
let world: FaultWorld;

/** The service, but of one job something else is told. */
const lying: Provider = {
  ...sapProvider,
  async open(...how) {
    const session: Session = await sapProvider.open(...how);
    const read: Session['read'] = async (ref) => {
      const live = await session.read(ref);
      if (ref.identity !== told.identity) return live;
      const lie = told.isWritten ? told.lies.shift() : undefined;
      told.isWritten = true;
      return lie === undefined ? live : lie(live);
    };
    return { ...session, read };
  },
};

const parts = (change: (part: LivePart) => LivePart[]): Lie => {
  return (live) => live && { ...live, parts: live.parts.flatMap(change) };
};
const named = (description: string, change: (part: LivePart) => LivePart[]): Lie =>
  parts((part) => (part.canonical['description'] === description ? change(part) : [part]));
const otherId = (part: LivePart): LivePart[] => [{ ...part, id: `${part.id.slice(0, -4)}beef` }];
const again = (part: LivePart): LivePart[] => [{ ...part, id: `${part.id.slice(0, -4)}cafe` }];
const off = (part: LivePart): LivePart[] => [
  { ...part, spec: { ...part.spec, active: false }, canonical: { ...part.canonical, active: false } },
];

/** Each with the job that it is about. */
const lies: [name: string, identity: string, lies: Lie[]][] = [
  ['a schedule that was there under another id', 'ours', [named('c', otherId)]],
  ['a written schedule under another id', 'ours', [named('b', otherId)]],
  ['a new schedule under another id', 'ours', [named('d', otherId)]],
  ['a replaced schedule under another id', 'ours', [named('a', otherId)]],
  ['a schedule left out', 'ours', [named('b', () => [])]],
  ['a new schedule left out', 'ours', [named('d', () => [])]],
  ['a schedule that is off', 'ours', [named('b', off)]],
  ['a new job under another id', 'comes', [(live) => live && { ...live, id: '4711' }]],
  ['a new job without its schedule', 'comes', [parts(() => [])]],
  ['a new job with its schedule under another id', 'comes', [parts(otherId)]],
  ['a new job that is not there', 'comes', [() => null]],
];
/** Told twice, and not twice the same. */
const twice: [name: string, identity: string, lies: Lie[]][] = [
  ['a new schedule under two other ids', 'ours', [named('d', otherId), named('d', again)]],
  ['a new schedule left out, then under another id', 'ours', [named('d', () => []), named('d', otherId)]],
  ['a written schedule under two other ids', 'ours', [named('b', otherId), named('b', again)]],
  ['the schedule of a new job under two other ids', 'comes', [parts(otherId), parts(again)]],
  ['a new job without its schedule, then not there', 'comes', [parts(() => []), () => null]],
];

describe('SEMANTICS 2 and 9: what one look after a write shows alone is neither recorded nor believed', () => {
  let wanted: string[];
  beforeAll(async () => {
    world = await openFaultWorld({ ...faultProduct, sapProvider: lying }, 'sap');
    await world.apply(await world.restore());
    wanted = world.seen();
  }, 60_000);
  afterAll(() => world.close());

  async function applyTo(lie: { identity: string; lies: Lie[] }) {
    const store = await world.restore();
    Object.assign(told, { ...lie, isWritten: false, lies: [...lie.lies] });
    const first = (await world.apply(store)).outcomes as ChangeOutcome[];
    expect(told.lies).toEqual([]);
    expect(world.seen()).toEqual(wanted);
    return { store, first };
  }

  it.each(lies)(
    'a look that shows %s changes nothing: the apply succeeds',
    async (_, identity, one) => {
      const { store, first } = await applyTo({ identity, lies: one });
      expect(first.filter(({ status }) => status === 'failed')).toEqual([]);
      expect((await store.read('dev'))?.journal).toBeNull();
      expect((await world.plan(store)).map(({ address }) => address)).toEqual([]);
    },
    60_000,
  );

  it.each(twice)(
    'two looks that show %s leave the intent open: the next apply finds it',
    async (_, identity, two) => {
      const { store, first } = await applyTo({ identity, lies: two });
      expect(
        first.flatMap(({ error }) => error?.code ?? []).filter((code) => code !== 'NOT_IN_STEP'),
      ).toEqual([]);
      expect(Object.keys((await store.read('dev'))?.journal?.intents ?? {})).toEqual([`SapJob/${identity}`]);
      const { outcomes } = await world.apply(store);
      expect((outcomes as ChangeOutcome[]).flatMap(({ error }) => error?.message ?? [])).toEqual([]);
      expect(world.seen()).toEqual(wanted);
      expect((await world.plan(store)).map(({ address }) => address)).toEqual([]);
    },
    60_000,
  );

  it('a write that is done and refused, and a look that shows nothing of it: the intent stays open until a look finds it', async () => {
    const store = await world.restore();
    world.emulator.faults.set([
      { match: { method: 'POST', path: '/scheduler/jobs' }, effect: { commit: true, status: 400 } },
    ]);
    Object.assign(told, { identity: 'comes', isWritten: false, lies: [() => null] });
    await world.apply(store);
    expect(told.lies).toEqual([]);
    expect(Object.keys((await store.read('dev'))?.journal?.intents ?? {})).toEqual(['SapJob/comes']);
    world.emulator.faults.clear();
    await world.apply(store);
    expect(world.seen()).toEqual(wanted);
    expect((await world.plan(store)).map(({ address }) => address)).toEqual([]);
  }, 60_000);
});
