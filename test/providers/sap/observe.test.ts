import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { createSapClient } from '../../../src/providers/sap/client.ts';
import { observe } from '../../../src/providers/sap/observe.ts';
import { readResource } from '../../../src/providers/sap/read-job.ts';
import type { TenantScope } from '../../../src/providers/sap/tenants.ts';
import { FakeService, notFound, page, type Reply } from './fake-service.ts';

const nine = { cron: '* * * * 9 0 0', description: 'nine' };

function service(jobs: number, schedules = 1): FakeService {
  const fake = new FakeService();
  for (let index = 0; index < jobs; index++) {
    fake.add(
      `job${String(index).padStart(4, '0')}`,
      {},
      Array.from({ length: schedules }, () => ({ ...nine })),
    );
  }
  return fake;
}

function look(fake: FakeService, kinds = ['SapJob'], tenants: TenantScope = {}) {
  return observe(createSapClient(fake), { kinds, tenants });
}

function shape(observed: { resources: readonly { identity: string; parts: readonly unknown[] }[] }) {
  return observed.resources.map(({ identity, parts }) => [identity, parts.length]);
}

describe('observe', () => {
  it('reads jobs and schedules in pages of 100, and nothing else', async () => {
    const fake = service(250, 2);
    const observed = await look(fake);
    expect(observed.resources).toHaveLength(250);
    expect(observed.resources.every(({ parts }) => parts.length === 2)).toBe(true);
    expect(fake.requests).toBe(3 + 5 + 1);
    expect(fake.log.every((line) => line.includes('page_size=100'))).toBe(true);
    expect(observed.diagnostics).toEqual([]);
  });

  it('an empty instance is three requests', async () => {
    const fake = service(0);
    expect((await look(fake)).resources).toEqual([]);
    expect(fake.requests).toBe(3);
  });

  it('asks for settings only when they are wanted, and for jobs likewise', async () => {
    const fake = service(1);
    const observed = await look(fake, ['SapSettings']);
    expect(observed.resources).toMatchObject([{ kind: 'SapSettings', spec: { asyncExecTimeout: 604_800 } }]);
    expect(fake.log).toEqual(['GET /scheduler/globalParameters']);
  });

  it('gives task jobs to their own kind only', async () => {
    const fake = service(1);
    fake.add('task', { jobType: 'CF_TASK' }, [nine]);
    expect(shape(await look(fake))).toEqual([['job0000', 1]]);
    const [task] = (await look(fake, ['SapTask'])).resources;
    expect(task).toMatchObject({
      kind: 'SapTask',
      identity: 'task',
      spec: {},
      facts: { jobType: 'CF_TASK', active: true },
    });
  });

  it('takes jobId from lists, where _id may be another number', async () => {
    const fake = service(2);
    fake.before = (request) => {
      if (request.path !== '/scheduler/jobs') return undefined;
      const rows = fake.jobs.map((job) => ({
        ...job.row,
        jobId: job.id,
        _id: job.id + 1,
        ACTIVECOUNT: 1,
        INACTIVECOUNT: 0,
      }));
      return page(rows, request.query ?? {});
    };
    const { resources } = await look(fake);
    expect(resources.map(({ id, parts }) => [id, parts.length])).toEqual([
      ['1000', 1],
      ['1001', 1],
    ]);
  });

  it('reads shapes that vary as one', async () => {
    const fake = new FakeService();
    fake.add(
      'a',
      {
        description: null,
        active: 'false',
        startTime: '2015-10-20 04:30:00',
        endTime: { date: '2030-01-01', format: 'YYYY-MM-DD' },
      },
      [{ repeatAt: '6.00am', data: '{"x":1}', cron: null, scheduleDescription: 'found', startTime: '' }],
    );
    const [job] = (await look(fake)).resources;
    expect(job?.spec).toMatchObject({
      description: '',
      active: false,
      startTime: '2015-10-20T04:30:00Z',
      endTime: '2030-01-01T00:00:00Z',
      ansConfig: { onSuccess: false, onError: false, onDelay: false },
      calmConfig: { enabled: false },
    });
    expect(job?.parts[0]?.spec).toEqual({
      description: 'found',
      active: true,
      data: { x: 1 },
      startTime: null,
      endTime: null,
      repeatAt: '6.00am',
    });
  });
});

