import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Dialect, ways } from './sap-dialect.ts';
import { type Job, modes } from './sap-model.ts';
import { type JobSpec, SapProject, type ScheduleSpec } from './sap-project.ts';

const names = [
  'report',
  'Report',
  'report ',
  'my report',
  'v2.0.3',
  'a(b)',
  'Übersicht',
  `it's "x"`,
  '50%',
  'a/b',
  'a&b=c?d#e',
  '100x',
];

const values: Record<string, readonly string[]> = {
  cron: ['* * * * 6 12 17', '* * * mon:fri 8 1 3', '* * -1 * 9 7 11', '* * * * * */10 7'],
  time: ['2026-12-24T17:03:00.000Z', '2027-01-24T01:03:00.000Z'],
  repeatInterval: ['2 hours', '30 minutes', '1 days'],
  repeatAt: ['6.20am', '18.40', '17.20:30'],
};

const anySchedule: fc.Arbitrary<ScheduleSpec> = fc.constantFrom(...modes).chain((mode) =>
  fc.record(
    {
      mode: fc.constant(mode),
      value: fc.constantFrom(...(values[mode] ?? [])),
      active: fc.boolean(),
      data: fc.constantFrom({}, { a: 1 }, { text: 'ü "quoted"', list: [1, { b: null }] }),
      startTime: fc.constantFrom('2026-11-01T00:00:00.000Z', '2026-11-30T07:03:00.000Z'),
      endTime: fc.constantFrom('2027-05-01T00:00:00.000Z', '2028-11-01T00:00:00.000Z'),
    },
    { requiredKeys: ['mode', 'value'] },
  ),
);

const anyJobs: fc.Arbitrary<JobSpec[]> = fc.uniqueArray(
  fc.record(
    {
      name: fc.constantFrom(...names),
      description: fc.constantFrom('', 'A job'),
      active: fc.boolean(),
      httpMethod: fc.constantFrom('GET', 'POST', 'PUT'),
      schedules: fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd e'), anySchedule, { maxKeys: 4 }),
    },
    { requiredKeys: ['name', 'schedules'] },
  ),
  { selector: ({ name }) => name, maxLength: 5 },
);

const anyDialect = fc.record(
  Object.fromEntries(
    Object.entries(ways).map(([key, choices]) => [key, fc.constantFrom<unknown>(...choices)]),
  ),
) as fc.Arbitrary<Partial<Dialect>>;

/** What somebody else does between two applies. `pick` chooses the victim. */
interface Meddling {
  act: 'describe' | 'edit' | 'value' | 'start' | 'removeSchedule' | 'removeJob' | 'addSchedule' | 'editJob';
  pick: number;
}
const anyMeddling: fc.Arbitrary<Meddling[]> = fc.array(
  fc.record({
    act: fc.constantFrom(
      'describe',
      'edit',
      'value',
      'start',
      'removeSchedule',
      'removeJob',
      'addSchedule',
      'editJob',
    ),
    pick: fc.nat(20),
  }),
  { maxLength: 3 },
);

const isForeign = (job: string, text: string): boolean =>
  job.startsWith('foreign') || text.startsWith('foreign');

function meddle(jobs: Job[], project: SapProject, { act, pick }: Meddling): void {
  const ours = jobs.filter(({ name }) => !isForeign(name, ''));
  const job = ours[pick % ours.length];
  if (job === undefined) return;
  const mine = job.schedules.filter(({ description }) => !isForeign('', String(description)));
  const schedule = mine[pick % mine.length];
  const { model } = project.server;
  if (act === 'removeJob' && job.schedules.length === mine.length) model.deleteJob(job);
  if (act === 'editJob') job.fields.httpMethod = 'DELETE';
  if (act === 'addSchedule')
    model.addSchedule(job, { cron: '* * * * 6 12 17', active: true, description: `foreign ${pick}` });
  if (schedule === undefined) return;
  if (act === 'removeSchedule') job.schedules = job.schedules.filter((each) => each !== schedule);
  if (act === 'edit') schedule.data = { changed: 'by hand' };
  if (act === 'value') schedule.value = values[schedule.mode]?.find((each) => each !== schedule.value);
  if (act === 'start') schedule.startTime = '2026-11-05T01:07:00.000Z';
  if (act === 'describe') schedule.description = 'renamed by hand';
}

describe('any world, in any dialect', () => {
  test('plan is honest, apply converges, nothing of others is touched, no run comes unannounced', {
    timeout: 120_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(
        anyDialect,
        anyJobs,
        anyJobs,
        anyMeddling,
        async (dialect, first, second, meddling) => {
          const project = await SapProject.start(dialect);
          try {
            project.server.model.createJob({
              name: 'foreign report',
              description: '',
              action: 'https://other.example.com',
              active: true,
              httpMethod: 'GET',
              schedules: [{ time: '2020-01-01T00:00:00Z', active: false, description: 'a' }],
            });
            await project.converge(first, isForeign);
            for (const each of meddling) meddle(project.server.model.jobs, project, each);
            await project.converge(first, isForeign);
            const withForeign = project.server.model.jobs.filter((job) =>
              job.schedules.some((each) => isForeign('', String(each.description))),
            );
            const kept = first.filter(
              ({ name }) =>
                withForeign.some((job) => job.name === name) && !second.some((job) => job.name === name),
            );
            await project.converge([...second, ...kept], isForeign);
            const wanted = new Set([...second, ...kept].map(({ name }) => name));
            expect(new Set(project.server.model.jobs.map(({ name }) => name))).toEqual(
              wanted.add('foreign report'),
            );
          } finally {
            await project.stop();
          }
        },
      ),
      { numRuns: 12 },
    );
  });
});
