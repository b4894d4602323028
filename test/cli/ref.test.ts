import { simpleGit } from 'simple-git';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import { noon, runCli } from './fake-io.ts';
import { configText, jobText, type ProjectFolder, projectFolder } from './project-folder.ts';

let emulator: Emulator;
let folder: ProjectFolder;
const commits: string[] = [];

/** Two commits: the job runs at six, then at seven. */
beforeEach(async () => {
  emulator = await startEmulator({ now: () => noon });
  folder = await projectFolder({ 'reconcile.yaml': configText(), '.gitignore': '.reconcile/\n' });
  const git = simpleGit({ baseDir: folder.path });
  await git.init();
  await git.addConfig('user.name', 'test').addConfig('user.email', 'test@example.com');
  commits.length = 0;
  for (const hour of [6, 7]) {
    await folder.write({ 'jobs/report.yaml': jobText('report', `* * * * ${hour} 12 17`) });
    await git.add('.').commit(`at ${hour}`);
    commits.push((await git.revparse(['HEAD'])).trim());
  }
});

afterEach(async () => {
  await emulator.close();
  await folder.remove();
});

const reconcile = (...argv: string[]) =>
  runCli(argv, { cwd: folder.path, env: { SERVICE_KEY: JSON.stringify(emulator.credentials) } });
const cronOf = () => emulator.state().jobs?.[0]?.schedules?.[0]?.cron;

describe('--ref', () => {
  test('apply --ref takes the manifests as of that commit, and going back works', async () => {
    expect((await reconcile('apply', '--yes')).code).toBe(0);
    expect(cronOf()).toBe('* * * * 7 12 17');
    expect((await reconcile('apply', '--yes', '--ref', commits[0] ?? '')).code).toBe(0);
    expect(cronOf()).toBe('* * * * 6 12 17');
    expect((await reconcile('plan', '--exit-code')).code).toBe(2);
    expect((await reconcile('plan', '--exit-code', '--ref', 'HEAD~1')).code).toBe(0);
  });

  test('a plan names the commit, and whether the folder differs from it', async () => {
    const source = async (...argv: string[]) =>
      JSON.parse((await reconcile('plan', '-o', 'json', ...argv)).out).source;
    expect(await source()).toEqual({ commit: commits[1], dirty: false });
    expect(await source('--ref', 'HEAD~1')).toEqual({ commit: commits[0], dirty: false });
    await folder.write({ 'jobs/more.yaml': jobText('more') });
    expect(await source()).toEqual({ commit: commits[1], dirty: true });
  });

  test('validate --ref finds what was wrong then', async () => {
    await folder.write({ 'jobs/report.yaml': 'nonsense' });
    expect((await reconcile('validate')).code).toBe(3);
    expect((await reconcile('validate', '--ref', 'HEAD')).code).toBe(0);
  });

  test.each(['nope', '--upload-pack=touch /tmp/x', 'HEAD:jobs'])(
    '%s is no commit: exit code 3',
    async (ref) => {
      const { code, err } = await reconcile('plan', `--ref=${ref}`);
      expect(code).toBe(3);
      expect(err).toContain('UNKNOWN_COMMIT');
      expect(emulator.requests()).toHaveLength(0);
    },
  );
});