describe('SEMANTICS 8, gate 3: the listing is sound', () => {
  it('a job whose counts disagree with the search is read by itself', async () => {
    const fake = service(3);
    fake.before = (request) => {
      if (request.query?.['q'] !== 'active:true') return undefined;
      const answer = fake.handle(request).body as { results: JsonObject[] };
      return page(answer.results.slice(1), { ...request.query, offset: 0 });
    };
    const observed = await look(fake);
    expect(shape(observed)).toEqual([
      ['job0000', 1],
      ['job0001', 1],
      ['job0002', 1],
    ]);
    expect(fake.log.at(-1)).toBe('GET /scheduler/jobs/1000?displaySchedules=true');
    expect(observed.diagnostics).toMatchObject([{ code: 'SAP_SEARCH_DISAGREED' }]);
  });

  it('a schedule that is switched off between the searches is not counted twice', async () => {
    const fake = service(1);
    fake.before = (request) => {
      if (request.query?.['q'] === 'active:false')
        for (const schedule of fake.jobs[0]?.schedules ?? []) schedule['active'] = false;
      return undefined;
    };
    const [job] = (await look(fake)).resources;
    expect(job?.parts.map(({ spec }) => spec['active'])).toEqual([false]);
  });

  it('a job that disappears meanwhile is left out after the service’s own 404', async () => {
    const fake = service(2);
    fake.before = (request) => {
      if (request.query?.['q'] !== undefined) return page([], request.query);
      return request.path === '/scheduler/jobs/1000' ? notFound : undefined;
    };
    expect(shape(await look(fake))).toEqual([['job0001', 1]]);
  });

  it.each([404, 400, 501])(
    'without a search (%i) every job with schedules is read by itself',
    async (status) => {
      const fake = service(3);
      fake.add('empty');
      fake.before = (request) =>
        request.path.includes('/search/') ? { status, body: { message: 'no such thing' } } : undefined;
      const observed = await look(fake);
      expect(shape(observed)).toEqual([
        ['empty', 0],
        ['job0000', 1],
        ['job0001', 1],
        ['job0002', 1],
      ]);
      expect(fake.log.filter((line) => line.includes('displaySchedules=true'))).toHaveLength(3);
      expect(observed.diagnostics).toMatchObject([{ code: 'SAP_NO_SEARCH' }]);
    },
  );

  it('a server that takes no 100 a page is asked for half, until it agrees', async () => {
    const fake = service(60);
    fake.before = (request) =>
      Number(request.query?.['page_size'] ?? 0) > 30
        ? { status: 400, body: { error: { message: 'Invalid Page Size' } } }
        : undefined;
    expect((await look(fake)).resources).toHaveLength(60);
    expect(fake.log).toContain('GET /scheduler/jobs?page_size=25&offset=50');
  });

  it('a server that gives less than asked sets the size of the page', async () => {
    const fake = service(45);
    fake.before = (request) => {
      if (request.query?.['page_size'] === undefined) return undefined;
      return fake.handle({
        ...request,
        query: { ...request.query, page_size: Math.min(20, Number(request.query['page_size'])) },
      });
    };
    expect((await look(fake)).resources).toHaveLength(45);
  });

  it.each<[string, Reply]>([
    ['a failing page', { status: 500, body: { message: 'oops' } }],
    ['a page without a list', { body: { total: 3 } }],
    ['a page of nothing although there are some', { body: { total: 3, results: [] } }],
    ['a row without a name', { body: { total: 1, results: [{ jobId: 1, active: true }] } }],
    ['a row without an id', { body: { total: 1, results: [{ name: 'a', active: true }] } }],
  ])('%s is an error, never a partial list', async (_what, reply) => {
    const fake = service(150);
    fake.before = (request) =>
      request.path === '/scheduler/jobs' && (request.query?.['offset'] === 100 || reply.status === undefined)
        ? reply
        : undefined;
    await expect(look(fake)).rejects.toThrow();
  });
});

describe('a list that moves while it is read', () => {
  it('finds jobs that are added behind the last page', async () => {
    const fake = service(200);
    let added = 0;
    fake.before = (request) => {
      if (request.path === '/scheduler/jobs' && request.query?.['offset'] === 100 && added++ === 0)
        fake.add('late');
      return undefined;
    };
    expect((await look(fake)).resources.map(({ identity }) => identity)).toContain('late');
  });

  it('misses none that slips to an earlier page because another was deleted', async () => {
    const fake = service(300);
    let deleted = false;
    fake.before = (request) => {
      if (request.path === '/scheduler/jobs' && request.query?.['offset'] === 100 && !deleted) {
        deleted = true;
        fake.jobs.shift();
      }
      return undefined;
    };
    const found = (await look(fake)).resources.map(({ identity }) => identity);
    for (const job of fake.jobs) expect(found).toContain(job.row['name']);
    expect(found).not.toContain('job0000');
  });

  it('says so when it never settles', async () => {
    const fake = service(250);
    fake.before = (request) => {
      if (request.path === '/scheduler/jobs') {
        const job = fake.add(`new${fake.log.length}`);
        fake.jobs.unshift(...fake.jobs.splice(fake.jobs.indexOf(job), 1));
      }
      return undefined;
    };
    await expect(look(fake)).rejects.toMatchObject({ code: 'LISTING_UNSOUND' });
  });

  it('has every job that was there all the time, whatever is added and deleted meanwhile', async () => {
    const event = fc.record({ at: fc.nat(12), add: fc.boolean(), where: fc.nat(130) });
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 4 }), async (events) => {
        const fake = service(130, 0);
        const stays = new Set(fake.jobs.map((job) => String(job.row['name'])));
        let step = 0;
        fake.before = (request) => {
          if (request.path !== '/scheduler/jobs') return undefined;
          for (const { add, where } of events.filter(({ at }) => at === step)) {
            if (add) fake.add(`new${step}-${where}`);
            else stays.delete(String(fake.jobs.splice(where % fake.jobs.length, 1)[0]?.row['name']));
          }
          step++;
          return undefined;
        };
        const found = new Set((await look(fake)).resources.map(({ identity }) => identity));
        const balanced = events.some(({ add }) => add) && events.some(({ add }) => !add);
        // A job deleted and another made between two pages leave no trace in the totals: owned ones are read by themselves later.
        if (!balanced) expect([...stays].filter((name) => !found.has(name))).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });
});

