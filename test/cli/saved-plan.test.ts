import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Io } from '../../src/cli/io.ts';
import type { PlanDocument } from '../../src/core/plan-document.ts';
import { planIntegrity } from '../../src/core/saved-plan.ts';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import { noon, runCli } from './fake-io.ts';
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

function reconcile(line: string, overrides: Partial<Io> = {}) {
  const env = { SERVICE_KEY: JSON.stringify(emulator.credentials), ...overrides.env };
  return runCli(line.split(' '), { cwd: folder.path, ...overrides, env });
}

const writes = (): string[] =>
  emulator
    .requests()
    .filter(({ method, path }) => method !== 'GET' && !path.includes('/oauth/'))
    .map(({ method, path }) => `${method} ${path}`);

const planFile = (): string => join(folder.path, 'plan.json');
const readPlan = async (): Promise<PlanDocument> => JSON.parse(await readFile(planFile(), 'utf8'));

/** A file that was changed together with its hash, which anybody can do. */
async function forge(change: (document: PlanDocument) => void): Promise<void> {
  const document = await readPlan();
  change(document);
  await writeFile(planFile(), JSON.stringify({ ...document, integrity: planIntegrity(document) }));
}

async function save(options = ''): Promise<void> {
  expect((await reconcile(`plan --out plan.json -q${options}`)).code).toBe(0);
  emulator.clearRequests();
}

/** A colleague changes the job in the dashboard. */
function byHand(change: Record<string, unknown>): void {
  const state = emulator.state();
  emulator.setState({
    ...state,
    jobs: (state.jobs ?? []).map((job) => (job.name === 'report' ? { ...job, ...change } : job)),
  });
}

