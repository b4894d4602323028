import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import type { LivePart, Part } from '../../../src/core/resource.ts';
import { kindOf, livePart, part } from './support.ts';

interface Case {
  live: LivePart[];
  desired: Part[];
  remembered?: Record<string, string>;
  base?: Record<string, JsonObject>;
}

function correlate({ live, desired, remembered = {}, base = {} }: Case) {
  const { matched, ambiguous } = kindOf('SapJob').correlate({ live, desired, remembered, base });
  return {
    matched: Object.fromEntries(matched),
    ambiguous: Object.fromEntries(ambiguous.map(({ key, ids }) => [key, [...ids]])),
  };
}

const nine = { cron: '* * * * 9 0 0' };
const ten = { cron: '* * * * 10 0 0' };
const eleven = { cron: '* * * * 11 0 0' };

describe('SEMANTICS 2: the remembered id decides', () => {
  it('even when nothing else fits and another schedule fits better', () => {
    const live = [
      livePart('A', { ...ten, description: 'x' }),
      livePart('B', { ...nine, description: 'daily' }),
    ];
    expect(correlate({ live, desired: [part('daily', nine)], remembered: { daily: 'A' } })).toEqual({
      matched: { daily: 'A' },
      ambiguous: {},
    });
  });

  it('a key that left the manifest keeps its schedule, so that no other key can take it', () => {
    const live = [livePart('A', { ...nine, description: 'old' })];
    const found = correlate({
      live,
      desired: [part('fresh', { ...nine, description: 'other' })],
      remembered: { old: 'A' },
      base: { old: part('old', nine).canonical },
    });
    expect(found.matched).toEqual({ old: 'A' });
  });
});

