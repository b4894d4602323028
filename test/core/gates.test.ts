import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { liveJob, livePart } from '../support/memory-kind.ts';
import { entryOf, job, planWorld } from '../support/memory-world.ts';

const names = (count: number): string[] => Array.from({ length: count }, (_, index) => `job${index}`);

function removing(owned: number, removed: number, policy = {}, lifecycle = {}) {
  const all = names(owned);
  return planWorld({
    desired: all.slice(removed).map((name) => job(name)),
    live: all.map((name) => liveJob(name)),
    base: all.map((name) => entryOf(job(name, {}, { lifecycle }))),
    policy: { prune: true, allowEmpty: true, ...policy },
  });
}

const blocks = (plan: ReturnType<typeof removing>): (string | undefined)[] => [
  ...new Set(plan.changes.map((change) => change.blocked?.code)),
];

describe('SEMANTICS 8 gate 2: the set is not empty', () => {
  it('refuses to plan away everything because no manifest was found', () => {
    const plan = planWorld({ live: [liveJob('a')], base: [entryOf(job('a'))], policy: { prune: true } });
    expect(plan.refusals).toMatchObject([
      { code: 'EMPTY_SET', severity: 'error', remedy: expect.stringContaining('allowEmpty') },
    ]);
  });

  it('an empty set that owns nothing is fine', () => {
    expect(planWorld({}).refusals).toEqual([]);
  });
});

