import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { type Emulator, type EmulatorSeed, startEmulator } from '../../src/emulator/index.ts';
import type { ImportDocument } from '../../src/report/index.ts';
import { noon, runCli } from '../cli/fake-io.ts';
import { type ProjectFolder, projectFolder } from '../cli/project-folder.ts';

let emulator: Emulator;
let folder: ProjectFolder;

afterEach(async () => {
  await emulator.close();
  await folder.remove();
});

async function start(batchSchedules: object[]): Promise<void> {
  const seed = { riversand: { tenants: [{ tenantId: 'acme', batchSchedules }] } } as unknown as EmulatorSeed;
  emulator = await startEmulator({ now: () => noon, seed });
  emulator.clock.freeze();
  const { riversand } = emulator;
  const config = {
    apiVersion: 'reconcile/v1',
    kind: 'Config',
    manifests: ['jobs/*.yaml'],
    targets: { dev: { provider: 'riversand', url: riversand.url, credentials: riversand.credentials } },
  };
  folder = await projectFolder({ 'reconcile.yaml': JSON.stringify(config) });
}

const run = (...argv: string[]) => runCli(argv, { cwd: folder.path });

test('an imported batch schedule says what the service does not show, and adoption records it as not verified', async () => {
  const jobInputPayload = { source: 'shop' };
  await start([
    { appId: 'load', jobDefId: 'all', recurrenceInterval: 'PT1H', jobInputPayload, enabled: false },
  ]);
  const { code, err } = await run('import', '--adopt', '--yes');
  expect(code, err).toBe(0);
  const text = await readFile(join(folder.path, 'jobs/load_all.yaml'), 'utf8');
  expect(text).toContain('The service does not show enabled, startAt, jobInputPayload');
  expect(text).toContain('  appId: load\n  jobDefId: all\n  recurrenceInterval: PT1H\n');
  const state = JSON.parse(await readFile(join(folder.path, '.reconcile/state/dev.json'), 'utf8')) as {
    inventory: Record<string, { unverified?: string[] }>;
  };
  expect(state.inventory['RiversandBatchJob/load_all']?.unverified).toEqual(['/enabled', '/jobInputPayload']);
  const planned = await run('plan', '--exit-code');
  expect(planned.code, planned.out).toBe(0);
});

test('an id that can be read in two ways is settled by asking the service', async () => {
  await start([
    { appId: 'load_daily', jobDefId: 'all', recurrenceInterval: 'PT1H' },
    { appId: 'sync', jobDefId: 'a_b_c', recurrenceInterval: 'PT2H' },
  ]);
  const { out } = await run('import', '-o', 'json');
  const { manifests, leftOut } = JSON.parse(out) as ImportDocument;
  expect(leftOut).toEqual([]);
  expect(manifests.map(({ address }) => address)).toEqual([
    'RiversandBatchJob/load_daily_all',
    'RiversandBatchJob/sync_a_b_c',
  ]);
  expect(await readFile(join(folder.path, 'jobs/load_daily_all.yaml'), 'utf8')).toContain(
    'appId: load_daily\n',
  );
  expect(await readFile(join(folder.path, 'jobs/sync_a_b_c.yaml'), 'utf8')).toContain('jobDefId: a_b_c\n');
});
