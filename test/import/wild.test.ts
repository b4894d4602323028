import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { ImportDocument } from '../../src/report/index.ts';
import { type Fields, type Mode, modes } from '../independent/sap-model.ts';
import { SapProject } from '../independent/sap-project.ts';

interface Definition {
  note: string;
  job: { name: string; schedules: Fields[] } & Fields;
}

const file = new URL('../providers/sap/fixtures/definitions.json', import.meta.url);
const { definitions } = JSON.parse(readFileSync(file, 'utf8')) as { definitions: Definition[] };

let project: SapProject;
afterEach(() => project.stop());

function addJob(name: string, schedules: readonly Fields[], fields: Fields = {}): void {
  const { model } = project.server;
  const job = model.createJob({
    description: '',
    action: 'https://app.example.com/run',
    active: true,
    httpMethod: 'POST',
    ...fields,
    name: 'made',
    schedules: [],
  });
  // The service takes no such names any more, but it has them.
  job.name = name;
  for (const [at, each] of schedules.entries()) {
    const mode: Mode = modes.find((one) => each[one] !== undefined) ?? 'cron';
    job.schedules.push({
      scheduleId: `id-${job.id}-${at}`,
      description: '',
      data: {},
      startTime: null,
      endTime: null,
      active: false,
      phase: model.now,
      ...each,
      mode,
      value: each[mode] ?? '* * * * 1 1 1',
    });
  }
}

/** Imports with adoption; nothing reaches the service, and nothing is left to do. */
async function importAll(...more: string[]): Promise<ImportDocument> {
  const ran = await project.run('import', '--adopt', '--yes', '--no-last-runs', '-o', 'json', ...more);
  expect(ran.code, ran.err).toBe(0);
  expect(project.server.writes()).toEqual([]);
  const planned = await project.plan();
  expect(planned.code, planned.err + planned.out).toBe(0);
  expect(planned.document?.targets[0]?.changes).toEqual([]);
  return JSON.parse(ran.out) as ImportDocument;
}

describe('definitions that people really wrote, as the service holds them', () => {
  test.each(['object', 'text'] as const)(
    'all of them are imported, and the plan shows no change (data as %s)',
    async (data) => {
      project = await SapProject.start({ dates: 'echo', nextRunAt: 'missing', data });
      for (const [at, { job }] of definitions.entries())
        addJob(`${job.name} ${at}`, job.schedules, {
          action: job['action'] ?? 'https://app.example.com/run',
        });
      const { manifests, leftOut, adopted, notAdopted } = await importAll();
      expect(leftOut).toEqual([]);
      expect(notAdopted).toEqual([]);
      expect(adopted).toHaveLength(definitions.length);
      expect(manifests.flatMap(({ warnings }) => warnings).length).toBeGreaterThan(5);
      expect((await project.run('validate')).code).toBe(0);
      await project.expectQuiet();
    },
  );
});

describe('values that the service holds and a manifest may not say', () => {
  const odd: readonly [string, Fields][] = [
    ['a Unix crontab', { cron: '*/15 * * * *' }],
    ['words for a number', { repeatInterval: 'twenty minutes' }],
    ['a daily time that nobody can read', { repeatAt: 'every morning' }],
    ['data that is a text', { cron: '* * * * 1 2 3', data: 'plain words' }],
    ['data that is a list', { cron: '* * * * 1 2 3', data: [1, 2] }],
    ['a start in words', { cron: '* * * * 1 2 3', startTime: 'in 2 hours' }],
    ['an end before its start', { cron: '* * * * 1 2 3', startTime: '2030-01-02', endTime: '2030-01-01' }],
  ];

  test.each(odd)('%s is kept with a warning, and refused as soon as it would be sent', async (_, fields) => {
    project = await SapProject.start({ dates: 'echo' });
    addJob('odd', [{ description: 'only', active: false, ...fields }]);
    const { manifests } = await importAll();
    expect(manifests[0]?.warnings.length).toBeGreaterThan(0);
    const checked = await project.run('validate');
    expect(checked.code, checked.out).toBe(0);
    expect(checked.out).toContain('it stands only as long as the service has it so');

    const [job] = project.server.model.jobs;
    if (job !== undefined) job.schedules = [];
    const planned = await project.plan();
    expect(planned.code).toBe(4);
    expect(planned.out).toContain('NOT_AS_FOUND');
    expect((await project.apply()).code).toBe(4);
    expect(project.server.writes()).toEqual([]);
  });

  test('a name of digits alone and names that no file can have are imported as they are', async () => {
    project = await SapProject.start();
    const names = [
      '4711',
      'a/b',
      'A/B',
      '../up',
      '..',
      'ends with a blank ',
      'größe',
      '日本',
      'CON',
      '.hidden',
    ];
    for (const name of names) addJob(name, [{ description: 'daily', active: true, repeatAt: '1.15am' }]);
    const { manifests } = await importAll();
    expect(manifests.map(({ address }) => address).sort()).toEqual(
      names.map((name) => `SapJob/${name}`).sort(),
    );
    const files = manifests.map((manifest) => manifest.file.toLowerCase());
    expect(new Set(files).size).toBe(names.length);
    for (const path of files) expect(path).toMatch(/^jobs\/[a-z0-9_][a-z0-9._-]*\.yaml$/);
  });

  test('a change of another field is still carried out', async () => {
    project = await SapProject.start();
    addJob('odd', [], { action: '/relative', description: 'old words' });
    const { manifests } = await importAll();
    const path = manifests[0]?.file ?? '';
    const text = await readFile(join(project.folder.path, path), 'utf8');
    await project.folder.write({ [path]: text.replace('old words', 'new words') });
    const applied = await project.apply();
    expect(applied.code, applied.err + applied.out).toBe(0);
    expect(project.server.model.jobs[0]?.fields).toMatchObject({
      action: '/relative',
      description: 'new words',
    });
  });
});

test('twins, shared descriptions and texts that look like references come through unchanged', async () => {
  project = await SapProject.start();
  const data = { text: ['$', '{secret:X}'].join(''), more: ['$', '${', 'var:y}'].join('') };
  addJob('twins', [
    { description: 'daily', active: true, cron: '* * * * 6 12 17', data },
    { description: 'daily', active: true, cron: '* * * * 6 12 17', data },
    { description: 'daily', active: true, cron: '* * * * 7 12 17' },
    { description: '', active: true, repeatInterval: '2 hours' },
    { description: '', active: false, repeatInterval: '2 hours' },
    { description: 'toString', active: true, repeatAt: '4.40pm' },
    { description: 'x (replaced)', active: true, repeatAt: '4.41pm' },
    { description: `a long text ${'that goes on '.repeat(12)}`, active: true, repeatAt: '4.42pm' },
  ]);
  const { adopted } = await importAll();
  expect(adopted).toEqual(['SapJob/twins']);
});

test('a job without anything to call cannot be a manifest, and is left out with the reason', async () => {
  project = await SapProject.start();
  addJob('mute', [], { action: null });
  addJob('fine', []);
  const { manifests, leftOut } = await importAll();
  expect(manifests.map(({ address }) => address)).toEqual(['SapJob/fine']);
  expect(leftOut).toMatchObject([{ address: 'SapJob/mute', why: expect.stringContaining('action') }]);
});
