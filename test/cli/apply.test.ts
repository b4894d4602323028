import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Io } from '../../src/cli/io.ts';
import type { OutcomeDocument } from '../../src/core/outcome.ts';
import type { PlanDocument } from '../../src/core/plan-document.ts';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import { noon, type Ran, runCli } from './fake-io.ts';
import { configText, jobText, type ProjectFolder, projectFolder } from './project-folder.ts';

let emulator: Emulator;
let folder: ProjectFolder;

beforeEach(async () => {
  emulator = await startEmulator({ now: () => noon });
  folder = await projectFolder({ 'reconcile.yaml': configText(), 'jobs/report.yaml': jobText('report') });
});

afterEach(async () => {
  await emulator.close();
  await folder.remove();
});

function reconcile(argv: readonly string[], overrides: Partial<Io> = {}) {
  const env = { SERVICE_KEY: JSON.stringify(emulator.credentials), ...overrides.env };
  return runCli(argv, { cwd: folder.path, ...overrides, env });
}

const writes = (): number =>
  emulator.requests().filter(({ method, path }) => method !== 'GET' && !path.includes('/oauth/')).length;

async function createdJob(): Promise<{ jobId: number; scheduleId: string }> {
  const job = emulator.state().jobs?.find(({ name }) => name === 'report');
  return { jobId: job?._id ?? 0, scheduleId: job?.schedules?.[0]?.scheduleId ?? '' };
}

