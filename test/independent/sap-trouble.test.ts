import { afterEach, describe, expect, test } from 'vitest';
import { type Dialect, ways } from './sap-dialect.ts';
import { type JobSpec, SapProject, schedule } from './sap-project.ts';
import { clientSecret, type Fault } from './sap-server.ts';

let project: SapProject;
afterEach(() => project.stop());

const jobs: JobSpec[] = [
  {
    name: 'report',
    description: 'Report',
    schedules: {
      a: schedule('cron', '* * * * 6 12 17', {
        data: { a: 1 },
        startTime: '2026-11-30T00:00:00Z',
        endTime: '2027-11-30T00:00:00Z',
      }),
      b: schedule('repeatInterval', '2 hours', { startTime: '2026-11-23T09:07:00Z' }),
    },
  },
  { name: 'other', schedules: {} },
];

/** Each request fails once, the second time it works. */
function onceEach(answer: Fault): Fault {
  const seen = new Set<string>();
  return (call, commit, nth) => {
    const key = `${call.method} ${call.path}?${call.query}`;
    if (seen.has(key)) return undefined;
    seen.add(key);
    return answer(call, commit, nth);
  };
}

describe('reads that fail once are repeated', () => {
  const passing: Record<string, Fault> = {
    '429 with retry-after': () => ({ status: 429, headers: { 'retry-after': '11' }, body: {} }),
    '429 with a date': () => ({
      status: 429,
      headers: { 'retry-after': 'Sun, 22 Nov 2026 12:00:20 GMT' },
      body: {},
    }),
    '429 with nonsense': () => ({ status: 429, headers: { 'retry-after': 'soon' }, raw: '' }),
    '503 with throttling': () => ({ status: 503, headers: { throttling: '2500' }, body: {} }),
    '502 HTML': () => ({ status: 502, raw: '<html>Bad gateway</html>' }),
    '504': () => ({ status: 504, raw: '' }),
    reset: () => ({ status: 0, reset: true }),
  };
  test.each(Object.keys(passing))('%s', async (name) => {
    project = await SapProject.start();
    await project.converge(jobs);
    const fault = passing[name] as Fault;
    project.server.fault = onceEach((call, commit, nth) =>
      call.method === 'GET' ? fault(call, commit, nth) : undefined,
    );
    expect((await project.plan()).code).toBe(0);
  });

  test('throttled answers that are good are taken as they are', async () => {
    project = await SapProject.start();
    project.server.fault = (call, commit) =>
      call.method === 'GET' ? { ...commit(), headers: { throttling: '900' } } : undefined;
    await project.converge(jobs);
  });

  test('a token that expires at any request is renewed once', async () => {
    for (let at = 0; at < 9; at += 1) {
      project = await SapProject.start();
      await project.want(jobs);
      let seen = -1;
      project.server.fault = (call) => {
        if (call.path === '/oauth/token') return undefined;
        seen += 1;
        return seen === at ? { status: 401, raw: 'Unauthorized' } : undefined;
      };
      const applied = await project.apply();
      expect(applied.code, applied.out + applied.err).toBe(0);
      project.server.fault = () => undefined;
      await project.converge(jobs);
      await project.stop();
    }
    project = await SapProject.start();
  });
});

describe('what cannot be mended is said in words', () => {
  const failing: Record<string, { fault: Fault; says: RegExp }> = {
    'a wrong secret': {
      fault: (call) =>
        call.path === '/oauth/token'
          ? {
              status: 401,
              body: { error: 'unauthorized', error_description: `Bad credentials ${clientSecret}` },
            }
          : undefined,
      says: /Bad credentials/,
    },
    'a token endpoint that answers HTML': {
      fault: (call) => (call.path === '/oauth/token' ? { status: 200, raw: '<html></html>' } : undefined),
      says: /token/,
    },
    'a token endpoint without a token': {
      fault: (call) => (call.path === '/oauth/token' ? { status: 200, body: {} } : undefined),
      says: /token/,
    },
    'always 401': {
      fault: (call) =>
        call.path === '/oauth/token' ? undefined : { status: 401, body: { message: 'No valid token' } },
      says: /401/,
    },
    '403': {
      fault: (call) =>
        call.path === '/oauth/token'
          ? undefined
          : { status: 403, body: { message: 'Insufficient scope JOBSCHEDULER' } },
      says: /Insufficient scope JOBSCHEDULER/,
    },
    '403 nested': {
      fault: (call) =>
        call.path === '/oauth/token'
          ? undefined
          : { status: 403, body: { error: { message: 'Insufficient scope X' } } },
      says: /Insufficient scope X/,
    },
    'always 429': {
      fault: (call) =>
        call.path === '/oauth/token'
          ? undefined
          : { status: 429, headers: { 'retry-after': '50' }, body: { message: 'Rate limit' } },
      says: /429/,
    },
    'retry-after of a day': {
      fault: (call) =>
        call.path === '/oauth/token'
          ? undefined
          : { status: 429, headers: { 'retry-after': '86400' }, body: {} },
      says: /429/,
    },
    'an error that repeats our token': {
      fault: (call) =>
        call.path === '/oauth/token'
          ? undefined
          : { status: 400, body: { message: `Bad header ${call.authorization}` } },
      says: /Bad header/,
    },
  };
  test.each(Object.keys(failing))('%s', async (name) => {
    project = await SapProject.start();
    await project.want(jobs);
    const { fault, says } = failing[name] ?? { fault: () => undefined, says: /x/ };
    project.server.fault = fault;
    for (const command of [['plan'], ['apply', '--yes'], ['plan', '--log-level', 'trace']]) {
      const ran = await project.run(...command);
      expect(ran.code).toBe(1);
      expect(ran.err.replace(/\s+/g, ' ')).toMatch(says);
      expect(ran.err).toContain('→');
    }
    expect(project.server.writes()).toEqual([]);
  });
});

