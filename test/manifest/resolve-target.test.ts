// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references look like that
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/core/errors.ts';
import type { Kind } from '../../src/core/provider.ts';
import { loadManifests } from '../../src/manifest/load-manifests.ts';
import { createManifestCache } from '../../src/manifest/manifest-cache.ts';
import { type ResolveInput, resolveTarget, type TargetRules } from '../../src/manifest/resolve-target.ts';
import { plainKind } from './plain-kind.ts';

const head = 'apiVersion: reconcile/v1\nkind: SapJob\n';
const secretsSeen: string[] = [];

function load(files: Record<string, string>) {
  const listed = Object.entries(files).map(([path, text]) => ({
    path,
    bytes: new TextEncoder().encode(text),
  }));
  return loadManifests({ list: async () => ({ files: listed, findings: [] }) });
}

const dev: TargetRules = {
  name: 'dev',
  variables: {},
  select: { labels: {} },
  patches: [],
  allowEnv: [],
  locate: (pointer) => ({ file: `config${pointer}`, line: 1, col: 1 }),
};

async function resolve(
  files: Record<string, string>,
  target: Partial<TargetRules> = {},
  more: Partial<Omit<ResolveInput, 'manifests' | 'target'>> = {},
) {
  secretsSeen.length = 0;
  const { manifests, findings } = await load(files);
  const resolved = resolveTarget({
    manifests,
    target: { ...dev, ...target },
    kinds: [plainKind('SapJob'), plainKind('SapSettings')],
    environment: { env: { TOKEN: 'tok-en-value' } },
    redact: (secret) => secretsSeen.push(secret),
    now: 0,
    ...more,
  });
  return { ...resolved, loading: findings };
}

function brief(findings: readonly Finding[]): string[] {
  return findings.map(({ code, place }) => `${place?.file}:${place?.line}:${place?.col} ${code}`);
}

function job(name: string, rest = 'spec: {action: x}'): string {
  return `${head}metadata: {name: ${name}}\n${rest}\n`;
}

describe('loading manifests', () => {
  it.each<[string, string, string]>([
    ['a list', '- a\n', 'x.yaml:1:1 WRONG_TYPE'],
    ['no apiVersion', 'kind: SapJob\n', 'x.yaml:1:1 WRONG_API_VERSION'],
    ['another apiVersion', 'apiVersion: v1\nkind: SapJob\n', 'x.yaml:1:13 WRONG_API_VERSION'],
    ['no kind', 'apiVersion: reconcile/v1\n', 'x.yaml:1:1 MISSING_KIND'],
    ['an unknown kind', 'apiVersion: reconcile/v1\nkind: SapJbo\n', 'x.yaml:2:7 UNKNOWN_KIND'],
    ['a kind that is no text', 'apiVersion: reconcile/v1\nkind: [a]\n', 'x.yaml:1:1 MISSING_KIND'],
  ])('refuses %s', async (_what, text, expected) => {
    const { manifests, findings } = await load({ 'x.yaml': text });
    expect(brief(findings)).toEqual([expected]);
    expect(manifests).toEqual([]);
  });

  it('passes over configs', async () => {
    const { manifests, findings } = await load({
      'reconcile.yaml': 'apiVersion: reconcile/v1\nkind: Config\n',
    });
    expect({ manifests, findings }).toEqual({ manifests: [], findings: [] });
  });

  it('reports everything about all files at once, in order', async () => {
    const { findings } = await load({
      'b.yaml': 'a: [',
      'a.yaml': '- 1\n---\nkind: SapJob\n',
      'c.json': '{',
    });
    expect(brief(findings)).toEqual([
      'a.yaml:1:1 WRONG_TYPE',
      'a.yaml:3:1 WRONG_API_VERSION',
      'b.yaml:1:5 YAML_SYNTAX',
      'c.json:1:2 JSON_SYNTAX',
    ]);
  });

  it('parses a file again only when its content has changed', async () => {
    const cache = createManifestCache();
    const listing = (text: string) => ({
      list: async () => ({
        files: [{ path: 'a.yaml', bytes: new TextEncoder().encode(text) }],
        findings: [],
      }),
    });
    const first = await loadManifests(listing(job('a')), { cache });
    const second = await loadManifests(listing(job('a')), { cache });
    const third = await loadManifests(listing(job('b')), { cache });
    expect(second.manifests[0]?.value).toBe(first.manifests[0]?.value);
    expect(third.manifests[0]?.name).toBe('b');
    await loadManifests({ list: async () => ({ files: [], findings: [] }) }, { cache });
    expect(cache.size).toBe(0);
  });
});

