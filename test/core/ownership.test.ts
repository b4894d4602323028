import { describe, expect, it } from 'vitest';
import { liveJob, livePart } from '../support/memory-kind.ts';
import { entryOf, job, planWorld } from '../support/memory-world.ts';

const two = { schedules: { daily: { every: 60 }, weekly: { every: 7 } } };
const one = { schedules: { daily: { every: 60 } } };
const daily = livePart('s1', { description: 'daily', every: 60 });
const weekly = livePart('s2', { description: 'weekly', every: 7 });
const foreign = livePart('s9', { description: 'by hand', every: 3 });

describe('SEMANTICS 2: ownership is per part', () => {
  it('reports a schedule on our job that nobody owns, and leaves it alone', () => {
    const plan = planWorld({
      desired: [job('a', one)],
      live: [liveJob('a', {}, [daily, foreign])],
      base: [entryOf(job('a', one), { daily: 's1' })],
      policy: { prune: true },
    });
    expect(plan.changes).toEqual([]);
    expect(plan.diagnostics).toMatchObject([
      { code: 'UNOWNED_PARTS', message: expect.stringContaining('s9') },
    ]);
  });

  it.each([
    { exclusive: false, code: 'UNOWNED_PARTS' },
    { exclusive: true, code: undefined },
  ])(
    'an unowned schedule blocks the deletion of the job unless exclusive is $exclusive',
    ({ exclusive, code }) => {
      const gone = entryOf(job('a', one, { lifecycle: { exclusive } }), { daily: 's1' });
      const plan = planWorld({
        desired: [job('b')],
        live: [liveJob('a', {}, [daily, foreign]), liveJob('b')],
        base: [gone, entryOf(job('b'))],
        policy: { prune: true },
      });
      expect(plan.changes).toMatchObject([{ action: 'delete' }]);
      expect(plan.changes[0]?.blocked?.code).toBe(code);
    },
  );

  it.each([
    { prune: false, onRemove: 'delete', action: undefined },
    { prune: true, onRemove: 'delete', action: 'delete' },
    { prune: true, onRemove: 'deactivate', action: 'deactivate' },
    { prune: true, onRemove: 'keep', action: 'forget' },
  ] as const)(
    'a schedule taken out of the manifest: prune $prune, onRemove $onRemove gives $action',
    ({ prune, onRemove, action }) => {
      const wanted = job('a', one, { lifecycle: { onRemove } });
      const plan = planWorld({
        desired: [wanted],
        live: [liveJob('a', {}, [daily, weekly])],
        base: [entryOf(job('a', two), { daily: 's1', weekly: 's2' })],
        policy: { prune },
      });
      expect(plan.changes[0]?.parts[0]?.action).toBe(action);
      if (action === undefined)
        expect(plan.diagnostics).toMatchObject([{ code: 'PRUNE_OFF', path: '/schedules/weekly' }]);
    },
  );

  it('a schedule taken out of a protected manifest is not deleted', () => {
    const wanted = job('a', one, { lifecycle: { protect: true } });
    const plan = planWorld({
      desired: [wanted],
      live: [liveJob('a', {}, [daily, weekly])],
      base: [entryOf(job('a', two), { daily: 's1', weekly: 's2' })],
      policy: { prune: true },
    });
    expect(plan.changes[0]?.parts[0]?.blocked?.code).toBe('PROTECTED');
    expect(plan.changes[0]?.operations).toEqual([]);
  });

  it('takes a schedule over only as the adopt policy says, though the job is ours', () => {
    const input = {
      desired: [job('a', two)],
      live: [liveJob('a', {}, [daily, weekly])],
      base: [entryOf(job('a', one), { daily: 's1' })],
    };
    expect(planWorld(input).changes[0]?.parts).toMatchObject([
      {
        key: 'weekly',
        action: 'adopt',
        blocked: { code: 'UNOWNED', override: expect.stringContaining('policy.adopt: equal') },
      },
    ]);
    const adopted = planWorld({ ...input, policy: { adopt: 'equal' } }).changes[0];
    expect(adopted).toMatchObject({
      action: 'adopt',
      parts: [{ key: 'weekly', action: 'adopt' }],
      operations: [],
    });
  });

  it('never touches a look-alike with another id than the one we remember', () => {
    const twin = livePart('s7', { description: 'daily', every: 60 });
    const plan = planWorld({
      desired: [job('a', one)],
      live: [liveJob('a', {}, [twin])],
      base: [entryOf(job('a', one), { daily: 's1' })],
    });
    const part = plan.changes[0]?.parts[0];
    expect(part?.action === 'create' || part?.blocked?.code === 'UNOWNED').toBe(true);
    expect(plan.changes[0]?.operations.every((operation) => operation.step === 'create-part')).toBe(true);
  });

  it('reports ambiguity and guesses nothing', () => {
    const twins = [
      livePart('s5', { description: 'x', every: 60 }),
      livePart('s6', { description: 'y', every: 60 }),
    ];
    const plan = planWorld({
      desired: [job('a', one)],
      live: [liveJob('a', {}, twins)],
      base: [entryOf(job('a'))],
      policy: { adopt: 'always' },
    });
    expect(plan.changes[0]?.parts).toMatchObject([{ key: 'daily', blocked: { code: 'AMBIGUOUS' } }]);
    expect(plan.changes[0]?.operations).toEqual([]);
  });
});

