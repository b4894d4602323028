import { renameSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import { fileStore } from '../../src/state/file.ts';
import { type GitFolders, git, gitEnv, gitFolders } from '../state/git-folders.ts';
import { journalOf } from '../state/samples.ts';
import { fakeStoreClock } from '../support/fake-store-clock.ts';
import { testClaim } from '../support/put-state.ts';
import { noon, runCli } from './fake-io.ts';
import { configText, jobText, type ProjectFolder, projectFolder } from './project-folder.ts';

let emulator: Emulator;
beforeEach(async () => {
  emulator = await startEmulator({ now: () => noon });
});
afterEach(() => emulator.close());

const credentials = (): Record<string, string> => ({ SERVICE_KEY: JSON.stringify(emulator.credentials) });
const payroll = jobText('payroll', '* * * * 6 1 1', 'lifecycle: {protect: true}\n');
const kept = jobText('old', '* * * * 6 2 2', 'lifecycle: {onRemove: keep}\n');

describe('with the file backend', () => {
  let folder: ProjectFolder;
  beforeEach(async () => {
    folder = await projectFolder({
      'reconcile.yaml': configText(),
      'jobs/report.yaml': jobText('report'),
      'jobs/payroll.yaml': payroll,
      'jobs/old.yaml': kept,
    });
  });
  afterEach(() => folder.remove());

  /** Without any credentials, unless they are given. */
  const reconcile = (line: string, env: Record<string, string> = {}) =>
    runCli(line.split(' '), { cwd: folder.path, env });

  async function applyTwice(): Promise<void> {
    expect((await reconcile('apply --yes', credentials())).code).toBe(0);
    await folder.write({ 'jobs/old.yaml': '' });
    expect((await reconcile('apply --yes', credentials())).code).toBe(0);
    emulator.clearRequests();
  }

  test('both say that nothing was applied yet', async () => {
    for (const command of ['status', 'history']) {
      const { code, out } = await reconcile(command);
      expect(code).toBe(0);
      expect(out).toBe('Target dev  (state in file)\n  Nothing was applied yet.\n');
    }
  });

  test('status shows what is owned, protected and let go, and the last outcome; nothing is asked of the service', async () => {
    await applyTwice();
    const { code, out, err } = await reconcile('status');
    expect(err).toBe('');
    expect(code).toBe(0);
    expect(emulator.requests()).toEqual([]);
    expect(out).toContain('last      1 forgotten');
    expect(out).toContain('Sun 2026-11-22 12:00 UTC, just now, by ann@here');
    expect(out).toMatch(/SapJob\/payroll +since 2026-11-22 {2}1 schedule {2}protected\n/);
    expect(out).toMatch(/SapJob\/report +since 2026-11-22 {2}1 schedule\n/);
    expect(out).toMatch(/Let go: they live on in the service\n {2}SapJob\/old {2}kept 2026-11-22/);
    expect(out).toContain('Owned: 2 resources with 2 schedules, 1 protected.');
    expect(out).not.toContain('lock');
  });

  test('status -o json has the same', async () => {
    await applyTwice();
    const { out } = await reconcile('status -o json');
    const [target] = JSON.parse(out).targets;
    expect(target).toMatchObject({
      name: 'dev',
      backend: 'file',
      lock: null,
      open: null,
      last: { summary: '1 forgotten', actor: 'ann@here', outcomes: { succeeded: 1 } },
      owned: [
        { address: 'SapJob/payroll', protected: true, parts: [{ key: 'daily' }] },
        { address: 'SapJob/report', protected: false, parts: [{ key: 'daily' }] },
      ],
      released: [{ address: 'SapJob/old', how: 'keep' }],
    });
    expect(target.state.serial).toBeGreaterThan(1);
  });

  test('status shows the lock, and the apply that has not ended', async () => {
    const store = fileStore({ root: folder.path, clock: fakeStoreClock(noon - 30_000) });
    const lock = await store.lock('dev', { ...testClaim, machine: 'boot-1 pid-1' });
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const base = { formatVersion: '1' as const, target: 'dev', lineage: 'l', instance: 'i', inventory: {} };
    await lock.begin({ ...base, serial: 1, journal: journalOf(...names) });
    const during = (await reconcile('status')).out;
    expect(during).toContain('lock      held by ann@here (pid 1, test) since');
    expect(during).toMatch(
      /open {6}an apply of ann@build-1, begun [\s\S]*has not ended: 6\s+changes\s+not\s+settled/,
    );
    expect(during).toContain('create MemoryJob/e');
    expect(during).toContain('… and 1 more (--verbose)');
    expect((await reconcile('status --verbose')).out).toContain('create MemoryJob/f');
    const late = await runCli(['status'], { cwd: folder.path, now: () => noon + 3_600_000 });
    expect(late.out).toMatch(/it has expired,\s+the\s+next\s+apply\s+takes\s+it\s+over/);
    const here = { owner: 'bob', host: 'here', pid: 2, machine: 'boot-1 pid-1', isAlive: () => false };
    const dead = await runCli(['status'], { cwd: folder.path, process: here });
    expect(dead.out.replaceAll(/\s+/g, ' ')).toContain(
      'its process is gone from this machine, the next apply takes it over',
    );
    expect(dead.out.replaceAll(/\s+/g, ' ')).toContain('did not end: 6 changes not settled');
    await lock.release();
    const after = (await reconcile('status')).out;
    expect(after).not.toContain('lock      ');
    expect(after).toMatch(/did not end:[\s\S]*The\s+next\s+apply\s+settles\s+them/);
  });

  test('history is newest first, as long as asked for', async () => {
    await applyTwice();
    const { out } = await reconcile('history');
    expect(out.indexOf('1 forgotten')).toBeLessThan(out.indexOf('3 created'));
    expect(out).toContain('create SapJob/payroll\n');
    const one = await reconcile('history -n 1 -o json');
    expect(JSON.parse(one.out).targets[0].records).toMatchObject([{ summary: '1 forgotten' }]);
    expect((await reconcile('history -n 0')).code).toBe(3);
  });

  test('a damaged state is an error with advice', async () => {
    await mkdir(join(folder.path, '.reconcile/state'), { recursive: true });
    await writeFile(join(folder.path, '.reconcile/state/dev.json'), '{');
    const { code, err } = await reconcile('status');
    expect(code).toBe(1);
    expect(err).toContain('STATE_DAMAGED');
  });
});

describe('with the git backend', { timeout: 60_000 }, () => {
  let folders: GitFolders;
  beforeEach(() => {
    folders = gitFolders();
  });
  afterEach(() => folders.remove());

  async function project(): Promise<string> {
    const path = folders.clone();
    const config = configText().replace('targets:', 'state: {backend: git}\ntargets:');
    await writeFile(join(path, 'reconcile.yaml'), config);
    await mkdir(join(path, 'jobs'));
    await writeFile(join(path, 'jobs', 'report.yaml'), jobText('report'));
    return path;
  }

  const reconcile = (cwd: string, line: string) =>
    runCli(line.split(' '), { cwd, env: { ...(gitEnv as Record<string, string>), ...credentials() } });

  test('one clone applies, another sees it; without the network it says that it has a copy', async () => {
    const one = await project();
    const two = await project();
    const applied = await reconcile(one, 'apply --yes');
    expect(applied.err).not.toContain('error');
    expect(applied.code).toBe(0);
    expect((await reconcile(two, 'status')).out).toContain('Owned: 1 resource with 1 schedule.');
    expect((await reconcile(two, 'plan --exit-code')).code).toBe(0);
    const before = (await reconcile(two, 'history -o json')).out;
    renameSync(folders.bare, `${folders.bare}.away`);
    const offline = await reconcile(two, 'status');
    expect(offline.code).toBe(0);
    expect(offline.out).toContain('! The copy on this machine; it may be out of date:');
    expect(offline.out).toContain('Owned: 1 resource with 1 schedule.');
    const late = JSON.parse((await reconcile(two, 'history -o json')).out).targets[0];
    expect(late).toMatchObject({ offline: expect.stringContaining('refs/reconcile/state/dev of origin') });
    expect(late.records).toEqual(JSON.parse(before).targets[0].records);
    // What decides about writes takes no copy.
    const plan = await reconcile(two, 'plan');
    expect(plan.code).toBe(1);
    expect(plan.err).toContain('STATE_UNREACHABLE');
  });

  test('the history is what git log tells, with the commit of the manifests', async () => {
    const path = await project();
    git(path, 'add', '.');
    git(path, '-c', 'user.name=Kim', '-c', 'user.email=kim@example.com', 'commit', '-qm', 'Jobs');
    await reconcile(path, 'apply --yes');
    const [record] = JSON.parse((await reconcile(path, 'history -o json')).out).targets[0].records;
    expect(record.commit).toBe(git(path, 'rev-parse', 'HEAD'));
    expect(git(path, 'log', '-1', '--format=%s', 'refs/reconcile/state/dev')).toBe('dev: 1 created');
    const status = (await reconcile(path, 'status')).out;
    expect(status).toContain(`by ann@here, commit ${record.commit.slice(0, 12)}\n`);
    expect(record).not.toHaveProperty('dirty');
  });

  test('an apply of manifests that were edited after the commit says so everywhere: -dirty', async () => {
    const path = await project();
    git(path, 'add', '.');
    git(path, '-c', 'user.name=Kim', '-c', 'user.email=kim@example.com', 'commit', '-qm', 'Jobs');
    const commit = git(path, 'rev-parse', 'HEAD');
    const name = `${commit.slice(0, 12)}-dirty`;
    await writeFile(join(path, 'jobs', 'more.yaml'), jobText('more'));
    expect((await reconcile(path, 'apply --yes')).code).toBe(0);
    const [record] = JSON.parse((await reconcile(path, 'history -o json')).out).targets[0].records;
    expect(record).toMatchObject({ commit, dirty: true });
    expect((await reconcile(path, 'history')).out).toContain(`by ann@here, commit ${name}:`);
    const status = await reconcile(path, 'status');
    expect(status.out).toContain(`by ann@here, commit ${name}`);
    expect(status.out).toMatch(new RegExp(`SapJob/more +since [0-9-]+  ${name}  1 schedule`));
    const [target] = JSON.parse((await reconcile(path, 'status -o json')).out).targets;
    expect(target.owned).toMatchObject([
      { commit, dirty: true },
      { commit, dirty: true },
    ]);
    const log = git(path, 'log', '-1', '--format=%B', 'refs/reconcile/state/dev');
    expect(log).toContain(` from commit ${name} at `);
    expect(log).toContain(`Source-Commit: ${commit}\nSource-Dirty: true`);
  });
});
