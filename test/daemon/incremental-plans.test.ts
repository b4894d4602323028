import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isRefusedTarget } from '../../src/core/refused-target.ts';
import type { Resource } from '../../src/core/resource.ts';
import { enginePasses } from '../../src/daemon/engine-passes.ts';
import type { SeenTarget } from '../../src/daemon/passes.ts';
import { planTarget } from '../../src/engine/plan.ts';
import type { TargetInput } from '../../src/engine/types.ts';
import { memoryProvider, memoryService } from '../support/memory-provider.ts';
import { memoryTarget } from '../support/memory-target.ts';
import { job } from '../support/memory-world.ts';

const names = ['a', 'b', 'c', 'd', 'e'] as const;
const minute = 60_000;

/** What a manifest of one name says. */
interface Wish {
  description: string;
  every?: number;
  movedFrom?: string;
  onRemove?: 'delete' | 'deactivate' | 'keep';
}

type Wishes = Partial<Record<string, Wish>>;

function resourceOf(name: string, { description, every, movedFrom, onRemove }: Wish): Resource {
  return job(
    name,
    { description, ...(every === undefined ? {} : { schedules: { s: { every } } }) },
    {
      ...(movedFrom === undefined || movedFrom === name ? {} : { movedFrom }),
      ...(onRemove === undefined ? {} : { lifecycle: { onRemove } }),
    },
  );
}

const name = fc.constantFrom(...names);
const wish = fc.record(
  {
    description: fc.constantFrom('', 'x', 'y'),
    every: fc.constantFrom(30, 60),
    movedFrom: name,
    onRemove: fc.constantFrom('delete' as const, 'deactivate' as const, 'keep' as const),
  },
  { requiredKeys: ['description'] },
);

const step = fc.oneof(
  fc.record({ do: fc.constant('edit' as const), name, wish }),
  fc.record({ do: fc.constant('remove' as const), name }),
  fc.record({ do: fc.constant('rename' as const), from: name, to: name }),
  fc.record({ do: fc.constant('all' as const), description: fc.constantFrom('v1', 'v2') }),
  fc.record({ do: fc.constant('click' as const), name, description: fc.constantFrom('clicked', 'x') }),
  fc.record({ do: fc.constant('delete live' as const), name }),
  fc.record({ do: fc.constant('make live' as const), name }),
  fc.record({ do: fc.constant('policy' as const), prune: fc.boolean() }),
  fc.record({ do: fc.constant('apply' as const) }),
  fc.record({ do: fc.constant('wait' as const) }),
);

