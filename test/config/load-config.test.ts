// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references look like that
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findConfig } from '../../src/config/find-config.ts';
import { loadConfig, parseConfig } from '../../src/config/load-config.ts';
import type { Finding } from '../../src/core/errors.ts';
import { temporaryFolder } from '../manifest/temporary-folder.ts';

const head = 'apiVersion: reconcile/v1\nkind: Config\nmanifests: ["jobs/**/*.yaml"]\n';
const minimal = `${head}targets:\n  dev:\n    provider: sap\n    credentials: {token: "\${env:T}"}\n`;

function parse(text: string) {
  return parseConfig(new TextEncoder().encode(text), '/p/reconcile.yaml', 'reconcile.yaml');
}

function brief(findings: readonly Finding[]): string[] {
  return findings.map(({ code, place }) => `${place?.line}:${place?.col} ${code}`);
}

function target(rest: string): string {
  return `${head}targets:\n  dev:\n    provider: sap\n    credentials: {token: t}\n    ${rest}\n`;
}

describe('the config', () => {
  it('is filled up with defaults', () => {
    const { config, findings } = parse(minimal);
    expect(findings).toEqual([]);
    expect(JSON.parse(JSON.stringify(config))).toEqual({
      file: '/p/reconcile.yaml',
      root: '/p',
      manifests: ['jobs/**/*.yaml'],
      state: { backend: 'file' },
      allowEnv: [],
      allowFiles: [],
      lint: { disable: [], runsPerMinute: 10 },
      targets: {
        dev: {
          name: 'dev',
          provider: 'sap',
          credentials: { token: '${env:T}' },
          variables: {},
          select: { labels: {} },
          patches: [],
          policy: {
            prune: false,
            adopt: 'never',
            maxDeletes: { percent: 30, count: 50 },
            allowDeleteAll: false,
            allowEmpty: false,
            heal: ['fields'],
          },
          watch: { mode: 'observe', interval: 60_000, windows: [], selfHeal: false },
          allowEnv: [],
        },
      },
    });
  });

  it('takes everything that the contract names', () => {
    const { config, findings } = parse(`${head}state: {backend: git, ref: refs/x}
allowEnv: [HOST]
allowFiles: [/etc/key.json]
targets:
  dev:
    provider: sap
    url: https://jobscheduler-rest.example
    tenant: {subdomain: acme}
    credentials: {serviceKey: "\${file:dev-key.json}"}
    variables: {appHost: dev.example.com, n: 5}
    select: {labels: {tier: batch}}
    patches:
      - match: {kind: SapJob, name: "report*"}
        merge: {spec: {active: false}}
      - match: {kind: SapJob, name: salesReportJob}
        patch: [{op: replace, path: /spec/httpMethod, value: PUT}]
    policy: {prune: true, adopt: equal, maxDeletes: {count: 5}, heal: [fields, active]}
    watch: {mode: auto, interval: 5m, windows: [{type: deny, cron: "0 8 * * *", duration: 2h}], selfHeal: true}
`);
    expect(findings).toEqual([]);
    const dev = config?.targets['dev'];
    expect(config).toMatchObject({ state: { backend: 'git', ref: 'refs/x' }, allowEnv: ['HOST'] });
    expect(dev).toMatchObject({
      policy: {
        prune: true,
        adopt: 'equal',
        maxDeletes: { percent: 30, count: 5 },
        heal: ['fields', 'active'],
      },
      watch: {
        mode: 'auto',
        interval: 300_000,
        windows: [{ type: 'deny', cron: '0 8 * * *', duration: 7_200_000, timeZone: 'UTC' }],
        selfHeal: true,
      },
      allowEnv: ['HOST'],
    });
    expect(dev?.locate('/patches/1/patch/0/value')).toEqual({ file: 'reconcile.yaml', line: 19, col: 62 });
  });

  it.each<[string, string, string[]]>([
    ['an unknown property', `${minimal}targts: {}\n`, ['8:1 UNKNOWN_PROPERTY']],
    [
      'a misspelt key, without advice about the references in it',
      `${minimal.replace('credentials', 'credential')}`,
      ['5:3 MISSING_PROPERTY', '7:5 UNKNOWN_PROPERTY'],
    ],
    ['no targets', head, ['1:1 MISSING_PROPERTY']],
    ['an empty map of targets', `${head}targets: {}\n`, ['4:10 EMPTY']],
    ['a wrong apiVersion', minimal.replace('reconcile/v1', 'v2'), ['1:13 WRONG_API_VERSION']],
    ['another kind', minimal.replace('Config', 'SapJob'), ['2:7 WRONG_VALUE']],
    ['an unknown provider', minimal.replace('provider: sap', 'provider: spa'), ['6:15 WRONG_VALUE']],
    ['a bad target name', minimal.replace('dev:', 'Dev_1:'), ['5:3 BAD_TARGET_NAME']],
    ['a name too long', minimal.replace('dev:', `${'a'.repeat(64)}:`), ['5:3 BAD_TARGET_NAME']],
    ['a name that begins with a dash', minimal.replace('dev:', '-dev:'), ['5:3 BAD_TARGET_NAME']],
    ['percent over 100', target('policy: {maxDeletes: {percent: 101}}'), ['8:36 OUT_OF_RANGE']],
    ['a negative count', target('policy: {maxDeletes: {count: -1}}'), ['8:34 OUT_OF_RANGE']],
    ['half an object', target('policy: {maxDeletes: {count: 1.5}}'), ['8:34 WRONG_TYPE']],
    ['a switch as text', target('policy: {prune: "true"}'), ['8:21 WRONG_TYPE']],
    ['an unknown way to heal', target('policy: {heal: [all]}'), ['8:21 WRONG_VALUE']],
    ['a bad interval', target('watch: {interval: soon}'), ['8:23 BAD_FORMAT']],
    ['a patch of neither sort', target('patches: [{match: {}}]'), ['8:15 EXACTLY_ONE']],
    ['a patch of both sorts', target('patches: [{match: {}, merge: {}, patch: []}]'), ['8:38 EXACTLY_ONE']],
    [
      'a path without slash',
      target('patches: [{match: {}, patch: [{op: remove, path: a}]}]'),
      ['8:54 BAD_FORMAT'],
    ],
    ['an unknown tenant field', target('tenant: {name: x}'), ['8:14 UNKNOWN_PROPERTY']],
    ['a pattern that leads out', minimal.replace('jobs/**', '../jobs/**'), ['3:13 PATTERN_OUTSIDE']],
    [
      'a reference where none is filled in',
      target('select: {labels: {a: "x${env:A}"}}'),
      ['8:28 REFERENCE_NOT_ALLOWED'],
    ],
    ['no credentials', `${head}targets: {dev: {provider: sap}}\n`, ['4:11 MISSING_PROPERTY']],
    ['duplicate targets', `${minimal}  dev: {}\n`, ['8:3 DUPLICATE_KEY']],
    ['broken YAML', 'a: [', ['1:5 YAML_SYNTAX']],
    ['nothing', '# empty\n', ['1:1 EMPTY_FILE']],
    ['two documents', `${minimal}---\na: b\n`, ['9:1 MANY_DOCUMENTS']],
    ['a list', '- a\n', ['1:1 WRONG_TYPE']],
  ])('is refused with its place: %s', (_what, text, expected) => {
    const { config, findings } = parse(text);
    expect(brief(findings)).toEqual(expected);
    expect(config).toBeUndefined();
    for (const { expected: wanted, remedy } of findings) expect(wanted ?? remedy).toEqual(expect.any(String));
  });

  it.each<[string, string[]]>([
    ['{}', ['EXACTLY_ONE']],
    ['{token: t, basic: {user: u, password: p}}', ['EXACTLY_ONE']],
    ['{basic: {user: u}}', ['MISSING_PROPERTY']],
    ['{basic: {user: u, passwrod: topsecret}}', ['MISSING_PROPERTY', 'UNKNOWN_PROPERTY']],
    ['{oauth: {tokenUrl: u, clientId: c}}', ['MISSING_PROPERTY']],
    ['{x509: {tokenUrl: u, clientId: c, certificate: x}}', ['MISSING_PROPERTY']],
    ['{ias: {tokenUrl: u, clientId: c}}', ['EXACTLY_ONE']],
    ['{ias: {tokenUrl: u, clientId: c, certificate: x}}', ['MISSING_PROPERTY']],
    ['{token: t, instance: i}', ['MISSING_PROPERTY']],
    ['{token: 12345}', ['WRONG_TYPE']],
    ['{vcap: [topsecret]}', ['WRONG_TYPE']],
    ['{ias: {tokenUrl: u, clientId: c, clientSecret: s, appTid: t, instanceId: i}}', []],
    ['{vcap: {jobscheduler: []}, instance: i}', []],
    ['{serviceKey: "${file:k.json}"}', []],
  ])('looks at the form of the credentials %s', (credentials, expected) => {
    const { findings } = parse(
      `${head}targets:\n  dev:\n    provider: sap\n    credentials: ${credentials}\n`,
    );
    expect(findings.map(({ code }) => code).sort()).toEqual(expected);
    expect(JSON.stringify(findings)).not.toContain('topsecret');
    expect(JSON.stringify(findings)).not.toContain('12345');
    for (const { place } of findings) expect(place?.line).toBe(7);
  });

  it('tells everything at once', () => {
    const text = `${head}targets:\n  A: {provider: x, credentials: {}}\n  b: {provider: sap, credentials: {}, polcy: {}}\n`;
    expect(brief(parse(text).findings)).toEqual([
      '5:3 BAD_TARGET_NAME',
      '5:17 WRONG_VALUE',
      '6:22 EXACTLY_ONE',
      '6:39 UNKNOWN_PROPERTY',
    ]);
  });
});