describe('SEMANTICS 2: moved', () => {
  it('movedFrom keeps the schedule under its new key', () => {
    const wanted = job('a', {
      schedules: { nightly: { every: 5, description: 'daily', movedFrom: 'daily' } },
    });
    const plan = planWorld({
      desired: [wanted],
      live: [liveJob('a', {}, [daily])],
      base: [entryOf(job('a', one), { daily: 's1' })],
      policy: { prune: true },
    });
    expect(plan.changes[0]?.parts).toMatchObject([
      { key: 'nightly', action: 'update', fields: [{ pointer: '/every', reason: 'edited' }] },
    ]);
    expect(plan.changes[0]?.operations.map((operation) => operation.step)).toEqual(['update-part']);
  });

  it('moved.from takes the entry of the old name along', () => {
    const wanted = { ...job('new', {}, { movedFrom: 'old' }), identity: 'same' };
    const entry = { ...entryOf(job('old')), identity: 'same' };
    const plan = planWorld({
      desired: [wanted],
      live: [liveJob('same')],
      base: [entry],
      policy: { prune: true },
    });
    expect(plan.changes).toMatchObject([
      { address: 'MemoryJob/new', movedFrom: 'MemoryJob/old', operations: [] },
    ]);
  });
});

describe('SEMANTICS 2: kinds that exist by themselves', () => {
  const task = (spec = {}) => job('t', spec, { kind: 'MemoryTask' });

  it('a missing parent is an error', () => {
    expect(planWorld({ desired: [task(one)] }).changes).toMatchObject([
      { blocked: { code: 'PARENT_MISSING' }, operations: [] },
    ]);
  });

  it('the name may belong to another kind: nothing is said but that this kind has none', () => {
    const plan = planWorld({ desired: [task(one)], live: [liveJob('t')] });
    expect(plan.changes[0]?.blocked?.message).toBe(
      'there is no MemoryTask object called t in the service, and MemoryTask cannot create one',
    );
  });

  it('creates its schedules without adopting the parent', () => {
    const plan = planWorld({ desired: [task(one)], live: [liveJob('t', {}, [], 'MemoryTask')] });
    expect(plan.changes).toMatchObject([{ action: 'update', parts: [{ action: 'create', reason: 'new' }] }]);
    expect(plan.changes[0]?.blocked).toBeUndefined();
  });

  it('a foreign schedule on it is adopted only by policy', () => {
    const input = { desired: [task(one)], live: [liveJob('t', {}, [daily], 'MemoryTask')] };
    expect(planWorld(input).changes[0]?.parts[0]?.blocked?.code).toBe('UNOWNED');
    expect(planWorld({ ...input, policy: { adopt: 'equal' } }).changes[0]?.operations).toEqual([]);
  });

  it('removal releases', () => {
    const plan = planWorld({
      live: [liveJob('t', {}, [daily], 'MemoryTask')],
      base: [entryOf(task(one), { daily: 's1' })],
      policy: { prune: true, allowEmpty: true },
    });
    expect(plan.changes).toMatchObject([{ action: 'forget', operations: [] }]);
  });
});

describe('a resource under another identity', () => {
  const renamed = (lifecycle = {}) => ({ ...job('a', one, { lifecycle }), identity: 'new name' });
  const base = [entryOf(job('a', one), { daily: 's1' }), entryOf(job('b'))];
  const live = [liveJob('a', {}, [daily]), liveJob('b')];

  it('is a replace, never silently', () => {
    const plan = planWorld({ desired: [renamed(), job('b')], live, base });
    expect(plan.changes).toMatchObject([
      { action: 'replace', blocked: { code: 'REPLACE_WHOLE' }, operations: [] },
    ]);
    expect(
      planWorld({ desired: [renamed({ allowReplace: true }), job('b')], live, base }).changes[0]?.operations,
    ).not.toEqual([]);
    expect(
      planWorld({ desired: [renamed({ allowReplace: true, protect: true }), job('b')], live, base })
        .changes[0]?.blocked?.code,
    ).toBe('PROTECTED');
  });

  it('never takes the place of another object', () => {
    const plan = planWorld({
      desired: [renamed({ allowReplace: true }), job('b')],
      live: [...live, liveJob('new name')],
      base,
    });
    expect(plan.changes).toMatchObject([
      { action: 'replace', blocked: { code: 'IDENTITY_TAKEN' }, operations: [] },
    ]);
  });
});
