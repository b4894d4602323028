import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Io } from '../../src/cli/io.ts';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import { noon, runCli } from './fake-io.ts';
import { configText, jobText, type ProjectFolder, projectFolder } from './project-folder.ts';

let emulator: Emulator;
let folder: ProjectFolder;

beforeEach(async () => {
  emulator = await startEmulator({ now: () => noon });
  folder = await projectFolder({
    'reconcile.yaml': configText(),
    'jobs/report.yaml': jobText('report'),
    'jobs/payroll.yaml': jobText('payroll', '* * * * 6 1 1', 'lifecycle: {protect: true}\n'),
  });
  await reconcile('apply --yes -q');
  emulator.clearRequests();
});

afterEach(async () => {
  await emulator.close();
  await folder.remove();
});

function reconcile(line: string, overrides: Partial<Io> = {}) {
  const env = { SERVICE_KEY: JSON.stringify(emulator.credentials), ...overrides.env };
  return runCli(line.split(' '), { cwd: folder.path, ...overrides, env });
}

const stateText = (): Promise<string> => readFile(join(folder.path, '.reconcile/state/dev.json'), 'utf8');
const owned = async (): Promise<string[]> => Object.keys(JSON.parse(await stateText()).inventory);

describe('forget', () => {
  test('strikes a resource from the state and sends nothing to the service', async () => {
    const { code, out, err } = await reconcile('forget SapJob/report --yes');
    expect(code).toBe(0);
    expect(out).toBe('1 resource of dev forgotten; nothing was changed in the service.\n');
    expect(err).toContain('SapJob/report  (id ');
    expect(emulator.requests()).toEqual([]);
    expect(await owned()).toEqual(['SapJob/payroll']);
    expect(
      emulator
        .state()
        .jobs?.map(({ name }) => name)
        .sort(),
    ).toEqual(['payroll', 'report']);
  });

  test('the next plan finds it not owned, and policy.adopt takes it back', async () => {
    await reconcile('forget SapJob/report --yes');
    expect((await reconcile('plan --exit-code')).out).toContain('UNOWNED');
    await folder.write({ 'reconcile.yaml': configText(['dev'], '{adopt: equal}') });
    expect((await reconcile('apply --yes')).code).toBe(0);
    expect(await owned()).toEqual(['SapJob/payroll', 'SapJob/report']);
  });

  test('without its manifest it is unmanaged, and pruning does not touch it', async () => {
    await reconcile('forget report --yes');
    await folder.write({ 'jobs/report.yaml': '# gone\n' });
    const { code, out } = await reconcile('apply --yes');
    expect(code).toBe(0);
    expect(out).toContain('1 not managed here and left alone');
    expect(emulator.state().jobs).toHaveLength(2);
  });

  test('takes several addresses and globs, and refuses what it does not know', async () => {
    const unknown = await reconcile('forget SapJob/report SapJob/nobody --yes');
    expect(unknown.code).toBe(3);
    expect(unknown.err).toContain('USAGE_UNKNOWN_ADDRESS');
    expect(await owned()).toHaveLength(2);
    const { code, out } = await reconcile('forget SapJob/r* payroll --yes -o json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      target: 'dev',
      action: 'forget',
      addresses: ['SapJob/payroll', 'SapJob/report'],
    });
    expect(await owned()).toEqual([]);
  });

  test('asks, and takes no answer for a no', async () => {
    const before = await stateText();
    expect(await reconcile('forget SapJob/report')).toMatchObject({
      code: 4,
      err: expect.stringContaining('NOT_CONFIRMED'),
    });
    const asked: string[] = [];
    const answer = (yes: boolean): Partial<Io> => ({
      interactive: true,
      confirm: async (question) => {
        asked.push(question);
        return yes;
      },
    });
    expect((await reconcile('forget SapJob/report', answer(false))).code).toBe(4);
    expect(await stateText()).toBe(before);
    expect((await reconcile('forget SapJob/report', answer(true))).code).toBe(0);
    expect(asked).toEqual(Array(2).fill('Forget 1 resource of dev? The service is not touched.'));
  });

  test('needs neither manifests nor credentials that are in order', async () => {
    await folder.write({ 'jobs/report.yaml': '{ broken' });
    expect((await runCli(['forget', 'SapJob/report', '--yes'], { cwd: folder.path })).code).toBe(0);
  });
});

describe('unprotect', () => {
  test('SEMANTICS 8 gate 5: protection outlives the manifest until it is lifted', async () => {
    await folder.write({ 'jobs/payroll.yaml': '# gone\n' });
    const refused = await reconcile('apply --yes');
    expect(refused.code).toBe(4);
    expect(refused.err + refused.out).toContain('reconcile unprotect SapJob/payroll');
    const { code, out } = await reconcile('unprotect SapJob/payroll --yes');
    expect([code, out]).toEqual([0, '1 resource of dev can be deleted from now on.\n']);
    expect((await reconcile('apply --yes')).code).toBe(0);
    expect(emulator.state().jobs?.map(({ name }) => name)).toEqual(['report']);
  });

  test('a manifest that still protects puts it back', async () => {
    await reconcile('unprotect payroll --yes');
    await reconcile('apply --yes');
    await folder.write({ 'jobs/payroll.yaml': '# gone\n' });
    expect((await reconcile('apply --yes')).code).toBe(4);
  });

  test('what is not protected needs no write', async () => {
    const before = await stateText();
    const { code, err } = await reconcile('unprotect SapJob/report --yes');
    expect(code).toBe(0);
    expect(err).toContain('none of them is protected');
    expect(await stateText()).toBe(before);
  });

  test('asks like forget', async () => {
    expect((await reconcile('unprotect payroll')).code).toBe(4);
  });
});
