import { afterEach, describe, expect, test } from 'vitest';
import { type Dialect, ways } from './sap-dialect.ts';
import { type JobSpec, SapProject, schedule } from './sap-project.ts';

const nobodys = (job: string, text: string): boolean =>
  job.startsWith('foreign') || text.startsWith('foreign');

const many: JobSpec[] = Array.from({ length: 12 }, (_, at) => ({
  name: `bulk${at}`,
  description: '',
  schedules: {
    a: schedule('cron', `* * * * ${at} 12 17`),
    b: schedule('repeatAt', '6.20am', { active: at % 3 === 0, data: { at } }),
  },
}));

const first: JobSpec[] = [
  ...many,
  {
    name: 'report',
    description: 'Report',
    schedules: {
      daily: schedule('cron', '* * * * 6 12 17', { data: { kind: 'full', deep: { list: [1, null, 'x'] } } }),
      often: schedule('repeatInterval', '2 hours', { startTime: '2026-11-23T09:07:00Z' }),
      now: schedule('repeatInterval', '30 minutes'),
      once: schedule('time', '2026-12-24T17:03:00Z'),
      off: schedule('repeatInterval', '7 hours', { active: false }),
      ended: schedule('cron', '* * * * 7 12 17', { endTime: '2027-11-23T09:07:00Z' }),
    },
  },
];

const second: JobSpec[] = [
  ...many.slice(2),
  {
    name: 'report',
    description: 'Report, edited',
    httpMethod: 'PUT',
    schedules: {
      daily: schedule('repeatAt', '6.20am'),
      often: schedule('repeatInterval', '3 hours'),
      now: schedule('repeatInterval', '45 minutes', { data: { a: 1 } }),
      once: schedule('time', '2026-12-25T17:03:00Z', { description: 'once upon a time' }),
      off: schedule('repeatInterval', '7 hours', { active: true }),
      ended: schedule('cron', '* * * * 7 12 17'),
      more: schedule('cron', '* * * mon:fri 7 12 17'),
    },
  },
];

let project: SapProject;
afterEach(() => project.stop());

/** Create, edit, be changed behind our back, remove: with somebody else's objects around. */
async function wholeLife(dialect: Partial<Dialect>): Promise<void> {
  project = await SapProject.start(dialect);
  const { model } = project.server;
  for (const name of ['foreign', 'foreign report']) {
    model.createJob({
      name,
      description: 'Not ours',
      action: 'https://other.example.com',
      active: true,
      httpMethod: 'GET',
      startTime: null,
      schedules: [{ cron: '* * * * 1 1 1', active: true, description: 'daily', data: '' }],
    });
  }
  await project.converge(first, nobodys);
  const report = model.named('report');
  model.addSchedule(report, { cron: '* * * * 3 3 3', active: true, description: 'foreign' });
  await project.converge(second, nobodys);
  const daily = report.schedules.find(({ description }) => description === 'daily');
  if (daily) daily.value = '7.20pm';
  report.fields.description = 'changed by hand';
  await project.converge(second, nobodys);
  report.schedules = report.schedules.filter(({ description }) => description === 'foreign');
  await project.converge(second, nobodys);
  report.schedules = report.schedules.filter(({ description }) => description !== 'foreign');
  await project.converge(second.slice(0, 1), nobodys);
  expect(model.jobs.map(({ name }) => name)).toEqual(['foreign', 'foreign report', 'bulk2']);
}

/** Six dialects in which every way of every choice comes up at least once. */
const rows = Array.from({ length: 6 }, (_, row) => ({
  row,
  dialect: Object.fromEntries(
    Object.entries(ways).map(([key, choices], at) => [key, choices[(row + at) % choices.length]]),
  ) as Partial<Dialect>,
}));

describe('a service of any dialect ends in the wanted state, without a needless write or an unannounced run', () => {
  test('as documented', () => wholeLife({}));

  test.each(rows)('mixture $row: $dialect', async ({ dialect }) => {
    await wholeLife(dialect);
  });
});
