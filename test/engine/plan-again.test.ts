import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PlanMemo } from '../../src/core/plan-memo.ts';
import type { Resource } from '../../src/core/resource.ts';
import { planTarget } from '../../src/engine/plan.ts';
import { type PlannedBefore, planAgain } from '../../src/engine/plan-again.ts';
import type { PlannedTarget, TargetInput } from '../../src/engine/types.ts';
import { memoryTarget } from '../support/memory-target.ts';
import { job } from '../support/memory-world.ts';

async function planned(input: TargetInput): Promise<PlannedBefore> {
  const memo = new PlanMemo();
  const plan = await planTarget(input, memo);
  const { observed, session } = plan;
  return { input, observed, memo, session };
}

/** All that is decided by a plan; how many requests it took is another matter. */
function told({ document: { requests: _requests, ...document }, drift }: PlannedTarget) {
  return { document, drift };
}

const steady = ['a', 'b', 'c', 'd'].map((name) => job(name, { description: name }));

describe('a plan made again over an earlier observation', () => {
  const name = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g');
  const every = fc.constantFrom(30, 60, 90);
  const jobs = fc
    .uniqueArray(
      fc.record({
        name,
        description: fc.constantFrom('', 'x', 'y'),
        every: fc.option(every, { nil: undefined }),
        movedFrom: fc.option(name, { nil: undefined, freq: 4 }),
      }),
      { selector: (one) => one.name, minLength: 1 },
    )
    .map((list) =>
      list.map((one) =>
        job(
          one.name,
          {
            description: one.description,
            ...(one.every === undefined ? {} : { schedules: { s: { every: one.every } } }),
          },
          one.movedFrom === undefined || one.movedFrom === one.name ? {} : { movedFrom: one.movedFrom },
        ),
      ),
    );

  it('property: is the plan that a whole observation gives, after any edits of the manifests', async () => {
    await fc.assert(
      fc.asyncProperty(
        jobs,
        fc.array(fc.record({ name, description: fc.constantFrom('clicked', 'x') }), { maxLength: 3 }),
        fc.array(jobs, { minLength: 1, maxLength: 4 }),
        async (first, clicks, edits) => {
          const target = memoryTarget();
          await target.apply(first);
          for (const { name: clicked, description } of clicks) {
            const stored = target.service.objects.find((object) => object.name === clicked);
            if (stored !== undefined) stored.spec = { ...stored.spec, description };
          }
          let before = await planned(target.input(first));
          let resources: readonly Resource[] = first;
          for (const edit of edits) {
            // What is not edited stays the same object, as in a reading that resolves only what is new.
            const kept = new Map(resources.map((one) => [JSON.stringify(one), one]));
            resources = edit.map((one) => kept.get(JSON.stringify(one)) ?? one);
            const input = target.input(resources);
            const again = await planAgain(input, before);
            if (again === undefined) throw new Error('expected a plan');
            const whole = await planTarget(input);
            expect(told(again)).toEqual(told(whole));
            before = { ...before, input, observed: again.observed };
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('reads what the manifests have changed, and sees what others did to it meanwhile', async () => {
    const target = memoryTarget();
    await target.apply(steady);
    const before = await planned(target.input(steady));
    for (const stored of target.service.objects) stored.spec = { ...stored.spec, description: 'clicked' };
    const seen: string[] = [];
    target.service.fault = (_kind, what) => {
      seen.push(what);
      return undefined;
    };
    const edited = [job('a', { description: 'edited' }), ...steady.slice(1)];
    const again = await planAgain(target.input(edited), before);
    expect(seen).toEqual(['one']);
    expect(again?.document.changes.map(({ address }) => address)).toEqual(['MemoryJob/a']);
    expect(again?.drift.map(({ address }) => address)).toEqual(['MemoryJob/a']);
    expect(again?.observed.observedAt).toBe(before.observed.observedAt);
  });

  it('keeps the gates over the whole set: an empty folder and too many deletions are refused', async () => {
    const target = memoryTarget();
    await target.apply(steady);
    const before = await planned(target.input(steady));
    const none = await planAgain(target.input([]), before);
    expect(none?.document.diagnostics.map(({ code }) => code)).toEqual(['EMPTY_SET']);
    expect(none?.document.changes.map(({ blocked }) => blocked?.code)).toEqual(
      steady.map(() => 'DELETE_ALL'),
    );
  });

  it.each([
    ['another policy', (input: TargetInput) => ({ ...input, policy: { ...input.policy, heal: [] } })],
    [
      'other credentials',
      (input: TargetInput) => ({
        ...input,
        connection: { ...input.connection, credentials: { key: 'new' } },
      }),
    ],
    ['another key for secrets', (input: TargetInput) => ({ ...input, stateKey: 'k'.repeat(32) })],
    [
      'more changes than are worth reading one by one',
      (input: TargetInput) => ({
        ...input,
        resources: Array.from({ length: 51 }, (_, n) => job(`new-${n}`)),
      }),
    ],
  ])('is not made with %s', async (_what, other) => {
    const target = memoryTarget();
    await target.apply(steady);
    const input = target.input(steady);
    expect(await planAgain(other(input), await planned(input))).toBeUndefined();
  });

  it('is not made where an apply was cut short', async () => {
    const target = memoryTarget();
    await target.apply(steady);
    const before = await planned(target.input(steady));
    const journal = { startedAt: '2026-01-01T00:00:00Z', actor: 'somebody', intents: {} };
    const observed = { ...before.observed, stored: { ...before.observed.stored, journal } };
    expect(await planAgain(target.input(steady), { ...before, observed: observed as never })).toBeUndefined();
  });
});
