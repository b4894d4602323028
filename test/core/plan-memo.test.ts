import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { difference } from '../../src/core/difference.ts';
import { detectDrift } from '../../src/core/drift.ts';
import { type PlanInput, planChanges } from '../../src/core/plan.ts';
import { PlanMemo } from '../../src/core/plan-memo.ts';
import { formatAddress, type LiveResource, type Resource } from '../../src/core/resource.ts';
import { contextWith, entryOf, job } from '../support/memory-world.ts';

const names = ['a', 'b', 'c', 'd', 'e', 'f'];
const name = fc.constantFrom(...names);

function liveObject(resource: Resource): LiveResource {
  const { kind, identity, spec, canonical } = resource;
  return { kind, identity, id: `id-${identity}`, spec, canonical, parts: [], facts: {} };
}

/** Each combination is one object, whenever it is asked for: what is not edited stays the same object. */
function pool<Item>(make: (...key: string[]) => Item): (...key: string[]) => Item {
  const made = new Map<string, Item>();
  return (...key) => {
    const text = key.join('\n');
    const item = made.get(text) ?? make(...key);
    made.set(text, item);
    return item;
  };
}

const wantedAs = pool((own: string, identity: string, description: string, movedFrom: string) => ({
  ...job(own, { description }, movedFrom === '' || movedFrom === own ? {} : { movedFrom }),
  identity,
}));
const liveAs = pool((identity: string, description: string) => liveObject(job(identity, { description })));
const ownedAs = pool((...owned: string[]) =>
  Object.fromEntries(
    owned.map((one) => {
      const [own = '', identity = ''] = one.split(' ');
      const entry = entryOf({ ...job(own, { description: 'x' }), identity });
      return [formatAddress(entry.kind, own), entry];
    }),
  ),
);

const description = fc.constantFrom('x', 'y');
/** Mostly its own name: two with one identity are possible, and seldom. */
const identityOf = (own: string, other: string, isOther: boolean): string => (isOther ? other : own);
const seldom = fc.integer({ min: 0, max: 4 }).map((number) => number === 0);

const desired = fc
  .uniqueArray(fc.tuple(name, name, seldom, description, name, seldom), { selector: ([own]) => own })
  .map((list) =>
    list.map(([own, other, isOther, text, from, isMoved]) =>
      wantedAs(own, identityOf(own, other, isOther), text, isMoved ? from : ''),
    ),
  );
const live = fc
  .array(fc.tuple(name, description), { maxLength: 8 })
  .map((list) => [...new Set(list.map(([identity, text]) => liveAs(identity, text)))]);
const inventory = fc
  .uniqueArray(fc.tuple(name, name, seldom), { selector: ([own]) => own })
  .map((list) =>
    ownedAs(...list.map(([own, other, isOther]) => `${own} ${identityOf(own, other, isOther)}`)),
  );

/** Of two sides mostly one changes at a time. */
function edited<Side>(side: fc.Arbitrary<Side>): fc.Arbitrary<Side | undefined> {
  return fc.option(side, { nil: undefined, freq: 1 });
}

describe('a memo of earlier plans', () => {
  it('property: changes no plan and no drift, whatever comes after whatever', () => {
    fc.assert(
      fc.property(
        inventory,
        inventory,
        fc.array(fc.tuple(edited(desired), edited(live), seldom), { minLength: 2, maxLength: 6 }),
        (first, second, steps) => {
          const memo = new PlanMemo();
          const context = contextWith({ prune: true });
          let [wanted, seen]: [Resource[], LiveResource[]] = [[], []];
          for (const [nextWanted, nextSeen, isOther] of steps) {
            wanted = nextWanted ?? wanted;
            seen = nextSeen ?? seen;
            const input: PlanInput = { desired: wanted, live: seen, inventory: isOther ? second : first };
            const told = planChanges(input, context, memo);
            const drift = detectDrift(input.inventory, seen, context, memo);
            // Two live objects with one identity: which of them counts is not told, and a service has none.
            if (new Set(seen.map(({ identity }) => identity)).size < seen.length) continue;
            expect(told).toEqual(planChanges(input, context));
            expect(drift).toEqual(detectDrift(input.inventory, seen, context));
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('is not asked for a part of the plan, and not spoilt by it', () => {
    const memo = new PlanMemo();
    const context = contextWith();
    const input = {
      desired: [wantedAs('a', 'a', 'y', '')],
      live: [liveAs('a', 'x')],
      inventory: ownedAs('a a'),
    };
    const whole = planChanges(input, context, memo);
    expect(planChanges({ ...input, selects: () => false }, context, memo).changes).toEqual([]);
    expect(planChanges(input, context, memo)).toEqual(whole);
    expect(whole.changes).toHaveLength(1);
  });

  it('plans what there is to do anew each time: its runs depend on the time', () => {
    const memo = new PlanMemo();
    const context = contextWith();
    const wanted = [job('a', { description: 'x', schedules: { s: { every: 30 } } })];
    const input = { desired: wanted, live: [], inventory: {} };
    planChanges(input, context, memo);
    const later = { ...context, now: context.now + 600_000 };
    expect(planChanges(input, later, memo)).toEqual(planChanges(input, later));
  });
});

describe('the difference of two lists', () => {
  const items = names.map((text) => ({ text }));
  const list = fc.uniqueArray(fc.constantFrom(...items));

  it('property: is what the one has and the other has not, in order', () => {
    fc.assert(
      fc.property(list, list, (before, now) => {
        expect(difference(before, now)).toEqual({
          gone: before.filter((item) => !now.includes(item)),
          fresh: now.filter((item) => !before.includes(item)),
        });
      }),
    );
  });
});