describe('fields that are taken out of a manifest', () => {
  const bare: JobSpec[] = [
    {
      name: 'report',
      schedules: { a: schedule('cron', '* * * * 6 12 17'), b: schedule('repeatInterval', '2 hours') },
    },
    { name: 'other', schedules: {} },
  ];
  const dialects: Partial<Dialect>[] = [
    { putSchedule: 'merge', nullFields: 'clear' },
    { putSchedule: 'replace', nullFields: 'clear' },
    { putSchedule: 'replace', nullFields: 'ignore' },
    { putSchedule: 'merge', nullFields: 'refuse-modes' },
    { putSchedule: 'replace', nullFields: 'refuse-modes' },
  ];
  test.each(dialects)('are reset: %o', async (dialect) => {
    project = await SapProject.start(dialect);
    await project.converge(jobs);
    await project.converge(bare);
    const [a] = project.server.model.named('report').schedules;
    expect(a).toMatchObject({ data: {}, startTime: null, endTime: null });
    expect(project.server.model.named('report').fields.description).toBe('');
  });

  test.each<Partial<Dialect>>([{ putSchedule: 'merge', nullFields: 'refuse-startTime' }])(
    'where the service cannot reset them, apply says so: %o',
    async (dialect) => {
      project = await SapProject.start(dialect);
      await project.converge(jobs);
      await project.want(bare);
      const applied = await project.apply();
      expect([1, 7]).toContain(applied.code);
      expect(applied.out).toContain('→');
      expect((await project.plan()).code).toBe(2);
      expect(project.server.model.runs).toEqual([]);
    },
  );
});

describe('names', () => {
  const names = [
    'with space',
    'trailing ',
    ' leading',
    'dots.v2.0',
    '(parens)',
    'Ünïcödé-名',
    `'single'`,
    '"double"',
    '50%',
    '%41',
    'a/b',
    '../x',
    'a?b=c',
    'a#b',
    'a+b',
    'a&b',
    '*',
    "x' or name eq 'y",
  ];
  test.each(names.map((name, at) => ({ name, byName: ways.byName[at % 4] ?? 'object' })))(
    '$name ($byName)',
    async ({ name, byName }) => {
      project = await SapProject.start({ byName });
      await project.converge([{ name, schedules: { 'k/e~y ': schedule('cron', '* * * * 6 12 17') } }]);
      await project.converge([
        { name, description: 'edited', schedules: { 'k/e~y ': schedule('repeatAt', '6.20am') } },
      ]);
      await project.converge([]);
      expect(project.server.model.jobs).toEqual([]);
    },
  );
});

describe('adoption', () => {
  test.each<{ data: unknown }>([
    { data: '' },
    { data: '{}' },
    { data: null },
    { data: {} },
    { data: undefined },
  ])('live data $data is taken for no data', async ({ data }) => {
    project = await SapProject.start({}, { adopt: 'equal' });
    const { model } = project.server;
    model.createJob({
      name: 'report',
      description: '',
      action: 'https://app.example.com/run',
      active: true,
      httpMethod: 'POST',
      schedules: [{ cron: '* * * * 6 12 17', active: true, description: 'a' }],
    });
    const [live] = model.named('report').schedules;
    if (live) live.data = data;
    await project.want([
      { name: 'report', schedules: { a: schedule('cron', '* * * * 6 12 17', { data: {} }) } },
    ]);
    await project.expectQuietAdoption();
  });
});
