import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fileStore } from '../../src/state/file.ts';
import { memoryStore } from '../../src/state/memory.ts';
import type { StateStore } from '../../src/state/store.ts';
import { type FakeStoreClock, fakeStoreClock } from '../support/fake-store-clock.ts';
import { gitFolders, sourceRepository, storeIn } from './git-folders.ts';
import { claimOf, journalOf, recordOf, stateWith } from './samples.ts';

interface World {
  clock: FakeStoreClock;
  /** A machine (or process) of its own on the same states. */
  open(): StateStore;
  remove(): void;
}

const backends: readonly { name: string; create(): World }[] = [
  {
    name: 'memory',
    create() {
      const clock = fakeStoreClock();
      const store = memoryStore([], { clock });
      return { clock, open: () => store, remove: () => undefined };
    },
  },
  {
    name: 'file',
    create() {
      const clock = fakeStoreClock();
      const root = mkdtempSync(join(tmpdir(), 'file-state-'));
      return {
        clock,
        open: () => fileStore({ root, clock }),
        remove: () => rmSync(root, { recursive: true, force: true }),
      };
    },
  },
  {
    name: 'git without a remote',
    create() {
      const clock = fakeStoreClock();
      const root = mkdtempSync(join(tmpdir(), 'git-state-'));
      sourceRepository(root);
      return {
        clock,
        open: () => storeIn(root, clock),
        remove: () => rmSync(root, { recursive: true, force: true }),
      };
    },
  },
  {
    name: 'git with a remote, a clone each',
    create() {
      const clock = fakeStoreClock();
      const folders = gitFolders();
      return { clock, open: () => storeIn(folders.clone(), clock), remove: folders.remove };
    },
  },
];

