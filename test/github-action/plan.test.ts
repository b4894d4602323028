// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references look like that
import { readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { configText, jobText } from '../cli/project-folder.ts';
import { bot } from './stand-in.ts';
import { pullRequest, startWorld, type World } from './world.ts';

let world: World;
let base: string;
let head: string;

beforeEach(async () => {
  world = await startWorld({ 'reconcile.yaml': configText() });
  base = world.git('rev-parse', 'HEAD');
  head = await world.commit({ 'jobs/report.yaml': jobText('report') });
});

afterEach(() => world.close());

const plan = (inputs: Record<string, string> = {}, env: Record<string, string> = {}) =>
  world.run(pullRequest(5, base, head), { command: 'plan', ...inputs }, env);
const body = (): string => world.github.comments[0]?.body ?? '';

describe('plan on a pull request', () => {
  test('shows the plan in a comment and in the summary, sets the outputs and writes nothing', async () => {
    const { code, outputs, summary } = await plan();
    expect(code).toBe(0);
    expect(outputs).toMatchObject({
      changes: 'true',
      'to-create': '1',
      'to-update': '0',
      'to-replace': '0',
      'to-delete': '0',
      'comment-url': world.github.comments[0]?.html_url,
      'failure-reason': '',
      drift: 'false',
    });
    expect(outputs['plan-digest']).toMatch(/^[0-9a-f]{64}$/);
    for (const text of [summary, body()]) {
      expect(text).toContain('## Plan · reconcile');
      expect(text).toContain('SapJob/report');
      expect(text).toContain('[run](https://github.example.com/acme/jobs/actions/runs/77)');
    }
    expect(world.writes()).toEqual([]);
  });

  test('saves the plan as JSON and as a page', async () => {
    const { outputs } = await plan();
    const path = outputs['plan-path'] ?? '';
    const document = JSON.parse(await readFile(path, 'utf8')) as { targets: { digest: string }[] };
    expect(document.targets[0]?.digest).toBe(outputs['plan-digest']);
    expect(await readFile(path.replace(/json$/, 'html'), 'utf8')).toContain('SapJob/report');
  });

  test('saves it where plan-file says', async () => {
    const { outputs } = await plan({ 'plan-file': 'out.json' });
    expect(outputs['plan-path']).toBe(`${world.folder.path}/out.json`);
  });

  test('keeps one comment per label, found among more than 100 of other people', async () => {
    for (let n = 0; n < 150; n += 1) {
      world.github.addComment({ number: 5, body: `talk ${n}`, user: { login: 'somebody', type: 'User' } });
    }
    await plan();
    await plan();
    await plan({ label: 'other' });
    expect(world.github.comments).toHaveLength(152);
    expect(world.github.requests).toContain('GET /repos/acme/jobs/issues/5/comments?per_page=100&page=2');
  });

  test('a marker that somebody else wrote is not ours', async () => {
    await plan();
    const forged = world.github.addComment({
      number: 5,
      body: body(),
      user: { login: 'mallory', type: 'User' },
    });
    world.github.comments.reverse();
    await plan();
    expect(forged.body).toBe(world.github.comments[1]?.body.replace(/$/, ''));
    expect(world.github.requests.filter((request) => request.startsWith('PATCH'))).toEqual([
      `PATCH /repos/acme/jobs/issues/comments/${world.github.comments[1]?.id}`,
    ]);
  });

  test('without changes it comments only when there is a comment already, or always', async () => {
    const empty = world.git('commit-tree', `${base}^{tree}`, '-m', 'empty');
    world.git('checkout', '--quiet', empty);
    expect((await plan()).outputs['comment-url']).toBe('');
    expect(world.github.comments).toEqual([]);
    expect((await plan({ comment: 'always' })).outputs['comment-url']).not.toBe('');
    expect(body()).toContain('**No changes**');
    world.git('checkout', '--quiet', head);
    await plan({ comment: 'never' });
    expect(body()).toContain('**No changes**');
    await plan();
    expect(body()).not.toContain('**No changes**');
  });

  test('fail-on-changes fails with the reason "changes"', async () => {
    expect(await plan({ 'fail-on-changes': 'true' })).toMatchObject({
      code: 1,
      outputs: { 'failure-reason': 'changes', changes: 'true' },
    });
  });

  test('a plan that apply would refuse fails, and marks the line of the manifest', async () => {
    world.emulator.setState({
      jobs: [{ name: 'report', action: 'https://app.example.com/other', httpMethod: 'POST', active: true }],
    });
    const { code, outputs, log, summary } = await plan();
    expect(code).toBe(1);
    expect(outputs['failure-reason']).toBe('refused');
    expect(log).toMatch(/::error title=UNOWNED \(dev\),file=jobs\/report.yaml,line=1,col=1::SapJob\/report/);
    expect(summary).toContain('Apply would refuse this plan');
    expect((await plan({ annotations: 'false' })).log).not.toContain('UNOWNED (dev)');
  });

  test('summary: false writes no summary', async () => {
    expect((await plan({ summary: 'false' })).summary).toBe('');
  });
});

describe('what is under review does not decide where secrets go', () => {
  test('targets and credentials come from the base commit, manifests from the head', async () => {
    const elsewhere = configText().replace('credentials:', 'url: https://evil.example.com\n    credentials:');
    head = await world.commit({ 'reconcile.yaml': elsewhere });
    const { code, summary } = await plan();
    expect(code).toBe(0);
    expect(summary).toContain('This pull request changes the config');
    expect(summary).toContain('SapJob/report');
    expect(summary).not.toContain('evil');
  });

  test('also a file that the credentials refer to is read as of the base commit', async () => {
    const key = JSON.stringify(world.emulator.credentials);
    base = await world.commit({
      'reconcile.yaml': configText().replace('${secret:SERVICE_KEY}', '${file:key.json}'),
      'key.json': key,
    });
    head = await world.commit({ 'key.json': key.replaceAll('127.0.0.1', '127.0.0.9') });
    expect((await plan()).outputs).toMatchObject({ 'failure-reason': '', changes: 'true' });
  });

  test('in a merge queue it is the base of the group that counts', async () => {
    const elsewhere = configText().replace('credentials:', 'url: https://evil.example.com\n    credentials:');
    await world.commit({ 'reconcile.yaml': elsewhere });
    const trigger = { name: 'merge_group', payload: { merge_group: { base_sha: base } } };
    expect((await world.run(trigger)).outputs).toMatchObject({ 'failure-reason': '', changes: 'true' });
  });

  test('a file that is new in the pull request does not stand in for one that is not there yet', async () => {
    base = await world.commit({
      'reconcile.yaml': configText().replace('${secret:SERVICE_KEY}', '${file:key.json}'),
    });
    head = await world.commit({ 'key.json': JSON.stringify(world.emulator.credentials) });
    expect((await plan()).outputs['failure-reason']).toBe('missing-credentials');
  });

  test('a file that the workflow wrote, unknown to git, is read', async () => {
    base = await world.commit({
      'reconcile.yaml': configText().replace('${secret:SERVICE_KEY}', '${file:key.json}'),
      '.gitignore': '.reconcile/\nkey.json\n',
    });
    await world.folder.write({ 'key.json': JSON.stringify(world.emulator.credentials) });
    expect((await plan()).outputs['failure-reason']).toBe('');
  });

  test('a config that is broken in the pull request fails, though the base has a good one', async () => {
    head = await world.commit({ 'reconcile.yaml': configText().replace('provider: sap', 'provider: spa') });
    const { outputs, log } = await plan();
    expect(outputs['failure-reason']).toBe('invalid');
    expect(log).toContain('file=reconcile.yaml,line=6');
  });

  test('the first config of a repository is only checked offline', async () => {
    const nothing = world.git('hash-object', '-w', '-t', 'tree', '/dev/null');
    base = world.git('commit-tree', nothing, '-m', 'nothing');
    const { outputs, summary } = await plan();
    expect(outputs).toMatchObject({ 'failure-reason': '', changes: 'false' });
    expect(summary).toContain('The base branch has no config yet');
    expect(world.emulator.requests()).toEqual([]);
  });

  test('a base commit that is not there and cannot be fetched fails before any request', async () => {
    base = '0123456789'.repeat(4);
    const { outputs, summary } = await plan();
    expect(outputs['failure-reason']).toBe('failed');
    expect(summary).toContain('fetch&#45;depth&#58; 0');
    expect(world.emulator.requests()).toEqual([]);
  });

  test('a base commit that a shallow checkout lacks is fetched', async () => {
    const { execFileSync } = await import('node:child_process');
    const { mkdtempSync } = await import('node:fs');
    const { join } = await import('node:path');
    const { tmpdir } = await import('node:os');
    const copy = join(mkdtempSync(join(tmpdir(), 'reconcile-shallow-')), 'work');
    world.git('config', 'uploadpack.allowAnySHA1InWant', 'true');
    execFileSync('git', ['clone', '--quiet', '--depth=1', `file://${world.folder.path}`, copy]);
    const { outputs } = await plan({}, { GITHUB_WORKSPACE: copy });
    expect(outputs).toMatchObject({ 'failure-reason': '', changes: 'true' });
  });
});

describe('a pull request from a fork', () => {
  const fromFork = () =>
    world.run(pullRequest(6, base, head, 'stranger/jobs'), { command: 'plan' }, { SERVICE_KEY: '' });

  test('is only checked offline, and not commented', async () => {
    const { code, outputs, summary } = await fromFork();
    expect(code).toBe(0);
    expect(outputs).toMatchObject({ changes: 'false', 'failure-reason': '', 'comment-url': '' });
    expect(summary).toContain('comes from a fork');
    expect(world.emulator.requests()).toEqual([]);
    expect(world.github.requests).toEqual([]);
  });

  test('fails when its manifests are wrong', async () => {
    await world.folder.write({ 'jobs/report.yaml': jobText('report', 'never') });
    const { code, outputs, log } = await fromFork();
    expect(code).toBe(1);
    expect(outputs['failure-reason']).toBe('invalid');
    expect(log).toContain('file=jobs/report.yaml,line=8');
  });

  test('a fork that is gone counts as one', async () => {
    const trigger = pullRequest(6, base, head);
    const { pull_request } = trigger.payload as { pull_request: { head: object } };
    Object.assign(pull_request.head, { repo: null });
    expect((await world.run(trigger)).summary).toContain('comes from a fork');
  });
});

describe('bad input', () => {
  test('unknown and wrong inputs are said at once, and nothing is asked of anybody', async () => {
    const { code, outputs, summary } = await plan({ comand: 'plan', comment: 'sometimes', label: 'a b' });
    expect(code).toBe(1);
    expect(outputs['failure-reason']).toBe('invalid-input');
    for (const part of [
      'Did you mean &#34;command&#34;?',
      'comment is &#34;sometimes&#34;',
      'label may hold',
    ]) {
      expect(summary).toContain(part);
    }
    expect([...world.emulator.requests(), ...world.github.requests]).toEqual([]);
  });

  test('missing credentials are named; the approved plan of before does not stay', async () => {
    await plan();
    const { outputs, summary } = await plan({}, { SERVICE_KEY: '' });
    expect(outputs['failure-reason']).toBe('missing-credentials');
    expect(summary).toContain('The secret SERVICE');
    expect(body()).toContain('❌');
    expect(body()).not.toContain('"targets"');
  });

  test('a folder that is not there', async () => {
    expect((await plan({ 'working-directory': 'nowhere' })).outputs['failure-reason']).toBe('invalid-input');
  });

  test('a checkout in a folder of the workspace: lines are marked as the repository names them', async () => {
    await world.folder.write({ 'jobs/report.yaml': jobText('report', 'never') });
    const above = dirname(world.folder.path);
    const inputs = { command: 'validate', 'working-directory': basename(world.folder.path) };
    const { log } = await world.run({ name: 'push' }, inputs, { GITHUB_WORKSPACE: above });
    expect(log).toContain('file=jobs/report.yaml,line=8');
  });

  test('a target that is not there', async () => {
    const { outputs, summary } = await plan({ target: 'prod' });
    expect(outputs['failure-reason']).toBe('invalid');
    expect(summary).toContain('There is no target');
  });

  test('a service that cannot be reached', async () => {
    const { outputs } = await plan(
      {},
      {
        SERVICE_KEY: JSON.stringify(world.emulator.credentials).replaceAll(
          /127\.0\.0\.1:\d+/g,
          '127.0.0.1:1',
        ),
      },
    );
    expect(outputs['failure-reason']).toBe('failed');
  });
});

describe('secrets', () => {
  test('the key of the state is masked, too', async () => {
    const { log } = await plan({}, { RECONCILE_STATE_KEY: 'a-key-for-tests' });
    expect(log).toContain('::add-mask::a-key-for-tests');
  });

  test('are masked in the log, and reach neither comment nor summary nor outputs', async () => {
    const secret = 'hunter2-is-a-secret';
    head = await world.commit({
      'jobs/report.yaml': jobText('report').replace('daily: {', 'daily: {data: {token: "${secret:TOKEN}"}, '),
    });
    const { log, outputs, summary } = await plan({}, { TOKEN: secret });
    expect(log).toContain(`::add-mask::${secret}`);
    const rest = log.split('\n').filter((line) => !line.startsWith('::add-mask::'));
    const saved = await readFile(outputs['plan-path'] ?? '', 'utf8');
    const everything = [...rest, summary, body(), saved, JSON.stringify(outputs)].join('\n');
    const { uaa } = world.emulator.credentials;
    for (const hidden of [secret, uaa.clientsecret, world.github.token])
      expect(everything).not.toContain(hidden);
    expect(body()).toContain('(sensitive)');
  });

  test('a secret that the service repeats in an error is hidden in the comment', async () => {
    const { clientsecret } = world.emulator.credentials.uaa;
    world.emulator.faults.set({
      match: { path: '/scheduler/**' },
      effect: { status: 400, body: { error: `your secret is ${clientsecret}` } },
    });
    const { outputs } = await plan();
    expect(outputs['failure-reason']).toBe('failed');
    expect(body()).toContain('❌');
    expect(body()).not.toContain(clientsecret);
  });
});

describe('when GitHub does not answer as it should', () => {
  const commentPath = /\/comments$/;

  test.each([
    ['403 for the comment', { method: 'POST', path: commentPath, status: 403 }],
    ['404 for the list of comments', { method: 'GET', path: commentPath, status: 404 }],
    ['500 all the time', { path: /./, status: 500 }],
    ['HTML', { path: commentPath, status: 200, body: 'an outage' }],
  ])('%s: the plan is still shown in the summary, and the step succeeds with a warning', async (_, fault) => {
    world.github.faults.push({ ...fault, times: 1000 });
    const { code, outputs, log, summary } = await plan();
    expect(code).toBe(0);
    expect(outputs).toMatchObject({ 'failure-reason': '', 'comment-url': '', changes: 'true' });
    expect(log).toMatch(/::warning .*The comment could not be written/);
    expect(summary).toContain('SapJob/report');
  });

  test('a passing failure and a rate limit are waited out', async () => {
    world.github.faults.push(
      { method: 'GET', path: commentPath, status: 502, times: 2 },
      { method: 'POST', path: commentPath, status: 429, headers: { 'retry-after': '2' }, times: 1 },
    );
    expect((await plan()).outputs['comment-url']).not.toBe('');
    expect(world.github.comments).toHaveLength(1);
  });

  test('422 for a long comment: a shorter one is written', async () => {
    world.github.faults.push({ method: 'POST', path: commentPath, status: 422, times: 1 });
    expect((await plan()).outputs['comment-url']).not.toBe('');
  });

  test('without a token there is no comment, and no failure', async () => {
    expect(await plan({ 'github-token': '' })).toMatchObject({ code: 0, outputs: { 'comment-url': '' } });
  });

  test('an app with a name of its own finds its comment, too', async () => {
    world.github.viewer = 'deployer';
    world.github.addComment({ number: 5, body: 'x', user: bot });
    await plan();
    const [, own] = world.github.comments;
    Object.assign(own ?? {}, { user: { login: 'deployer[bot]', type: 'Bot' } });
    await plan();
    expect(world.github.comments).toHaveLength(2);
  });
});

describe('what is too long', () => {
  test('a comment is shortened readably and points to the summary; the summary keeps to its limit', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 300 }, (_, n) => [
        `jobs/j${n}.yaml`,
        jobText(`job${n}`).replace(
          'A job',
          `A job with ä description that is long enough ${'x'.repeat(4200)}`,
        ),
      ]),
    );
    head = await world.commit(files);
    const { outputs, summary } = await plan();
    expect(outputs).toMatchObject({ 'failure-reason': '', 'to-create': '301' });
    expect(body().length).toBeLessThanOrEqual(65_536);
    expect(body().length).toBeGreaterThan(30_000);
    expect(
      body().includes('Shortened, because it is too long for this place. The whole is in the summary'),
    ).toBe(true);
    expect([...body().matchAll(/<details>/g)]).toHaveLength([...body().matchAll(/<\/details>/g)].length);
    expect(Buffer.byteLength(summary)).toBeLessThanOrEqual(1024 * 1024);
    expect(summary.includes('Shortened')).toBe(true);
  });
});