describe('SEMANTICS 8 gate 5: protection and deletion limits', () => {
  it('remembers protect after the manifest is gone', () => {
    const plan = planWorld({
      desired: [job('b')],
      live: [liveJob('a'), liveJob('b')],
      base: [entryOf(job('a', {}, { lifecycle: { protect: true } })), entryOf(job('b'))],
      policy: { prune: true },
    });
    expect(plan.changes).toMatchObject([
      {
        action: 'delete',
        blocked: { code: 'PROTECTED', override: expect.stringContaining('lifecycle.protect: false') },
      },
    ]);
  });

  it.each([
    { owned: 9, removed: 8, expected: [undefined] },
    { owned: 10, removed: 3, expected: [undefined] },
    { owned: 10, removed: 4, expected: ['DELETE_LIMIT'] },
    { owned: 200, removed: 50, expected: [undefined] },
    { owned: 200, removed: 51, expected: ['DELETE_LIMIT'] },
    { owned: 1, removed: 1, expected: ['DELETE_ALL'] },
    { owned: 20, removed: 20, expected: ['DELETE_ALL'] },
  ])('$removed of $owned: $expected', ({ owned, removed, expected }) => {
    expect(blocks(removing(owned, removed))).toEqual(expected);
  });

  it('each limit has its override', () => {
    expect(blocks(removing(10, 4, { maxDeletes: { percent: 40, count: 50 } }))).toEqual([undefined]);
    expect(blocks(removing(200, 51, { maxDeletes: { percent: 30, count: 51 } }))).toEqual([undefined]);
    expect(blocks(removing(5, 5, { allowDeleteAll: true }))).toEqual([undefined]);
  });

  it.each([
    { owned: 10, removed: 3, onRemove: 'deactivate', expected: [undefined] },
    { owned: 10, removed: 4, onRemove: 'deactivate', expected: ['DELETE_LIMIT'] },
    { owned: 200, removed: 51, onRemove: 'deactivate', expected: ['DELETE_LIMIT'] },
    { owned: 20, removed: 20, onRemove: 'deactivate', expected: ['DELETE_ALL'] },
    // What is left alone goes on running.
    { owned: 20, removed: 20, onRemove: 'keep', expected: [undefined] },
  ])(
    'switching off what no manifest describes ends its runs, too: $removed of $owned by $onRemove',
    (given) => {
      const { owned, removed, onRemove, expected } = given;
      const plan = removing(owned, removed, {}, { onRemove });
      expect(blocks(plan)).toEqual(expected);
      expect(new Set(plan.changes.map(({ action }) => action))).toEqual(
        new Set([onRemove === 'keep' ? 'forget' : 'deactivate']),
      );
      const isBlocked = expected[0] !== undefined;
      expect(plan.changes.every(({ operations }) => operations.length === 0)).toBe(
        isBlocked || onRemove === 'keep',
      );
    },
  );

  it('a removal that is refused by itself keeps its own reason, and what removes nothing is not held back', () => {
    const all = names(20);
    const gone = new Set(all.slice(0, 12));
    const plan = planWorld({
      desired: all.filter((name) => !gone.has(name)).map((name) => job(name, { description: 'new' })),
      live: all.map((name) => liveJob(name)),
      base: all.map((name) => entryOf(job(name, {}, { lifecycle: { protect: name === 'job0' } }))),
      policy: { prune: true },
    });
    const codes = Object.fromEntries(plan.changes.map(({ address, blocked }) => [address, blocked?.code]));
    expect(codes['MemoryJob/job0']).toBe('PROTECTED');
    expect(codes['MemoryJob/job1']).toBe('DELETE_LIMIT');
    expect(codes['MemoryJob/job12']).toBeUndefined();
    const updates = plan.changes.filter(({ action }) => action === 'update');
    expect(updates).toHaveLength(8);
    expect(updates.every(({ operations }) => operations.length > 0)).toBe(true);
  });

  it('a protected schedule keeps its own reason, too, beside others that are too many', () => {
    const schedules = Object.fromEntries(names(20).map((name) => [name, { every: 60 }]));
    const ids = Object.fromEntries(names(20).map((name) => [name, `s-${name}`]));
    const lifecycle = { protect: true };
    const plan = planWorld({
      desired: [job('a', { schedules: { job0: { every: 60 } } }, { lifecycle })],
      live: [
        liveJob(
          'a',
          {},
          names(20).map((name) => livePart(`s-${name}`, { description: name, every: 60 })),
        ),
      ],
      base: [entryOf(job('a', { schedules }, { lifecycle }), ids)],
      policy: { prune: true },
    });
    const parts = plan.changes[0]?.parts ?? [];
    expect(parts.map(({ blocked }) => blocked?.code)).toEqual(Array.from({ length: 19 }, () => 'PROTECTED'));
    expect(plan.changes[0]?.operations).toEqual([]);
  });

  it('what a manifest says is inactive is no removal, however many there are', () => {
    const all = names(20);
    const plan = planWorld({
      desired: all.map((name) => job(name, { active: false })),
      live: all.map((name) => liveJob(name)),
      base: all.map((name) => entryOf(job(name))),
      policy: { prune: true },
    });
    expect(plan.changes).toHaveLength(20);
    expect(blocks(plan)).toEqual([undefined]);
  });

  it.each(['delete', 'deactivate'] as const)(
    'schedules taken out count, too, with onRemove: %s',
    (onRemove) => {
      const lifecycle = { onRemove };
      const schedules = Object.fromEntries(names(20).map((name) => [name, { every: 60 }]));
      const ids = Object.fromEntries(names(20).map((name) => [name, `s-${name}`]));
      const live = [
        liveJob(
          'a',
          {},
          names(20).map((name) => livePart(`s-${name}`, { description: name, every: 60 })),
        ),
      ];
      const kept = Object.fromEntries(Object.entries(schedules).slice(7));
      const plan = planWorld({
        desired: [job('a', { schedules: kept }, { lifecycle })],
        live,
        base: [entryOf(job('a', { schedules }, { lifecycle }), ids)],
        policy: { prune: true },
      });
      expect(plan.changes[0]?.parts.filter((part) => part.blocked?.code === 'DELETE_LIMIT')).toHaveLength(7);
      expect(plan.changes[0]?.operations).toEqual([]);
    },
  );

  it('property: what passes the gates never deletes more than the policy allows', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 120 }),
        fc.integer({ min: 0, max: 120 }),
        fc.integer({ min: 0, max: 100 }),
        fc.integer({ min: 0, max: 60 }),
        (owned, gone, percent, count) => {
          const removed = Math.min(owned, gone);
          const plan = removing(owned, removed, { maxDeletes: { percent, count } });
          const deletes = plan.changes.filter(
            (change) => change.action === 'delete' && change.blocked === undefined,
          ).length;
          expect(deletes).toBeLessThanOrEqual(count);
          if (owned >= 10) expect((100 * deletes) / owned).toBeLessThanOrEqual(percent);
          expect(deletes).toBeLessThan(owned);
        },
      ),
      { numRuns: 200 },
    );
  });
});
