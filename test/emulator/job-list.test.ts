import { describe, expect, it } from 'vitest';
import { type EmulatorSeed, randomSeed } from '../../src/emulator/index.ts';
import { bearer, type Service, start } from './client.ts';

const seed: EmulatorSeed = {
  jobs: [
    { name: 'alpha', description: 'c' },
    { name: "it's", active: false, description: 'b' },
    { name: 'beta report', subDomain: 'acme', description: 'a' },
    { name: 'gamma report', jobType: 'CF_TASK' },
    { name: 'alpha', subDomain: 'acme' },
  ],
};

async function names(service: Service, query: string, authorization?: string): Promise<string[]> {
  const answer = await service.get(`/scheduler/jobs?${query}`, authorization);
  expect(answer.status, answer.text).toBe(200);
  return answer.body.results.map((job: { name: string }) => job.name);
}

describe('pages of the job list', () => {
  it('hold 10 jobs unless told otherwise', async () => {
    const service = await start({ seed: randomSeed({ jobs: 25, schedulesPerJob: 0 }) });
    const { body } = await service.get('/scheduler/jobs');
    expect([body.total, body.results.length, body.prev_url]).toEqual([25, 10, null]);
    expect(body.next_url).toBe('/scheduler/jobs?page_size=10&offset=10');
  });

  it.each([1, 7, 25, 100])('of %i cover every job once', async (size) => {
    const service = await start({ seed: randomSeed({ jobs: 25, schedulesPerJob: 0 }) });
    const seen: number[] = [];
    for (let next: string | null = `/scheduler/jobs?page_size=${size}&offset=0`; next !== null; ) {
      const { body } = await service.get(next);
      seen.push(...body.results.map((job: { jobId: number }) => job.jobId));
      next = body.next_url;
    }
    expect(seen).toEqual(Array.from({ length: 25 }, (_, index) => index + 1));
  });

  it('lead back to the first one', async () => {
    const service = await start({ seed: randomSeed({ jobs: 25, schedulesPerJob: 0 }) });
    const { body } = await service.get('/scheduler/jobs?page_size=10&offset=5');
    expect(body.prev_url).toBe('/scheduler/jobs?page_size=10&offset=0');
  });

  it.each(['page_size=101', 'page_size=0', 'page_size=-1', 'page_size=x'])(
    'are refused for %s',
    async (query) => {
      const service = await start();
      const answer = await service.get(`/scheduler/jobs?${query}`);
      expect([answer.status, answer.body.message]).toEqual([400, 'Invalid Page Size']);
    },
  );

  it('are refused beyond a smaller maximum, if one is set', async () => {
    const service = await start({ limits: { maxPageSize: 50 } });
    expect((await service.get('/scheduler/jobs?page_size=51')).status).toBe(400);
    expect((await service.get('/scheduler/jobs?page_size=50')).status).toBe(200);
  });

  it('lose every other parameter in their links', async () => {
    const service = await start({ seed: randomSeed({ jobs: 25, schedulesPerJob: 0 }) });
    const { body } = await service.get("/scheduler/jobs?page_size=2&filter=contains(name,'e')&sort_by=name");
    expect(body.next_url).toBe('/scheduler/jobs?page_size=2&offset=2');
  });

  it.each(['name=alpha', 'jobId=1'])('do not go together with %s', async (selector) => {
    const service = await start({ seed });
    expect((await service.get(`/scheduler/jobs?${selector}&page_size=10`)).status).toBe(400);
    expect((await service.get(`/scheduler/jobs?${selector}&offset=0`)).status).toBe(400);
  });
});

describe('an entry of the job list', () => {
  it('counts its schedules instead of showing them', async () => {
    const schedules = [
      { repeatAt: '4.40pm' },
      { repeatAt: '5.40pm', active: false },
      { repeatAt: '6.40pm', active: false },
    ];
    const service = await start({
      seed: { jobs: [{ name: 'a', schedules, calmConfig: { enabled: false } }] },
    });
    const [entry] = (await service.get('/scheduler/jobs')).body.results;
    expect(entry).toMatchObject({
      ACTIVECOUNT: 1,
      INACTIVECOUNT: 2,
      jobType: 'HTTP_ENDPOINT',
      calmConfig: { enabled: false },
    });
    expect(entry).not.toHaveProperty('schedules');
  });

  it("has the id of the job in jobId, and in _id one that is nobody's", async () => {
    const service = await start({ seed });
    const [entry] = (await service.get('/scheduler/jobs')).body.results;
    expect((await service.get(`/scheduler/jobs/${entry.jobId}`)).body.name).toBe(entry.name);
    expect((await service.get(`/scheduler/jobs/${entry._id}`)).status).toBe(404);
  });
});

