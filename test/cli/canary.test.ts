import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Io } from '../../src/cli/io.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { type Emulator, type EmulatorSeed, startEmulator } from '../../src/emulator/index.ts';
import { noon, type Ran, runCli } from './fake-io.ts';
import { type ProjectFolder, projectFolder } from './project-folder.ts';

/** Every place a secret can come from has one of its own; the marks are what is looked for. */
const canaries = {
  token: 'mkTok7QpZr2Lm4/ä "quoted" \\back+slash=%&<b>',
  sensitive: 'mkSen8RqYs3Kn5?a=b',
  embedded: 'mkEmb9SrXt4Jo6:x',
  stateKey: 'mkKey1TsWu5Ip7-state-key',
  authContext: 'mkAut2UtVv6Hq8_auth',
  riversandSecret: 'mkRiv3VuUw7Gr9!client',
  basicPassword: 'mkBas4WvTx8Fs1@pw',
  fileSecret: 'mkFil5XwSy9Et2#file',
  proxyPassword: 'mkPrx6YxRz1Du3',
  recreate: 'mkRec7ZyQa2Cv4 recreate',
} as const;

const marks = Object.values(canaries).map((value) => value.slice(0, 14));

/** The mark in every spelling it could be hidden in. */
function spellingsOf(mark: string): string[] {
  const base64 = [0, 1, 2].flatMap((offset) => {
    const text = Buffer.from(`${'x'.repeat(offset)}${mark}`)
      .toString('base64')
      .replaceAll('=', '');
    const inner = text.slice(Math.ceil((offset * 8) / 6), -1);
    return [inner, inner.replaceAll('+', '-').replaceAll('/', '_')];
  });
  return [mark, Buffer.from(mark).toString('hex'), [...mark].reverse().join(''), ...base64];
}

function findLeaks(text: string): string[] {
  return marks.flatMap((mark) =>
    spellingsOf(mark)
      .filter((spelling) => text.toLowerCase().includes(spelling.toLowerCase()))
      .map((spelling) => {
        const at = text.toLowerCase().indexOf(spelling.toLowerCase());
        return `${mark}: …${text.slice(Math.max(0, at - 80), at + spelling.length + 20)}`;
      }),
  );
}

const manifests = {
  'jobs/sap.yaml': `apiVersion: reconcile/v1
kind: SapJob
metadata: {name: report}
lifecycle: {sensitive: [/schedules/daily/data/card, /schedules/daily/data/deep]}
spec:
  description: A job
  action: "https://user:\${secret:EMBEDDED}@app.example.com/run?key=\${secret:EMBEDDED}"
  schedules:
    daily:
      cron: "* * * * 6 12 17"
      data: {token: "\${secret:TOKEN}", note: "before \${secret:TOKEN} after", card: ${JSON.stringify(canaries.sensitive)}, deep: {list: [${JSON.stringify(canaries.sensitive)}, 2]}}
`,
  'jobs/riversand.yaml': `apiVersion: reconcile/v1
kind: RiversandSchedule
metadata: {name: refresh}
spec: {displayName: Refresh, intervalInMins: 5, taskUrl: "https://app.example.com/t", authContext: {user: ann, password: ${canaries.authContext}}, taskPayload: {k: "\${secret:TOKEN}"}}
---
apiVersion: reconcile/v1
kind: RiversandBatchJob
metadata: {name: nightly}
spec: {appId: export, jobDefId: all, recurrenceInterval: P1D, startAt: 2026-01-01T01:40:00Z, jobInputPayload: {k: "\${secret:TOKEN}"}, recreateOn: {key: "\${secret:RECREATE}"}}
`,
};

let emulator: Emulator;
let folder: ProjectFolder;

function configText(riversand: JsonObject): string {
  return `apiVersion: reconcile/v1
kind: Config
manifests: ["jobs/*.yaml"]
targets:
  sap:
    provider: sap
    credentials: {serviceKey: "\${secret:SERVICE_KEY}"}
    policy: {prune: true, allowEmpty: true, allowDeleteAll: true}
  riversand:
    provider: riversand
    url: ${emulator.url}
    credentials: ${JSON.stringify(riversand)}
    policy: {prune: true}
  basic:
    provider: sap
    url: ${emulator.url}
    credentials: {basic: {user: somebody, password: ${JSON.stringify(canaries.basicPassword)}}}
  file:
    provider: sap
    url: ${emulator.url}
    credentials: {oauth: {tokenUrl: "${emulator.url}/oauth/token", clientId: me, clientSecret: "\${file:secret.txt}"}}
`;
}

