import { describe, expect, it } from 'vitest';
import { liveJob, livePart } from '../support/memory-kind.ts';
import { entryOf, job, planWorld } from '../support/memory-world.ts';

const daily = { schedules: { daily: { every: 60 } } };
const liveDaily = livePart('s1', { description: 'daily', every: 60 });

describe('SEMANTICS 1: the table of three states, for resources', () => {
  it('creates what is only desired (new)', () => {
    const plan = planWorld({ desired: [job('a', daily)] });
    expect(plan.changes).toMatchObject([
      { action: 'create', reason: 'new', parts: [{ key: 'daily', action: 'create', reason: 'new' }] },
    ]);
    expect(plan.changes[0]?.operations.map((operation) => operation.step)).toEqual(['create']);
  });

  it.each([
    { adopt: 'never', equal: true, blocked: true },
    { adopt: 'never', equal: false, blocked: true },
    { adopt: 'equal', equal: true, blocked: false },
    { adopt: 'equal', equal: false, blocked: true },
    { adopt: 'always', equal: true, blocked: false },
    { adopt: 'always', equal: false, blocked: false },
  ] as const)(
    'desired and live without base: adopt $adopt, equal $equal, blocked $blocked',
    ({ adopt, equal, blocked }) => {
      const live = liveJob('a', { url: equal ? 'u' : 'other' }, [liveDaily]);
      const plan = planWorld({
        desired: [job('a', { url: 'u', ...daily })],
        live: [live],
        policy: { adopt },
      });
      expect(plan.changes).toHaveLength(1);
      const [change] = plan.changes;
      expect(change).toMatchObject({ action: 'adopt', reason: 'unowned' });
      expect(change?.blocked?.code).toBe(blocked ? 'UNOWNED' : undefined);
      expect(change?.operations).toHaveLength(blocked || equal ? 0 : 1);
    },
  );

  it('counts what is only live and never touches it', () => {
    const plan = planWorld({
      live: [liveJob('a', {}, [liveDaily]), liveJob('b')],
      policy: { prune: true, adopt: 'always' },
    });
    expect(plan.changes).toEqual([]);
    expect(plan.unmanaged).toEqual(['MemoryJob/a', 'MemoryJob/b']);
  });

  it.each([
    { desired: 'new', live: 'old', base: 'old', reason: 'edited' },
    { desired: 'old', live: 'other', base: 'old', reason: 'drift' },
    { desired: 'new', live: 'other', base: 'old', reason: 'conflict' },
    { desired: 'new', live: 'new', base: 'old', reason: undefined },
    { desired: 'old', live: 'old', base: 'old', reason: undefined },
  ])(
    'per field: desired $desired, live $live, base $base gives $reason',
    ({ desired, live, base, reason }) => {
      const plan = planWorld({
        desired: [job('a', { url: desired })],
        live: [liveJob('a', { url: live })],
        base: [entryOf(job('a', { url: base }))],
      });
      if (reason === undefined) {
        expect(plan.changes).toEqual([]);
        expect(plan.noop).toBe(1);
        return;
      }
      expect(plan.changes).toMatchObject([
        {
          action: 'update',
          reason,
          fields: [{ pointer: '/url', desired, live, base, reason, healed: true }],
        },
      ]);
    },
  );

  it('creates again what is ours and missing', () => {
    const wanted = job('a', daily);
    const plan = planWorld({ desired: [wanted], base: [entryOf(wanted, { daily: 's1' })] });
    expect(plan.changes).toMatchObject([
      { action: 'create', reason: 'missing', parts: [{ action: 'create', reason: 'missing' }] },
    ]);
  });

  it('reports what would be removed, and does not do it, while pruning is off', () => {
    const plan = planWorld({ live: [liveJob('a')], base: [entryOf(job('a'))], policy: { allowEmpty: true } });
    expect(plan.changes).toEqual([]);
    expect(plan.diagnostics).toMatchObject([{ code: 'PRUNE_OFF', severity: 'info', address: 'MemoryJob/a' }]);
  });

  it.each([
    { onRemove: 'delete', action: 'delete', steps: ['delete'] },
    { onRemove: 'deactivate', action: 'deactivate', steps: ['update'] },
    { onRemove: 'keep', action: 'forget', steps: [] },
  ] as const)('removes by onRemove: $onRemove gives $action', ({ onRemove, action, steps }) => {
    const gone = entryOf(job('a', {}, { lifecycle: { onRemove } }));
    const plan = planWorld({
      desired: [job('b')],
      live: [liveJob('a'), liveJob('b')],
      base: [gone, entryOf(job('b'))],
      policy: { prune: true, allowDeleteAll: true },
    });
    expect(plan.changes).toMatchObject([{ address: 'MemoryJob/a', action, reason: 'removed' }]);
    expect(plan.changes[0]?.operations.map((operation) => operation.step)).toEqual(steps);
  });

  it('forgets what is neither desired nor live any more', () => {
    const plan = planWorld({ base: [entryOf(job('a'))], policy: { allowEmpty: true } });
    expect(plan.changes).toMatchObject([{ action: 'forget', reason: 'removed', operations: [] }]);
  });

  it('leaves a field alone that is in neither desired nor base', () => {
    const wanted = job('a', { url: 'u' });
    const plan = planWorld({
      desired: [wanted],
      live: [liveJob('a', { url: 'u', data: { theirs: 1 } })],
      base: [entryOf(wanted)],
    });
    expect(plan.changes).toEqual([]);
  });

  it("gives a field back the service's default when it leaves the manifest", () => {
    const plan = planWorld({
      desired: [job('a')],
      live: [liveJob('a', { data: { ours: 1 } })],
      base: [entryOf(job('a', { data: { ours: 1 } }))],
    });
    expect(plan.changes).toMatchObject([
      { action: 'update', fields: [{ pointer: '/data', reason: 'edited', desired: null }] },
    ]);
  });

  it('compares by meaning, never by text', () => {
    const wanted = job('a', { schedules: { daily: { every: '60' } } });
    const plan = planWorld({
      desired: [wanted],
      live: [liveJob('a', {}, [liveDaily])],
      base: [entryOf(job('a', daily), { daily: 's1' })],
    });
    expect(plan.changes).toEqual([]);
  });

  it('compares fields that cannot be read back against the last applied version only', () => {
    const input = { live: [liveJob('a')], base: [entryOf(job('a', { payload: { a: 1 } }))] };
    expect(planWorld({ ...input, desired: [job('a', { payload: { a: 1 } })] }).changes).toEqual([]);
    expect(planWorld({ ...input, desired: [job('a', { payload: { a: 2 } })] }).changes).toMatchObject([
      { action: 'update', fields: [{ pointer: '/payload', reason: 'edited' }] },
    ]);
    const adopted = planWorld({
      live: [liveJob('a')],
      desired: [job('a', { payload: { a: 2 } })],
      policy: { adopt: 'equal' },
    });
    expect(adopted.changes).toMatchObject([{ action: 'adopt', fields: [], operations: [] }]);
  });

  it('says when both sides moved, and lets the manifest win', () => {
    const plan = planWorld({
      desired: [job('a', { url: 'mine' })],
      live: [liveJob('a', { url: 'theirs' })],
      base: [entryOf(job('a', { url: 'old' }))],
    });
    expect(plan.changes[0]?.target).toMatchObject({ url: 'mine' });
    expect(plan.changes[0]?.reason).toBe('conflict');
  });

  it('does not repeat what was released, and takes it back when the manifest returns', () => {
    const released = {
      ...entryOf(job('a')),
      released: { at: '2026-02-01T00:00:00Z', how: 'deactivate' as const },
    };
    const live = [liveJob('a', { active: false })];
    expect(planWorld({ live, base: [released], policy: { prune: true } }).changes).toEqual([]);
    const back = planWorld({ desired: [job('a')], live, base: [released] });
    expect(back.changes).toMatchObject([
      { action: 'update', reason: 'edited', fields: [{ pointer: '/active', desired: true, healed: true }] },
    ]);
    expect(back.changes[0]?.blocked).toBeUndefined();
  });
});