describe('SEMANTICS 2: without a remembered id', () => {
  const cases: [string, Case, Record<string, string>, string[]][] = [
    [
      'equal in meaning and description wins over equal in meaning',
      {
        desired: [part('daily', nine)],
        live: [livePart('A', nine), livePart('B', { ...nine, description: 'daily' })],
      },
      { daily: 'B' },
      [],
    ],
    [
      'equal in meaning and description wins over the same description',
      {
        desired: [part('daily', nine)],
        live: [
          livePart('A', { ...ten, description: 'daily' }),
          livePart('B', { ...nine, description: 'daily' }),
        ],
      },
      { daily: 'B' },
      [],
    ],
    [
      'equal in meaning wins over the same description',
      {
        desired: [part('daily', nine)],
        live: [livePart('A', { ...ten, description: 'daily' }), livePart('B', nine)],
      },
      { daily: 'B' },
      [],
    ],
    [
      'the same description is the last resort',
      {
        desired: [part('daily', nine)],
        live: [livePart('A', { ...ten, description: 'daily' }), livePart('B', eleven)],
      },
      { daily: 'A' },
      [],
    ],
    ['nothing alike is nothing', { desired: [part('daily', nine)], live: [livePart('A', ten)] }, {}, []],
    [
      'two that are equal in meaning and description are ambiguous',
      {
        desired: [part('daily', nine)],
        live: [
          livePart('A', { ...nine, description: 'daily' }),
          livePart('B', { ...nine, description: 'daily' }),
        ],
      },
      {},
      ['daily'],
    ],
    [
      'two that are equal in meaning are ambiguous',
      {
        desired: [part('daily', nine)],
        live: [livePart('A', nine), livePart('B', { ...nine, description: 'x' })],
      },
      {},
      ['daily'],
    ],
    [
      'two with the same description are ambiguous',
      {
        desired: [part('daily', nine)],
        live: [
          livePart('A', { ...ten, description: 'daily' }),
          livePart('B', { ...eleven, description: 'daily' }),
        ],
      },
      {},
      ['daily'],
    ],
    [
      'an empty description recognises nothing by itself',
      { desired: [part('daily', { ...nine, description: '' })], live: [livePart('A', ten)] },
      {},
      [],
    ],
    [
      'two keys that could be one schedule are ambiguous',
      {
        desired: [part('a', { ...nine, description: 'x' }), part('b', { ...nine, description: 'y' })],
        live: [livePart('A', nine)],
      },
      {},
      ['a', 'b'],
    ],
    [
      'an ambiguous key does not keep others from being recognised',
      {
        desired: [part('a', nine), part('b', ten)],
        live: [livePart('A', nine), livePart('B', nine), livePart('C', ten)],
      },
      { b: 'C' },
      ['a'],
    ],
    [
      'the active one of two is meant when the manifest wants it active',
      {
        desired: [part('daily', nine)],
        live: [livePart('A', { ...nine, active: false }), livePart('B', nine)],
      },
      { daily: 'B' },
      [],
    ],
    [
      'one that was switched off is still recognised',
      { desired: [part('daily', nine)], live: [livePart('A', { ...nine, active: false })] },
      { daily: 'A' },
      [],
    ],
    [
      'what the manifest does not mention does not count',
      {
        desired: [part('daily', nine)],
        live: [livePart('A', { ...nine, data: { a: 1 }, endTime: '2030-01-01T00:00:00Z' })],
      },
      { daily: 'A' },
      [],
    ],
    [
      'what it mentions does',
      {
        desired: [part('daily', { ...nine, data: { a: 2 } })],
        live: [livePart('A', { ...nine, data: { a: 1 } })],
      },
      {},
      [],
    ],
  ];
  it.each(cases)('%s', (_what, input, matched, ambiguous) => {
    const found = correlate(input);
    expect([found.matched, Object.keys(found.ambiguous).sort()]).toEqual([matched, ambiguous]);
  });

  it('identical twins on both sides in equal number are interchangeable', () => {
    const twin = { ...nine, description: 'same' };
    const found = correlate({
      desired: [part('b', twin), part('a', twin)],
      live: [livePart('2', twin), livePart('1', twin)],
    });
    expect(found).toEqual({ matched: { a: '1', b: '2' }, ambiguous: {} });
  });

  it('twins in unequal number are not', () => {
    const twin = { ...nine, description: 'same' };
    const found = correlate({ desired: [part('a', twin), part('b', twin)], live: [livePart('1', twin)] });
    expect(Object.keys(found.ambiguous)).toEqual(['a', 'b']);
  });

  it('twins of which one carries other data are not', () => {
    const found = correlate({
      desired: [part('a', nine), part('b', nine)],
      live: [livePart('1', { ...nine, data: { x: 1 } }), livePart('2', nine)],
    });
    expect(Object.keys(found.ambiguous)).toEqual(['a', 'b']);
  });

  it('never gives one schedule to two keys, and does not depend on any order', () => {
    const value = fc.record({
      cron: fc.constantFrom('* * * * 9 0 0', '* * * * 10 0 0'),
      description: fc.constantFrom('x', 'y', ''),
      active: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.array(value, { maxLength: 4 }),
        fc.array(value, { maxLength: 4 }),
        fc.array(fc.nat(3), { maxLength: 2 }),
        (wanted, found, known) => {
          const desired = wanted.map((schedule, index) => part(`k${index}`, schedule));
          const live = found.map((schedule, index) => livePart(`id${index}`, schedule));
          const remembered = Object.fromEntries(known.map((id, index) => [`k${index}`, `id${id}`]));
          const one = correlate({ desired, live, remembered });
          const other = correlate({ desired: [...desired].reverse(), live: [...live].reverse(), remembered });
          const ids = Object.values(one.matched);
          expect(new Set(ids).size).toBe(ids.length);
          expect(one.matched).toEqual(other.matched);
          expect(new Set(Object.keys(one.ambiguous))).toEqual(new Set(Object.keys(other.ambiguous)));
          for (const key of Object.keys(one.ambiguous)) expect(one.matched[key]).toBeUndefined();
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('SEMANTICS 2: a renamed key with the same meaning keeps its schedule', () => {
  const base = { old: part('old', nine).canonical };
  const live = [livePart('A', { ...nine, description: 'old' })];

  it('when the description was only the key', () => {
    expect(
      correlate({ live, desired: [part('fresh', nine)], remembered: { old: 'A' }, base }).matched,
    ).toEqual({ fresh: 'A' });
  });

  it('when the description was written and stays', () => {
    const described = { ...nine, description: 'Daily report' };
    const found = correlate({
      live: [livePart('A', described)],
      desired: [part('fresh', described)],
      remembered: { old: 'A' },
      base: { old: part('old', described).canonical },
    });
    expect(found.matched).toEqual({ fresh: 'A' });
  });

  it('but not with another meaning', () => {
    expect(
      correlate({ live, desired: [part('fresh', ten)], remembered: { old: 'A' }, base }).matched,
    ).toEqual({ old: 'A' });
  });

  it('nor when two new keys could be it', () => {
    const found = correlate({
      live,
      desired: [part('x', nine), part('y', nine)],
      remembered: { old: 'A' },
      base,
    });
    expect([found.matched, found.ambiguous]).toEqual([{ old: 'A' }, { x: ['A'], y: ['A'] }]);
  });

  it('with movedFrom also with another meaning', () => {
    const moved = part('fresh', { ...ten, movedFrom: 'old' });
    expect(correlate({ live, desired: [moved], remembered: { old: 'A' }, base }).matched).toEqual({
      fresh: 'A',
    });
  });

  it('two renamed at once keep one each', () => {
    const two = [livePart('A', { ...nine, description: 'a' }), livePart('B', { ...ten, description: 'b' })];
    const found = correlate({
      live: two,
      desired: [part('x', nine), part('y', ten)],
      remembered: { a: 'A', b: 'B' },
      base: { a: part('a', nine).canonical, b: part('b', ten).canonical },
    });
    expect(found.matched).toEqual({ x: 'A', y: 'B' });
  });
});

describe('SEMANTICS 9: after a crash', () => {
  it('a remembered schedule that is gone is found again in its exact, inactive replacement', () => {
    const live = [livePart('NEW', { ...nine, description: 'daily', active: false })];
    expect(correlate({ live, desired: [part('daily', nine)], remembered: { daily: 'OLD' } }).matched).toEqual(
      { daily: 'NEW' },
    );
  });

  it('but never in one that only shares its description', () => {
    const live = [livePart('X', { ...ten, description: 'daily' })];
    expect(correlate({ live, desired: [part('daily', nine)], remembered: { daily: 'OLD' } }).matched).toEqual(
      {},
    );
  });
});
