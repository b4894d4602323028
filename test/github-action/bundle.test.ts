import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { configText, jobText } from '../cli/project-folder.ts';
import { bundled, pullRequest, startWorld, type World } from './world.ts';

const bundle = bundled();
let world: World;
let base: string;

beforeAll(async () => {
  world = await startWorld({ 'reconcile.yaml': configText() }, { runner: bundle.runner });
  base = world.git('rev-parse', 'HEAD');
});

afterAll(async () => {
  await world.close();
  bundle.remove();
});

// One life of a repository, in its order: the bundle is started for each step as the runner starts it.
test('validate finds what is wrong, and marks its line', async () => {
  await world.folder.write({ 'jobs/report.yaml': jobText('report', 'never') });
  const { code, log, outputs, summary } = await world.run({ name: 'push' }, { command: 'validate' });
  expect(code).toBe(1);
  expect(outputs['failure-reason']).toBe('invalid');
  expect(log).toMatch(/^::error title=\w+,file=jobs\/report.yaml,line=8,col=\d+::/m);
  expect(summary).toContain('❌ **Invalid:** 1 error');
});

test('plan on a pull request, then apply of the squashed commit, then drift', async () => {
  const head = await world.commit({ 'jobs/report.yaml': jobText('report') });
  const planned = await world.run(pullRequest(5, base, head), { command: 'plan' });
  expect(planned.code).toBe(0);
  expect(planned.outputs).toMatchObject({ changes: 'true', 'to-create': '1', 'failure-reason': '' });
  expect(world.github.comments).toHaveLength(1);

  world.git('checkout', '--quiet', '-B', 'main', base);
  world.git('merge', '--quiet', '--squash', head);
  const merged = await world.commit({});
  world.github.pulls.set(merged, [
    { number: 5, merged_at: '2026-11-22T12:00:00Z', merge_commit_sha: merged, base: { ref: 'main' } },
  ]);
  const applied = await world.run({ name: 'push' }, { command: 'apply' });
  expect(applied.outputs['failure-reason']).toBe('');
  expect(applied.code).toBe(0);
  expect(world.emulator.state().jobs?.map(({ name }) => name)).toEqual(['report']);

  const drifted = await world.run({ name: 'schedule' }, { command: 'drift', 'drift-issue': 'true' });
  expect(drifted).toMatchObject({ code: 0, outputs: { drift: 'false' } });
});

test('a fork is only checked', async () => {
  const { code, summary } = await world.run(
    pullRequest(6, base, world.git('rev-parse', 'HEAD'), 'stranger/jobs'),
    { command: 'plan' },
    { SERVICE_KEY: '' },
  );
  expect(code).toBe(0);
  expect(summary).toContain('comes from a fork');
});

test('every library that is loaded late is in the bundle: times of all notations', async () => {
  await world.commit({
    'jobs/times.yaml': `apiVersion: reconcile/v1
kind: SapJob
metadata: {name: times}
spec:
  action: https://app.example.com/run
  schedules:
    once: {time: {date: "21.12.2030 06:00 +0000", format: "DD.MM.YYYY HH:mm Z"}}
    rfc: {time: "Sat, 21 Dec 2030 06:00:00 +0000"}
    at: {repeatAt: "4.40pm"}
    every: {repeatInterval: "2 hours", startTime: "2030-12-21T06:00:00Z"}
    unix: {crontab: "0 6 * * 1-5"}
`,
  });
  const good = await world.run({ name: 'push' }, { command: 'plan' });
  expect(good.outputs).toMatchObject({ 'failure-reason': '', 'to-create': '1' });
  await world.folder.write({
    'jobs/times.yaml': jobText('times').replace('cron: "* * * * 6 12 17"', 'time: tomorrow at 4pm'),
  });
  const relative = await world.run({ name: 'push' }, { command: 'validate' });
  expect(relative.outputs['failure-reason']).toBe('invalid');
  expect(relative.log).not.toMatch(/Cannot find module|Dynamic require/);
});

test('with the state in git, the next machine knows what the last one applied', async () => {
  const config = configText().replace('targets:', 'state: {backend: git}\ntargets:');
  const first = await startWorld(
    { 'reconcile.yaml': config, 'jobs/report.yaml': jobText('report') },
    { runner: bundle.runner },
  );
  const second = mkdtempSync(join(tmpdir(), 'reconcile-second-'));
  try {
    first.git('init', '--quiet', '--bare', '--initial-branch=main', join(second, 'origin.git'));
    first.git('remote', 'add', 'origin', join(second, 'origin.git'));
    first.git('push', '--quiet', 'origin', 'main');
    const before = await first.run({ name: 'push' }, { command: 'plan', 'plan-file': 'approved.json' });
    expect(before.outputs['to-create']).toBe('1');
    const applied = await first.run({ name: 'push' }, { command: 'apply', 'plan-file': 'approved.json' });
    expect(applied.outputs['failure-reason']).toBe('');
    const copy = join(second, 'work');
    first.git('clone', '--quiet', '--depth=1', `file://${join(second, 'origin.git')}`, copy);
    const planned = await first.run({ name: 'push' }, { command: 'plan' }, { GITHUB_WORKSPACE: copy });
    expect(planned.outputs).toMatchObject({ 'failure-reason': '', changes: 'false' });
  } finally {
    await first.close();
    rmSync(second, { recursive: true, force: true });
  }
});

test('holds no path of the machine that built it, and its size is bounded', () => {
  const text = readFileSync(bundle.path, 'utf8');
  expect(text.includes(process.cwd())).toBe(false);
  expect(/\/(home|root|tmp|Users)\//.test(text)).toBe(false);
  expect(statSync(bundle.path).size).toBeLessThan(2_500_000);
});