describe('apply plan.json', () => {
  test('does exactly what was saved, and says how old it is', async () => {
    await save();
    const later = noon + 3 * 3_600_000;
    const { code, out, err } = await reconcile('apply plan.json --yes', { now: () => later });
    expect(err).toContain('plan.json: saved Sun 2026-11-22 12:00 UTC, 3 h ago.');
    expect(out).toContain('+ SapJob/report');
    expect(code).toBe(0);
    expect(writes()).toEqual(['POST /scheduler/jobs']);
    expect((await reconcile('plan --exit-code')).code).toBe(0);
  });

  test('asks like any other apply', async () => {
    await save();
    const { code, err } = await reconcile('apply plan.json');
    expect([code, writes()]).toEqual([4, []]);
    expect(err).toContain('NOT_CONFIRMED');
  });

  test('SEMANTICS 8 gate 6: a live object that somebody changed makes it stale, and the differences are listed', async () => {
    await reconcile('apply --yes');
    await folder.write({ 'jobs/report.yaml': jobText('report', '* * * * 7 12 17') });
    await save();
    byHand({ description: 'by hand' });
    const { code, err } = await reconcile('apply plan.json --yes');
    expect([code, writes()]).toEqual([5, []]);
    expect(err).toContain('error PLAN_STALE');
    expect(err).toContain('SapJob/report: /description: approved no change; now "A job"');
    expect(err).toContain("the service's own version was changed since the plan");
  });

  test('a manifest that moved on makes it stale: approved and now, side by side', async () => {
    await reconcile('apply --yes');
    await folder.write({ 'jobs/report.yaml': jobText('report', '* * * * 7 12 17') });
    await save();
    await folder.write({ 'jobs/report.yaml': jobText('report', '* * * * 8 12 17') });
    const { code, err } = await reconcile('apply plan.json --yes');
    expect([code, writes()]).toEqual([5, []]);
    expect(err).toContain(
      'SapJob/report: /schedules/daily/cron: approved "* * * * 7 12 17"; now "* * * * 8 12 17"',
    );
  });

  test('an apply in between makes it stale', async () => {
    await save();
    await reconcile('apply --yes -q');
    emulator.clearRequests();
    const { code, err } = await reconcile('apply plan.json --yes');
    expect([code, writes()]).toEqual([5, []]);
    expect(err).toContain('the plan was made before this target had a state; it has one now');
    expect(err).toContain('PLAN_DIFFERS SapJob/report: approved: create; now there is nothing to do');
  });

  test('what the plan does not touch may move on, and stays as it is', async () => {
    await folder.write({ 'jobs/other.yaml': jobText('other') });
    await reconcile('apply --yes');
    await folder.write({ 'jobs/report.yaml': jobText('report', '* * * * 7 12 17') });
    await save();
    await folder.write({
      'jobs/other.yaml': jobText('other', '* * * * 9 9 9'),
      'jobs/new.yaml': jobText('new'),
    });
    const { code } = await reconcile('apply plan.json --yes');
    expect(code).toBe(0);
    expect(writes()).toHaveLength(1);
    expect((await reconcile('plan -o json')).out).toContain('"create": 1');
  });

  test('a plan saved with --only touches what it named', async () => {
    await folder.write({ 'jobs/other.yaml': jobText('other') });
    await save(' --only SapJob/report');
    expect((await reconcile('apply plan.json --yes')).code).toBe(0);
    expect(emulator.state().jobs?.map(({ name }) => name)).toEqual(['report']);
  });

  test('starts that are computed just before the write, counters and next runs are no differences', async () => {
    const often = (interval: string): string =>
      jobText('report').replace('daily: {cron: "* * * * 6 12 17"}', `daily: {repeatInterval: ${interval}}`);
    await folder.write({ 'jobs/report.yaml': often('2 hours') });
    await reconcile('apply --yes');
    await folder.write({ 'jobs/report.yaml': often('3 hours') });
    await save();
    await emulator.clock.advance(26 * 3_600_000 + 1234);
    const { code, err } = await reconcile('apply plan.json --yes', { now: () => emulator.clock.now() });
    expect(err).not.toContain('PLAN_');
    expect(code).toBe(0);
  });

  describe('SEMANTICS 8 gate 6: done flags do not count, where the plan leaves the schedule alone', () => {
    const several = (daily: string, { data = 'a', active = true } = {}): string => `apiVersion: reconcile/v1
kind: SapJob
metadata: {name: report}
spec:
  action: https://app.example.com/run
  active: ${active}
  schedules:
    daily: {cron: "${daily}"}
    once: {time: "2026-11-22T14:00:00Z", data: {x: ${data}}}
    until: {cron: "* * * * 13 0 0", endTime: "2026-11-22T15:00:00Z"}
`;
    const six = '* * * * 6 12 17';
    const seven = '* * * * 7 12 17';
    const schedules = () => emulator.state().jobs?.[0]?.schedules ?? [];
    /** Everything that runs once is done by then; the service has switched it off. */
    const later = () => emulator.clock.advance(5 * 3_600_000);
    const applySaved = () => reconcile('apply plan.json --yes', { now: () => emulator.clock.now() });

    beforeEach(async () => {
      emulator.clock.freeze();
      await folder.write({ 'jobs/report.yaml': several(six) });
      expect((await reconcile('apply --yes')).code).toBe(0);
    });

    test.each([
      ['another schedule', several(seven)],
      ['the job, whose schedules it carries along', several(six, { active: false })],
    ])('a plan for %s still fits after a one-time schedule has run', async (_, manifest) => {
      await folder.write({ 'jobs/report.yaml': manifest });
      await save();
      await later();
      expect(schedules().filter(({ active }) => active === false)).toHaveLength(2);
      const { code, err } = await applySaved();
      expect([err, code]).toEqual([expect.not.stringContaining('PLAN_'), 0]);
    });

    test('and after the service has taken the old one away', async () => {
      await folder.write({ 'jobs/report.yaml': several(seven) });
      await save();
      await later();
      byHand({ schedules: schedules().filter(({ time }) => (time ?? null) === null) });
      expect(schedules()).toHaveLength(2);
      expect((await applySaved()).code).toBe(0);
    });

    test('a plan that writes the one-time schedule itself is stale once that has run', async () => {
      await folder.write({ 'jobs/report.yaml': several(six, { data: 'b' }) });
      await save();
      await later();
      emulator.clearRequests();
      const { code } = await applySaved();
      expect([code, writes()]).toEqual([5, []]);
    });

    test('a schedule that somebody switches off before its end makes it stale', async () => {
      await folder.write({ 'jobs/report.yaml': several(seven) });
      await save();
      const off = schedules().map((one) =>
        (one.endTime ?? null) === null ? one : { ...one, active: false },
      );
      byHand({ schedules: off });
      const { code } = await applySaved();
      expect([code, writes()]).toEqual([5, []]);
    });
  });

  test('a plan without changes does nothing', async () => {
    await reconcile('apply --yes');
    await save();
    const { code } = await reconcile('apply plan.json --yes');
    expect([code, writes()]).toEqual([0, []]);
  });

  test('takes all targets of the plan in its order, or those of -t', async () => {
    await folder.write({ 'reconcile.yaml': configText(['dev', 'prod']) });
    await save(' -t prod');
    const unknown = await reconcile('apply plan.json --yes -t dev');
    expect([unknown.code, writes()]).toEqual([3, []]);
    expect(unknown.err).toContain('The plan has no target "dev".');
    expect((await reconcile('apply plan.json --yes')).code).toBe(0);
    expect(await reconcile('apply plan.json --yes --only report')).toMatchObject({
      code: 3,
      err: expect.stringContaining('USAGE_PLAN_ONLY'),
    });
  });

  test('a plan with something blocked is refused before anything is read', async () => {
    await reconcile('apply --yes');
    await folder.write({ 'jobs/report.yaml': '# gone\n', 'jobs/other.yaml': jobText('other') });
    await save();
    const { code, err } = await reconcile('apply plan.json --yes');
    expect([code, emulator.requests().length]).toEqual([4, 0]);
    expect(err).toContain('DELETE_ALL');
    expect(err).toContain('policy.allowDeleteAll: true');
  });
});

