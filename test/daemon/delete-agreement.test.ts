import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { PlanChange } from '../../src/core/plan-document.ts';
import { DeleteAgreement } from '../../src/daemon/delete-agreement.ts';
import { change } from './world.ts';

const removal = change('A/a', { action: 'delete', reason: 'removed' });
const part = { path: '/schedules/daily', action: 'delete' as const, reason: 'removed' as const };

it('a plan over an earlier observation confirms no deletion, but a whole one after it does', () => {
  const agreement = new DeleteAgreement();
  expect(agreement.compare([removal], true)).toEqual(['A/a']);
  expect(agreement.compare([removal], true)).toEqual(['A/a']);
  expect(agreement.compare([removal], false)).toEqual([]);
});

it('a deletion that a plan in between did not want has to be seen twice again', () => {
  const agreement = new DeleteAgreement();
  expect(agreement.compare([removal], false)).toEqual(['A/a']);
  expect(agreement.compare([], true)).toEqual([]);
  expect(agreement.compare([removal], false)).toEqual(['A/a']);
});

it('another deletion of the same object is another one: a part more, or the whole instead of a part', () => {
  const agreement = new DeleteAgreement();
  const one = change('A/a', { parts: [part] });
  const two = change('A/a', { parts: [part, { ...part, path: '/schedules/hourly' }] });
  expect(agreement.compare([one], false)).toEqual(['A/a']);
  expect(agreement.compare([two], false)).toEqual(['A/a']);
  expect(agreement.compare([two], false)).toEqual([]);
  expect(agreement.compare([removal], false)).toEqual(['A/a']);
});

it('property: what is confirmed was wanted by the plan right before, and is by this one, which looked at everything', () => {
  const kinds: Record<string, Partial<PlanChange>> = {
    edit: {},
    delete: { action: 'delete' },
    deactivate: { action: 'deactivate' },
    replace: { action: 'replace' },
    part: { parts: [part] },
  };
  const plan = fc.uniqueArray(
    fc.record({ name: fc.constantFrom('a', 'b', 'c'), kind: fc.constantFrom(...Object.keys(kinds)) }),
    { selector: ({ name }) => name, maxLength: 3 },
  );
  fc.assert(
    fc.property(fc.array(fc.record({ plan, again: fc.boolean() }), { maxLength: 12 }), (passes) => {
      const agreement = new DeleteAgreement();
      let before = new Set<string>();
      for (const { plan: wanted, again } of passes) {
        const texts = wanted.map(({ name, kind }) => `${name} ${kind}`);
        const open = agreement.compare(
          wanted.map(({ name, kind }) => change(name, kinds[kind])),
          again,
        );
        const expected = wanted.filter(
          ({ name, kind }) => kind !== 'edit' && (again || !before.has(`${name} ${kind}`)),
        );
        expect(open).toEqual(expected.map(({ name }) => name));
        before = new Set(texts);
      }
    }),
  );
});
