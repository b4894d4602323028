import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Io } from '../../src/cli/io.ts';
import type { PlanDocument } from '../../src/core/plan-document.ts';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import { noon, runCli } from './fake-io.ts';
import { configText, jobText, type ProjectFolder, projectFolder } from './project-folder.ts';

let folder: ProjectFolder;

beforeEach(async () => {
  folder = await projectFolder({
    'reconcile.yaml': configText(),
    'jobs/report.yaml': jobText('report'),
    'jobs/mail.yaml': jobText('mail', '* * * * */6 12 30'),
  });
});

afterEach(() => folder.remove());

function calendar(argv: readonly string[] = [], overrides: Partial<Io> = {}) {
  return runCli(['calendar', ...argv], { cwd: folder.path, ...overrides });
}

async function document(argv: readonly string[] = [], overrides: Partial<Io> = {}) {
  const { code, out, err } = await calendar([...argv, '-o', 'json'], overrides);
  expect([code, err]).toEqual([0, '']);
  return JSON.parse(out);
}

describe('calendar', () => {
  test('shows what the manifests say, offline and without secrets', async () => {
    expect(await document(['--days', '1'])).toEqual({
      from: '2026-11-22T12:00:00Z',
      until: '2026-11-23T12:00:00Z',
      runs: [
        { at: '2026-11-22T12:12:30Z', address: 'SapJob/mail', schedule: 'daily' },
        { at: '2026-11-22T18:12:30Z', address: 'SapJob/mail', schedule: 'daily' },
        { at: '2026-11-23T00:12:30Z', address: 'SapJob/mail', schedule: 'daily' },
        { at: '2026-11-23T06:12:17Z', address: 'SapJob/report', schedule: 'daily' },
        { at: '2026-11-23T06:12:30Z', address: 'SapJob/mail', schedule: 'daily' },
      ],
      peaks: [{ minute: '2026-11-23T06:12:00Z', count: 2 }],
    });
  });

  test('goes seven days from now, unless told otherwise', async () => {
    expect(await document()).toMatchObject({ from: '2026-11-22T12:00:00Z', until: '2026-11-29T12:00:00Z' });
    expect(await document([], { now: () => noon + 1 })).toMatchObject({ from: '2026-11-22T12:00:01Z' });
    const stretch = ['--from', '2027-01-01T00:00:00Z', '--until', '2027-01-01T06:12:30Z'];
    expect((await document(stretch)).runs).toHaveLength(2);
  });

  test.each([
    ['text', /^Runs of target dev\n/],
    ['json', /^\{\n {2}"from"/],
    ['svg', /^<svg [\s\S]*<\/svg>\n$/],
    ['html', /^<!doctype html>[\s\S]*<\/html>\n$/],
  ])('-o %s', async (output, form) => {
    const { code, out } = await calendar(['-o', output]);
    expect(code).toBe(0);
    expect(out).toMatch(form);
  });

  test('--out writes a file in the form that its name ends in, and nothing to stdout', async () => {
    for (const [file, form] of [
      ['week.svg', '<svg'],
      ['week.HTML', '<!doctype'],
      ['week.json', '{'],
      ['week.txt', 'Runs of'],
    ] as const) {
      const { code, out, err } = await calendar(['--out', file, '--color', 'always']);
      expect([code, out, err]).toEqual([0, '', `Saved to ${file}.\n`]);
      const text = await readFile(join(folder.path, file), 'utf8');
      expect(text.startsWith(form)).toBe(true);
    }
    const unwritable = await calendar(['--out', 'none/week.svg']);
    expect(unwritable.err).toContain(
      'OUTPUT_UNWRITABLE none/week.svg cannot be written: its folder does not exist.',
    );
  });

  test('--only takes some of the jobs; matching nothing is an error', async () => {
    const { runs } = await document(['--only', 'rep*']);
    expect(new Set(runs.map(({ address }: { address: string }) => address))).toEqual(
      new Set(['SapJob/report']),
    );
    const none = await calendar(['--only', 'nothing']);
    expect([none.code, none.out]).toEqual([3, '']);
    expect(none.err).toContain('USAGE_ONLY_MATCHES_NOTHING');
  });

  test('what is switched off or over does not run', async () => {
    await folder.write({
      'jobs/report.yaml': jobText('report').replace('description: A job', 'active: false'),
      'jobs/mail.yaml': jobText('mail', '* * * * 6 12 0').replace(
        'cron: "* * * * 6 12 0"',
        'time: "2026-11-22T11:59:59Z"',
      ),
    });
    const { out } = await calendar(['-o', 'json']);
    expect(JSON.parse(out).runs).toEqual([]);
  });

  test('says when a missing secret may hide runs', async () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: references look like that
    await folder.write({ 'jobs/mail.yaml': jobText('mail', '${secret:WHEN}') });
    const { code, err } = await calendar();
    expect(code).toBe(0);
    expect(err).toContain('1 schedule depends on secrets or variables that are not set here');
  });

  test('an interval that nothing tells the phase of is marked as estimated, in every form', async () => {
    const every = (name: string, more = '') =>
      jobText(name).replace('cron: "* * * * 6 12 17"', `repeatInterval: 8 hours${more}`);
    await folder.write({
      'jobs/report.yaml': every('report'),
      'jobs/mail.yaml': every('mail', ', startTime: "2026-11-22T13:00:00Z"'),
    });
    const { runs } = await document(['--days', '1']);
    expect(runs.filter(({ estimated }: { estimated?: true }) => estimated === true)).toEqual(
      ['2026-11-22T12:00:00Z', '2026-11-22T20:00:00Z', '2026-11-23T04:00:00Z'].map((at) => ({
        at,
        address: 'SapJob/report',
        schedule: 'daily',
        estimated: true,
      })),
    );
    expect(runs).toHaveLength(6);
    const text =
      'Estimated: nothing tells the phase of 1 interval, here taken from the beginning: SapJob/report';
    const hours = (await calendar(['--days', '1'])).out;
    expect(hours.replace(/\s+/g, ' ')).toContain(text);
    expect(hours).toContain(':00 report ~daily');
    expect(hours).toContain(':00 mail daily');
    for (const output of ['svg', 'html']) {
      const { out } = await calendar(['-o', output]);
      expect(out).toMatch(/Estimated&[#\w]+; nothing tells the phase of 1 interval/);
      expect(out).toContain('>~ report</text>');
      expect(out).toContain('>mail</text>');
      expect(out.match(/opacity="0.5"/g)).toHaveLength(1);
    }
  });

  test('what runs although nothing tells when is named, not left out silently', async () => {
    await folder.write({
      'reconcile.yaml': `apiVersion: reconcile/v1
kind: Config
manifests: ["jobs/*.yaml"]
targets:
  rdp: {provider: riversand, url: "https://acme.example", credentials: {tenantId: acme, userId: u, userRoles: [admin], clientId: c, clientSecret: s}}
`,
      'jobs/report.yaml': `apiVersion: reconcile/v1
kind: RiversandBatchJob
metadata: {name: unanchored}
spec: {appId: a, jobDefId: one, recurrenceInterval: PT6H}
---
apiVersion: reconcile/v1
kind: RiversandBatchJob
metadata: {name: anchored}
spec: {appId: a, jobDefId: two, recurrenceInterval: PT6H, startAt: "2026-11-01T00:00:00Z"}
---
apiVersion: reconcile/v1
kind: RiversandBatchJob
metadata: {name: off}
spec: {appId: a, jobDefId: three, recurrenceInterval: PT6H, enabled: false}
`,
      'jobs/mail.yaml': '',
    });
    const { runs, unplaced } = await document(['--days', '1']);
    expect(new Set(runs.map(({ address }: { address: string }) => address))).toEqual(
      new Set(['RiversandBatchJob/anchored']),
    );
    expect(unplaced).toEqual([{ address: 'RiversandBatchJob/unanchored', schedule: '' }]);
    expect((await calendar()).out.replace(/\s+/g, ' ')).toContain(
      'Not shown: nothing tells when this runs: RiversandBatchJob/unanchored.',
    );
  });

  test('secrets in names do not reach any output', async () => {
    const secret = 'hunter2hunter2';
    await folder.write({
      'jobs/mail.yaml': jobText(`mail-${secret}`),
      // biome-ignore lint/suspicious/noTemplateCurlyInString: references look like that
      'jobs/report.yaml': jobText('report').replace('A job', '${secret:TOKEN}'),
    });
    for (const output of ['text', 'json', 'svg', 'html']) {
      const { out } = await calendar(['-o', output], { env: { TOKEN: secret } });
      expect(out).toContain('(sensitive)');
      expect(out).not.toContain(secret);
    }
  });
});

describe('what bad input gets', () => {
  test.each([
    [['--days', '0'], '1 to 366'],
    [['--days', '367'], '1 to 366'],
    [['--days', 'many'], '1 to 366'],
    [['--days', '1', '--until', '2027-01-01T00:00:00Z'], 'cannot be used with'],
    [['--from', 'soon'], 'Expected an instant'],
    [['--from', '2100-01-01T00:00:00Z'], '1970 to 2099'],
    [['--until', '2026-11-22T12:00:00Z'], 'USAGE_STRETCH'],
    [['--from', '2027-01-01T00:00:00Z', '--until', '2028-01-03T00:00:00Z'], 'USAGE_STRETCH'],
    [['--top', '0'], '1 to 100'],
    [['--top', '101'], '1 to 100'],
    [['-o', 'png'], 'Allowed choices'],
    [['--live', '--plan', 'plan.json'], 'cannot be used with'],
    [['-t', 'nowhere'], 'USAGE_UNKNOWN_TARGET'],
    [['--plan', 'none.json'], 'PLAN_UNREADABLE'],
    [['--plan', 'reconcile.yaml'], 'PLAN_UNREADABLE'],
    [['--plan', 'other.json'], 'PLAN_UNREADABLE'],
  ])('%j: exit 3, and nothing on stdout', async (argv, says) => {
    await folder.write({ 'other.json': '{"formatVersion": "1"}' });
    const { code, out, err } = await calendar(argv);
    expect([code, out]).toEqual([3, '']);
    expect(err).toContain(says);
    expect((await readdir(folder.path)).sort()).toEqual(['jobs', 'other.json', 'reconcile.yaml']);
  });

  test('faulty manifests: all findings, exit 3', async () => {
    await folder.write({
      'jobs/mail.yaml': jobText('mail', '1-3'),
      'jobs/report.yaml': jobText('report', ''),
    });
    const { code, out, err } = await calendar();
    expect([code, out]).toEqual([3, '']);
    expect(err).toContain('jobs/mail.yaml:');
    expect(err).toContain('jobs/report.yaml:');
  });

  test('more runs than a list can hold are refused, with what to do instead; a picture takes them', async () => {
    await folder.write({ 'jobs/mail.yaml': jobText('mail', '* * * * * * *') });
    const { code, out, err } = await calendar(['--days', '12', '-o', 'json']);
    expect([code, out]).toEqual([3, '']);
    expect(err).toContain('USAGE_TOO_MANY_RUNS');
    expect(err).toContain('--only');
    expect((await calendar(['--days', '12', '-o', 'svg'])).code).toBe(0);
  });
});

describe('with a service', () => {
  let emulator: Emulator;

  beforeEach(async () => {
    emulator = await startEmulator({ now: () => noon });
    emulator.clock.freeze();
  });

  afterEach(() => emulator.close());

  const env = () => ({ SERVICE_KEY: JSON.stringify(emulator.credentials) });
  const writes = () =>
    emulator.requests().filter(({ method, path }) => method !== 'GET' && !path.includes('/oauth/')).length;

  test('--live shows what the service has, whoever made it, and writes nothing', async () => {
    await folder.write({ 'jobs/mail.yaml': jobText('mail', '* * * * 7 0 0') });
    expect((await runCli(['apply', '--yes', '-q'], { cwd: folder.path, env: env() })).code).toBe(0);
    const seed = emulator.state();
    emulator.setState({
      ...seed,
      jobs: [
        ...(seed.jobs ?? []),
        {
          name: 'byHand',
          action: 'https://app.example.com/x',
          active: true,
          httpMethod: 'POST',
          schedules: [
            {
              description: 'in the dashboard',
              active: true,
              repeatInterval: '5 hours',
              startTime: '2026-11-22T13:30:00Z',
            },
            { description: 'off', active: false, cron: '* * * * * 0 0' },
          ],
        },
      ],
    });
    emulator.clearRequests();
    // The manifests say something else by now.
    await folder.write({ 'jobs/mail.yaml': jobText('mail', '* * * * 8 0 0') });
    const { runs } = await document(['--live', '--days', '1'], { env: env() });
    expect(runs).toEqual([
      { at: '2026-11-22T13:30:00Z', address: 'SapJob/byHand', schedule: 'in the dashboard' },
      { at: '2026-11-22T18:30:00Z', address: 'SapJob/byHand', schedule: 'in the dashboard' },
      { at: '2026-11-22T23:30:00Z', address: 'SapJob/byHand', schedule: 'in the dashboard' },
      { at: '2026-11-23T04:30:00Z', address: 'SapJob/byHand', schedule: 'in the dashboard' },
      { at: '2026-11-23T06:12:17Z', address: 'SapJob/report', schedule: 'daily' },
      { at: '2026-11-23T07:00:00Z', address: 'SapJob/mail', schedule: 'daily' },
      { at: '2026-11-23T09:30:00Z', address: 'SapJob/byHand', schedule: 'in the dashboard' },
    ]);
    expect(writes()).toBe(0);
    expect((await calendar(['--live'], { env: env() })).out).toContain('Runs of target dev, live');
  });

  test('--live needs credentials, and a service', async () => {
    expect((await calendar(['--live'])).code).toBe(3);
    const gone = env();
    await emulator.close();
    expect((await calendar(['--live'], { env: gone })).code).toBe(1);
    emulator = await startEmulator({ now: () => noon });
  });

  describe('--plan', () => {
    const apply = () => runCli(['apply', '--yes', '-q'], { cwd: folder.path, env: env() });
    const days = ['--days', '3'];

    /** Saves a plan, and gives it; the clock of both is the service's. */
    async function save(argv: readonly string[] = []): Promise<PlanDocument> {
      const now = () => emulator.clock.now();
      await runCli(['plan', '--out', 'plan.json', '-q', ...argv], { cwd: folder.path, env: env(), now });
      return JSON.parse(await readFile(join(folder.path, 'plan.json'), 'utf8'));
    }

    async function planned(argv: readonly string[] = []) {
      const now = () => emulator.clock.now();
      const { code, out, err } = await calendar(['--plan', 'plan.json', ...days, '-o', 'json', ...argv], {
        now,
      });
      expect(code, err).toBe(0);
      return { runs: JSON.parse(out).runs as { at: string; address: string; schedule: string }[], err };
    }

    const live = async () =>
      (await document(['--live', '-q', ...days], { env: env() })).runs as { at: string }[];
    const times = (runs: readonly { at: string }[]) => runs.map(({ at }) => at);
    const job = (timing: string, more = '') =>
      `apiVersion: reconcile/v1\nkind: SapJob\nmetadata: {name: beat}\n${more}spec: {action: "https://x.example/b", schedules: {beat: {${timing}}}}\n`;
    const only = (text: string) => folder.write({ 'jobs/report.yaml': text, 'jobs/mail.yaml': '' });

    /** The calendar of a plan says just what the plan says, as far as the plan looks. */
    async function agrees(plan: PlanDocument): Promise<void> {
      const { runs } = await planned();
      for (const change of plan.targets[0]?.changes ?? []) {
        const impacts = [
          ...(change.impact === undefined ? [] : [['', change.impact] as const]),
          ...change.parts.flatMap(({ path, impact }) =>
            impact === undefined ? [] : [[path.replace('/schedules/', ''), impact] as const],
          ),
        ];
        for (const [key, { after }] of impacts) {
          const shown = runs.filter(
            ({ address, schedule }) => address === change.address && schedule === key,
          );
          const length = Math.min(shown.length, after.length);
          expect(times(shown).slice(0, length)).toEqual(after.slice(0, length));
          expect(shown.length === 0).toBe(after.length === 0);
        }
      }
    }

    test('a mode change: before from the service, after from the plan, which knows the start that is sent', async () => {
      await only(job('cron: "* * * * */8 30 0"'));
      await apply();
      await only(job('repeatInterval: 12 hours'));
      const plan = await save();
      expect(plan.targets[0]?.changes[0]?.parts[0]).toMatchObject({ action: 'replace' });
      await agrees(plan);
      expect(times(await live()).slice(0, 2)).toEqual(['2026-11-22T16:30:00Z', '2026-11-23T00:30:00Z']);
      const { runs } = await planned();
      expect(runs.some((run) => 'estimated' in run)).toBe(false);
      await apply();
      // What was shown is what the service has then.
      expect(times(await live())).toEqual(times(runs));
    });

    test('an interval keeps the phase that the service told', async () => {
      await only(job('repeatInterval: 12 hours, startTime: "2026-11-22T13:20:00Z"'));
      await apply();
      await only(job('repeatInterval: 12 hours, startTime: "2026-11-22T13:20:00Z", data: {a: 1}'));
      await emulator.clock.advance(5 * 3_600_000);
      await agrees(await save());
      expect(times((await planned()).runs)[0]).toBe('2026-11-23T01:20:00Z');
    });

    test('a removal runs no more; what is only let go is named, because it goes on', async () => {
      await only(job('cron: "* * * * */8 30 0"'));
      await folder.write({
        'reconcile.yaml': configText(['dev'], '{prune: true}'),
        'jobs/kept.yaml': job('cron: "* * * * 5 0 0"', 'lifecycle: {onRemove: keep}\n').replace(
          'name: beat',
          'name: kept',
        ),
        'jobs/stays.yaml': jobText('stays'),
      });
      await apply();
      await folder.write({ 'jobs/report.yaml': '', 'jobs/kept.yaml': '' });
      const plan = await save();
      expect(plan.targets[0]?.changes.map(({ action }) => action).sort()).toEqual(['delete', 'forget']);
      const { runs, err } = await planned();
      expect(runs).toEqual([]);
      expect(err).toContain('The plan holds what changes; 1 unchanged resource is not in it.');
      expect(err).toContain('Left in the service, where they go on, and not shown: SapJob/kept.');
    });

    test('what the plan refuses is said', async () => {
      await only(job('cron: "* * * * */8 30 0"'));
      await apply();
      await folder.write({ 'reconcile.yaml': configText(['dev']).replace('dev:', 'other:') });
      await save();
      expect((await planned()).err).toContain(
        'Apply refuses this plan; shown is what it wants: SapJob/beat.',
      );
    });

    test('a schedule that somebody switched off, and that the plan leaves off, does not run', async () => {
      await only(job('cron: "* * * * */8 30 0", data: {a: 1}'));
      await apply();
      const seed = emulator.state();
      emulator.setState({
        ...seed,
        jobs: (seed.jobs ?? []).map((one) => ({
          ...one,
          schedules: (one.schedules ?? []).map((schedule) => ({ ...schedule, active: false })),
        })),
      });
      await only(job('cron: "* * * * */8 30 0", data: {a: 2}'));
      await agrees(await save());
      expect((await planned()).runs).toEqual([]);
    });

    test('a Riversand replace shows the runs that the new schedule has, not those that are missed', async () => {
      const batch = (interval: string) => `apiVersion: reconcile/v1
kind: RiversandBatchJob
metadata: {name: load}
spec: {appId: a, jobDefId: one, recurrenceInterval: ${interval}, startAt: "2026-11-22T00:00:00Z", startMargin: PT3H}
`;
      await folder.write({
        'reconcile.yaml': JSON.stringify({
          apiVersion: 'reconcile/v1',
          kind: 'Config',
          manifests: ['jobs/*.yaml'],
          targets: {
            rdp: {
              provider: 'riversand',
              url: emulator.riversand.url,
              credentials: emulator.riversand.credentials,
            },
          },
        }),
      });
      await only(batch('PT6H'));
      emulator.clock.run();
      expect((await apply()).err).toBe('');
      emulator.clock.freeze();
      await only(batch('PT2H'));
      const plan = await save();
      const [change] = plan.targets[0]?.changes ?? [];
      expect(change?.action).toBe('replace');
      expect(change?.impact?.missed).toContain('2026-11-22T14:00:00Z');
      await agrees(plan);
      const shown = times((await planned()).runs);
      expect(shown).not.toContain('2026-11-22T14:00:00Z');
      expect(shown[0]).toBe('2026-11-22T16:00:00Z');
    });

    test('clocks that go forward or back somewhere change nothing: all is UTC', async () => {
      await only(job('cron: "* * * * 2 30 0"'));
      await save();
      const zone = process.env['TZ'];
      for (const from of ['2027-03-27T00:00:00Z', '2027-10-30T00:00:00Z']) {
        const expected = [0, 1, 2].map(
          (day) => new Date(Date.parse(from) + day * 86_400_000 + 2.5 * 3_600_000),
        );
        for (const name of ['UTC', 'Europe/Berlin', 'America/New_York']) {
          process.env['TZ'] = name;
          const shown = times((await planned(['--from', from])).runs);
          expect(shown.map((at) => Date.parse(at))).toEqual(expected.map(Number));
        }
      }
      if (zone === undefined) delete process.env['TZ'];
      else process.env['TZ'] = zone;
    });

    test('of two targets one is meant', async () => {
      await folder.write({ 'reconcile.yaml': configText(['dev', 'prod']) });
      await only(job('cron: "* * * * 2 30 0"'));
      await save();
      const { code, err } = await calendar(['--plan', 'plan.json']);
      expect([code, err]).toEqual([
        3,
        expect.stringContaining('The plan has 2 targets; which one is meant?'),
      ]);
      expect((await planned(['-t', 'prod'])).runs).toHaveLength(3);
    });
  });

  test('--plan shows what a saved plan wants, offline, and says what is not in it', async () => {
    expect((await runCli(['apply', '--yes', '-q'], { cwd: folder.path, env: env() })).code).toBe(0);
    await folder.write({ 'jobs/mail.yaml': jobText('mail', '* * * * 8 0 0') });
    await runCli(['plan', '--out', 'plan.json', '-q'], { cwd: folder.path, env: env() });
    await folder.write({ 'reconcile.yaml': 'no config any more' });
    const { code, out, err } = await calendar(['--plan', 'plan.json', '--days', '1', '-o', 'json']);
    expect(code).toBe(0);
    expect(JSON.parse(out).runs).toEqual([
      { at: '2026-11-23T08:00:00Z', address: 'SapJob/mail', schedule: 'daily' },
    ]);
    expect(err).toBe('The plan holds what changes; 1 unchanged resource is not in it.\n');
    expect((await calendar(['--plan', 'plan.json', '-t', 'prod'])).err).toContain('USAGE_UNKNOWN_TARGET');
  });
});