/** A daemon's passes over one target, and beside them all that these were allowed to know. */
function setUp() {
  const target = memoryTarget();
  /** The service as the last whole observation saw it, with what was read since. */
  const known = memoryService();
  const knownProvider = memoryProvider(known);
  const daemon = enginePasses({
    concurrency: 1,
    redacted: (document) => document,
    isDirty: async () => false,
    progress: () => undefined,
  });
  let wishes: Wishes = {};
  let resources: Resource[] = [];
  let prune = true;
  let planned: SeenTarget | undefined;
  let before: readonly Resource[] = [];

  /** Like a reading that resolves only what is new: what says the same stays the same object. */
  function resolve(): TargetInput {
    const kept = new Map(resources.map((one) => [JSON.stringify(one), one]));
    resources = Object.entries(wishes).flatMap(([of, one]) => {
      if (one === undefined) return [];
      const made = resourceOf(of, one);
      return [kept.get(JSON.stringify(made)) ?? made];
    });
    return target.input(resources, { prune, allowEmpty: true, allowDeleteAll: true });
  }

  /** The identities that the manifests say something else about than in the plan before. */
  function moved(now: readonly Resource[]): Set<string> {
    const texts = new Set(before.map((one) => JSON.stringify(one)));
    const nowTexts = new Set(now.map((one) => JSON.stringify(one)));
    const others = [
      ...now.filter((one) => !texts.has(JSON.stringify(one))),
      ...before.filter((one) => !nowTexts.has(JSON.stringify(one))),
    ];
    return new Set(others.flatMap(({ identity, movedFrom }) => [identity, movedFrom ?? identity]));
  }

  return {
    async take(one: typeof step extends fc.Arbitrary<infer Step> ? Step : never): Promise<void> {
      const { service, clock } = target;
      if (one.do === 'edit') wishes = { ...wishes, [one.name]: one.wish };
      if (one.do === 'remove') wishes = { ...wishes, [one.name]: undefined };
      if (one.do === 'rename' && wishes[one.from] !== undefined && one.from !== one.to)
        wishes = {
          ...wishes,
          [one.from]: undefined,
          [one.to]: { description: '', ...wishes[one.from], movedFrom: one.from },
        };
      if (one.do === 'all')
        wishes = Object.fromEntries(
          Object.entries(wishes).map(([of, now]) => [of, now && { ...now, description: one.description }]),
        );
      if (one.do === 'click')
        for (const stored of service.objects)
          if (stored.name === one.name) stored.spec = { ...stored.spec, description: one.description };
      if (one.do === 'delete live')
        service.objects = service.objects.filter((stored) => stored.name !== one.name);
      if (one.do === 'make live' && service.objects.every((stored) => stored.name !== one.name))
        service.objects.push({
          id: `hand-${one.name}`,
          name: one.name,
          spec: { description: 'x' },
          parts: [],
        });
      if (one.do === 'policy') prune = one.prune;
      if (one.do === 'wait') clock.now += minute;
      if (one.do === 'apply' && planned !== undefined && !isRefusedTarget(planned.document)) {
        const addresses = planned.document.changes.map(({ address }) => address);
        const signal = new AbortController().signal;
        await daemon.apply(resolve(), { document: planned.document, addresses, signal });
      }
    },
    /** A quick plan, and one made from nothing over all that the quick one may know. */
    async plan(maxAge: number) {
      const input = resolve();
      const seen = await daemon.plan(input, { maxAge });
      if (seen.again) {
        for (const identity of moved(resources)) {
          const found = target.service.objects.filter((stored) => stored.name === identity);
          known.objects = [
            ...known.objects.filter((stored) => stored.name !== identity),
            ...structuredClone(found),
          ];
        }
      } else known.objects = structuredClone(target.service.objects);
      planned = seen;
      before = resources;
      const fresh = await planTarget({ ...input, provider: knownProvider });
      await fresh.close();
      return { seen, fresh };
    },
  };
}

/** How many requests a plan took is another matter. */
function withoutRequests<Document extends { requests: number }>({ requests: _requests, ...rest }: Document) {
  return rest;
}

describe('an incremental plan', () => {
  it('property: is the plan made from nothing, after any edits, removals, renames, drift, applies and settings', async () => {
    let again = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 25 }), async (steps) => {
        const world = setUp();
        await world.take({ do: 'edit', name: 'a', wish: { description: 'x', every: 30 } });
        await world.take({ do: 'edit', name: 'b', wish: { description: 'x' } });
        await world.plan(0);
        await world.take({ do: 'apply' });
        await world.plan(0);
        for (const one of steps) {
          await world.take(one);
          const { seen, fresh } = await world.plan(minute);
          if (seen.again) again += 1;
          expect(withoutRequests(seen.document)).toEqual(withoutRequests(fresh.document));
          expect(seen.drift).toEqual(fresh.drift);
        }
        // Everything is looked at again when that is asked for, whatever was remembered.
        const { seen, fresh } = await world.plan(0);
        expect(seen.again).toBe(false);
        expect(withoutRequests(seen.document)).toEqual(withoutRequests(fresh.document));
      }),
      { numRuns: 60 },
    );
    expect(again).toBeGreaterThan(200);
  });
});
