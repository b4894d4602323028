import { describe, expect, it } from 'vitest';
import { type EmulatorSeed, randomSeed } from '../../src/emulator/index.ts';
import { bearer, type Json, type Service, start } from './client.ts';

const seed: EmulatorSeed = {
  jobs: [
    {
      name: 'billing',
      description: 'monthly run',
      startTime: '2026-01-01T00:00:00Z',
      calmConfig: { enabled: true },
      schedules: [
        { scheduleId: 's1', cron: '* * 1 * 2 0 0', description: 'first of month', data: { kind: 'invoice' } },
        { scheduleId: 's2', repeatAt: '4.40pm', active: false, endTime: '2027-01-01T00:00:00Z' },
      ],
    },
    {
      name: 'mail',
      active: false,
      schedules: [{ scheduleId: 's3', repeatAt: '5.40pm', startTime: '2026-06-01T00:00:00Z' }],
    },
    { name: 'export', subDomain: 'acme', schedules: [{ scheduleId: 's4', repeatAt: '6.40pm' }] },
  ],
};

async function found(
  service: Service,
  q: string,
  kind = 'schedules',
  authorization?: string,
): Promise<string[]> {
  const { body } = await service.get(`/scheduler/search/${kind}?q=${encodeURIComponent(q)}`, authorization);
  return body.results.map((one: Json) => one.scheduleId ?? one.name);
}

describe('searching jobs', () => {
  it('gives other names to some fields and shows the schedules', async () => {
    const service = await start({ seed });
    const [job] = (await service.get('/scheduler/search/jobs?q=billing')).body.results;
    expect(job).toMatchObject({ _id: 1, name: 'billing', jobActive: true, jobEndTime: null });
    expect(Date.parse(job.jobStartTime)).toBe(Date.parse('2026-01-01T00:00:00Z'));
    expect(job.schedules[0]).toMatchObject({ scheduleId: 's1', scheduleDescription: 'first of month' });
    for (const name of ['active', 'startTime', 'endTime', 'calmConfig', 'ansConfig'])
      expect(job).not.toHaveProperty(name);
  });

  it('leaves the schedules out when told so', async () => {
    const service = await start({ seed });
    const [job] = (await service.get('/scheduler/search/jobs?q=billing&displaySchedules=false')).body.results;
    expect(job).not.toHaveProperty('schedules');
  });

  it.each([
    ['active:true', ['billing', 'export']],
    ['active:false', ['mail']],
    ['MONTHLY', ['billing']],
    ['"monthly run"', ['billing']],
    ['startTime:>2025-12-31', ['billing']],
    ['startTime:<2025-12-31', []],
    ['monthly active:false', []],
  ])('q=%s', async (q, expected) => {
    const service = await start({ seed });
    expect(await found(service, q, 'jobs')).toEqual(expected);
  });
});

describe('searching schedules', () => {
  it('shows each with its job', async () => {
    const service = await start({ seed });
    const [schedule] = (await service.get('/scheduler/search/schedules?q=invoice')).body.results;
    expect(schedule).toMatchObject({
      scheduleId: 's1',
      parent: { _id: 1, name: 'billing', jobUrl: '/scheduler/jobs/1' },
    });
    expect((await service.get(schedule.parent.jobUrl)).body.name).toBe('billing');
  });

  it.each([
    ['active:true', ['s1', 's3', 's4']],
    ['active:false', ['s2']],
    ['startTime:>2026-05-01T00:00:00Z', ['s3']],
    ['endTime:<2027-01-02T00:00:00Z', ['s2']],
    ['40pm active:true', ['s3', 's4']],
  ])('q=%s', async (q, expected) => {
    const service = await start({ seed });
    expect(await found(service, q)).toEqual(expected);
  });

  it('shows a tenant its own only', async () => {
    const service = await start({ seed });
    expect(await found(service, 'active:true', 'schedules', await bearer(service, 'acme'))).toEqual(['s4']);
    expect(await found(service, 'active:true', 'jobs', await bearer(service, 'acme'))).toEqual(['export']);
  });

  it('active:true and active:false together cover every schedule', async () => {
    const service = await start({ seed: randomSeed({ jobs: 60, schedulesPerJob: 3 }) });
    const seen = new Set<string>();
    for (const active of [true, false]) {
      for (let offset = 0; ; offset += 25) {
        const { body } = await service.get(
          `/scheduler/search/schedules?q=active:${active}&page_size=25&offset=${offset}`,
        );
        for (const schedule of body.results) seen.add(schedule.scheduleId);
        if (body.next_url === null) break;
      }
    }
    expect(seen.size).toBe(180);
  });
});

describe('both searches', () => {
  it.each(['jobs', 'schedules'])('%s: need q', async (kind) => {
    const service = await start({ seed });
    expect((await service.get(`/scheduler/search/${kind}`)).status).toBe(400);
    expect((await service.get(`/scheduler/search/${kind}?q=`)).status).toBe(400);
    expect((await service.get(`/scheduler/search/${kind}?q=active:maybe`)).status).toBe(400);
    expect((await service.get(`/scheduler/search/${kind}?q=startTime:>soon`)).status).toBe(400);
  });

  it.each(['jobs', 'schedules'])('%s: page only when asked', async (kind) => {
    const service = await start({ seed: randomSeed({ jobs: 150, schedulesPerJob: 1 }) });
    const all = (await service.get(`/scheduler/search/${kind}?q=schedule`)).body;
    expect([all.results.length, all.next_url]).toEqual([150, null]);
    const page = (await service.get(`/scheduler/search/${kind}?q=schedule&offset=145`)).body;
    expect([page.total, page.results.length]).toEqual([150, 5]);
  });

  it.each(['jobs', 'schedules'])('%s: a page may be smaller than asked for', async (kind) => {
    const service = await start({
      seed: randomSeed({ jobs: 150, schedulesPerJob: 1 }),
      limits: { searchPageCap: 20 },
    });
    const { body } = await service.get(`/scheduler/search/${kind}?q=schedule&page_size=100`);
    expect([body.total, body.results.length]).toEqual([150, 20]);
  });
});
