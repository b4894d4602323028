import { readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseMarker } from '../../src/github-action/marker.ts';
import { configText, jobText } from '../cli/project-folder.ts';
import { pullRequest, startWorld, type World } from './world.ts';

let world: World;
let base: string;
let merged: string;

/** A pull request whose plan was shown; `merged` is the commit that it became. */
beforeEach(async () => {
  world = await startWorld({ 'reconcile.yaml': configText(['dev']) });
  base = world.git('rev-parse', 'HEAD');
});

afterEach(() => world.close());

async function review(
  files: Record<string, string> = { 'jobs/report.yaml': jobText('report') },
  inputs: Record<string, string> = {},
  env: Record<string, string> = {},
): Promise<void> {
  const head = await world.commit(files);
  await world.run(pullRequest(5, base, head), { command: 'plan', ...inputs }, env);
  world.git('checkout', '--quiet', '-B', 'main', base);
  world.git('merge', '--quiet', '--squash', head);
  merged = await world.commit({});
  world.github.pulls.set(merged, [
    { number: 5, merged_at: '2026-11-22T12:00:00Z', merge_commit_sha: merged, base: { ref: 'main' } },
  ]);
}

const apply = (inputs: Record<string, string> = {}, env: Record<string, string> = {}, event = 'push') =>
  world.run({ name: event }, { command: 'apply', ...inputs }, env);
const jobs = (): string[] => (world.emulator.state().jobs ?? []).map(({ name }) => name);

describe('apply on merge', () => {
  test('applies the plan that was approved on the squashed pull request, and says so there', async () => {
    await review();
    const approved = world.github.comments[0]?.body ?? '';
    const { code, outputs, summary } = await apply();
    expect(code).toBe(0);
    expect(jobs()).toEqual(['report']);
    expect(outputs).toMatchObject({ changes: 'true', 'to-create': '1', 'failure-reason': '' });
    expect(summary).toContain('As approved on pull request #5.');
    const told = world.github.comments[0]?.body ?? '';
    expect(told).toContain('## Apply · reconcile');
    expect(told).toContain('## Plan · reconcile');
    expect(parseMarker(told)).toEqual(parseMarker(approved));
  });

  test.each([
    ['a merge commit', (sha: string) => ({ merge_commit_sha: sha, base: { ref: 'main' } })],
    ['a rebase, whose last commit is another one', () => ({ merge_commit_sha: 'x', base: { ref: 'main' } })],
  ])('finds the pull request of %s', async (_, facts) => {
    await review();
    const open = { number: 9, merged_at: null, merge_commit_sha: merged, base: { ref: 'main' } };
    world.github.pulls.set(merged, [
      open,
      { number: 5, merged_at: '2026-11-22T12:00:00Z', ...facts(merged) },
    ]);
    expect((await apply()).outputs['failure-reason']).toBe('');
    expect(jobs()).toEqual(['report']);
  });

  test('a second apply of the same commit has nothing to do and needs no approval', async () => {
    await review();
    await apply();
    world.github.comments.length = 0;
    const { code, outputs } = await apply();
    expect(code).toBe(0);
    expect(outputs).toMatchObject({ changes: 'false', 'failure-reason': '' });
  });

  test('refuses and shows a plan that is another one by now, and writes nothing', async () => {
    await review();
    await world.commit({ 'jobs/more.yaml': jobText('more') });
    world.github.pulls.set(world.git('rev-parse', 'HEAD'), world.github.pulls.get(merged) ?? []);
    const { code, outputs, summary } = await apply();
    expect(code).toBe(1);
    expect(outputs['failure-reason']).toBe('plan-changed');
    expect(summary).toContain(
      'The plan is no longer the one that was approved on pull request &#35;&#8288;5',
    );
    expect(summary).toContain('SapJob/more');
    expect(world.github.comments[0]?.body).toContain('**Not applied.**');
    expect(world.writes()).toEqual([]);
  });

  test('refuses when the service has changed since the review', async () => {
    await review();
    await apply();
    base = world.git('rev-parse', 'HEAD');
    await review({ 'jobs/report.yaml': jobText('report', '* * * * 7 0 0') });
    const [job] = world.emulator.state().jobs ?? [];
    world.emulator.setState({ jobs: [{ ...job, name: 'report', description: 'by hand' } as never] });
    world.emulator.clearRequests();
    expect((await apply()).outputs['failure-reason']).toBe('plan-changed');
    expect(world.writes()).toEqual([]);
  });

  test('refuses a push that came from no pull request', async () => {
    await world.commit({ 'jobs/report.yaml': jobText('report') });
    const { outputs, summary } = await apply();
    expect(outputs['failure-reason']).toBe('no-approved-plan');
    expect(summary).toContain('did not come from a merged pull request');
    expect(summary).toContain('SapJob/report');
    expect(world.writes()).toEqual([]);
  });

  test('refuses when the last plan on the pull request had failed', async () => {
    const head = await world.commit({ 'jobs/report.yaml': jobText('report') });
    await world.run(pullRequest(5, base, head), { command: 'plan' });
    await world.run(pullRequest(5, base, head), { command: 'plan' }, { SERVICE_KEY: '' });
    world.github.pulls.set(head, [
      { number: 5, merged_at: '2026-11-22T12:00:00Z', merge_commit_sha: head, base: { ref: 'main' } },
    ]);
    const { outputs, summary } = await apply();
    expect(outputs['failure-reason']).toBe('no-approved-plan');
    expect(summary).toContain('had failed');
  });

  test('refuses when GitHub does not say what was approved', async () => {
    await review();
    world.github.faults.push({ path: /\/pulls$/, status: 403, times: 100 });
    expect((await apply()).outputs['failure-reason']).toBe('no-approved-plan');
    expect((await apply({ 'github-token': '' })).outputs['failure-reason']).toBe('no-approved-plan');
    expect(world.writes()).toEqual([]);
  });

  test('require-approved-plan: false applies what is there', async () => {
    await world.commit({ 'jobs/report.yaml': jobText('report') });
    expect((await apply({ 'require-approved-plan': 'false' })).code).toBe(0);
    expect(jobs()).toEqual(['report']);
  });

  test('a comment of another label approves nothing', async () => {
    await review(undefined, { label: 'other' });
    expect((await apply()).outputs['failure-reason']).toBe('no-approved-plan');
  });

  test('a plan that somebody else wrote into a comment approves nothing', async () => {
    await review();
    for (const comment of world.github.comments) comment.user = { login: 'mallory', type: 'User' };
    expect((await apply()).outputs['failure-reason']).toBe('no-approved-plan');
  });
});