beforeEach(async () => {
  const tenant = {
    tenantId: 'acme',
    clients: [{ clientId: 'client', clientSecret: canaries.riversandSecret }],
  };
  const seed = { riversand: { tenants: [tenant] } } as EmulatorSeed;
  emulator = await startEmulator({ now: () => noon, seed });
  emulator.clock.freeze();
  const login = await fetch(`${emulator.url}/_emulator/riversand/credentials?tenantId=acme`);
  const riversand = { ...((await login.json()) as JsonObject), clientSecret: canaries.riversandSecret };
  folder = await projectFolder({ ...manifests, 'secret.txt': canaries.fileSecret });
  await folder.write({ 'reconcile.yaml': configText(riversand) });
});

afterEach(async () => {
  await emulator.close();
  await folder.remove();
});

async function reconcile(line: string, overrides: Partial<Io> = {}): Promise<Ran> {
  const env = {
    SERVICE_KEY: JSON.stringify(emulator.credentials),
    TOKEN: canaries.token,
    EMBEDDED: canaries.embedded,
    RECREATE: canaries.recreate,
    RECONCILE_STATE_KEY: canaries.stateKey,
    HTTPS_PROXY: `http://proxy-user:${canaries.proxyPassword}@127.0.0.1:9`,
    NO_PROXY: '127.0.0.1',
    ...overrides.env,
  };
  const sleep = (ms: number) => emulator.clock.advance(ms);
  return runCli(line.split(' '), {
    cwd: folder.path,
    now: () => emulator.clock.now(),
    sleep,
    ...overrides,
    env,
  });
}

/** Whatever was written below the folder, but for what holds the secrets from the start. */
async function filesWritten(): Promise<string> {
  const own = [...Object.keys(manifests), 'secret.txt', 'reconcile.yaml'];
  const entries = await readdir(folder.path, { recursive: true, withFileTypes: true });
  const texts = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => !own.some((name) => path === join(folder.path, name)))
      .map(async (path) => `${path}\n${await readFile(path, 'utf8')}`),
  );
  return texts.join('\n');
}

/** Runs a command; what it printed and what is on disk afterwards holds no secret. */
async function expectClean(line: string, overrides: Partial<Io> = {}): Promise<Ran> {
  const ran = await reconcile(line, overrides);
  expect({ line, leaks: findLeaks(`${ran.out}\n${ran.err}`) }).toEqual({ line, leaks: [] });
  expect({ line, leaks: findLeaks(await filesWritten()) }).toEqual({ line, leaks: [] });
  return ran;
}

/** A service can only repeat what it was told, and what another target's config holds by mistake. */
function knownTo(target: string): string[] {
  const { token, sensitive, embedded, authContext, recreate, ...config } = canaries;
  const told = target === 'sap' ? [token, sensitive, embedded] : [token, authContext, recreate];
  return [...told, ...Object.values(config)];
}

function secretText(text: string): boolean {
  return text.includes(emulator.credentials.uaa.clientsecret);
}