describe('a plan for something else', () => {
  test('another instance is refused', async () => {
    await save();
    const other = await startEmulator({ now: () => noon });
    try {
      const env = { SERVICE_KEY: JSON.stringify(other.credentials) };
      const { code, err } = await reconcile('apply plan.json --yes', { env });
      expect(code).toBe(4);
      expect(err).toContain('PLAN_OTHER_INSTANCE');
      expect(other.requests().every(({ method, path }) => method === 'GET' || path.includes('/oauth/'))).toBe(
        true,
      );
    } finally {
      await other.close();
    }
  });

  test('another instance at the same URL is refused, too', async () => {
    await save();
    await forge((document) => {
      for (const target of document.targets) target.instance = '0'.repeat(64);
    });
    const { code, err } = await reconcile('apply plan.json --yes');
    expect([code, writes()]).toEqual([4, []]);
    expect(err).toContain('with credentials of another instance');
  });

  test('a target that the config does not know is refused', async () => {
    await save();
    await folder.write({ 'reconcile.yaml': configText(['prod']) });
    const { code, err } = await reconcile('apply plan.json --yes');
    expect([code, writes()]).toEqual([3, []]);
    expect(err).toContain('USAGE_UNKNOWN_TARGET');
  });
});

describe('a plan file that is not as it was saved', () => {
  test.each<[string, (text: string) => string, number, string]>([
    ['empty', () => '', 3, 'PLAN_UNREADABLE'],
    ['cut off', (text) => text.slice(0, text.length / 2), 3, 'PLAN_UNREADABLE'],
    ['no plan', () => '{"a": 1}', 3, 'PLAN_UNREADABLE'],
    ['a list', () => '[]', 3, 'PLAN_UNREADABLE'],
    ['nested too deep', () => '['.repeat(200_000) + ']'.repeat(200_000), 3, 'PLAN_UNREADABLE'],
    [
      'of a newer format',
      (text) => text.replace('"formatVersion": "1"', '"formatVersion": "2"'),
      3,
      'PLAN_FORMAT',
    ],
    ['of another program', (text) => text.replace('reconcile-jobs', 'other'), 3, 'PLAN_UNREADABLE'],
    ['with another value', (text) => text.replace('"A job"', '"B job"'), 4, 'PLAN_EDITED'],
    ['with another age', (text) => text.replace('2026-11-22T12', '2026-11-22T13'), 4, 'PLAN_EDITED'],
    ['without its hash', (text) => text.replace(/,\s*"integrity": "\w+"/, ''), 4, 'PLAN_EDITED'],
  ])('%s is refused', async (_, change, exit, expected) => {
    await save();
    await writeFile(planFile(), change(await readFile(planFile(), 'utf8')));
    const { code, err } = await reconcile('apply plan.json --yes');
    expect([code, emulator.requests().length]).toEqual([exit, 0]);
    expect(err).toContain(expected);
    expect(err).not.toContain('INTERNAL');
  });

  test('one that is not there is refused', async () => {
    expect(await reconcile('apply nowhere.json --yes')).toMatchObject({
      code: 3,
      err: expect.stringContaining('PLAN_UNREADABLE'),
    });
  });

  test('nothing in the file is carried out as it stands: with a forged hash the digest still does not fit', async () => {
    await save();
    await forge((document) => {
      for (const { changes } of document.targets)
        for (const change of changes) {
          change.patch = [];
          for (const operation of change.operations) operation.path = '/scheduler/jobs/1';
        }
    });
    // The digest is as approved, so that what was approved is done, whatever the rest of the file says.
    expect((await reconcile('apply plan.json --yes')).code).toBe(0);
    expect(writes()).toEqual(['POST /scheduler/jobs']);
    await forge((document) => {
      for (const target of document.targets) target.digest = '0'.repeat(64);
    });
    expect((await reconcile('apply plan.json --yes')).code).toBe(5);
  });
});