describe('with RECONCILE_STATE_KEY the approval is signed', () => {
  const key = { RECONCILE_STATE_KEY: 'a-key-for-tests' };

  test('a genuine one is taken', async () => {
    await review(undefined, {}, key);
    expect((await apply({}, key)).outputs['failure-reason']).toBe('');
  });

  test.each([
    ['one without a signature', (body: string) => body.replace(/,"mac":"[0-9a-f]+"/, '')],
    ['one whose digest was changed', (body: string) => body.replace(/"dev":"./, '"dev":"0')],
    ['one with the label of another', (body: string) => body.replace('"head":"', '"head":"0')],
  ])('%s is refused', async (_, change) => {
    await review(undefined, {}, key);
    for (const comment of world.github.comments) {
      const changed = change(comment.body);
      expect(changed).not.toBe(comment.body);
      comment.body = changed;
    }
    const { outputs, summary } = await apply({}, key);
    expect(outputs['failure-reason']).toBe('no-approved-plan');
    expect(summary).toContain('is not signed');
  });

  test('one from another pull request is refused', async () => {
    await review(undefined, {}, key);
    const [pull] = world.github.pulls.get(merged) ?? [];
    world.github.addComment({ number: 6, body: world.github.comments[0]?.body ?? '' });
    world.github.pulls.set(merged, [{ ...pull, number: 6 } as never]);
    expect((await apply({}, key)).outputs['failure-reason']).toBe('no-approved-plan');
  });
});

describe('manual apply', () => {
  test('applies the plan that an earlier job saved and somebody approved', async () => {
    await world.commit({ 'jobs/report.yaml': jobText('report') });
    const { outputs } = await world.run({ name: 'workflow_dispatch' }, { command: 'plan' });
    const done = await apply({ 'plan-file': outputs['plan-path'] ?? '' }, {}, 'workflow_dispatch');
    expect(done.outputs['failure-reason']).toBe('');
    expect(jobs()).toEqual(['report']);
  });

  test('refuses when that plan no longer fits, and when it cannot be read', async () => {
    await world.commit({ 'jobs/report.yaml': jobText('report') });
    const { outputs } = await world.run({ name: 'workflow_dispatch' }, { command: 'plan' });
    await world.commit({ 'jobs/report.yaml': jobText('report', '* * * * 8 0 0') });
    const late = await apply({ 'plan-file': outputs['plan-path'] ?? '' }, {}, 'workflow_dispatch');
    expect(late.outputs['failure-reason']).toBe('plan-changed');
    const gone = await apply({ 'plan-file': 'nowhere.json' }, {}, 'workflow_dispatch');
    expect(gone.outputs['failure-reason']).toBe('invalid');
    expect(late.summary).toContain('SapJob/report');
    expect(world.writes()).toEqual([]);
  });
});

test('a plan that was edited is refused', async () => {
  await world.commit({ 'jobs/report.yaml': jobText('report') });
  const { outputs } = await world.run({ name: 'workflow_dispatch' }, { command: 'plan' });
  const path = outputs['plan-path'] ?? '';
  writeFileSync(path, readFileSync(path, 'utf8').replace('A job', 'Another'));
  const done = await apply({ 'plan-file': path }, {}, 'workflow_dispatch');
  expect(done.outputs['failure-reason']).toBe('refused');
  expect(world.writes()).toEqual([]);
});

describe('what apply refuses to run on', () => {
  test.each(['pull_request', 'pull_request_target', 'workflow_run', 'issue_comment', 'merge_group'])(
    '%s',
    async (event) => {
      const { code, outputs } = await apply({ 'require-approved-plan': 'false' }, {}, event);
      expect(code).toBe(1);
      expect(outputs['failure-reason']).toBe('event-not-allowed');
      expect(world.emulator.requests()).toEqual([]);
    },
  );
});

describe('several targets', () => {
  beforeEach(async () => {
    base = await world.commit({ 'reconcile.yaml': configText(['dev', 'prod']) });
  });

  test('apply wants to be told which', async () => {
    const { outputs, summary } = await apply();
    expect(outputs['failure-reason']).toBe('invalid');
    expect(summary).toContain('the input');
  });

  test('when one cannot be approved nothing is written to any', async () => {
    await review(undefined, { target: 'dev' });
    const { outputs } = await apply({ target: 'dev, prod' });
    expect(outputs['failure-reason']).toBe('no-approved-plan');
    expect(world.writes()).toEqual([]);
  });
});

test('a change that fails ends as "partial" with what was done, without a secret', async () => {
  await review({ 'jobs/a.yaml': jobText('aaa'), 'jobs/b.yaml': jobText('bbb') });
  world.emulator.faults.set({
    match: { method: 'POST', path: '/scheduler/jobs', count: 1 },
    effect: { status: 400, body: { error: `no: ${world.emulator.credentials.uaa.clientsecret}` } },
  });
  const { code, outputs, summary } = await apply();
  expect(code).toBe(1);
  expect(outputs['failure-reason']).toBe('partial');
  expect(summary).toContain('Applied in part');
  expect(summary).not.toContain(world.emulator.credentials.uaa.clientsecret);
  expect(jobs()).toHaveLength(1);
});

test('a refused plan is not applied, whatever was approved', async () => {
  await review();
  world.emulator.setState({
    jobs: [{ name: 'report', action: 'https://app.example.com/x', httpMethod: 'POST', active: true }],
  });
  const { outputs, summary } = await apply();
  expect(outputs['failure-reason']).toBe('refused');
  expect(summary).toContain('UNOWNED');
  expect(world.writes()).toEqual([]);
});
