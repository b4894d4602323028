import { afterEach, describe, expect, test } from 'vitest';
import type { Dialect } from './sap-dialect.ts';
import { type JobSpec, SapProject, schedule } from './sap-project.ts';
import type { Answer, Call, Fault } from './sap-server.ts';

let project: SapProject;
afterEach(() => project.stop());

const jobs: JobSpec[] = Array.from({ length: 13 }, (_, at) => ({
  name: `job${at}`,
  schedules: {
    a: schedule('cron', `* * * * ${at % 24} 12 17`),
    b: schedule('repeatAt', '6.20am', { active: at % 2 === 0 }),
  },
}));

/** A project in which everything is as wanted. */
async function settled(dialect: Partial<Dialect> = {}): Promise<SapProject> {
  project = await SapProject.start({ maxPage: 10, ...dialect });
  await project.want(jobs);
  const applied = await project.apply();
  expect(applied.code, applied.err).toBe(0);
  return project;
}

/** A listing that is broken makes the plan fail, or the plan is right: here, that nothing is to be done. */
async function rightOrFailed(): Promise<'right' | 'failed'> {
  const planned = await project.plan();
  if (planned.code === 1) {
    expect(planned.err).toMatch(/^error [A-Z_]+ .*/);
    expect(planned.err).toContain('→');
    const before = project.server.writes().length;
    const applied = await project.apply();
    expect([0, 1]).toContain(applied.code);
    expect(project.server.writes().slice(before)).toEqual([]);
    return 'failed';
  }
  expect(planned.code, planned.out).toBe(0);
  return 'right';
}

const isList = ({ method, path, query }: Call): boolean =>
  method === 'GET' && /^\/scheduler\/jobs\/?$/.test(path) && query.has('page_size');
const isSearch = ({ path }: Call): boolean => path === '/scheduler/search/schedules';
const offsetOf = ({ query }: Call): number => Number(query.get('offset') ?? 0);
const edited = (answer: Answer, edit: (results: Record<string, unknown>[]) => unknown[]): Answer => {
  if (answer.status !== 200) return answer;
  const body = answer.body as { results: Record<string, unknown>[] };
  return { ...answer, body: { ...body, results: edit(body.results) } };
};

/** The real answer to another question. */
function asking(call: Call, key: string, value: string, commit: () => Answer): Answer {
  call.query.set(key, value);
  return commit();
}

