import { describe, expect, it } from 'vitest';
import type { Impact } from '../../src/core/change.ts';
import { describeTarget } from '../../src/core/describe.ts';
import { detectDrift } from '../../src/core/drift.ts';
import { planChanges } from '../../src/core/plan.ts';
import type { Kind } from '../../src/core/provider.ts';
import { createSealer } from '../../src/core/seal.ts';
import { observeTarget } from '../../src/engine/observe.ts';
import { liveJob, memoryKind } from '../support/memory-kind.ts';
import { contextWith, entryOf, job, planWorld } from '../support/memory-world.ts';

const impact: Impact = {
  before: ['2026-03-01T13:00:00Z'],
  after: [],
  missed: ['2026-03-01T13:00:00Z'],
  extra: [],
  immediate: false,
  runLogsLost: false,
};

function planWith(kind: Partial<Kind>, allowImmediate = false) {
  const desired = [job('a', { description: 'new' }, { lifecycle: { allowImmediate } })];
  const base = { 'MemoryJob/a': entryOf(job('a', { description: 'old' })) };
  const context = { ...contextWith(), kind: () => ({ ...memoryKind, ...kind }) };
  return planChanges({ desired, live: [liveJob('a', { description: 'old' })], inventory: base }, context);
}

describe('SEMANTICS 7: a resource with runs of its own', () => {
  it('shows them with the change, in the plan document too, but not in the digest', () => {
    const planned = planWith({ outlook: () => ({ impact, warnings: ['mind this'] }) });
    const document = (of: typeof planned) =>
      describeTarget({
        name: 'dev',
        provider: 'memory',
        url: 'http://x',
        instance: 'i',
        lineage: undefined,
        requests: 0,
        planned: of,
        drifted: 0,
        diagnostics: [],
        sealer: createSealer(undefined),
        kind: () => memoryKind,
      });
    expect(document(planned).changes[0]).toMatchObject({ impact, warnings: ['mind this'] });
    const quiet = planWith({ outlook: () => ({ warnings: [] }) });
    expect(document(planned).digest).toBe(document(quiet).digest);
  });

  it('is refused where the write would start a run that nobody announced, unless it is allowed', () => {
    const outlook = () => ({ impact: { ...impact, immediate: true }, warnings: [] });
    expect(planWith({ outlook }).changes[0]).toMatchObject({
      operations: [],
      blocked: { code: 'RUNS_IMMEDIATELY' },
    });
    expect(planWith({ outlook }, true).changes[0]?.blocked).toBeUndefined();
    const announced = () => ({ impact: { ...impact, immediate: true, announced: true }, warnings: [] });
    expect(planWith({ outlook: announced }).changes[0]?.blocked).toBeUndefined();
  });
});

describe('SEMANTICS 1: an object that somebody made anew', () => {
  const wanted = job('a', { payload: { secret: 1 } });
  const base = [entryOf(wanted)];

  it('has lost what cannot be read: that is drift, and is put back', () => {
    const same = planWorld({ desired: [wanted], live: [liveJob('a')], base });
    expect(same.changes).toEqual([]);
    const live = [{ ...liveJob('a'), id: 'another' }];
    const { changes } = planWorld({ desired: [wanted], live, base });
    expect(changes[0]).toMatchObject({
      action: 'update',
      reason: 'drift',
      fields: [{ pointer: '/payload', reason: 'drift', healed: true }],
    });
    const inventory = { 'MemoryJob/a': entryOf(wanted) };
    expect(detectDrift(inventory, live, contextWith())[0]?.fields).toMatchObject([{ pointer: '/payload' }]);
    expect(detectDrift(inventory, [liveJob('a')], contextWith())).toEqual([]);
  });

  it('is left alone where drift is not healed', () => {
    const live = [{ ...liveJob('a'), id: 'another' }];
    const { changes, diagnostics } = planWorld({ desired: [wanted], live, base, policy: { heal: [] } });
    expect(changes).toEqual([]);
    expect(diagnostics.map(({ code }) => code)).toContain('DRIFT_LEFT');
  });

  it('is shown as unknown; of the object that we wrote what was last applied counts as live', () => {
    const edited = job('a', { payload: { secret: 2 } });
    const field = (id: string) =>
      planWorld({ desired: [edited], live: [{ ...liveJob('a'), id }], base }).changes[0]?.fields[0];
    expect(field('id-a')).toMatchObject({ live: { secret: 1 }, desired: { secret: 2 } });
    expect(field('another')?.live).toBeUndefined();
  });

  it('with nothing unreadable is no difference', () => {
    const plain = job('b');
    const live = [{ ...liveJob('b'), id: 'another' }];
    expect(planWorld({ desired: [plain], live, base: [entryOf(plain)] }).changes).toEqual([]);
  });
});

describe('observing', () => {
  it('tells a provider which objects are wanted, and which only the state names', async () => {
    const told: unknown[] = [];
    await observeTarget({
      session: {
        instance: async () => 'x',
        reader: { requests: 0, read: () => Promise.reject(new Error('no')) },
        observe: async (_kinds, known) => {
          told.push(...(known ?? []));
          return { resources: [], skew: 0, diagnostics: [] };
        },
        read: async () => null,
        close: async () => undefined,
      },
      kinds: ['MemoryJob'],
      desired: [job('a', { url: 'new' })],
      kind: () => memoryKind,
      inventory: {
        'MemoryJob/a': entryOf(job('a', { url: 'old' })),
        'MemoryJob/b': entryOf(job('b', { url: 'gone' })),
      },
      now: () => 0,
    });
    expect(told).toMatchObject([
      { kind: 'MemoryJob', identity: 'a', spec: { url: 'new' }, wanted: true },
      { kind: 'MemoryJob', identity: 'b', spec: { url: 'gone' }, wanted: false },
    ]);
  });
});
