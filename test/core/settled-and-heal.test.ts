import { describe, expect, it } from 'vitest';
import { liveJob, livePart } from '../support/memory-kind.ts';
import { entryOf, job, planWorld } from '../support/memory-world.ts';

const PAST = '2026-02-01T00:00:00Z';
const FUTURE = '2026-09-01T00:00:00Z';
const once = (at: string, more = {}) => ({ schedules: { once: { at, ...more } } });

describe('SEMANTICS 4: some schedules are done', () => {
  it('switched off by the service after its run: no drift', () => {
    const live = [liveJob('a', {}, [livePart('s1', { description: 'once', at: PAST, active: false })])];
    expect(
      planWorld({
        desired: [job('a', once(PAST))],
        live,
        base: [entryOf(job('a', once(PAST)), { once: 's1' })],
        policy: { heal: ['fields', 'active'] },
      }).changes,
    ).toEqual([]);
  });

  it('deleted by the service after its run: not created again', () => {
    const wanted = job('a', once(PAST));
    expect(
      planWorld({ desired: [wanted], live: [liveJob('a')], base: [entryOf(wanted, { once: 's1' })] }).changes,
    ).toEqual([]);
  });

  it('left out when its missing job is created again', () => {
    const wanted = job('a', { schedules: { once: { at: PAST }, daily: { every: 60 } } });
    const plan = planWorld({ desired: [wanted], base: [entryOf(wanted, { once: 's1', daily: 's2' })] });
    expect(plan.changes[0]?.parts.map((part) => part.key)).toEqual(['daily']);
  });

  it('edits of its data do not activate it', () => {
    const live = [
      liveJob('a', {}, [livePart('s1', { description: 'once', at: PAST, active: false, data: { v: 1 } })]),
    ];
    const plan = planWorld({
      desired: [job('a', once(PAST, { data: { v: 2 } }))],
      live,
      base: [entryOf(job('a', once(PAST, { data: { v: 1 } })), { once: 's1' })],
      policy: { heal: ['fields', 'active'] },
    });
    expect(plan.changes[0]?.parts).toMatchObject([
      { action: 'update', target: { active: false, data: { v: 2 } } },
    ]);
  });

  it('a new time brings it back to life', () => {
    const live = [liveJob('a', {}, [livePart('s1', { description: 'once', at: PAST, active: false })])];
    const plan = planWorld({
      desired: [job('a', once(FUTURE))],
      live,
      base: [entryOf(job('a', once(PAST)), { once: 's1' })],
      policy: { heal: ['fields', 'active'] },
    });
    expect(plan.changes[0]?.parts).toMatchObject([
      { action: 'update', target: { active: true, at: FUTURE } },
    ]);
  });

  it('already past when first seen: a warning, never sent', () => {
    const plan = planWorld({ desired: [job('a', once(PAST))] });
    expect(plan.changes).toMatchObject([{ action: 'create', parts: [] }]);
    expect(plan.diagnostics).toMatchObject([
      { code: 'EXPIRED', severity: 'warning', path: '/schedules/once' },
    ]);
    expect(
      planWorld({ desired: [job('a', once(PAST))], live: [liveJob('a')], base: [entryOf(job('a'))] }).changes,
    ).toEqual([]);
  });
});

