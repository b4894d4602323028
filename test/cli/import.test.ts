// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references look like that
import { mkdir, readdir, readFile, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Io } from '../../src/cli/io.ts';
import { type Emulator, type EmulatorSeed, startEmulator } from '../../src/emulator/index.ts';
import type { ImportDocument } from '../../src/report/index.ts';
import { noon, type Ran, runCli } from './fake-io.ts';
import { configText, jobText, type ProjectFolder, projectFolder } from './project-folder.ts';

let emulator: Emulator;
let folder: ProjectFolder;

const schedule = { scheduleId: 's1', description: 'daily', active: true, cron: '* * * * 6 12 17' };
const seed = {
  jobs: [
    {
      _id: 7,
      name: 'report',
      action: 'https://app.example.com/run',
      active: true,
      createdAt: '2026-01-01T00:00:00Z',
      schedules: [
        {
          ...schedule,
          data: { user: 'batch', apiToken: 'a-very-secret-token' },
          logs: [{ runId: 'r1', executionTimestamp: '2026-11-22T06:12:17Z', runStatus: 'COMPLETED' }],
        },
      ],
    },
    ...[1, 2, 3].map((number) => ({
      name: `tenant-${number}-once`,
      action: 'https://app.example.com/once',
      active: true,
      schedules: [{ active: false, time: `2026-11-0${number}T06:00:00Z` }],
    })),
  ],
};

beforeEach(async () => {
  emulator = await startEmulator({ now: () => noon, seed: seed as EmulatorSeed });
  emulator.clock.freeze();
  folder = await projectFolder({ 'reconcile.yaml': configText() });
});

afterEach(async () => {
  await emulator.close();
  await folder.remove();
});

function reconcile(argv: readonly string[], overrides: Partial<Io> = {}): Promise<Ran> {
  const env = { SERVICE_KEY: JSON.stringify(emulator.credentials), ...overrides.env };
  return runCli(argv, { cwd: folder.path, ...overrides, env });
}

const read = (path: string): Promise<string> => readFile(join(folder.path, path), 'utf8');
const files = (): Promise<string[]> => readdir(join(folder.path, 'jobs')).catch(() => []);
const json = ({ out }: Ran): ImportDocument => JSON.parse(out) as ImportDocument;
const requests = (): string[] => emulator.requests().map(({ method, path }) => `${method} ${path}`);