describe('SEMANTICS 11: no secret in any output or file', () => {
  test('the marks are found where they are, so that this test can fail', async () => {
    expect(findLeaks(await readFile(join(folder.path, 'jobs/sap.yaml'), 'utf8'))).not.toEqual([]);
    expect(findLeaks(encodeURIComponent(canaries.token))).not.toEqual([]);
    for (const offset of ['', 'a', 'ab'])
      expect(findLeaks(Buffer.from(`${offset}:${canaries.proxyPassword}:x`).toString('base64'))).not.toEqual(
        [],
      );
  });

  test('the whole life of both targets, in every form, down to the trace log', async () => {
    const lines = [
      'validate',
      'validate -o json',
      'validate -o markdown --log-level trace',
      'lint',
      'lint -o json --log-level trace',
      'calendar',
      'calendar -o json',
      'calendar -o html',
      'calendar -o svg',
      ...['sap', 'riversand'].flatMap((target) => [
        `plan -t ${target}`,
        `plan -t ${target} -o json --out first.json`,
        `plan -t ${target} -o markdown --verbose`,
        `plan -t ${target} -o html`,
        `plan -t ${target} --log-level trace --verbose`,
        `apply -t ${target} --yes --log-level trace --verbose`,
        `plan -t ${target} -o json`,
        `drift -t ${target} -o json`,
        `calendar -t ${target} --live -o json`,
        `apply -t ${target} --yes -o json`,
        `status -t ${target} -o json`,
        `status -t ${target} --log-level trace`,
        `history -t ${target} -o json`,
        `history -t ${target}`,
      ]),
    ];
    for (const line of lines) {
      const ran = await expectClean(line);
      expect(secretText(ran.out + ran.err)).toBe(false);
    }
    expect(JSON.stringify(emulator.state())).toContain('mkTok7QpZr2Lm4');
  });

  test('changes of secrets: plans, saved plans, drift, stale plans, outcomes', async () => {
    await reconcile('apply -t sap --yes');
    await reconcile('apply -t riversand --yes');
    const env = {
      TOKEN: 'mkEmb9SrXt4Jo6-other-token',
      RECREATE: 'mkRec7ZyQa2Cv4 other',
      EMBEDDED: 'mkEmb9SrXt4Jo6-other',
    };
    for (const target of ['sap', 'riversand']) {
      for (const line of [
        `plan -t ${target} --verbose`,
        `plan -t ${target} -o json --out plan.json`,
        `plan -t ${target} -o html`,
        `plan -t ${target} -o markdown`,
        `calendar --plan plan.json`,
        `apply plan.json --log-level trace`,
      ])
        await expectClean(line, { env });
      await expectClean('apply plan.json --yes --log-level trace');
      await expectClean(`apply plan.json --yes -o json --log-level trace --verbose`, { env });
      await expectClean(`plan -t ${target} -o json`, { env: { ...env, RECONCILE_STATE_KEY: '' } });
    }
  });

  const echoes: Record<string, (secret: string) => string> = {
    plain: (secret) => secret,
    percent: (secret) => encodeURIComponent(secret),
    'percent, lower case': (secret) =>
      encodeURIComponent(secret).replace(/%../g, (code) => code.toLowerCase()),
    base64: (secret) => Buffer.from(secret).toString('base64'),
    'base64 of a pair': (secret) => Buffer.from(`me:${secret}`).toString('base64'),
    'JSON in JSON': (secret) => JSON.stringify(JSON.stringify({ a: secret })),
    html: (secret) =>
      secret
        .replaceAll('&', '&amp;')
        .replaceAll('<', '&lt;')
        .replaceAll('>', '&gt;')
        .replaceAll('"', '&quot;'),
    'html, numbered': (secret) => secret.replace(/[^a-z0-9 ]/gi, (char) => `&#${char.charCodeAt(0)};`),
    unicode: (secret) =>
      secret.replace(
        /[^\x20-\x7e]|[<>&"\\]/g,
        (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
      ),
  };

  test.each(Object.entries(echoes))('an answer that repeats secrets: %s', async (_, echo) => {
    for (const target of ['sap', 'riversand'] as const) {
      const all = knownTo(target).map(echo).join(' | ');
      for (const [line, method] of [
        [`apply -t ${target} --yes --verbose`, 'P*'],
        [`apply -t ${target} --yes -o json --log-level trace`, 'P*'],
        [`apply -t ${target} --yes -o markdown`, 'P*'],
        [`plan -t ${target} --log-level trace`, '*'],
      ] as const) {
        const verbs = target === 'sap' || method === '*' ? ['*'] : ['create', 'schedule-batch-process'];
        for (const verb of verbs) {
          for (const [id, path] of Object.entries({ api: '/scheduler/**', proxy: '/api/**' }))
            emulator.faults.set({
              id: `${id} ${verb}`,
              match: { method, path, ...(verb === '*' ? {} : { verb }) },
              effect: {
                status: 400,
                headers: {
                  'x-request-id': all.replace(/[^\x20-\x7e]/g, '?'),
                  'content-type': 'application/json',
                },
                body: {
                  code: all,
                  message: `Bad value ${all}`,
                  response: { status: 'error', statusDetail: { message: all } },
                },
              },
            });
        }
        await expectClean(line);
        emulator.faults.clear();
        await expectClean(`history -t ${target} -o json`);
      }
    }
  });

  test('a page of HTML, a cut answer, a lost connection, a refused login: with the secrets in them', async () => {
    const effectsWith = (all: string) => [
      { html: `<html><title>${all}</title>${encodeURIComponent(all)}</html>` },
      { status: 500, body: all },
      { status: 401, body: { error: 'invalid_client', error_description: `Bad secret ${all}` } },
      {
        status: 302,
        headers: {
          location: `https://user:${canaries.proxyPassword}@elsewhere.example.com/?p=${encodeURIComponent(all)}`,
        },
      },
      { truncate: true, status: 200, body: { results: all } },
      { reset: true },
    ];
    for (const target of ['sap', 'riversand', 'basic', 'file']) {
      for (const effect of effectsWith(knownTo(target === 'riversand' ? target : 'sap').join(' '))) {
        for (const path of ['/oauth/**', '/scheduler/**', '/api/**'])
          emulator.faults.set({ id: path, match: { path }, effect });
        await expectClean(`plan -t ${target} --log-level trace --verbose`);
      }
    }
  });

  test('findings do not quote what they complain about', async () => {
    const broken = [
      `cron: "\${secret:TOKEN}"`,
      `repeatInterval: "\${secret:TOKEN}"`,
      `repeatAt: "x \${secret:TOKEN}"`,
      `time: "\${secret:TOKEN}"`,
      `crontab: "\${secret:TOKEN}"`,
      `{cron: "* * * * 6 12 17", active: "\${secret:TOKEN}"}`,
      `cron: "* * * * 6 12 17", startTime: "\${secret:TOKEN}"`,
      `cron: "* * * * 6 12 17", data: ${JSON.stringify(canaries.sensitive)}, nonsense: ${JSON.stringify(canaries.sensitive)}`,
    ];
    for (const schedule of broken) {
      const text = `apiVersion: reconcile/v1
kind: SapJob
metadata: {name: "report"}
lifecycle: {sensitive: [/schedules/daily/data, /schedules/daily/nonsense, /action, /httpMethod]}
spec:
  action: ${JSON.stringify(canaries.sensitive)}
  httpMethod: ${JSON.stringify(canaries.sensitive)}
  schedules: {daily: ${schedule.startsWith('{') ? schedule : `{${schedule}}`}}
`;
      await folder.write({ 'jobs/sap.yaml': text });
      for (const line of [
        'validate',
        'validate -o json',
        'validate -o markdown',
        'lint',
        'lint -o json',
        'plan -t sap --log-level trace',
        'calendar -t sap',
      ])
        await expectClean(line);
    }
    await folder.write({
      'jobs/sap.yaml': `apiVersion: reconcile/v1\nkind: SapJob\nmetadata: {name: "\${secret:TOKEN}", labels: {a: "\${secret:TOKEN}"}}\nspec: {action: "\${secret:TOKEN}"}\n`,
    });
    await expectClean('validate -o json');
  });

  test('broken configs do not quote credentials', async () => {
    const text = await readFile(join(folder.path, 'reconcile.yaml'), 'utf8');
    for (const change of [
      (config: string) =>
        config.replace(
          'credentials: {basic: {user: somebody, password:',
          'credentials: {basic: {user: somebody, pass:',
        ),
      (config: string) =>
        config.replace('basic: {user: somebody, password: ', 'basic: {user: somebody, password: 5, x: '),
      (config: string) =>
        config.replace('credentials: {basic: ', 'credentials: [').replace('@pw"}}', '@pw"}]'),
      (config: string) => config.replace('"clientSecret":', '"clientSecret": {"a": 1}, "clientId":'),
      (config: string) =>
        config.replace(`url: ${emulator.url}`, `url: "https://u:${canaries.proxyPassword}@h.example.com/"`),
      (config: string) => config.replace(`\${secret:SERVICE_KEY}`, `\${secret:TOKEN}`),
      (config: string) => config.replace(`"\${secret:SERVICE_KEY}"`, `"{ ${canaries.riversandSecret}"`),
      (config: string) => config.replace('password: "', 'password: "'.concat('\\q')),
      (config: string) => `${config}\n  x: [${JSON.stringify(canaries.basicPassword)}`,
    ]) {
      await folder.write({ 'reconcile.yaml': change(text) });
      for (const line of [
        'validate',
        'validate -o json',
        'plan --log-level trace',
        'lint',
        'status',
        'drift -t sap',
      ])
        await expectClean(line);
    }
  });

  test('a crash shows no secret, not even in its stack', async () => {
    const crash = knownTo('sap').join('\n');
    let calls = 0;
    const sleep = async (): Promise<void> => {
      const other = knownTo('riversand').join('\n');
      throw new Error(other, { cause: new Error(`because ${other}`) });
    };
    const confirm = async (): Promise<boolean> => {
      calls++;
      throw new Error(crash, { cause: new AggregateError([new Error(crash)], crash) });
    };
    const ran = await expectClean('apply -t sap --log-level trace', { interactive: true, confirm });
    expect([calls, ran.code]).toEqual([1, 1]);
    expect(ran.err).toContain('INTERNAL');
    await expectClean('apply -t riversand --yes --log-level trace', { sleep });
  });

  test('damaged states, locks and plan files are not quoted', async () => {
    await reconcile('apply -t sap --yes');
    const all = JSON.stringify(knownTo('sap'));
    for (const text of [
      all,
      `{"formatVersion":${all}}`,
      `{"formatVersion":"1","target":${all}}`,
      `{"formatVersion":"2","a":${all}}`,
    ]) {
      await folder.write({ '.reconcile/state/sap.json': text, 'plan.json': text });
      for (const line of [
        'plan -t sap',
        'apply -t sap --yes',
        'status -t sap',
        'history -t sap',
        'forget -t sap x --yes',
        'apply plan.json --yes',
        'calendar --plan plan.json',
      ]) {
        const ran = await reconcile(`${line} --log-level trace`);
        // Whoever wrote a secret into a state file by hand sees his own file, but only what tells him what is wrong with it.
        expect({ line, text: text.slice(0, 30), leaks: findLeaks(ran.out + ran.err) }).toEqual({
          line,
          text: text.slice(0, 30),
          leaks: [],
        });
      }
    }
    await rm(join(folder.path, '.reconcile'), { recursive: true });
  });
});