describe('SEMANTICS 2: a target has one tenant', () => {
  function tenants(): FakeService {
    const fake = new FakeService();
    fake.add('own', { subDomain: 'provider', tenantId: 'p' });
    fake.add('theirs', { subDomain: 'acme', tenantId: 'a' });
    fake.add('plain');
    return fake;
  }

  it.each<[string, TenantScope, string[]]>([
    ['the configured one by subdomain', { tenant: { subdomain: 'acme' } }, ['plain', 'theirs']],
    ['the configured one by id', { tenant: { tenantId: 'a' } }, ['plain', 'theirs']],
    ['else the provider’s own', { own: { subdomain: 'provider' } }, ['own', 'plain']],
  ])('%s', async (_what, scope, names) => {
    expect((await look(tenants(), ['SapJob'], scope)).resources.map(({ identity }) => identity)).toEqual(
      names,
    );
  });

  it('several that cannot be told apart are an error', async () => {
    await expect(look(tenants())).rejects.toMatchObject({ code: 'SAP_TENANT_UNCLEAR' });
  });
});

describe('read', () => {
  function read(fake: FakeService, ref: { identity: string; id?: string; kind?: string }) {
    return readResource(createSapClient(fake), { kind: 'SapJob', ...ref });
  }

  it('reads a job by its id, with its schedules', async () => {
    const fake = service(2, 3);
    expect(await read(fake, { identity: 'job0001', id: '1001' })).toMatchObject({
      id: '1001',
      parts: [{}, {}, {}],
    });
    expect(fake.log).toEqual(['GET /scheduler/jobs/1001?displaySchedules=true']);
  });

  it('is null after the service’s own 404, also for the name', async () => {
    const fake = service(1);
    expect(await read(fake, { identity: 'gone', id: '7' })).toBeNull();
    expect(fake.log).toHaveLength(2);
  });

  it('finds a job that was made again under its name', async () => {
    expect(await read(service(1), { identity: 'job0000', id: '7' })).toMatchObject({ id: '1000' });
  });

  it('a 404 that is not the service’s is an error', async () => {
    const fake = service(1);
    fake.before = () => ({ status: 404, body: 'Not found' });
    await expect(read(fake, { identity: 'x', id: '7' })).rejects.toMatchObject({ code: 'WIRE_SCHEMA' });
  });

  it('takes one object or a list for a name, and compares the name exactly', async () => {
    const fake = service(2);
    fake.add('Job0000');
    fake.before = (request) => {
      if (request.query?.['name'] === undefined) return undefined;
      return { body: { total: 2, results: fake.jobs.map((job) => ({ ...job.row, jobId: job.id })) } };
    };
    expect(await read(fake, { identity: 'Job0000' })).toMatchObject({
      id: '1002',
      identity: 'Job0000',
      parts: [],
    });
    expect(await read(fake, { identity: 'JOB0000' })).toBeNull();
  });

  it('pages through the schedules of a job where the answer counts more than it gives', async () => {
    const fake = service(1, 130);
    fake.before = (request) => {
      const [job] = fake.jobs;
      if (request.path !== '/scheduler/jobs/1000' || job === undefined) return undefined;
      return {
        body: {
          ...job.row,
          _id: job.id,
          ACTIVECOUNT: 130,
          INACTIVECOUNT: 0,
          schedules: job.schedules.slice(0, 100),
        },
      };
    };
    expect((await read(fake, { identity: 'job0000', id: '1000' }))?.parts).toHaveLength(130);
  });

  it('a task job is no SapJob', async () => {
    const fake = new FakeService();
    fake.add('task', { jobType: 'CF_TASK' });
    await expect(read(fake, { identity: 'task' })).rejects.toMatchObject({ code: 'SAP_KIND_DIFFERS' });
  });
});