describe('import', () => {
  test('writes a tidy manifest with ids, the last run, and a reference in place of a secret', async () => {
    const ran = await reconcile(['import', '--only', 'report']);
    expect(ran.code, ran.err).toBe(0);
    expect(await read('jobs/report.yaml')).toBe(`# id 7, created 2026-01-01T00:00:00Z

apiVersion: reconcile/v1
kind: SapJob
metadata:
  name: report
spec:
  action: https://app.example.com/run
  schedules:
    # id s1, last run 2026-11-22T06:12:17Z
    daily:
      cron: "* * * * 6 12 17"
      data:
        user: batch
        apiToken: \${secret:REPORT_API_TOKEN}
`);
    expect(ran.out).toContain('REPORT_API_TOKEN');
    expect(ran.out + ran.err).not.toContain('a-very-secret-token');
    expect(requests().filter((line) => !line.startsWith('GET') && !line.endsWith('/token'))).toEqual([]);
  });

  test('--dry-run lists the same and writes nothing', async () => {
    const planned = json(await reconcile(['import', '--dry-run', '-o', 'json', '--adopt']));
    expect(await files()).toEqual([]);
    const written = json(await reconcile(['import', '-o', 'json']));
    expect({ ...written, dryRun: true, requests: 0 }).toEqual({ ...planned, requests: 0 });
    expect(await files()).toHaveLength(4);
    await expect(readdir(join(folder.path, '.reconcile'))).rejects.toThrow();
  });

  test('leaves out what --exclude names and what has a manifest, and only suggests to leave out one-time jobs', async () => {
    await folder.write({ 'jobs/mine.yaml': jobText('report') });
    const all = json(await reconcile(['import', '--dry-run', '-o', 'json']));
    expect(all.manifests.map(({ address }) => address)).toEqual(
      [1, 2, 3].map((n) => `SapJob/tenant-${n}-once`),
    );
    expect(all).toMatchObject({ managed: 0, described: ['SapJob/report'] });
    expect(all.suggestions).toEqual([{ pattern: 'SapJob/tenant-*-once', count: 3 }]);
    const pattern = all.suggestions[0]?.pattern ?? '';
    const none = json(await reconcile(['import', '--exclude', pattern, '-o', 'json']));
    expect(none).toMatchObject({ manifests: [], suggestions: [] });
    expect(none.excluded).toHaveLength(3);
  });

  test('tells what is owned from what only has a manifest, and what to do about it', async () => {
    expect((await reconcile(['import'])).code).toBe(0);
    const env = { REPORT_API_TOKEN: 'a-very-secret-token' };
    const again = await reconcile(['import'], { env });
    expect(again.out).toContain('Imported: 0 manifests written, 4 with a manifest but not owned.');
    expect(again.err).toContain('Next: reconcile import --adopt takes over');
    await folder.write({ 'jobs/report.yaml': jobText('report', '* * * * 9 0 0') });
    const adopting = ['import', '--adopt', '--yes'];
    const adopted = await reconcile(adopting, { env });
    expect(adopted.out).toContain('3 objects adopted, 1 with a manifest but not owned.');
    expect(adopted.out).toContain('Not adopted:');
    const after = await reconcile(['import']);
    expect(after.out).toContain('0 manifests written, 3 managed already, 1 with a manifest but not owned.');
    expect(json(await reconcile(['import', '-o', 'json']))).toMatchObject({
      managed: 3,
      described: ['SapJob/report'],
    });
  });

  test('never overwrites a file without --force, and then writes none at all', async () => {
    await folder.write({ 'jobs/report.yaml': '# mine\n' });
    const ran = await reconcile(['import']);
    expect(ran.code).toBe(4);
    expect(ran.err).toContain('IMPORT_FILE_EXISTS');
    expect(await files()).toEqual(['report.yaml']);
    expect(await read('jobs/report.yaml')).toBe('# mine\n');
    expect((await reconcile(['import', '--force'])).code).toBe(0);
    expect(await read('jobs/report.yaml')).toContain('kind: SapJob');
  });

  test('writes only into the project, and only where the config reads', async () => {
    const elsewhere = await reconcile(['import', '--into', '../elsewhere']);
    expect(elsewhere.code).toBe(3);
    expect(elsewhere.err).toContain('IMPORT_OUTSIDE');
    const unread = await reconcile(['import', '--layout', 'kind']);
    expect(unread.code).toBe(3);
    expect(unread.err).toContain('IMPORT_NOT_MATCHED');
    await mkdir(join(folder.path, 'real'), { recursive: true });
    await symlink(tmpdir(), join(folder.path, 'jobs'));
    const linked = await reconcile(['import']);
    expect(linked.code).toBe(3);
    expect(linked.err).toContain('LINK_OUTSIDE');
  });

  test('in one file, with a second import beside the first', async () => {
    await reconcile(['import', '--layout', 'one-file', '--only', 'report']);
    expect(await files()).toEqual(['dev.yaml']);
    const more = await reconcile(['import', '--layout', 'one-file'], { env: { REPORT_API_TOKEN: 'x' } });
    expect(more.code, more.err).toBe(0);
    expect(await files()).toEqual(['dev-2.yaml', 'dev.yaml']);
    expect((await reconcile(['validate'])).out).toContain('4 resources');
  });

  test('--secret takes more values out, --plain keeps what only looks like one', async () => {
    const document = json(
      await reconcile([
        'import',
        '-o',
        'json',
        '--only',
        'report',
        '--secret',
        '/schedules/*/data/user',
        '--plain',
        '/**/apiToken',
      ]),
    );
    expect(document.secrets.map(({ name }) => name)).toEqual(['REPORT_USER']);
    expect(await read('jobs/report.yaml')).toContain('apiToken: a-very-secret-token');
  });

  test('gives manifests the labels that the target selects by', async () => {
    await folder.write({
      'reconcile.yaml': `${configText()}    select: {labels: {tier: batch}}\n`,
    });
    await reconcile(['import', '--only', 'report']);
    expect(await read('jobs/report.yaml')).toContain('    tier: batch');
    expect((await reconcile(['validate'])).out).toContain('1 resource');
  });

  test('asks only for what it shows: --no-last-runs saves a request for each schedule', async () => {
    await reconcile(['import', '--dry-run', '--no-last-runs']);
    expect(requests().filter((line) => line.endsWith('/runs'))).toEqual([]);
  });

  test('works on one target at a time', async () => {
    await folder.write({ 'reconcile.yaml': configText(['dev', 'prod']) });
    expect((await reconcile(['import'])).err).toContain('USAGE_WHICH_TARGET');
    const both = await reconcile(['import', '-t', 'dev', '-t', 'prod']);
    expect(both.code).toBe(3);
    expect(both.err).toContain('USAGE_WHICH_TARGET');
  });
});