describe('SEMANTICS 5: what somebody switched off', () => {
  const wanted = job('a', { schedules: { daily: { every: 60 } } });
  const base = [entryOf(wanted, { daily: 's1' })];

  it.each([
    { heal: ['fields'], changes: 0, left: 2 },
    { heal: ['fields', 'active'], changes: 1, left: 0 },
    { heal: [], changes: 0, left: 2 },
  ] as const)('heal $heal', ({ heal, changes, left }) => {
    const live = [
      liveJob('a', { active: false }, [livePart('s1', { description: 'daily', every: 60, active: false })]),
    ];
    const plan = planWorld({ desired: [wanted], live, base, policy: { heal } });
    expect(plan.changes).toHaveLength(changes);
    expect(plan.diagnostics.filter((diagnostic) => diagnostic.code === 'DRIFT_LEFT')).toHaveLength(left);
  });

  it('stays off in a write for another reason', () => {
    const live = [liveJob('a', {}, [livePart('s1', { description: 'daily', every: 5, active: false })])];
    const plan = planWorld({ desired: [wanted], live, base });
    expect(plan.changes[0]?.parts).toMatchObject([
      { action: 'update', reason: 'drift', target: { every: 60, active: false } },
    ]);
  });

  it('what somebody switched on is switched off again', () => {
    const off = job('a', { active: false });
    const plan = planWorld({ desired: [off], live: [liveJob('a', { active: true })], base: [entryOf(off)] });
    expect(plan.changes).toMatchObject([{ reason: 'drift', target: { active: false } }]);
  });

  it('other drift is not put back without "fields"', () => {
    const plan = planWorld({
      desired: [job('a', { url: 'u' })],
      live: [liveJob('a', { url: 'x' })],
      base: [entryOf(job('a', { url: 'u' }))],
      policy: { heal: [] },
    });
    expect(plan.changes).toEqual([]);
    expect(plan.diagnostics).toMatchObject([{ code: 'DRIFT_LEFT' }]);
  });

  it('a write that would start an unannounced run is blocked unless it is allowed', () => {
    const bad = (allowImmediate: boolean) =>
      job('a', { schedules: { daily: { every: 666 } } }, { lifecycle: { allowImmediate } });
    const live = [liveJob('a', {}, [livePart('s1', { description: 'daily', every: 60 })])];
    expect(planWorld({ desired: [bad(false)], live, base }).changes[0]?.parts[0]?.blocked?.code).toBe(
      'RUNS_IMMEDIATELY',
    );
    expect(planWorld({ desired: [bad(true)], live, base }).changes[0]?.parts[0]?.blocked).toBeUndefined();
  });

  it("a start that the engine chose itself counts as the manifest's until somebody moves it", () => {
    const [entry] = base;
    if (entry === undefined) throw new Error('no entry');
    const effective = {
      ...entry,
      parts: {
        daily: {
          ...entry.parts['daily'],
          id: 's1',
          ownedSince: '',
          spec: { ...wanted.parts[0]?.spec, startTime: 'X' },
          effective: { startTime: 'E' },
        },
      },
    };
    const withStart = job('a', { schedules: { daily: { every: 60, startTime: 'X' } } });
    const seen = (startTime: string) => [
      liveJob('a', {}, [livePart('s1', { description: 'daily', every: 60, startTime })]),
    ];
    expect(planWorld({ desired: [withStart], live: seen('E'), base: [effective] }).changes).toEqual([]);
    expect(planWorld({ desired: [withStart], live: seen('Z'), base: [effective] }).changes).toMatchObject([
      { parts: [{ fields: [{ pointer: '/startTime', reason: 'drift' }] }] },
    ]);
    const moved = job('a', { schedules: { daily: { every: 60, startTime: 'Y' } } });
    expect(planWorld({ desired: [moved], live: seen('E'), base: [effective] }).changes).toMatchObject([
      { parts: [{ fields: [{ pointer: '/startTime', reason: 'edited' }] }] },
    ]);
  });
});

describe('SEMANTICS 6: replace', () => {
  it('a mode change creates the new schedule inactive before it deletes the old one', () => {
    const wanted = job('a', { schedules: { daily: { at: FUTURE } } });
    const live = [liveJob('a', {}, [livePart('s1', { description: 'daily', every: 60 })])];
    const [change] = planWorld({
      desired: [wanted],
      live,
      base: [entryOf(job('a', { schedules: { daily: { every: 60 } } }), { daily: 's1' })],
    }).changes;
    expect(change).toMatchObject({ action: 'update', parts: [{ action: 'replace', reason: 'edited' }] });
    expect(change?.operations.map((operation) => operation.step)).toEqual([
      'create-inactive',
      'delete-part',
      'activate-part',
    ]);
  });

  it.each([
    { lifecycle: {}, code: 'REPLACE_WHOLE' },
    { lifecycle: { allowReplace: true }, code: undefined },
    { lifecycle: { allowReplace: true, protect: true }, code: 'PROTECTED' },
  ])('a whole object is never replaced silently: $lifecycle gives $code', ({ lifecycle, code }) => {
    const input = {
      live: [liveJob('a', { solid: 1 }), liveJob('b')],
      base: [entryOf(job('a', { solid: 1 })), entryOf(job('b'))],
    };
    const plan = planWorld({ ...input, desired: [job('a', { solid: 2 }, { lifecycle }), job('b')] });
    expect(plan.changes).toMatchObject([{ action: 'replace' }]);
    expect(plan.changes[0]?.blocked?.code).toBe(code);
  });

  it('says what can never be changed', () => {
    const plan = planWorld({
      desired: [job('a', { frozen: 2 })],
      live: [liveJob('a', { frozen: 1 })],
      base: [entryOf(job('a', { frozen: 1 }))],
    });
    expect(plan.changes[0]?.blocked).toMatchObject({ code: 'IMPOSSIBLE' });
  });
});