describe.each(backends)('state store: $name', { timeout: 60_000 }, ({ create }) => {
  let world: World;
  let clock: FakeStoreClock;
  beforeEach(() => {
    world = create();
    clock = world.clock;
  });
  afterEach(() => world.remove());

  async function applyOnce(store: StateStore, serial: number, change = {}): Promise<void> {
    const lock = await store.lock('dev', claimOf());
    await lock.finish(stateWith(serial, change), recordOf(serial));
  }

  it('has no state, no lock and no history before the first apply', async () => {
    const store = world.open();
    expect(await store.read('dev')).toBeNull();
    expect(await store.readLock('dev')).toBeNull();
    expect(await store.history('dev', 10)).toEqual([]);
  });

  it('gives others the state, the history and the lock when an apply has ended', async () => {
    const lock = await world.open().lock('dev', claimOf());
    await lock.begin(stateWith(1, { inventory: {}, journal: journalOf('a') }));
    await lock.save(stateWith(2, { journal: journalOf('a') }));
    await lock.finish(stateWith(3), recordOf(3));
    const other = world.open();
    expect(await other.read('dev')).toEqual(stateWith(3));
    expect(await other.readLock('dev')).toBeNull();
    expect(await other.history('dev', 10)).toEqual([recordOf(3)]);
    await applyOnce(other, 4);
    expect(await other.read('dev')).toEqual(stateWith(4));
  });

  it('keeps targets apart', async () => {
    const store = world.open();
    await applyOnce(store, 1);
    const lock = await store.lock('prod', claimOf());
    await lock.finish(stateWith(1, { target: 'prod', lineage: 'l-2' }), { ...recordOf(1), target: 'prod' });
    expect((await store.read('dev'))?.lineage).toBe('l-1');
    expect((await store.read('prod'))?.lineage).toBe('l-2');
    expect(await store.history('prod', 10)).toHaveLength(1);
  });

  it('gives the history newest first, as many as are asked for', async () => {
    const store = world.open();
    for (const serial of [1, 2, 3]) await applyOnce(store, serial);
    expect(await world.open().history('dev', 2)).toEqual([recordOf(3), recordOf(2)]);
    expect(await store.history('dev', 10)).toHaveLength(3);
  });

  it('keeps odd names, secrets as they are sealed, and texts of any script', async () => {
    const store = world.open();
    const record = {
      ...recordOf(1),
      actor: 'zoë@build "7"',
      command: 'apply --only "SapJob/é\n*"',
      changes: [
        { address: 'SapJob/with space (X) and: colon', action: 'create', status: 'succeeded' },
        {
          address: 'SapJob/line\nChange: forged succeeded SapJob/x',
          action: 'delete',
          status: 'failed',
          code: 'HTTP_409',
        },
        { address: 'SapJob/夜間バッチ', action: 'update', status: 'succeeded' },
      ],
    };
    const lock = await store.lock('dev', claimOf());
    const state = stateWith(1);
    await lock.finish(state, record);
    expect(await world.open().history('dev', 1)).toEqual([record]);
    expect(await world.open().read('dev')).toEqual(state);
  });

  describe('compare-and-swap (SEMANTICS 9)', () => {
    it.each([
      ['a serial that is not the next', { serial: 3 }],
      ['the same serial again', { serial: 1 }],
      ['another lineage', { serial: 2, lineage: 'other' }],
    ])('refuses %s, and keeps what is there', async (_name, change) => {
      const store = world.open();
      await applyOnce(store, 1);
      const conflict = { code: 'STATE_CONFLICT', category: 'locked' };
      const lock = await store.lock('dev', claimOf());
      const wrong = stateWith(1, change);
      await expect(lock.begin(wrong)).rejects.toMatchObject(conflict);
      await expect(lock.save(wrong)).rejects.toMatchObject(conflict);
      await expect(lock.finish(wrong, recordOf(9))).rejects.toMatchObject(conflict);
      await lock.release();
      expect(await world.open().read('dev')).toEqual(stateWith(1));
      expect(await store.history('dev', 10)).toEqual([recordOf(1)]);
    });
  });

  describe('the lock', () => {
    it('is for one alone: the other is told who has it', async () => {
      const lock = await world.open().lock('dev', claimOf('ann'));
      const waits: string[] = [];
      const second = world.open().lock('dev', {
        ...claimOf('bob'),
        timeout: 3000,
        onWait: (held) => waits.push(held.owner),
      });
      await expect(second).rejects.toMatchObject({
        code: 'LOCKED',
        category: 'locked',
        message: expect.stringMatching(/ann@build-1 .*since 2026-11-22T12:00:00/),
      });
      expect(waits).toContain('ann');
      expect(await world.open().readLock('dev')).toEqual(lock.info);
    });

    it('goes to the one who waits when it is given back, and giving back twice is fine', async () => {
      const first = await world.open().lock('dev', claimOf('ann'));
      let given = false;
      const second = await world.open().lock('dev', {
        ...claimOf('bob'),
        timeout: 10_000,
        onWait: () => {
          given = true;
          void first.release();
        },
      });
      expect(given).toBe(true);
      await first.release();
      expect((await world.open().readLock('dev'))?.id).toBe(second.info.id);
    });

    it('is renewed by heartbeats', async () => {
      const store = world.open();
      const lock = await store.lock('dev', claimOf());
      await clock.advance(15_000);
      await vi.waitFor(
        async () => {
          expect((await store.readLock('dev'))?.renewedAt).toBe('2026-11-22T12:00:15.000Z');
          expect(lock.info.expiresAt).toBe('2026-11-22T12:01:15.000Z');
        },
        { timeout: 10_000 },
      );
      lock.assertHeld();
      await lock.release();
    });

    it('is taken over when it has expired; the late holder writes nothing more', async () => {
      const late = await world.open().lock('dev', claimOf('ann'));
      await late.begin(stateWith(1, { journal: journalOf('a') }));
      // Asleep: no heartbeat came through.
      clock.sleepThrough(61_000);
      expect(() => late.assertHeld()).toThrow(expect.objectContaining({ code: 'LOCK_LOST' }));
      const next = world.open();
      const lock = await next.lock('dev', claimOf('bob'));
      await expect(late.finish(stateWith(2), recordOf(2))).rejects.toMatchObject({
        code: 'LOCK_LOST',
        category: 'locked',
      });
      await late.release();
      expect((await next.readLock('dev'))?.owner).toBe('bob');
      expect((await next.read('dev'))?.journal).toEqual(journalOf('a'));
      await lock.finish(stateWith(2), recordOf(2));
      expect(await world.open().history('dev', 5)).toEqual([recordOf(2)]);
    });

    it('is taken over at once when its process on this very machine is gone', async () => {
      await world.open().lock('dev', { ...claimOf('ann'), machine: 'boot-1', pid: 77 });
      const claim = { ...claimOf('bob'), pid: 78 };
      clock.dead.add(77);
      await expect(world.open().lock('dev', { ...claim, machine: 'boot-2' })).rejects.toMatchObject({
        code: 'LOCKED',
      });
      const lock = await world.open().lock('dev', { ...claim, machine: 'boot-1' });
      expect((await world.open().readLock('dev'))?.id).toBe(lock.info.id);
    });

    it('can be broken by its id, and by no other', async () => {
      const store = world.open();
      const lock = await store.lock('dev', claimOf('ann'));
      await expect(store.breakLock('dev', 'other')).rejects.toMatchObject({ code: 'LOCK_CHANGED' });
      await world.open().breakLock('dev', lock.info.id);
      expect(await store.readLock('dev')).toBeNull();
      await expect(store.breakLock('dev', lock.info.id)).rejects.toMatchObject({ code: 'LOCK_CHANGED' });
      await clock.advance(15_000);
      await vi.waitFor(() =>
        expect(() => lock.assertHeld()).toThrow(expect.objectContaining({ code: 'LOCK_LOST' })),
      );
      const next = await world.open().lock('dev', claimOf('bob'));
      await next.release();
    });

    it('is had by exactly one of several who want it at the same moment', async () => {
      const results = await Promise.allSettled(
        ['ann', 'bob', 'cem', 'dan'].map((owner) => world.open().lock('dev', claimOf(owner))),
      );
      const got = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
      expect(got).toHaveLength(1);
      for (const result of results) {
        if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'LOCKED' });
      }
      expect((await world.open().readLock('dev'))?.id).toBe(got[0]?.info.id);
    });
  });

  describe('an apply that was cut short', () => {
    it('leaves its whole intent to everybody, whatever happens to its machine', async () => {
      await applyOnce(world.open(), 1);
      const lock = await world.open().lock('dev', claimOf('ann'));
      await lock.begin(stateWith(2, { journal: journalOf('a', 'b') }));
      clock.sleepThrough(61_000);
      const next = world.open();
      expect(await next.read('dev')).toEqual(stateWith(2, { journal: journalOf('a', 'b') }));
      const second = await next.lock('dev', claimOf('bob'));
      // Whoever takes over may be cut short, too, before it has begun.
      clock.sleepThrough(61_000);
      expect((await world.open().read('dev'))?.journal).toEqual(journalOf('a', 'b'));
      const third = world.open();
      const lastLock = await third.lock('dev', claimOf('cem'));
      await lastLock.begin(stateWith(3, { journal: journalOf('b') }));
      await lastLock.finish(stateWith(4), recordOf(4));
      await second.release();
      expect(await world.open().read('dev')).toEqual(stateWith(4));
      expect(await third.history('dev', 10)).toEqual([recordOf(4), recordOf(1)]);
    });

    it('goes on on the same machine from the last save', async () => {
      const store = world.open();
      const lock = await store.lock('dev', { ...claimOf(), machine: 'boot-1', pid: 77 });
      await lock.begin(stateWith(1, { inventory: {}, journal: journalOf('a', 'b') }));
      await lock.save(stateWith(2, { journal: journalOf('b') }));
      clock.dead.add(77);
      expect(await store.read('dev')).toEqual(stateWith(2, { journal: journalOf('b') }));
      const next = await store.lock('dev', { ...claimOf(), machine: 'boot-1', pid: 78 });
      await next.finish(stateWith(3), recordOf(3));
      expect(await store.read('dev')).toEqual(stateWith(3));
    });

    it('that gives its lock back leaves its journal', async () => {
      const lock = await world.open().lock('dev', claimOf());
      await lock.begin(stateWith(1, { inventory: {}, journal: journalOf('a') }));
      await lock.save(stateWith(2, { journal: journalOf('a') }));
      await lock.release();
      const other = world.open();
      expect(await other.readLock('dev')).toBeNull();
      expect(await other.read('dev')).toEqual(stateWith(2, { journal: journalOf('a') }));
      const next = await other.lock('dev', claimOf('bob'));
      await next.finish(stateWith(3), recordOf(3));
      expect(await world.open().read('dev')).toEqual(stateWith(3));
    });

    it('leaves its journal when its lock is broken', async () => {
      const lock = await world.open().lock('dev', claimOf());
      await lock.begin(stateWith(1, { journal: journalOf('a') }));
      await world.open().breakLock('dev', lock.info.id);
      expect((await world.open().read('dev'))?.journal).toEqual(journalOf('a'));
    });
  });
});
