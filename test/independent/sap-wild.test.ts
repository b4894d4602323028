import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { type Fields, modes } from './sap-model.ts';
import { SapProject } from './sap-project.ts';

interface Definition {
  expect: 'valid' | 'invalid-or-wrong';
  note: string;
  job: { name: string; schedules: Fields[] } & Fields;
}
const file = new URL('../providers/sap/fixtures/definitions.json', import.meta.url);
const { definitions } = JSON.parse(readFileSync(file, 'utf8')) as { definitions: Definition[] };
const rows = definitions.map((each, at) => ({ at, title: JSON.stringify(each.job).slice(0, 110), ...each }));

let project: SapProject;
afterEach(() => project.stop());

function manifestOf({ job }: Definition, name: string): string {
  const { name: _name, schedules, jobId: _id, jobType: _type, ...spec } = job;
  const parts = schedules.map(({ scheduleId: _s, type: _t, ...rest }, at) => [
    `s${at}`,
    { ...rest, description: `s${at}` },
  ]);
  return JSON.stringify({
    apiVersion: 'reconcile/v1',
    kind: 'SapJob',
    metadata: { name },
    spec: { ...spec, action: 'https://app.example.com/run', schedules: Object.fromEntries(parts) },
  });
}

/** Dates with milliseconds are compared with a service that keeps them; not every one does. */
const keepsSeconds = (row: Definition): boolean => !JSON.stringify(row.job).includes('.123');
const isRelative = ({ job }: Definition): boolean =>
  job.schedules.some(({ time }) => typeof time === 'string' && !/^\d{4}-/.test(time));
/** Refused by the schema on purpose: `data` is a map. */
const hasTextData = ({ job }: Definition): boolean => job.schedules.some(({ data }) => data === '');
const hasMode = ({ job }: Definition): boolean =>
  job.schedules.every((each) => modes.some((mode) => each[mode] !== undefined));

describe('definitions that people really wrote', () => {
  test.each(rows)('$at live: can be planned, and is left alone: $title', async (row) => {
    project = await SapProject.start({ dates: 'echo' });
    const { model } = project.server;
    const job = model.createJob({
      name: 'odd',
      description: '',
      action: 'https://app.example.com/run',
      active: true,
      httpMethod: 'POST',
      schedules: [],
    });
    for (const [at, each] of row.job.schedules.entries()) {
      const mode = modes.find((one) => each[one] !== undefined) ?? 'cron';
      job.schedules.push({
        scheduleId: `id-${at}`,
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
    const planned = await project.plan();
    expect(planned.code, planned.err).toBe(0);
    expect(planned.document?.targets[0]?.summary.unmanaged).toBe(1);
  });

  test.each(rows.filter((row) => row.expect === 'invalid-or-wrong'))(
    '$at in a manifest: refused with a remedy: $title',
    async (row) => {
      project = await SapProject.start();
      await project.folder.write({ 'jobs/all.yaml': manifestOf(row, 'odd') });
      const validated = await project.run('validate');
      expect(validated.code, validated.out + validated.err).toBe(3);
      expect(validated.out + validated.err).toMatch(/jobs\/all\.yaml:1:\d+ [A-Z_]+ /);
      expect(validated.out + validated.err).toContain('→');
      expect(project.server.calls).toEqual([]);
    },
  );

  test.each(
    rows.filter((row) => row.expect === 'valid' && hasMode(row) && !isRelative(row) && !hasTextData(row)),
  )('$at in a manifest: applied, and no difference afterwards: $title', async (row) => {
    for (const dates of keepsSeconds(row) ? (['echo', 'plain'] as const) : (['echo'] as const)) {
      project = await SapProject.start({ dates }, { adopt: 'equal' });
      await project.folder.write({ 'jobs/all.yaml': manifestOf(row, 'odd') });
      const applied = await project.apply();
      expect(applied.code, applied.out + applied.err).toBe(0);
      project.server.model.pass();
      await project.expectQuiet();
      await project.loseState();
      await project.expectQuietAdoption();
      await project.stop();
    }
    project = await SapProject.start();
  });
});
