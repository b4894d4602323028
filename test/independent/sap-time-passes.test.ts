import { afterEach, describe, expect, test } from 'vitest';
import type { Dialect } from './sap-dialect.ts';
import { type JobSpec, SapProject, schedule } from './sap-project.ts';

let project: SapProject;
afterEach(() => project.stop());

const day = 86_400_000;
const jobs: JobSpec[] = [
  {
    name: 'report',
    schedules: {
      once: schedule('time', '2026-11-24T17:03:00Z', { data: { a: 1 } }),
      year: schedule('cron', '2026 * * * 6 12 17'),
      until: schedule('repeatInterval', '2 hours', {
        endTime: '2026-12-01T00:00:00Z',
        startTime: '2026-11-23T09:07:00Z',
      }),
      daily: schedule('cron', '* * * * 6 12 17'),
      often: schedule('repeatInterval', '5 hours'),
    },
  },
];
const edited: JobSpec[] = [
  {
    name: 'report',
    description: 'edited',
    schedules: {
      ...jobs[0]?.schedules,
      once: schedule('time', '2026-11-24T17:03:00Z', { data: { a: 2 } }),
      year: schedule('cron', '2026 * * * 6 12 17', { data: { b: 1 } }),
      daily: schedule('cron', '* * * * 7 12 17'),
    },
  },
];

const dialects: Partial<Dialect>[] = [
  {},
  { nextRunAt: 'missing', absent: 'missing', dates: 'plain' },
  { dates: 'echo', active: 'text', search: '404' },
  { putSchedule: 'replace', nextRunAt: 'null' },
];

describe.each(dialects)('SEMANTICS 4: schedules that are done stay done (%o)', (dialect) => {
  test.each([3, 20, 60])('%i days later nothing is to be done, and an edit starts nothing', async (days) => {
    project = await SapProject.start(dialect);
    const { model } = project.server;
    await project.converge(jobs);
    model.now += days * day;
    model.pass();
    const names = (): string[] =>
      model.named('report').schedules.map(({ description, active }) => `${description} ${active}`);
    const before = names();
    await project.expectQuiet();
    expect(names()).toEqual(before);
    model.runs = [];
    await project.want(edited);
    const applied = await project.apply();
    expect(applied.code, applied.err + applied.out).toBe(0);
    expect(names().sort()).toEqual(before.sort());
    expect(model.runs).toEqual([]);
    await project.expectQuiet();
  });

  test('a job that is gone comes back without what is done', async () => {
    project = await SapProject.start(dialect);
    const { model } = project.server;
    await project.converge(jobs);
    model.now += 60 * day;
    model.jobs = [];
    model.runs = [];
    const planned = await project.plan();
    const applied = await project.apply();
    expect(applied.code, applied.err + applied.out).toBe(0);
    const active = model
      .named('report')
      .schedules.filter((each) => each.active)
      .map(({ description }) => description);
    expect(active.sort()).toEqual(
      ['daily', 'often', 'year'].filter((each) => each !== 'year' || model.now < Date.parse('2027-01-01')),
    );
    expect(
      model.runs.map((run) => run.schedule),
      planned.out,
    ).toEqual([]);
    await project.expectQuiet();
  });

  test('switching a job off and on again starts nothing at once', async () => {
    project = await SapProject.start(dialect);
    const { model } = project.server;
    await project.converge(jobs);
    await project.converge(jobs.map((job) => ({ ...job, active: false })));
    model.now += 7 * 3_600_000;
    model.runs = [];
    await project.converge(jobs);
    expect(model.runs).toEqual([]);
  });

  test('a schedule that somebody switched off stays off, and is reported', async () => {
    project = await SapProject.start(dialect);
    const { model } = project.server;
    await project.converge(jobs);
    for (const each of model.named('report').schedules) each.active = false;
    const before = project.server.writes().length;
    const drift = await project.run('drift');
    expect(drift.code, drift.out).toBe(2);
    expect((await project.apply()).code).toBe(0);
    expect(project.server.writes().slice(before)).toEqual([]);
  });
});
