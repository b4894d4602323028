// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references look like that
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadManifests } from '../../src/manifest/load-manifests.ts';
import { createManifestCache } from '../../src/manifest/manifest-cache.ts';
import { createResolveMemo } from '../../src/manifest/resolve-memo.ts';
import { resolveTarget, type TargetRules } from '../../src/manifest/resolve-target.ts';
import { plainKind } from './plain-kind.ts';

const names = ['a', 'b', 'c'] as const;

/** Named in the service by one of its values: an edit may make it the same object as another one. */
const byAction = plainKind('SapSettings', { identity: (_name, { action }) => String(action) });

const often = <Value>(usual: Value, ...others: Value[]): fc.Arbitrary<Value> =>
  fc.oneof({ weight: 20, arbitrary: fc.constant(usual) }, ...others.map((one) => fc.constant(one)));

const edit = fc
  .record({
    own: fc.constantFrom(...names),
    kind: often<string>('SapJob', 'SapSettings', 'SapTask'),
    other: often(undefined, ...names),
    tier: often('batch', 'web'),
    action: fc.constantFrom('x', 'y', '${env:TOKEN}', '${var:known}'),
    movedFrom: often(undefined, ...names),
    second: often('', '---\n# nothing\n'),
  })
  .map(({ own, kind, other, tier, action, movedFrom, second }) => ({
    path: `${own}.yaml`,
    text: `apiVersion: reconcile/v1\nkind: ${kind}\nmetadata: {name: ${other ?? own}, labels: {tier: ${tier}}}\n${movedFrom === undefined ? '' : `moved: {from: ${movedFrom}}\n`}spec: {action: "${action}"}\n${second}`,
  }));

function plain(name: string, action = 'x'): string {
  return `apiVersion: reconcile/v1\nkind: SapJob\nmetadata: {name: ${name}, labels: {tier: batch}}\nspec: {action: ${action}}\n`;
}

const rules = fc.record({
  select: often<TargetRules['select']>({ labels: {} }, { labels: { tier: 'batch' } }),
  variables: often({ known: 'v' }, { known: 'w' }),
  patches: often<TargetRules['patches']>([], [{ match: { name: 'a' }, merge: { spec: { active: true } } }]),
});

describe('a target that is resolved again and again', () => {
  it('property: is what it would be if it were resolved for the first time', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ edits: fc.array(edit, { maxLength: 2 }), rules }), {
          minLength: 2,
          maxLength: 8,
        }),
        async (rounds) => {
          const bytes = (text: string) => new TextEncoder().encode(text);
          const files = new Map(names.map((name) => [`${name}.yaml`, bytes(plain(name))]));
          const cache = createManifestCache();
          const memo = createResolveMemo();
          for (const [round, { edits, rules: own }] of rounds.entries()) {
            for (const { path, text } of edits) files.set(path, bytes(text));
            const listed = [...files]
              .map(([path, content]) => ({ path, bytes: content }))
              .sort((a, b) => (a.path < b.path ? -1 : 1));
            const { manifests } = await loadManifests(
              { list: async () => ({ files: listed, findings: [] }) },
              { cache },
            );
            const target: TargetRules = { name: 'dev', allowEnv: ['TOKEN'], ...own };
            const input = {
              manifests,
              target,
              kinds: [plainKind('SapJob'), byAction],
              environment: { env: { TOKEN: `token of round ${round}` } },
              redact: () => undefined,
              now: 0,
            };
            expect(resolveTarget({ ...input, memo })).toEqual(resolveTarget(input));
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  /** Resolves the same three manifests again and again, each time with one of them edited. */
  function again() {
    const cache = createManifestCache();
    const memo = createResolveMemo();
    const texts = new Map(names.map((name) => [`${name}.yaml`, plain(name)]));
    return async (path: string, text: string, token = 'token') => {
      texts.set(path, text);
      const files = [...texts].map(([at, content]) => ({
        path: at,
        bytes: new TextEncoder().encode(content),
      }));
      const { manifests } = await loadManifests({ list: async () => ({ files, findings: [] }) }, { cache });
      return resolveTarget({
        manifests,
        target: { name: 'dev', variables: {}, select: { labels: {} }, patches: [], allowEnv: ['TOKEN'] },
        kinds: [plainKind('SapJob', { identity: (_name, { action }) => String(action) })],
        environment: { env: { TOKEN: token } },
        redact: () => undefined,
        now: 0,
        memo,
      });
    };
  }

  it('keeps the resources of manifests that were not edited as the same objects', async () => {
    const resolve = again();
    await resolve('a.yaml', plain('a', 'v'));
    const first = await resolve('b.yaml', plain('b', 'w'));
    const second = await resolve('b.yaml', plain('b', 'y'));
    expect(second.findings).toEqual([]);
    expect(second.resources[0]).toBe(first.resources[0]);
    expect(second.resources[1]?.spec).toMatchObject({ action: 'y' });
  });

  it('fills in the environment anew each time', async () => {
    const resolve = again();
    await resolve('a.yaml', plain('a', 'v'));
    await resolve('b.yaml', plain('b', 'w'));
    await resolve('b.yaml', plain('b', '"${env:TOKEN}"'), 'first');
    const { resources } = await resolve('b.yaml', plain('b', '"${env:TOKEN}"'), 'second');
    expect(resources.map(({ spec }) => spec['action'])).toEqual(['v', 'second', 'x']);
  });

  it('finds that an edit makes a manifest the same object as another one', async () => {
    const resolve = again();
    await resolve('a.yaml', plain('a', 'v'));
    expect((await resolve('b.yaml', plain('b', 'w'))).findings).toEqual([]);
    const { findings } = await resolve('b.yaml', plain('b', 'v'));
    expect(findings.map(({ code }) => code)).toEqual(['DUPLICATE_IDENTITY']);
  });
});