describe('SEMANTICS 1: ignore', () => {
  it('leaves ignored pointers out of the comparison and fills them with the live value in every write', () => {
    const lifecycle = { ignore: ['/schedules/daily/every', '/data/theirs'] };
    const wanted = job(
      'a',
      {
        url: 'new',
        data: { ours: 1, theirs: 0 },
        schedules: { daily: { every: 60, description: 'new text' } },
      },
      { lifecycle },
    );
    const plan = planWorld({
      desired: [wanted],
      live: [
        liveJob('a', { url: 'old', data: { ours: 2, theirs: 99 } }, [
          livePart('s1', { description: 'daily', every: 5 }),
        ]),
      ],
      base: [entryOf(job('a', { url: 'old', data: { ours: 1, theirs: 0 }, ...daily }), { daily: 's1' })],
    });
    expect(plan.changes).toMatchObject([
      {
        target: { url: 'new', data: { ours: 1, theirs: 99 } },
        parts: [{ target: { every: 5, description: 'new text' } }],
      },
    ]);
    expect(plan.changes[0]?.parts[0]?.fields.map((field) => field.pointer)).toEqual(['/description']);
  });

  it('treats the modes of a schedule as one: an ignored interval never turns into a mode change', () => {
    const lifecycle = { ignore: ['/schedules/daily/every'] };
    const wanted = job('a', daily, { lifecycle });
    const moved = livePart('s1', { description: 'daily', at: '2026-09-01T00:00:00Z' });
    expect(
      planWorld({
        desired: [wanted],
        live: [liveJob('a', {}, [moved])],
        base: [entryOf(wanted, { daily: 's1' })],
      }).changes,
    ).toEqual([]);
  });

  it('can leave a whole schedule to others', () => {
    const wanted = job('a', daily, { lifecycle: { ignore: ['/schedules/daily'] } });
    const other = livePart('s1', { description: 'else', active: false, every: 1 });
    expect(
      planWorld({
        desired: [wanted],
        live: [liveJob('a', {}, [other])],
        base: [entryOf(wanted, { daily: 's1' })],
      }).changes,
    ).toEqual([]);
  });
});

describe('SEMANTICS 1: the order of inputs changes nothing', () => {
  it('gives the same plan for shuffled manifests, pages and keys', () => {
    const desired = ['a', 'b', 'c', 'd'].map((name) => job(name, { url: 'new', ...daily }));
    const live = ['b', 'c', 'd', 'x'].map((name) => liveJob(name, { url: 'old' }, [liveDaily]));
    const base = [entryOf(job('x', daily), { daily: 's1' }), entryOf(job('b', daily), { daily: 's1' })];
    const policy = { prune: true, allowDeleteAll: true };
    const one = planWorld({ desired, live, base, policy });
    const two = planWorld({
      desired: [...desired].reverse(),
      live: [...live].reverse(),
      base: [...base].reverse(),
      policy,
    });
    expect(two).toEqual(one);
    expect(one.changes.map((change) => `${change.action} ${change.address}`)).toEqual([
      'create MemoryJob/a',
      'update MemoryJob/b',
      'adopt MemoryJob/c',
      'adopt MemoryJob/d',
      'delete MemoryJob/x',
    ]);
  });
});