describe('SEMANTICS 8.3: a listing that is not sound never leads to a create or a delete', () => {
  const odd: Record<string, Partial<Dialect>> = {
    'list without total': { total: 'missing' },
    'total that moves': { total: 'moving' },
    'shuffled at each call': { order: 'shuffled', search: '404' },
    'shuffled, also the search': { order: 'shuffled' },
    'list cut off at 10': { listCap: 10 },
    'list cut off at 5': { listCap: 5 },
    'list cut off at 0': { listCap: 0 },
    'no next_url': { nextUrl: 'missing' },
    'null next_url': { nextUrl: 'null' },
    'search 500': { search: '500' },
    'search 503': { search: '503' },
    'search without total': { searchTotal: false },
    'search without total and next_url': { searchTotal: false, searchNextUrl: false },
    'search of 5 a page': { searchCap: 5 },
    'search of 5 a page without total': { searchCap: 5, searchTotal: false, searchNextUrl: false },
    'search with prefixed fields': { searchFields: 'prefixed' },
    'search without modes': { searchFields: 'noModes' },
    'search parent is another job': { searchParent: 'oddId' },
    'search parent is another job, no counts': { searchParent: 'oddId', counts: false },
    'search without parent': { searchParent: 'none' },
    'search parent has jobId': { searchParent: 'jobId' },
    'search parent has jobId text': { searchParent: 'jobIdText' },
    'search parent has a name': { searchParent: 'name' },
    'search lacks a': { searchLacks: ['a'] },
    'search lacks a, no counts': { searchLacks: ['a'], counts: false },
    'search lacks all, no counts': { searchLacks: ['a', 'b'], counts: false },
    'odd _id': { listIds: 'different' },
    'odd _id, no counts': { listIds: 'different', counts: false },
  };

  test.each(Object.keys(odd))('%s', async (name) => {
    await settled();
    Object.assign(project.server.dialect, odd[name]);
    await rightOrFailed();
  });

  const faults: Record<string, Fault> = {
    'HTML with status 200 as second page': (call) =>
      isList(call) && offsetOf(call) > 0 ? { status: 200, raw: '<html>Login</html>' } : undefined,
    'truncated JSON': (call) =>
      isList(call) ? { status: 200, raw: '{"total": 13, "results": [{"jobId": 101,' } : undefined,
    'an empty body': (call) => (isList(call) ? { status: 200 } : undefined),
    null: (call) => (isList(call) ? { status: 200, raw: 'null' } : undefined),
    'an array': (call) => (isList(call) ? { status: 200, raw: '[]' } : undefined),
    'no results': (call) => (isList(call) ? { status: 200, body: { total: 13 } } : undefined),
    'results null': (call) => (isList(call) ? { status: 200, body: { total: 0, results: null } } : undefined),
    'an empty list with status 200': (call) =>
      isList(call)
        ? { status: 200, body: { total: 0, results: [], prev_url: null, next_url: null } }
        : undefined,
    '204': (call) => (isList(call) ? { status: 204 } : undefined),
    '206': (call, commit) => (isList(call) ? { ...commit(), status: 206 } : undefined),
    'a redirect to a login page': (call) =>
      isList(call) ? { status: 302, headers: { location: '/login' } } : undefined,
    'an error body with status 200': (call) =>
      isList(call) ? { status: 200, body: { error: { code: 'X', message: 'No' } } } : undefined,
    'an empty second page': (call, commit) =>
      isList(call) && offsetOf(call) > 0 ? edited(commit(), () => []) : undefined,
    'the same page again and again': (call, commit) =>
      isList(call) ? asking(call, 'offset', '0', commit) : undefined,
    'entries without a name': (call, commit) =>
      isList(call) ? edited(commit(), (all) => all.map(({ name, ...rest }) => rest)) : undefined,
    'entries with null names': (call, commit) =>
      isList(call) ? edited(commit(), (all) => all.map((each) => ({ ...each, name: null }))) : undefined,
    'entries without any id': (call, commit) =>
      isList(call) ? edited(commit(), (all) => all.map(({ jobId, _id, ...rest }) => rest)) : undefined,
    'ids as text': (call, commit) =>
      isList(call)
        ? edited(commit(), (all) =>
            all.map((each) => ({ ...each, jobId: String(each.jobId), _id: String(each._id) })),
          )
        : undefined,
    'counts as text': (call, commit) =>
      isList(call)
        ? edited(commit(), (all) => all.map((each) => ({ ...each, ACTIVECOUNT: String(each.ACTIVECOUNT) })))
        : undefined,
    'counts null': (call, commit) =>
      isList(call)
        ? edited(commit(), (all) => all.map((each) => ({ ...each, ACTIVECOUNT: null, INACTIVECOUNT: null })))
        : undefined,
    'a null entry': (call, commit) =>
      isList(call) ? edited(commit(), (all) => [null, ...all.slice(1)]) : undefined,
    'first page 200, second 500': (call) =>
      isList(call) && offsetOf(call) > 0 ? { status: 500, raw: '' } : undefined,
    'a reset on the second page': (call) =>
      isList(call) && offsetOf(call) > 0 ? { status: 0, reset: true } : undefined,
    'search HTML 200': (call) => (isSearch(call) ? { status: 200, raw: '<html></html>' } : undefined),
    'search truncated': (call) => (isSearch(call) ? { status: 200, raw: '{"results":[' } : undefined),
    'search empty': (call) => (isSearch(call) ? { status: 200, body: { total: 0, results: [] } } : undefined),
    'search finds everything twice': (call, commit) =>
      isSearch(call) ? edited(commit(), (all) => [...all, ...all]) : undefined,
    'search finds inactive ones as active too': (call, commit) =>
      isSearch(call) ? asking(call, 'q', 'active:true', commit) : undefined,
    'search of other shape': (call) => (isSearch(call) ? { status: 200, body: { value: [] } } : undefined),
    'search answers 403': (call) =>
      isSearch(call)
        ? { status: 403, body: { code: 'F', message: 'Forbidden scope', type: '', detailedError: '' } }
        : undefined,
    'search with a deleted job': (call, commit) =>
      isSearch(call)
        ? edited(commit(), (all) => [
            ...all,
            { ...all[0], scheduleId: 'gone', parent: { _id: 9, name: 'deleted', jobUrl: '' } },
          ])
        : undefined,
  };

  test.each(Object.keys(faults))('%s', async (name) => {
    await settled();
    project.server.fault = faults[name] ?? (() => undefined);
    await rightOrFailed();
  });

  test('an outdated search cannot make apply write', async () => {
    await settled();
    project.server.dialect.searchStale = { a: 'old text' };
    const before = project.server.writes().length;
    expect((await project.apply()).code).toBe(0);
    expect(project.server.writes().slice(before)).toEqual([]);
  });

  test.each(['create', 'delete', 'delete ours'])(
    'another client does "%s" between two pages',
    async (what) => {
      await settled();
      const { server } = project;
      for (const name of ['other1', 'other2']) {
        server.model.createJob({
          name,
          description: '',
          action: 'x',
          active: true,
          httpMethod: 'GET',
          schedules: [],
        });
      }
      server.model.jobs.unshift(...server.model.jobs.splice(-2));
      let done = false;
      server.onListPage = (offset) => {
        if (offset === 0 || done) return;
        done = true;
        if (what === 'create') server.model.jobs.unshift(server.model.jobs[5] as never);
        if (what === 'delete') server.model.deleteJob(server.model.named('other1'));
        if (what === 'delete ours') server.model.deleteJob(server.model.named('job3'));
      };
      if (what === 'create') {
        // The same entry on two pages: it was moved to the front by a new one.
        const planned = await project.plan();
        expect([0, 1]).toContain(planned.code);
        return;
      }
      const planned = await project.plan();
      if (planned.code === 1) return;
      const changes = planned.document?.targets[0]?.changes ?? [];
      expect(changes.map(({ address, action }) => `${action} ${address}`)).toEqual(
        what === 'delete' ? [] : ['create SapJob/job3'].slice(0, changes.length),
      );
    },
  );

  test('names that differ only by case or a trailing space are different jobs', async () => {
    project = await SapProject.start({ byName: 'results' });
    const { model } = project.server;
    model.createJob({
      name: 'Report',
      description: 'x',
      action: 'https://x.example.com',
      active: true,
      httpMethod: 'GET',
      schedules: [],
    });
    model.createJob({
      name: 'report ',
      description: 'x',
      action: 'https://x.example.com',
      active: true,
      httpMethod: 'GET',
      schedules: [],
    });
    await project.converge([{ name: 'report', schedules: {} }], (job) => job !== 'report');
    expect(model.jobs.map(({ name }) => name)).toEqual(['Report', 'report ', 'report']);
    await project.converge([], (job) => job !== 'report');
    expect(model.jobs.map(({ name }) => name)).toEqual(['Report', 'report ']);
  });

  test('a service whose names ignore case refuses in its own words', async () => {
    project = await SapProject.start();
    const { server } = project;
    server.model.createJob({
      name: 'Report',
      description: 'x',
      action: 'https://x.example.com',
      active: true,
      httpMethod: 'GET',
      schedules: [],
    });
    server.fault = (call) =>
      call.method === 'POST' && call.path === '/scheduler/jobs'
        ? server.error(400, 'Job with name report already exists')
        : undefined;
    await project.want([{ name: 'report', schedules: {} }]);
    const applied = await project.apply();
    expect(applied.code).toBe(1);
    expect(applied.out.replace(/\s+/g, ' ')).toContain('Job with name report already exists');
    expect(server.model.jobs.map(({ name }) => name)).toEqual(['Report']);
  });
});
