import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyDiffs, diffFields, leaves } from '../../src/core/diff.ts';
import { canonicalText, equalJson, type Json, type JsonObject } from '../../src/core/json.ts';
import { formatPointer, getAt, parsePointer, setAt } from '../../src/core/pointer.ts';
import { createSealer, equalsBase, hideAt, sealAt } from '../../src/core/seal.ts';

const json = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as Json);
const key = fc.string({ maxLength: 8 }).filter((text) => text !== '__proto__');
const spec = fc.dictionary(key, json, { maxKeys: 5 }).map((value) => ({ ...value }) as JsonObject);
const both = (value: JsonObject) => ({ spec: value, canonical: value });

function diff(desired: JsonObject, live: JsonObject, base: JsonObject | undefined, stateKey?: string) {
  return diffFields({
    desired: both(desired),
    live: both(live),
    base: base === undefined ? undefined : both(base),
    atomic: [],
    unreadable: [],
    ignore: [],
    resetValue: () => null,
    sealer: createSealer(stateKey),
    heals: () => true,
  });
}

describe('the three-way comparison', () => {
  it('finds nothing between equals', () => {
    fc.assert(
      fc.property(spec, (value) => {
        expect(diff(value, value, value)).toEqual([]);
      }),
    );
  });

  it('after the write there is nothing left: applying the differences to live gives what was wanted', () => {
    fc.assert(
      fc.property(spec, spec, fc.option(spec, { nil: undefined }), (desired, live, base) => {
        const written = applyDiffs(live, diff(desired, live, base));
        expect(diff(desired, written, desired)).toEqual([]);
        for (const pointer of leaves(desired, []))
          expect(equalJson(getAt(written, pointer), getAt(desired, pointer))).toBe(true);
      }),
    );
  });

  it('touches nothing that neither desired nor base mentions', () => {
    fc.assert(
      fc.property(spec, spec, (desired, live) => {
        const written = applyDiffs(live, diff(desired, live, undefined));
        for (const field of Object.keys(live)) {
          if (!Object.hasOwn(desired, field)) expect(written[field]).toEqual(live[field]);
        }
      }),
    );
  });

  it('is deterministic: the order of keys changes nothing', () => {
    const reversed = (value: JsonObject): JsonObject => Object.fromEntries(Object.entries(value).reverse());
    fc.assert(
      fc.property(spec, spec, spec, (desired, live, base) => {
        expect(diff(reversed(desired), reversed(live), reversed(base))).toEqual(diff(desired, live, base));
      }),
    );
  });
});

describe('pointers', () => {
  it('parse what they format', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (tokens) => {
        expect(parsePointer(formatPointer(tokens))).toEqual(tokens);
      }),
    );
  });

  it('setAt then getAt, and the original is not touched', () => {
    fc.assert(
      fc.property(spec, fc.array(key, { minLength: 1, maxLength: 3 }), json, (root, tokens, value) => {
        const before = canonicalText(root);
        const pointer = formatPointer(tokens);
        const next = setAt(root, pointer, value);
        if (
          !tokens
            .slice(0, -1)
            .some((_, index) => Array.isArray(getAt(root, formatPointer(tokens.slice(0, index + 1)))))
        ) {
          expect(getAt(next, pointer)).toEqual(value);
        }
        expect(canonicalText(root)).toBe(before);
      }),
    );
  });

  it('never reach the prototype', () => {
    expect(getAt({}, '/__proto__/polluted')).toBeUndefined();
    expect(getAt({}, '/constructor')).toBeUndefined();
    setAt({}, '/__proto__/polluted', true);
    expect(({} as JsonObject)['polluted']).toBeUndefined();
  });
});

describe('seals', () => {
  it('are equal for equal values under one key, and say nothing without a key', () => {
    fc.assert(
      fc.property(json, json, (a, b) => {
        const sealer = createSealer('key');
        expect(equalsBase(a ?? 1, sealer.seal(a ?? 1), sealer)).toBe(true);
        if (!equalJson(a, b)) expect(sealer.seal(a).$sealed).not.toBe(sealer.seal(b).$sealed);
        expect(createSealer(undefined).seal(a)).toEqual({ $sealed: 'unverifiable' });
        expect(equalsBase(b, createSealer(undefined).seal(a), sealer)).toBe(true);
        expect(equalsBase(b, createSealer('another').seal(a), sealer)).toBe(true);
      }),
    );
  });

  it('hide every value at or below a secret pointer', () => {
    const value = { data: { token: 'x', deep: { a: ['x'] } }, url: 'x', n: null };
    expect(hideAt(value, ['/data/token', '/data/deep', '/n', '/missing'])).toEqual({
      data: { token: '(sensitive)', deep: '(sensitive)' },
      url: 'x',
      n: null,
    });
    expect(hideAt(value, [''])).toEqual({ data: '(sensitive)', url: '(sensitive)', n: null });
    expect(hideAt(sealAt(value, ['/data'], createSealer('k')), [])).toMatchObject({ data: '(sensitive)' });
  });
});
