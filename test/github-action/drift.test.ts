import { afterEach, beforeEach, expect, test } from 'vitest';
import { configText, jobText } from '../cli/project-folder.ts';
import { startWorld, type World } from './world.ts';

let world: World;

beforeEach(async () => {
  world = await startWorld({ 'reconcile.yaml': configText(), 'jobs/report.yaml': jobText('report') });
  await world.run({ name: 'push' }, { command: 'apply', 'require-approved-plan': 'false' });
});

afterEach(() => world.close());

const drift = (inputs: Record<string, string> = {}, env: Record<string, string> = {}) =>
  world.run({ name: 'schedule' }, { command: 'drift', 'drift-issue': 'true', ...inputs }, env);

/** What a colleague does in the dashboard. */
function changeByHand(description: string): void {
  const [job] = world.emulator.state().jobs ?? [];
  if (job !== undefined) world.emulator.setState({ jobs: [{ ...job, description }] });
}

test('opens one issue, keeps it up to date, and closes it when the drift is gone', async () => {
  expect((await drift()).outputs).toMatchObject({ drift: 'false', 'issue-number': '' });
  expect(world.github.issues).toEqual([]);

  changeByHand('by hand');
  const first = await drift();
  const [issue] = world.github.issues;
  expect(first).toMatchObject({ code: 0, outputs: { drift: 'true', 'issue-number': String(issue?.number) } });
  expect(issue?.title).toContain('Drift');
  expect(issue?.body).toContain('by hand');
  expect(first.log).toContain('file=jobs/report.yaml,line=1');

  changeByHand('again by hand');
  await drift();
  expect(world.github.issues).toHaveLength(1);
  expect(issue?.body).toContain('again by hand');

  changeByHand('A job');
  expect((await drift()).outputs).toMatchObject({ drift: 'false', 'issue-number': String(issue?.number) });
  expect(issue?.state).toBe('closed');

  changeByHand('once more');
  await drift();
  expect(world.github.issues.map(({ state }) => state)).toEqual(['closed', 'open']);
});

test('finds its issue among many, and takes neither a pull request nor another label for it', async () => {
  changeByHand('by hand');
  await drift({ label: 'other' });
  const other = world.github.issues[0];
  for (let n = 0; n < 120; n += 1) world.github.addIssue({ body: `issue ${n}` });
  world.github.addIssue({ body: (other?.body ?? '').replace('other', 'reconcile'), pull_request: {} });
  await drift();
  await drift();
  expect(world.github.issues).toHaveLength(123);
});

test('fail-on-changes fails with the reason "drift", and the issue is opened all the same', async () => {
  changeByHand('by hand');
  expect(await drift({ 'fail-on-changes': 'true' })).toMatchObject({
    code: 1,
    outputs: { 'failure-reason': 'drift', drift: 'true' },
  });
  expect(world.github.issues).toHaveLength(1);
});

test('an issue is not closed when the service could not be read', async () => {
  changeByHand('by hand');
  await drift();
  const { outputs } = await drift(
    {},
    {
      SERVICE_KEY: JSON.stringify(world.emulator.credentials).replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:1'),
    },
  );
  expect(outputs['failure-reason']).toBe('failed');
  expect(world.github.issues[0]?.state).toBe('open');
});

test('without drift-issue there is none; without the right to write one there is a warning', async () => {
  changeByHand('by hand');
  await drift({ 'drift-issue': 'false' });
  expect(world.github.issues).toEqual([]);
  world.github.faults.push({ method: 'POST', path: /\/issues$/, status: 410, times: 1 });
  const { code, log } = await drift();
  expect(code).toBe(0);
  expect(log).toContain('The issue about the drift could not be written');
});