describe('import --adopt', () => {
  test('asks first, and without an answer writes nothing at all', async () => {
    const nobody = await reconcile(['import', '--adopt']);
    expect(nobody.code).toBe(4);
    expect(nobody.err).toContain('NOT_CONFIRMED');
    const no = await reconcile(['import', '--adopt'], { interactive: true, confirm: async () => false });
    expect(no.code).toBe(4);
    expect(await files()).toEqual([]);
  });

  test('leads from a refused plan to one without changes, and never writes to the service', async () => {
    await reconcile(['import']);
    const env = { REPORT_API_TOKEN: 'a-very-secret-token' };
    const refused = await reconcile(['plan', '--exit-code'], { env });
    expect(refused.code).toBe(4);
    expect(refused.out).toContain('UNOWNED');
    expect(refused.out).toContain('reconcile import --adopt');
    const adopted = json(await reconcile(['import', '--adopt', '--yes', '-o', 'json'], { env }));
    expect(adopted.adopted).toHaveLength(4);
    expect((await reconcile(['plan', '--exit-code'], { env })).code).toBe(0);
    expect(requests().filter((line) => !line.startsWith('GET') && !line.endsWith('/token'))).toEqual([]);
    const state = await read('.reconcile/state/dev.json');
    expect(state).not.toContain('a-very-secret-token');
  });

  test('leaves alone what differs from its manifest, and says in what', async () => {
    await folder.write({ 'jobs/mine.yaml': jobText('report', '* * * * 7 0 1') });
    const { adopted, notAdopted } = json(await reconcile(['import', '--adopt', '--yes', '-o', 'json']));
    expect(adopted).toHaveLength(3);
    expect(notAdopted).toMatchObject([{ address: 'SapJob/report', why: expect.stringContaining('/cron') }]);
  });

  test('builds a lost state again', async () => {
    await reconcile(['import', '--adopt', '--yes', '--exclude', 'report']);
    const { rm } = await import('node:fs/promises');
    await rm(join(folder.path, '.reconcile'), { recursive: true });
    const again = json(await reconcile(['import', '--adopt', '--yes', '--exclude', 'report', '-o', 'json']));
    expect(again.manifests).toEqual([]);
    expect(again.adopted).toHaveLength(3);
    expect((await reconcile(['plan', '--exit-code'])).code).toBe(0);
  });

  test('is followed by renames that neither delete nor create: a key moves with movedFrom', async () => {
    const env = { REPORT_API_TOKEN: 'a-very-secret-token' };
    await reconcile(['import', '--adopt', '--yes'], { env });
    const text = await read('jobs/report.yaml');
    const renamed = text.replace(
      '    daily:\n',
      '    every morning:\n      movedFrom: daily\n      description: daily\n',
    );
    await folder.write({ 'jobs/report.yaml': renamed.replace('6 12 17', '7 12 17') });
    const applied = await reconcile(['apply', '--yes'], { env });
    expect(applied.code, applied.err + applied.out).toBe(0);
    const written = requests().filter((line) => !line.startsWith('GET') && !line.endsWith('/token'));
    expect(written).toEqual([expect.stringMatching(/^PUT .*\/schedules\/s1$/)]);
    expect((await reconcile(['plan', '--exit-code'], { env })).code).toBe(0);
  });
});