describe('finding the config', () => {
  it('looks in the folder and above, and names it relative to where the user is', async () => {
    const root = temporaryFolder({ 'a/reconcile.yaml': 'x: 1\n', 'reconcile.yaml': minimal });
    mkdirSync(join(root, 'a/b/c'), { recursive: true });
    mkdirSync(join(root, 'd'));
    expect(await findConfig(join(root, 'a/b/c'))).toBe(join(root, 'a/reconcile.yaml'));
    expect(await findConfig(join(root, 'd'))).toBe(join(root, 'reconcile.yaml'));
    const { findings } = await loadConfig({ cwd: join(root, 'a/b') });
    expect(findings[0]?.place?.file).toBe('../reconcile.yaml');
    expect((await loadConfig({ cwd: join(root, 'd') })).config?.root).toBe(root);
  });

  it('takes the named file, and says when there is none', async () => {
    const root = temporaryFolder({ 'other.yaml': minimal });
    expect((await loadConfig({ cwd: root, file: 'other.yaml' })).config?.file).toBe(join(root, 'other.yaml'));
    expect((await loadConfig({ cwd: root, file: 'nope.yaml' })).findings).toMatchObject([
      { code: 'UNREADABLE_FILE' },
    ]);
    const files = { list: async () => [], type: async () => undefined } as never;
    expect((await loadConfig({ cwd: root, files })).findings).toMatchObject([{ code: 'NO_CONFIG' }]);
  });

  it('refuses bytes that are no text and files that are too large', async () => {
    const root = temporaryFolder({ 'bad.yaml': new Uint8Array([0xff]), 'big.yaml': ' '.repeat(1_000_001) });
    expect((await loadConfig({ cwd: root, file: 'bad.yaml' })).findings).toMatchObject([
      { code: 'INVALID_UTF8' },
    ]);
    expect((await loadConfig({ cwd: root, file: 'big.yaml' })).findings).toMatchObject([
      { code: 'FILE_TOO_LARGE' },
    ]);
  });
});