describe('SEMANTICS 11: secrets are not in the plan, and are checked at apply', () => {
  const withSecret = jobText('report').replace(
    'daily: {cron: "* * * * 6 12 17"}',
    `daily: {cron: "* * * * 6 12 17", data: {password: "\${secret:TOKEN}"}}`,
  );
  const key = { RECONCILE_STATE_KEY: 'first-key', TOKEN: 'Hush-Hush-1' };

  async function saveWith(env: Record<string, string>): Promise<void> {
    const SERVICE_KEY = JSON.stringify(emulator.credentials);
    await folder.write({ 'jobs/report.yaml': withSecret });
    const ran = await reconcile('plan --out plan.json -q', { env: { SERVICE_KEY, ...env } });
    expect(ran.code).toBe(0);
    expect(await readFile(planFile(), 'utf8')).not.toContain('Hush-Hush');
  }

  const applyWith = (env: Record<string, string>) =>
    reconcile('apply plan.json --yes', {
      env: { SERVICE_KEY: JSON.stringify(emulator.credentials), ...env },
    });

  test('the same secret under the same key is sent', async () => {
    await saveWith(key);
    expect((await applyWith(key)).code).toBe(0);
    expect(JSON.stringify(emulator.state())).toContain('Hush-Hush-1');
  });

  test('a plan that no apply will take says so when it is saved', async () => {
    await folder.write({ 'jobs/report.yaml': withSecret });
    const saving = (env: Record<string, string>) =>
      reconcile('plan --out plan.json', {
        env: { SERVICE_KEY: JSON.stringify(emulator.credentials), ...env },
      });
    expect((await saving({ TOKEN: key.TOKEN })).err).toContain('will refuse this file for dev');
    expect((await saving(key)).err).not.toContain('will refuse');
  });

  test('another secret makes the plan stale', async () => {
    await saveWith(key);
    const { code, err } = await applyWith({ ...key, TOKEN: 'Hush-Hush-2' });
    expect([code, writes()]).toEqual([5, []]);
    expect(err).toContain('/schedules/daily/data/password (a secret)');
    expect(err).not.toContain('Hush-Hush');
  });

  test.each([
    ['no key at all', {}, {}],
    ['no key when it was saved', {}, { RECONCILE_STATE_KEY: 'first-key' }],
    ['no key now', { RECONCILE_STATE_KEY: 'first-key' }, {}],
    ['another key now', { RECONCILE_STATE_KEY: 'first-key' }, { RECONCILE_STATE_KEY: 'second-key' }],
  ])('%s: it cannot be checked, so nothing is sent', async (_, then, now) => {
    const { TOKEN } = key;
    await saveWith({ TOKEN, ...then } as Record<string, string>);
    const { code, err } = await applyWith({ TOKEN, ...now } as Record<string, string>);
    expect([code, writes()]).toEqual([4, []]);
    expect(err).toContain('PLAN_SECRETS_UNVERIFIABLE');
  });
});
