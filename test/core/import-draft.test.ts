import fc from 'fast-check';
import { expect, test } from 'vitest';
import { draftManifest } from '../../src/core/import-draft.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { liveJob, livePart, memoryKind } from '../support/memory-kind.ts';
import { job, planWorld } from '../support/memory-world.ts';

const text = fc.constantFrom('', 'daily', 'daily 2', 'every', 'toString', 'x (replaced)', 'a'.repeat(70));
const spec = fc.record({
  description: text,
  url: fc.constantFrom('https://a.example.com', null),
  active: fc.boolean(),
  data: fc.constantFrom(null, { a: 1 }),
});
const part = fc.oneof(
  fc.record({ description: text, active: fc.boolean(), every: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ description: text, active: fc.boolean(), at: fc.constant('2030-01-01T00:00:00.000Z') }),
);

test('a draft of any live object is adopted without a difference, and says no default', () => {
  fc.assert(
    fc.property(spec, fc.uniqueArray(part, { selector: (one) => JSON.stringify(one) }), (own, parts) => {
      const live = liveJob(
        'a',
        own as JsonObject,
        parts.map((one, index) => livePart(`p${index}`, one as JsonObject)),
      );
      const draft = draftManifest(live, memoryKind);
      expect(draft.parts.size).toBe(parts.length);
      for (const [field, value] of Object.entries(draft.spec)) {
        if (field !== 'schedules') expect(value).not.toEqual(memoryKind.resetValue(`/${field}`, false, 'a'));
      }
      const { changes } = planWorld({
        desired: [job('a', draft.spec)],
        live: [live],
        policy: { adopt: 'equal' },
      });
      const differing = changes.flatMap((change) => [
        ...change.fields,
        ...change.parts.flatMap(({ fields }) => fields),
      ]);
      expect(differing).toEqual([]);
      expect(changes.map(({ action }) => action)).toEqual(['adopt']);
    }),
  );
});

test('the same object gives the same draft, whatever the order of its parts', () => {
  const parts = [
    livePart('p2', { description: 'same', every: 1 }),
    livePart('p1', { description: 'same', every: 2 }),
  ];
  const forth = draftManifest(liveJob('a', {}, parts), memoryKind);
  const back = draftManifest(liveJob('a', {}, [...parts].reverse()), memoryKind);
  expect(back.spec).toEqual(forth.spec);
  expect([...forth.parts].map(([key, { id }]) => [key, id])).toEqual([
    ['same', 'p1'],
    ['same 2', 'p2'],
  ]);
});
