import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../src/core/json.ts';
import { mergePatch } from '../../src/manifest/merge-patch.ts';
import { createOverlay, type OverlayPatch } from '../../src/manifest/overlay.ts';

describe('a merge patch (RFC 7396)', () => {
  it.each<[Json, Json, Json]>([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [
      ['a', 'b'],
      ['c', 'd'],
      ['c', 'd'],
    ],
    [{ a: 'b' }, ['c'], ['c']],
    [{ a: 'foo' }, null, null],
    [{ a: 'foo' }, 'bar', 'bar'],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: 'b', c: null }, { a: 'b' }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])('%j with %j gives %j', (target, patch, expected) => {
    expect(mergePatch(target, patch)).toEqual(expected);
  });

  it('says the same when applied twice, and changes neither argument', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (target, patch) => {
        const before = JSON.stringify([target, patch]);
        const once = mergePatch(target as Json, patch as Json);
        expect(mergePatch(once, patch as Json)).toEqual(once);
        expect(JSON.stringify([target, patch])).toBe(before);
      }),
    );
  });

  it('cannot reach the prototype', () => {
    const patch: JsonObject = JSON.parse(
      '{"__proto__": {"polluted": true}, "constructor": {"prototype": {"polluted": true}}}',
    );
    mergePatch({}, patch);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });
});

const manifest: JsonObject = {
  apiVersion: 'reconcile/v1',
  kind: 'SapJob',
  metadata: { name: 'report1' },
  spec: { action: 'x', list: [1, 2] },
};

function apply(patches: OverlayPatch[], name = 'report1') {
  return createOverlay(patches).apply(manifest, 'SapJob', name);
}

describe('the patches of a target', () => {
  it('are applied in their order, each to what the one before left', () => {
    const { value, findings } = apply([
      { match: {}, merge: { spec: { action: 'y', extra: 1 } } },
      {
        match: {},
        patch: [
          { op: 'test', path: '/spec/action', value: 'y' },
          { op: 'replace', path: '/spec/action', value: 'z' },
        ],
      },
      { match: {}, merge: { spec: { extra: null } } },
    ]);
    expect(findings).toEqual([]);
    expect(value['spec']).toEqual({ action: 'z', list: [1, 2] });
    expect(manifest['spec']).toEqual({ action: 'x', list: [1, 2] });
  });

  it.each<[OverlayPatch['match'], boolean]>([
    [{}, true],
    [{ kind: 'SapJob' }, true],
    [{ kind: 'Sap*' }, true],
    [{ kind: 'SapTask' }, false],
    [{ name: 'report*' }, true],
    [{ name: 'report?' }, true],
    [{ name: 'report' }, false],
    [{ kind: 'SapJob', name: '{report1,other}' }, true],
    [{ kind: 'SapTask', name: 'report1' }, false],
  ])('match %j: %s', (match, expected) => {
    const overlay = createOverlay([{ match, merge: { spec: { hit: true } } }]);
    const { value } = overlay.apply(manifest, 'SapJob', 'report1');
    expect((value['spec'] as JsonObject)['hit'] === true).toBe(expected);
    expect(overlay.unused()).toEqual(expected ? [] : [0]);
  });

  it.each<[string, JsonObject, string]>([
    ['a failing test', { op: 'test', path: '/spec/action', value: 'no' }, 'PATCH_TEST_FAILED'],
    ['replacing what is not there', { op: 'replace', path: '/spec/nope', value: 1 }, 'PATCH_FAILED'],
    ['removing what is not there', { op: 'remove', path: '/nope/x' }, 'PATCH_FAILED'],
    ['adding below nothing', { op: 'add', path: '/nope/x', value: 1 }, 'PATCH_FAILED'],
    ['a wrong index', { op: 'add', path: '/spec/list/9', value: 1 }, 'PATCH_FAILED'],
    ['an index that is none', { op: 'add', path: '/spec/list/x', value: 1 }, 'PATCH_FAILED'],
    ['no value', { op: 'add', path: '/spec/x' }, 'PATCH_FAILED'],
    ['no from', { op: 'move', path: '/spec/x' }, 'PATCH_FAILED'],
    ['replacing the whole by text', { op: 'replace', path: '', value: 'x' }, 'PATCH_FAILED'],
    ['__proto__', { op: 'add', path: '/__proto__/polluted', value: true }, 'FORBIDDEN_KEY'],
    ['constructor', { op: 'add', path: '/constructor/prototype/polluted', value: true }, 'FORBIDDEN_KEY'],
    ['a copy from the prototype', { op: 'copy', from: '/__proto__', path: '/spec/x' }, 'FORBIDDEN_KEY'],
    ['another kind', { op: 'replace', path: '/kind', value: 'SapTask' }, 'PATCH_FORBIDDEN'],
  ])('refuse %s, naming the operation', (_what, operation, code) => {
    const { findings } = apply([
      { match: {}, merge: {} },
      { match: {}, patch: [operation] },
    ]);
    expect(findings).toMatchObject([{ code, severity: 'error', pointer: '/patches/1/patch/0' }]);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  it('remember which of them put a value where', () => {
    const { touches } = apply([
      { match: {}, merge: { spec: { a: 1, b: { c: 2 } } } },
      { match: {}, patch: [{ op: 'move', from: '/spec/a', path: '/spec/d' }] },
    ]);
    expect(touches).toEqual([
      { pointer: '/spec/a', index: 0, source: '/merge/spec/a' },
      { pointer: '/spec/b/c', index: 0, source: '/merge/spec/b/c' },
      { pointer: '/spec/d', index: 1, source: '/patch/0' },
      { pointer: '/spec/a', index: 1, source: '/patch/0' },
    ]);
  });
});