/** What a colleague does in the dashboard. */
async function changeByHand(body: object): Promise<void> {
  const { uaa, url } = emulator.credentials;
  const login = Buffer.from(`${uaa.clientid}:${uaa.clientsecret}`).toString('base64');
  const token = (await (
    await fetch(`${uaa.url}/oauth/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${login}`, 'content-type': 'application/x-www-form-urlencoded' },
      body: 'grant_type=client_credentials',
    })
  ).json()) as { access_token: string };
  const { jobId, scheduleId } = await createdJob();
  const answer = await fetch(`${url}/scheduler/jobs/${jobId}/schedules/${scheduleId}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${token.access_token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(answer.status).toBe(200);
}

describe('plan', () => {
  test('says what would be created, and writes nothing', async () => {
    const { code, out, err } = await reconcile(['plan']);
    expect(code).toBe(0);
    expect(err).toBe('');
    expect(out.replaceAll(emulator.url, 'URL')).toMatchInlineSnapshot(`
      "Target dev (sap, URL)

      Create (1)
        + SapJob/report
            description  "A job"
            action       "https://app.example.com/run"
            httpMethod   "POST"
            + schedule daily
                cron  "* * * * 6 12 17"
                next runs  Mon 2026-11-23 06:12:17, Tue 2026-11-24 06:12:17, Wed 2026-11-25 06:12:17

      Plan: 1 to create. (0 unchanged; 3 requests)
      "
    `);
    expect(writes()).toBe(0);
  });

  test('exits 2 with --exit-code when there are differences, and 0 when there are none', async () => {
    expect((await reconcile(['plan', '--exit-code'])).code).toBe(2);
    expect((await reconcile(['apply', '--yes'])).code).toBe(0);
    const again = await reconcile(['plan', '--exit-code']);
    expect(again.code).toBe(0);
    expect(again.out).toContain('No changes.');
  });

  test('exits 4 with --exit-code when apply would be refused, and says what allows it', async () => {
    await reconcile(['apply', '--yes']);
    await folder.write({ 'reconcile.yaml': configText(['dev'], '{prune: true, allowEmpty: true}') });
    await folder.write({ 'jobs/report.yaml': '# nothing\n', 'jobs/other.yaml': jobText('other') });
    const { code, out } = await reconcile(['plan', '--exit-code']);
    expect(code).toBe(4);
    expect(out).toContain('policy.allowDeleteAll: true');
    expect(out).toContain('DELETE (1)');
    const applied = await reconcile(['apply', '--yes']);
    expect(applied.code).toBe(4);
    expect(emulator.state().jobs?.map(({ name }) => name)).toEqual(['report']);
  });

  test('gives the same JSON on stdout and in the file of --out', async () => {
    const { code, out, err } = await reconcile(['plan', '-o', 'json', '--out', 'plan.json']);
    expect(code).toBe(0);
    expect(err).toBe('Saved to plan.json.\n');
    expect(await readFile(join(folder.path, 'plan.json'), 'utf8')).toBe(out);
    const document = JSON.parse(out) as PlanDocument;
    expect(document).toMatchObject({
      formatVersion: '1',
      tool: { name: 'reconcile-jobs' },
      createdAt: '2026-11-22T12:00:00.000Z',
      targets: [
        { name: 'dev', summary: { create: 1 }, changes: [{ address: 'SapJob/report', action: 'create' }] },
      ],
    });
  });

  test.each([
    ['no/such/folder/plan.json', 'its folder does not exist'],
    ['jobs', 'it is a folder'],
    ['reconcile.yaml/plan.json', 'what stands for its folder is a file'],
  ])(
    'refuses --out %s before anything is asked of the service, and names it as it was given',
    async (out, why) => {
      const { code, err } = await reconcile(['plan', '--out', out]);
      expect(code).toBe(3);
      expect(err.replace(/\s+/g, ' ')).toContain(`error OUTPUT_UNWRITABLE ${out} cannot be written: ${why}.`);
      expect(err).not.toContain('.tmp');
      expect(emulator.requests()).toEqual([]);
    },
  );

  test('an --out that turns out unwritable when the plan is made is named as it was given', async () => {
    // The temporary file beside it has a longer name.
    const out = `${'x'.repeat(250)}.json`;
    const { code, err } = await reconcile(['plan', '--out', out]);
    expect(code).toBe(3);
    expect(err.replace(/\s+/g, ' ')).toContain(`${out} cannot be written: its name is too long.`);
    expect(emulator.requests()).not.toEqual([]);
  });

  test('--only leaves out other addresses, and a pattern that matches nothing is an error', async () => {
    await folder.write({ 'jobs/other.yaml': jobText('other') });
    const { out } = await reconcile(['plan', '--only', 'rep*']);
    expect(out).toContain('SapJob/report');
    expect(out).not.toContain('SapJob/other');
    const nothing = await reconcile(['plan', '--only', 'SapJob/typo']);
    expect(nothing.code).toBe(3);
    expect(nothing.err).toContain('USAGE_ONLY_MATCHES_NOTHING');
  });
});

describe('apply', () => {
  test('without a terminal and without --yes it writes nothing and exits 4', async () => {
    const { code, err } = await reconcile(['apply']);
    expect(code).toBe(4);
    expect(err).toContain('NOT_CONFIRMED');
    expect(err).toContain('--yes');
    expect(writes()).toBe(0);
  });

  test.each([
    { answer: true, code: 0, jobs: 1 },
    { answer: false, code: 4, jobs: 0 },
  ])('asks on a terminal: $answer ends with $code', async ({ answer, code, jobs }) => {
    const questions: string[] = [];
    const ran = await reconcile(['apply'], {
      interactive: true,
      confirm: async (question) => {
        questions.push(question);
        return answer;
      },
    });
    expect(ran.code).toBe(code);
    expect(questions).toEqual(['Apply 1 change to dev?']);
    expect(emulator.state().jobs).toHaveLength(jobs);
  });

  test('a second apply sends no write and asks nothing', async () => {
    await reconcile(['apply', '--yes']);
    const before = writes();
    const { code, out } = await reconcile(['apply']);
    expect(code).toBe(0);
    expect(out).toContain('No changes.');
    expect(writes()).toBe(before);
  });

  test('puts only the outcomes on stdout with -o json; the plan goes to stderr', async () => {
    const { code, out, err } = await reconcile(['apply', '--yes', '-o', 'json']);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      formatVersion: '1',
      targets: [{ name: 'dev', outcomes: [{ address: 'SapJob/report', status: 'succeeded' }] }],
      summary: { succeeded: 1, failed: 0 },
    });
    expect(err).toContain('Create (1)');
  });

  test('with -o json a target that was refused, locked or not confirmed stands there with its error; stderr says it, too', async () => {
    const { code, out, err } = await reconcile(['apply', '-o', 'json']);
    expect(code).toBe(4);
    expect(err).toContain('NOT_CONFIRMED');
    expect(JSON.parse(out)).toMatchObject({
      targets: [{ name: 'dev', outcomes: [], writes: 0, error: { code: 'NOT_CONFIRMED' } }],
    });
    await reconcile(['apply', '--yes']);
    await folder.write({ 'jobs/report.yaml': '' });
    const refused = await reconcile(['apply', '--yes', '-o', 'json']);
    expect(refused.code).toBe(4);
    const { error } = (JSON.parse(refused.out) as OutcomeDocument).targets[0] ?? {};
    expect(error?.code).toBe('REFUSED');
    expect(error?.findings?.map((finding) => finding.code)).toEqual(['EMPTY_SET', 'DELETE_ALL']);
    const page = await reconcile(['apply', '--yes', '-o', 'markdown']);
    expect(page.out).toContain('**Nothing was applied.**');
    expect(page.out).toContain('EMPTY&#95;SET');
  });

  test('with -o json there is one document on stdout also when no target was begun', async () => {
    await folder.write({ 'jobs/report.yaml': 'kind: [' });
    const { code, out } = await reconcile(['apply', '--yes', '-o', 'json']);
    expect(code).toBe(3);
    expect(JSON.parse(out)).toMatchObject({
      error: { code: 'INVALID', findings: [{ code: 'YAML_SYNTAX', place: { file: 'jobs/report.yaml' } }] },
      targets: [],
    });
    const unknown = await reconcile(['apply', '--yes', '-t', 'live', '-o', 'markdown']);
    expect(unknown.out).toContain('### Nothing was applied');
    expect(unknown.out).toContain('USAGE&#95;UNKNOWN&#95;TARGET');
  });

  test('with -o json a signal before the first write stands in the document', async () => {
    const stopping = new AbortController();
    const { code, out } = await reconcile(['apply', '-o', 'json'], {
      interactive: true,
      signal: stopping.signal,
      confirm: async () => {
        stopping.abort();
        return false;
      },
    });
    expect(code).toBe(130);
    expect(JSON.parse(out)).toMatchObject({ targets: [{ name: 'dev', error: { code: 'INTERRUPTED' } }] });
  });

  test("exits 7 when some changes failed, with the service's own words", async () => {
    await folder.write({ 'jobs/other.yaml': jobText('other') });
    emulator.faults.set({
      match: { method: 'POST', path: '/scheduler/jobs', count: 1 },
      effect: {
        status: 400,
        body: { code: 'X1', message: 'Name is reserved', type: 'E', detailedError: '' },
      },
    });
    const { code, out } = await reconcile(['apply', '--yes', '--concurrency', '1']);
    expect(code).toBe(7);
    expect(out).toContain('Name is reserved');
    expect(out).toContain('1 failed');
    expect(out).toContain('1 done');
    expect((await reconcile(['apply', '--yes'])).code).toBe(0);
  });

  test('exits 1 when nothing succeeded', async () => {
    emulator.faults.set({
      match: { method: 'POST', path: '/scheduler/jobs' },
      effect: { status: 400 },
    });
    expect((await reconcile(['apply', '--yes'])).code).toBe(1);
  });

  test('exits 1 when the service cannot be reached', async () => {
    const { credentials } = emulator;
    const key = JSON.stringify({
      ...credentials,
      url: 'http://127.0.0.1:9',
      uaa: { ...credentials.uaa, url: 'http://127.0.0.1:9' },
    });
    const { code, err } = await reconcile(['plan'], { env: { SERVICE_KEY: key } });
    expect(code).toBe(1);
    expect(err).toContain('127.0.0.1:9');
    expect(err).not.toContain(credentials.uaa.clientsecret);
  });
});

describe('another apply between the plan and its confirmation', () => {
  /** Answers yes, but only after somebody else has applied. */
  async function applyAfter(argv: readonly string[]): Promise<{ own: Ran; other: Ran; ownWrites: number }> {
    let other: Ran | undefined;
    let before = 0;
    const own = await reconcile(['apply'], {
      interactive: true,
      confirm: async () => {
        other = await reconcile(argv);
        before = writes();
        return true;
      },
    });
    if (other === undefined) throw new Error('nobody was asked');
    return { own, other, ownWrites: writes() - before };
  }

  test('SEMANTICS 9: the other one finds the target locked, exits 6 and writes nothing; the first one goes on', async () => {
    const { own, other, ownWrites } = await applyAfter(['apply', '--yes']);
    expect(other.code).toBe(6);
    expect(other.err).toContain('LOCKED');
    expect(other.err).toContain('ann@here (pid 4711, reconcile apply)');
    expect({ code: own.code, ownWrites }).toEqual({ code: 0, ownWrites: 1 });
    expect(emulator.state().jobs).toHaveLength(1);
    expect((await reconcile(['apply', '--yes'])).out).toContain('No changes.');
  });

  test('a refusal gives the lock back', async () => {
    const { own } = await applyAfter(['plan']);
    expect(own.code).toBe(0);
    expect((await reconcile(['apply'], { interactive: true, confirm: async () => false })).code).toBe(0);
    await folder.write({ 'jobs/report.yaml': jobText('report', '* * * * 7 13 18') });
    expect((await reconcile(['apply'], { interactive: true, confirm: async () => false })).code).toBe(4);
    expect((await reconcile(['apply', '--yes'])).code).toBe(0);
  });

  test('a plan meanwhile changes nothing and is no reason to stop', async () => {
    const { own, other } = await applyAfter(['plan']);
    expect(other.code).toBe(0);
    expect(own.code).toBe(0);
    expect(emulator.state().jobs).toHaveLength(1);
  });
});

describe('several targets', () => {
  beforeEach(async () => {
    await folder.write({ 'reconcile.yaml': configText(['dev', 'prod']) });
  });

  test.each(['apply', 'drift'])('%s wants to know which one', async (command) => {
    const { code, err } = await reconcile([command]);
    expect(code).toBe(3);
    expect(err).toContain('dev, prod');
    expect(emulator.requests()).toHaveLength(0);
  });

  test('plan takes all of them', async () => {
    const { code, out } = await reconcile(['plan']);
    expect(code).toBe(0);
    expect(out).toContain('Target dev');
    expect(out).toContain('Target prod');
  });

  test('an unknown one is an error that lists them all, before any request', async () => {
    const { code, err } = await reconcile(['plan', '-t', 'live']);
    expect(code).toBe(3);
    expect(err).toContain('Targets in the config: dev, prod.');
    expect(emulator.requests()).toHaveLength(0);
  });

  test('apply goes through them in the order given and stops after one that fails', async () => {
    emulator.faults.set({
      match: { method: 'POST', path: '/scheduler/jobs' },
      effect: { status: 400 },
    });
    const { code, out, err } = await reconcile(['apply', '-t', 'prod', '-t', 'dev', '--yes']);
    expect(code).toBe(1);
    expect(out).toContain('Target prod');
    expect(out).not.toContain('Target dev');
    expect(err).toContain('Not attempted after this: dev.');
  });
});

describe('drift', () => {
  test('exits 0 when nobody changed anything', async () => {
    await reconcile(['apply', '--yes']);
    const { code, out } = await reconcile(['drift']);
    expect(code).toBe(0);
    expect(out).toContain('No drift.');
  });

  test('exits 2 and shows what was applied, what is there, and what the next apply does', async () => {
    await reconcile(['apply', '--yes']);
    await changeByHand({ cron: '* * * * 14 0 0' });
    const { code, out } = await reconcile(['drift']);
    expect(code).toBe(2);
    expect(out.replaceAll(emulator.url, 'URL')).toMatchInlineSnapshot(`
      "Target dev (sap, URL)

        ! SapJob/report
            schedule daily
                cron  "* * * * 6 12 17" → "* * * * 14 0 0"  the next apply puts it back

      Drift: 1 resource changed by others since the last apply. (3 requests)
      "
    `);
    expect((await reconcile(['apply', '--yes'])).code).toBe(0);
    expect((await reconcile(['drift'])).code).toBe(0);
  });

  test('an edited manifest is no drift', async () => {
    await reconcile(['apply', '--yes']);
    await folder.write({ 'jobs/report.yaml': jobText('report', '* * * * 7 13 18') });
    expect((await reconcile(['drift'])).code).toBe(0);
    expect((await reconcile(['plan', '--exit-code'])).code).toBe(2);
  });
});

describe('SEMANTICS 11: secrets never reach an output', () => {
  const secret = 'very-Secret.value/1+2=3';
  const withSecret = jobText('report').replace(
    'daily: {cron: "* * * * 6 12 17"}',
    `daily: {cron: "* * * * 6 12 17", data: {token: "\${secret:TOKEN}", note: "a \${secret:TOKEN} b"}}`,
  );

  test.each([
    'plan',
    'plan -o json',
    'plan -o markdown',
    'plan --log-level trace',
    'apply --yes --log-level trace --verbose',
    'drift -o json',
  ])('%s', async (line) => {
    await folder.write({ 'jobs/report.yaml': withSecret });
    const ran = await reconcile(line.split(' '), { env: { TOKEN: secret } });
    expect(ran.code).toBe(0);
    const { clientsecret } = emulator.credentials.uaa;
    for (const text of [ran.out, ran.err]) {
      expect(text).not.toContain(secret);
      expect(text).not.toContain(clientsecret);
      expect(text).not.toContain(encodeURIComponent(secret));
      expect(text).not.toMatch(/eyJ[\w-]{10,}/);
    }
  });

  test('not even when the service repeats one in its refusal', async () => {
    await folder.write({ 'jobs/report.yaml': withSecret });
    emulator.faults.set({
      match: { method: 'POST', path: '/scheduler/jobs' },
      effect: { status: 400, body: { code: 'X', message: `Bad value ${secret} given`, type: 'E' } },
    });
    for (const output of ['text', 'json', 'markdown']) {
      const ran = await reconcile(['apply', '--yes', '-o', output], { env: { TOKEN: secret } });
      expect(ran.code).toBe(1);
      expect(ran.out).toContain('Bad value');
      expect(ran.out + ran.err).not.toContain(secret);
      expect(ran.out + ran.err).not.toContain('very-Secret');
      expect(ran.out + ran.err).not.toContain('very&#45;Secret');
    }
  });
});
