import { afterEach, describe, expect, test } from 'vitest';
import type { Dialect } from './sap-dialect.ts';
import { announcedRuns, type JobSpec, keyOf, SapProject, schedule, snapshot } from './sap-project.ts';
import type { Answer, Call } from './sap-server.ts';

let project: SapProject;
afterEach(() => project.stop());

const isForeign = (job: string, text: string): boolean =>
  job.startsWith('foreign') || text.startsWith('foreign');

const first: JobSpec[] = [
  { name: 'old', schedules: { a: schedule('cron', '* * * * 6 12 17') } },
  {
    name: 'report',
    description: 'Report',
    schedules: {
      daily: schedule('cron', '* * * * 6 12 17', { data: { kind: 'full' } }),
      often: schedule('repeatInterval', '2 hours', { startTime: '2026-11-23T09:07:00Z' }),
      now: schedule('repeatInterval', '30 minutes'),
      off: schedule('repeatInterval', '7 hours', { active: false }),
      gone: schedule('repeatAt', '6.20am'),
    },
  },
];
const second: JobSpec[] = [
  {
    name: 'report',
    description: 'Report, edited',
    schedules: {
      daily: schedule('repeatInterval', '1 days', { data: { kind: 'full' } }),
      often: schedule('repeatInterval', '3 hours'),
      now: schedule('cron', '* * * * 7 12 17'),
      off: schedule('repeatInterval', '7 hours'),
      more: schedule('repeatInterval', '11 hours'),
    },
  },
  {
    name: 'new',
    schedules: { a: schedule('repeatInterval', '2 hours'), b: schedule('cron', '* * * * 6 12 17') },
  },
];

type Trouble = (call: Call, commit: () => Answer) => Answer;
const troubles: Record<string, Trouble> = {
  'the answer is lost after the work was done': (_, commit) => ({ ...commit(), reset: true }),
  'the connection is reset before the work': () => ({ status: 0, reset: true }),
  'HTML with status 200 after the work': (_, commit) => ({
    ...commit(),
    status: 200,
    raw: '<html>proxy</html>',
  }),
  '500 after the work': (_, commit) => ({
    ...commit(),
    status: 500,
    body: { code: '1', message: 'Internal', type: '', detailedError: '' },
  }),
  '429 with retry-after': () => ({
    status: 429,
    headers: { 'retry-after': '7' },
    body: { error: { code: '1', message: 'Slow down', type: '', detailedError: '' } },
  }),
  '401 once': () => ({
    status: 401,
    body: { code: '1', message: 'Token expired', type: '', detailedError: '' },
  }),
  '403': () => ({ status: 403, body: { code: '1', message: 'Scope missing', type: '', detailedError: '' } }),
  '404 of the router in front': () => ({
    status: 404,
    raw: "404 Not Found: Requested route ('jobs') does not exist.",
  }),
};

function isWrite({ method, path }: Call): boolean {
  return method !== 'GET' && path !== '/oauth/token';
}

/** Applies `jobs` with trouble at write number `at`, then without, and checks every promise. Returns how many writes there were. */
async function applyThroughTrouble(jobs: readonly JobSpec[], at: number, trouble: Trouble): Promise<number> {
  const { server } = project;
  const foreign = snapshot(server.model.jobs, isForeign);
  const runsBefore = server.model.runs.length;
  await project.want(jobs);
  const announced = announcedRuns((await project.plan()).document);
  const before = server.writes().length;
  let seen = -1;
  server.fault = (call, commit) => {
    if (!isWrite(call)) return undefined;
    seen += 1;
    return seen === at ? trouble(call, commit) : undefined;
  };
  const troubled = await project.apply();
  const count = server.writes().length - before;
  expect([0, 1, 7], troubled.err + troubled.out).toContain(troubled.code);
  if (troubled.code !== 0) expect(troubled.out + troubled.err).toContain('→');
  server.fault = () => undefined;
  if (troubled.code !== 0) {
    for (const run of announcedRuns((await project.plan()).document)) announced.add(run);
    const mended = await project.apply();
    expect(
      mended.code,
      `the next apply mends it\n${troubled.out}${troubled.err}\n${mended.err}${mended.out}`,
    ).toBe(0);
  }
  const runs = server.model.runs.slice(runsBefore);
  expect(
    runs.filter((run) => !announced.has(`${run.job}/${keyOf(jobs, run.job, run.schedule)}`)),
    `no run without announcement\n${troubled.out}`,
  ).toEqual([]);
  expect(
    new Set(runs.map((run) => `${run.job}/${run.schedule}`)).size,
    `no run twice: ${JSON.stringify(runs)}`,
  ).toBe(runs.length);
  expect(snapshot(server.model.jobs, isForeign)).toEqual(foreign);
  project.expectLive(jobs, isForeign);
  await project.expectQuiet();
  return count;
}

async function started(dialect: Partial<Dialect> = {}): Promise<void> {
  project = await SapProject.start(dialect);
  const { model } = project.server;
  model.createJob({
    name: 'foreign',
    description: '',
    action: 'x',
    active: true,
    httpMethod: 'GET',
    schedules: [{ cron: '* * * * 1 2 3', active: true }],
  });
}

describe('SEMANTICS 9: whatever happens to one write, the next apply ends in the wanted state', () => {
  test.each(Object.keys(troubles))('%s', { timeout: 120_000 }, async (name) => {
    const trouble = troubles[name] as Trouble;
    for (let at = 0, writes = 1; at < writes; at += 1) {
      await started();
      writes = await applyThroughTrouble(first, at, trouble);
      await project.stop();
    }
    for (let at = 0, writes = 1; at < writes; at += 1) {
      await started();
      await project.converge(first, isForeign);
      project.server.model.addSchedule(project.server.model.named('report'), {
        cron: '* * * * 3 3 3',
        active: true,
        description: 'foreign',
      });
      writes = await applyThroughTrouble(second, at, trouble);
      await project.stop();
    }
    await started();
  });
});
