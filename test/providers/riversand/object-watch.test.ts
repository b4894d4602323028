import { describe, expect, it } from 'vitest';
import { ReconcileError } from '../../../src/core/errors.ts';
import type { RiversandClient } from '../../../src/providers/riversand/client.ts';
import { createObjectWatch } from '../../../src/providers/riversand/object-watch.ts';
import { objectPatience } from '../../../src/providers/riversand/polling.ts';
import type { WireObject } from '../../../src/providers/riversand/wire.ts';
import { object, world } from './support.ts';

/** A service in which an object shows at its time, and a clock that only waiting moves. */
function setUp(showsAt: Readonly<Record<string, number>>) {
  let now = 0;
  const looks: string[] = [];
  const there = (id: string): WireObject | null => (now >= (showsAt[id] ?? 0) ? { id } : null);
  const client: RiversandClient = {
    batchSchedules: async () => [],
    infos: async () => [],
    objects: async () => {
      looks.push(`all at ${now}`);
      return Object.keys(showsAt).flatMap((id) => there(id) ?? []);
    },
    object: async (id) => {
      looks.push(`${id} at ${now}`);
      return there(id);
    },
  };
  const sleep = async (ms: number): Promise<void> => {
    now += ms;
  };
  const isThere = (seen: WireObject | null): boolean => seen !== null;
  const said: string[] = [];
  const waiting = (message: string): void => {
    said.push(`${message} (at ${now})`);
  };
  const watch = createObjectWatch(client, { sleep, waiting }, objectPatience);
  return { looks, said, client, sleep, isThere, watch };
}

describe('waiting for written schedule objects', () => {
  it('one alone is asked for by itself: at once, then with growing pauses', async () => {
    const { watch, looks, isThere } = setUp({ a: 12_000 });
    expect(await watch.until('a', isThere)).toEqual({ isThere: true, seen: { id: 'a' } });
    expect(looks).toEqual(['a at 0', 'a at 1000', 'a at 2000', 'a at 4000', 'a at 8000', 'a at 16000']);
  });

  it('several are served by one look, and leave one after the other', async () => {
    const { watch, looks, isThere } = setUp({ a: 0, b: 3000, c: 9000 });
    const sights = await Promise.all(['a', 'b', 'c'].map((id) => watch.until(id, isThere)));
    expect(sights.map((sight) => sight.isThere)).toEqual([true, true, true]);
    expect(looks).toEqual(['a at 0', 'all at 1000', 'all at 2000', 'all at 4000', 'c at 8000', 'c at 16000']);
  });

  it('is said once for each write, and not where the change shows at once', async () => {
    const { watch, said, isThere } = setUp({ a: 0, b: 30_000, c: 9000 });
    await Promise.all(['a', 'b', 'c'].map((id) => watch.until(id, isThere)));
    const text = 'the service shows a change about a minute after it took it';
    expect(said).toEqual([`schedule objects "b", "c": ${text} (at 0)`]);
    await watch.until('b', (seen) => seen === null, 1000);
    expect(said.slice(1)).toEqual([expect.stringMatching(`^schedule object "b": ${text}`)]);
  });

  it('names only some of many', async () => {
    const ids = Array.from({ length: 8 }, (_, index) => `o${index}`);
    const { watch, said, isThere } = setUp(Object.fromEntries(ids.map((id) => [id, 5000])));
    await Promise.all(ids.map((id) => watch.until(id, isThere)));
    expect(said.join()).toContain('"o4" and 3 more: ');
  });

  it('ends at the deadline with what was seen last', async () => {
    const { watch, looks, isThere } = setUp({ a: Number.POSITIVE_INFINITY });
    expect(await watch.until('a', isThere)).toEqual({ isThere: false, seen: null });
    expect(looks.at(-1)).toMatch(/^a at 18\d000$/);
  });

  it('the look that ended the wait serves the read that verifies it, once', async () => {
    const { watch, isThere } = setUp({ a: 0 });
    await watch.until('a', isThere);
    expect(watch.take('a')).toEqual({ id: 'a' });
    expect(watch.take('a')).toBeUndefined();
    await watch.until('a', isThere);
    void watch.until('a', (seen) => seen === null);
    expect(watch.take('a')).toBeUndefined();
  });

  it('a look that fails ends the waits that it was for; the next ones begin anew', async () => {
    const { watch, client, isThere } = setUp({ a: 0 });
    const { object: real } = client;
    client.object = async () => {
      throw new Error('broken');
    };
    await expect(watch.until('a', isThere)).rejects.toThrow('broken');
    client.object = real;
    expect((await watch.until('a', isThere)).isThere).toBe(true);
  });

  it('where the whole list cannot be had, each is asked for by itself', async () => {
    const { watch, client, looks, isThere } = setUp({ a: 0, b: 500, c: 500 });
    client.objects = async () => {
      throw new ReconcileError('too many', { code: 'LISTING_UNSOUND', category: 'rejected' });
    };
    await Promise.all(['a', 'b', 'c'].map((id) => watch.until(id, isThere)));
    expect(looks).toEqual(['a at 0', 'b at 1000', 'c at 1000']);
  });

  it('many new objects take a read and a write each, and few looks', async () => {
    const here = await world();
    const wanted = Array.from({ length: 64 }, (_, at) => object(`object-${at}`));
    const applied = await here.apply(wanted);
    expect(new Set(applied.outcomes.map(({ status }) => status))).toEqual(new Set(['succeeded']));
    expect(here.tenant.count('create')).toBe(64);
    // One list for the plan, one read before each write; the rest are looks, fewer than one for each object.
    expect(here.tenant.count('get') - 65).toBeLessThan(64);
    expect((await here.plan(wanted)).changes).toEqual([]);
  });
});