describe('one job', () => {
  it.each(['jobs/1', 'jobs/1/', 'jobs?jobId=1', 'jobs?name=alpha'])('is found by %s', async (path) => {
    const service = await start({ seed });
    expect((await service.get(`/scheduler/${path}`)).body).toMatchObject({
      _id: 1,
      name: 'alpha',
      subDomain: 'provider',
    });
  });

  it.each(['jobs/77', 'jobs?jobId=77', 'jobs?name=nobody', 'jobs?jobId=x', 'jobs?name=alph'])(
    'is a 404 for %s',
    async (path) => {
      const service = await start({ seed });
      expect((await service.get(`/scheduler/${path}`)).status).toBe(404);
    },
  );

  it('shows its schedules only when asked', async () => {
    const service = await start({ seed });
    expect((await service.get('/scheduler/jobs/1')).body).not.toHaveProperty('schedules');
    expect((await service.get('/scheduler/jobs/1?displaySchedules=true')).body.schedules).toEqual([]);
  });
});

describe('selecting jobs', () => {
  it.each([
    ["name eq 'alpha'", ['alpha', 'alpha']],
    ["contains(name, 'report')", ['beta report', 'gamma report']],
    ["name eq 'it''s'", ["it's"]],
    ["subDomain eq 'acme'", ['beta report', 'alpha']],
    ["tenantId eq 'acme-tenant-id' and name eq 'alpha'", ['alpha']],
    ["name eq 'it''s' or contains(name,'report') and subDomain eq 'acme'", ["it's", 'beta report']],
    ["name eq 'nobody'", []],
  ])('filter=%s', async (filter, expected) => {
    const service = await start({ seed });
    expect(await names(service, `filter=${encodeURIComponent(filter)}`)).toEqual(expected);
    expect(await names(service, `$filter=${encodeURIComponent(filter)}`)).toEqual(expected);
  });

  it.each([
    "(name eq 'a')",
    'name eq alpha',
    "name ne 'a'",
    "action eq 'a'",
    "name eq 'a' and",
    "toString eq 'a'",
    "name eq 'a' name eq 'b'",
    '',
  ])('refuses the filter %s', async (filter) => {
    const service = await start({ seed });
    expect((await service.get(`/scheduler/jobs?filter=${encodeURIComponent(filter)}`)).status).toBe(400);
  });

  it('by type', async () => {
    const service = await start({ seed });
    expect(await names(service, 'jobType=CF_TASK')).toEqual(['gamma report']);
    expect(await names(service, 'jobType=HTTP_ENDPOINT')).toHaveLength(4);
    expect((await service.get('/scheduler/jobs?jobType=OTHER')).status).toBe(400);
  });

  it('in an order', async () => {
    const service = await start({ seed });
    expect(await names(service, 'sort_by=name&sort_order=desc')).toEqual([
      "it's",
      'gamma report',
      'beta report',
      'alpha',
      'alpha',
    ]);
    expect(await names(service, 'sort_by=description&page_size=2&offset=2')).toEqual(['beta report', "it's"]);
    expect((await service.get('/scheduler/jobs?sort_by=constructor')).status).toBe(400);
  });

  it('sees what was changed since the last page', async () => {
    const service = await start({ seed });
    const query = "filter=contains(name,'report')&page_size=1";
    expect(await names(service, query)).toEqual(['beta report']);
    await service.send('DELETE', '/scheduler/jobs/3');
    expect(await names(service, query)).toEqual(['gamma report']);
  });
});

describe('tenants', () => {
  it('a provider sees the jobs of all and can filter by tenantId', async () => {
    const service = await start({ seed });
    const provider = await bearer(service);
    expect(await names(service, '', provider)).toHaveLength(5);
    expect(await names(service, 'tenantId=acme-tenant-id', provider)).toEqual(['beta report', 'alpha']);
  });

  it('a subscriber sees its own jobs only, and may not use tenantId', async () => {
    const service = await start({ seed });
    const acme = await bearer(service, 'acme');
    expect(await names(service, '', acme)).toEqual(['beta report', 'alpha']);
    expect((await service.get('/scheduler/jobs/1', acme)).status).toBe(404);
    expect((await service.get('/scheduler/jobs?name=alpha', acme)).body._id).toBe(5);
    expect((await service.get('/scheduler/jobs?tenantId=acme-tenant-id', acme)).status).toBe(400);
    expect((await service.get('/scheduler/jobCount', acme)).body).toEqual({ active: 2, inactive: 0 });
  });

  it('tenantId needs a token', async () => {
    const service = await start({ seed });
    expect((await service.get('/scheduler/jobs?tenantId=acme-tenant-id')).status).toBe(400);
  });

  it('a name is unique within a tenant', async () => {
    const service = await start({ seed });
    const acme = await bearer(service, 'acme');
    const body = {
      name: "it's",
      description: '',
      action: 'https://a.example.com',
      active: true,
      httpMethod: 'GET',
      schedules: [],
    };
    expect((await service.send('POST', '/scheduler/jobs', body, acme)).status).toBe(201);
    expect((await service.send('POST', '/scheduler/jobs', body, acme)).status).toBe(400);
    expect((await service.get("/scheduler/jobs?filter=name eq 'it''s'", acme)).body.results).toMatchObject([
      { subDomain: 'acme' },
    ]);
  });
});

it('jobCount counts active and inactive jobs', async () => {
  const service = await start({ seed });
  expect((await service.get('/scheduler/jobCount')).body).toEqual({ active: 4, inactive: 1 });
});