describe('a target', () => {
  it('takes the manifests of its kinds that have its labels', async () => {
    const files = {
      'a.yaml': `${head}metadata: {name: a, labels: {tier: batch, x: y}}\nspec: {action: x}\n`,
      'b.yaml': `${head}metadata: {name: b, labels: {tier: web}}\nspec: {action: x}\n`,
      'c.yaml': job('c'),
      'd.yaml':
        'apiVersion: reconcile/v1\nkind: SapTask\nmetadata: {name: d, labels: {tier: batch}}\nspec: {schedules: {}}\n',
    };
    const { resources } = await resolve(files, { select: { labels: { tier: 'batch' } } });
    expect(resources.map(({ address }) => address)).toEqual(['SapJob/a']);
    expect((await resolve(files)).resources.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
  });

  it('gets whole resources: lifecycle with defaults, labels, former name, place', async () => {
    const text = `# top\n${head}metadata: {name: a, labels: {t: u}}\nlifecycle: {protect: true, ignore: [/active]}\nmoved: {from: old}\nspec: {action: x}\n`;
    const { resources, findings } = await resolve({ 'a.yaml': text });
    expect(findings).toEqual([]);
    expect(resources).toEqual([
      {
        kind: 'SapJob',
        name: 'a',
        address: 'SapJob/a',
        identity: 'a',
        labels: { t: 'u' },
        lifecycle: {
          protect: true,
          onRemove: 'delete',
          ignore: ['/active'],
          sensitive: [],
          exclusive: false,
          allowImmediate: false,
          allowReplace: false,
        },
        movedFrom: 'old',
        spec: { action: 'x' },
        canonical: { action: 'x' },
        parts: [],
        secrets: [],
        place: { file: 'a.yaml', line: 2, col: 1 },
      },
    ]);
  });

  it('knows what is secret: filled in, listed, and by nature', async () => {
    const files = {
      'a.yaml': job(
        'a',
        'lifecycle: {sensitive: [/schedules/d/data/pin]}\nspec: {action: "x?k=${secret:TOKEN}", schedules: {d: {cron: c, data: {t: "${var:key}", pin: "1234"}}}}',
      ),
    };
    const kinds = [plainKind('SapJob', { secret: ['/authContext'] })];
    const { resources, findings } = await resolve(
      files,
      { variables: { key: '${secret:TOKEN}' } },
      { kinds },
    );
    expect(findings).toEqual([]);
    expect(resources[0]?.secrets).toEqual([
      '/action',
      '/authContext',
      '/schedules/d/data/pin',
      '/schedules/d/data/t',
    ]);
    expect([...new Set(secretsSeen)].sort()).toEqual(['1234', 'tok-en-value', 'x?k=tok-en-value']);
  });

  it('keeps the types of variables and checks after filling in', async () => {
    const files = { 'a.yaml': job('a', 'spec: {action: "https://${var:host}/", active: "${var:on}"}') };
    const good = await resolve(files, { variables: { host: 'h', on: false } });
    expect(good.resources[0]?.spec).toEqual({ action: 'https://h/', active: false });
    const bad = await resolve(files, { variables: { host: 'h', on: 'no' } });
    expect(brief(bad.findings)).toEqual(['a.yaml:4:48 WRONG_TYPE']);
    expect(bad.findings[0]?.message).toBe(
      '/spec/active is the text "no" (from "${var:on}" for target "dev").',
    );
  });

  it('never prints a secret that does not fit', async () => {
    const files = { 'a.yaml': job('a', 'spec: {action: x, httpMethod: "${secret:TOKEN}"}') };
    const { findings } = await resolve(files);
    expect(findings).toMatchObject([{ code: 'WRONG_VALUE' }]);
    expect(JSON.stringify(findings)).not.toContain('tok-en-value');
  });

  it('keeps secrets inside spec', async () => {
    const { findings } = await resolve({
      'a.yaml': `${head}metadata: {name: a, labels: {k: "\${secret:TOKEN}"}}\nspec: {action: x}\n`,
    });
    expect(brief(findings)).toEqual(['a.yaml:3:33 SECRET_OUTSIDE_SPEC']);
  });

  it('is validated offline without secrets: what depends on them is not checked', async () => {
    const rejectAll: Kind['validate'] = () => [
      { code: 'X', severity: 'error', message: 'm', pointer: '/spec/action' },
    ];
    const files = { 'a.yaml': job('a', 'spec: {action: "${secret:NOPE}", active: "${secret:NOPE}"}') };
    const kinds = [plainKind('SapJob', { validate: rejectAll })];
    expect((await resolve(files, {}, { kinds, placeholders: true })).findings).toEqual([]);
    expect(brief((await resolve(files)).findings)).toEqual([
      'a.yaml:4:17 UNRESOLVED_SECRET',
      'a.yaml:4:43 UNRESOLVED_SECRET',
    ]);
  });

  it('names the patch that made a manifest wrong, and its place in the config', async () => {
    const files = { 'jobs/a.yaml': job('a', 'spec: {action: x, active: true}') };
    const merge = await resolve(files, {
      patches: [{ match: {}, merge: { spec: { active: 'yes', nope: 1 } } }],
    });
    expect(brief(merge.findings)).toEqual([
      'config/patches/0/merge/spec/active:1:1 WRONG_TYPE',
      'config/patches/0/merge/spec/nope:1:1 UNKNOWN_PROPERTY',
    ]);
    expect(merge.findings[0]?.message).toContain('(in jobs/a.yaml:1 after patch 1 of target "dev")');
    const operations = await resolve(files, {
      patches: [
        { match: { name: 'b' }, merge: {} },
        {
          match: {},
          patch: [
            { op: 'remove', path: '/spec/action' },
            { op: 'add', path: '/spec/ansConfig', value: { onEror: true } },
          ],
        },
      ],
    });
    expect(brief(operations.findings)).toEqual(
      [
        'config/patches/0/match:1:1 PATCH_MATCHES_NOTHING',
        'config/patches/1/patch/1/value/onEror:1:1 UNKNOWN_PROPERTY',
        'config/patches/1/patch/0/value:1:1 MISSING_PROPERTY',
      ].sort(),
    );
  });

  it('says what is unresolved in a variable once, in the config', async () => {
    const { findings } = await resolve({ 'a.yaml': job('a') }, { variables: { x: '${env:NOPE}' } });
    expect(brief(findings)).toEqual(['config/variables/x:1:1 UNRESOLVED_ENV']);
  });

  it('takes findings of the kind at their character, also within blocks and quotes', async () => {
    const validate: Kind['validate'] = () => [
      { code: 'BAD_CRON', severity: 'error', message: 'm', pointer: '/spec/schedules/d/cron', offset: 4 },
      { code: 'HINT', severity: 'warning', message: 'm', pointer: '/spec/nowhere/else' },
    ];
    const kinds = [plainKind('SapJob', { validate })];
    const spec = (cron: string) => `spec:\n  action: x\n  schedules:\n    d:\n      cron: ${cron}\n`;
    const place = async (cron: string) =>
      brief((await resolve({ 'a.yaml': job('a', spec(cron)) }, {}, { kinds })).findings)[1];
    expect(await place('a b c d')).toBe('a.yaml:8:17 BAD_CRON');
    expect(await place('"a b c d"')).toBe('a.yaml:8:18 BAD_CRON');
    expect(await place('|-\n        a b c d')).toBe('a.yaml:9:13 BAD_CRON');
  });

  it('does not ask the rules about what the schema has refused', async () => {
    const validate: Kind['validate'] = () => {
      throw new Error('the shape is wrong');
    };
    const { findings } = await resolve(
      { 'a.yaml': job('a', 'spec: {action: 5}') },
      {},
      { kinds: [plainKind('SapJob', { validate })] },
    );
    expect(findings.map(({ code }) => code)).toEqual(['WRONG_TYPE']);
    await expect(
      resolve({ 'a.yaml': job('a') }, {}, { kinds: [plainKind('SapJob', { validate })] }),
    ).rejects.toThrow('the shape');
  });

  it.each<[string, string, string[]]>([
    ['/schedules/d/active', 'ignore', []],
    ['/description', 'ignore', []],
    ['/schedules/e/active', 'ignore', ['POINTER_NAMES_NOTHING']],
    ['/schedules/d/data/a/0', 'sensitive', []],
    ['/schedules/d/data/b', 'sensitive', ['POINTER_NAMES_NOTHING']],
    ['/nope', 'ignore', ['POINTER_NAMES_NOTHING']],
    ['/spec/active', 'ignore', ['POINTER_NAMES_NOTHING']],
    ['active', 'ignore', ['BAD_POINTER']],
    ['', 'ignore', ['BAD_POINTER']],
    ['/a~2', 'sensitive', ['BAD_POINTER']],
  ])('checks the pointer %j in %s', async (pointer, field, expected) => {
    const rest = `lifecycle: {${field}: ["${pointer}"]}\nspec: {action: x, schedules: {d: {cron: c, data: {a: [1]}}}}`;
    const { findings } = await resolve({ 'a.yaml': job('a', rest) });
    expect(findings.map(({ code }) => code)).toEqual(expected);
    if (expected.length > 0)
      expect(findings[0]?.place).toMatchObject({ line: 4, col: field === 'ignore' ? 22 : 25 });
  });
});

describe('two manifests for one thing', () => {
  it('in different files are an error that names both places', async () => {
    const { findings } = await resolve({ 'a.yaml': job('x'), 'b.yaml': `# comment\n${job('x')}` });
    expect(brief(findings)).toEqual(['b.yaml:4:18 DUPLICATE_NAME']);
    expect(findings[0]?.message).toBe('SapJob/x is also defined at a.yaml:3:18.');
  });

  it('with one identity in the service are an error too', async () => {
    const kinds = [plainKind('SapJob', { identity: () => 'same' })];
    const { findings } = await resolve({ 'a.yaml': job('x'), 'b.yaml': job('y') }, {}, { kinds });
    expect(brief(findings)).toEqual(['b.yaml:3:18 DUPLICATE_IDENTITY']);
    expect(findings[0]?.message).toContain('SapJob/x at a.yaml:3:18');
  });

  it('are fine in different kinds, and when a target selects only one', async () => {
    const settings =
      'apiVersion: reconcile/v1\nkind: SapSettings\nmetadata: {name: x}\nspec: {asyncExecTimeout: 60}\n';
    expect((await resolve({ 'a.yaml': job('x'), 'b.yaml': settings })).findings).toEqual([]);
    const labelled = `${head}metadata: {name: x, labels: {a: b}}\nspec: {action: x}\n`;
    const only = await resolve(
      { 'a.yaml': job('x'), 'b.yaml': labelled },
      { select: { labels: { a: 'b' } } },
    );
    expect(only.findings).toEqual([]);
  });

  it('by way of `moved` are an error', async () => {
    const moved = (name: string) => job(name, 'moved: {from: old}\nspec: {action: x}');
    expect(brief((await resolve({ 'a.yaml': job('old'), 'b.yaml': moved('n') })).findings)).toEqual([
      'b.yaml:4:15 MOVED_CONFLICT',
    ]);
    expect(brief((await resolve({ 'a.yaml': moved('m'), 'b.yaml': moved('n') })).findings)).toEqual([
      'b.yaml:4:15 MOVED_CONFLICT',
    ]);
  });
});

describe('SEMANTICS 1: the order of files and keys changes nothing', () => {
  it('for resources and findings', async () => {
    const documents = [
      ...['d', 'b', 'a', 'c'].map((name) => job(name)),
      job('bad', 'spec: {actoin: x}'),
      job('b2', 'spec: {action: "${var:nope}"}'),
    ];
    const files = documents.map((text, index) => [`f${index}.yaml`, text] as const);
    const expected = await resolve(Object.fromEntries(files));
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(files, { minLength: files.length }), async (shuffled) => {
        expect(await resolve(Object.fromEntries(shuffled))).toEqual(expected);
      }),
      { numRuns: 30 },
    );
    expect(expected.resources.map(({ name }) => name)).toEqual(['a', 'b', 'c', 'd']);
    expect(expected.findings).toHaveLength(3);
  });
});
