import { describe, expect, it } from 'vitest';
import { enginePasses } from '../../src/daemon/engine-passes.ts';
import { memoryTarget } from '../support/memory-target.ts';
import { job } from '../support/memory-world.ts';

const passes = (isDirty = false) =>
  enginePasses({
    concurrency: 1,
    redacted: (document) => document,
    isDirty: async () => isDirty,
    progress: () => undefined,
  });
const first = ['a', 'b'].map((name) => job(name, { description: name }));
const edited = [job('a', { description: 'edited' }), ...first.slice(1)];
const signal = new AbortController().signal;
const minute = { maxAge: 60_000 };

async function world() {
  const target = memoryTarget();
  await target.apply(first);
  const seen: string[] = [];
  target.service.fault = (_kind, what) => {
    seen.push(what);
    return undefined;
  };
  return { ...target, seen };
}

describe('passes with the engine', () => {
  it('plan without a write, and without a session that could', async () => {
    const { service, input } = await world();
    const { document } = await passes().plan(input(edited), minute);
    expect(document.changes.map(({ address }) => address)).toEqual(['MemoryJob/a']);
    expect(service.writes).toEqual([]);
  });

  it('apply what was decided on, and only that', async () => {
    const { service, input } = await world();
    const both = [job('a', { description: 'edited' }), job('b', { description: 'edited' })];
    const daemon = passes();
    const { document } = await daemon.plan(input(both), minute);
    const outcome = await daemon.apply(input(both), { document, addresses: ['MemoryJob/b'], signal });
    expect(outcome).toMatchObject({ writes: 1, outcomes: [{ address: 'MemoryJob/b', status: 'succeeded' }] });
    expect(service.objects.map(({ spec }) => spec['description'])).toEqual(['a', 'edited']);
  });

  it.each([true, false])('record whether the manifests were dirty when they applied: %s', async (dirty) => {
    const { input } = await world();
    const commit = 'c'.repeat(40);
    const daemon = passes(dirty);
    const wanted = { ...input(edited), commit };
    const { store } = wanted;
    const { document } = await daemon.plan(wanted, minute);
    await daemon.apply(wanted, { document, addresses: ['MemoryJob/a'], signal });
    const version = dirty ? { commit, dirty } : { commit };
    const [record] = await store.history('dev', 1);
    expect({ commit: record?.commit, dirty: record?.dirty }).toEqual({ dirty: undefined, ...version });
    const { commit: known, dirty: isDirty } = (await store.read('dev'))?.inventory['MemoryJob/a'] ?? {};
    expect({ commit: known, dirty: isDirty }).toEqual({ dirty: undefined, ...version });
  });

  it('say "moved" and write nothing when somebody changes the object between plan and apply', async () => {
    const { service, input } = await world();
    const daemon = passes();
    const { document } = await daemon.plan(input(edited), minute);
    const stored = service.objects.find(({ name }) => name === 'a');
    if (stored !== undefined) stored.spec = { ...stored.spec, description: 'clicked' };
    const wish = { document, addresses: ['MemoryJob/a'], signal };
    expect(await daemon.apply(input(edited), wish)).toBe('moved');
    expect(service.writes).toEqual([]);
  });

  it('give the lock back, also when nothing was applied', async () => {
    const { input } = await world();
    const daemon = passes();
    const { document } = await daemon.plan(input(edited), minute);
    await daemon.apply(input(first), { document, addresses: ['MemoryJob/a'], signal });
    expect(await input(first).store.readLock('dev')).toBeNull();
  });

  it('observe the service once, and then read only what the manifests change', async () => {
    const { input, seen } = await world();
    const daemon = passes();
    expect((await daemon.plan(input(first), minute)).again).toBe(false);
    expect((await daemon.plan(input(edited), minute)).again).toBe(true);
    expect(seen).toEqual(['list', 'one']);
  });

  it('observe it again when the last observation is too old, or when it is asked for', async () => {
    const { input, clock, seen } = await world();
    const daemon = passes();
    await daemon.plan(input(first), minute);
    await daemon.plan(input(first), { maxAge: 0 });
    clock.now += 60_000;
    await daemon.plan(input(first), minute);
    expect(seen).toEqual(['list', 'list', 'list']);
  });

  it('observe it again after an apply', async () => {
    const { input } = await world();
    const daemon = passes();
    const { document } = await daemon.plan(input(edited), minute);
    await daemon.apply(input(edited), { document, addresses: ['MemoryJob/a'], signal });
    const after = await daemon.plan(input(edited), minute);
    expect(after).toMatchObject({ again: false, document: { changes: [] } });
  });

  it('stop waiting for the lock of somebody else when they are not wanted any more', async () => {
    const { service, input } = await world();
    const daemon = passes();
    const stop = new AbortController();
    const claim = { owner: 'ann', host: 'here', pid: 1, command: 'apply', timeout: 60_000 };
    const mine = { ...input(edited), claim: { ...claim, onWait: () => stop.abort() } };
    const { document } = await daemon.plan(mine, minute);
    const lock = await mine.store.lock('dev', claim);
    const wish = { document, addresses: ['MemoryJob/a'], signal: stop.signal };
    expect(await daemon.apply(mine, wish)).toBe('moved');
    await lock.release();
    expect(service.writes).toEqual([]);
  });

  it('go on with one login from plan to plan, and end it with an apply, a new observation and the daemon', async () => {
    const { input } = await world();
    const sessions = { opened: 0, closed: 0 };
    const counted = (resources: Parameters<typeof input>[0]) => {
      const plain = input(resources);
      const provider: typeof plain.provider = {
        ...plain.provider,
        async open(...how) {
          const session = await plain.provider.open(...how);
          sessions.opened++;
          return { ...session, close: async () => void sessions.closed++ };
        },
      };
      return { ...plain, provider };
    };
    const one = counted(first);
    const two = { ...one, resources: edited };
    const daemon = passes();
    await daemon.plan(one, minute);
    const { document } = await daemon.plan(two, minute);
    expect(document.requests).toBe(1);
    expect(sessions).toEqual({ opened: 1, closed: 0 });
    await daemon.plan(two, { maxAge: 0 });
    expect(sessions).toEqual({ opened: 2, closed: 1 });
    await daemon.apply(two, { document, addresses: ['MemoryJob/a'], signal });
    expect(sessions).toEqual({ opened: 3, closed: 3 });
    await daemon.plan(two, minute);
    await daemon.close();
    expect(sessions).toEqual({ opened: 4, closed: 4 });
  });
});
