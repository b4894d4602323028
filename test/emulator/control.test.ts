import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { randomSeed } from '../../src/emulator/index.ts';
import {
  type Answer,
  bearer,
  call,
  DAY,
  HOUR,
  JOB,
  type Json,
  NOON,
  type Service,
  start,
  withSchedule,
} from './client.ts';

function control(
  service: Service,
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  body?: unknown,
): Promise<Answer> {
  return call(`${service.emulator.url}/_emulator/${path}`, {
    method,
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
}

describe('the clock', () => {
  it('stops where it is set, and the Date header follows it', async () => {
    const service = await start();
    const answer = await control(service, 'POST', 'clock', { now: '2030-01-01T00:00:00Z' });
    expect(answer.body).toMatchObject({ now: '2030-01-01T00:00:00.000Z', frozen: true });
    expect((await service.get('/scheduler/jobs')).headers['date']).toBe('Tue, 01 Jan 2030 00:00:00 GMT');
  });

  it.each([
    [HOUR, HOUR],
    ['PT1H30M', 1.5 * HOUR],
    ['P1DT0.5S', DAY + 500],
    ['P2W', 14 * DAY],
    ['1h', HOUR],
    ['1500ms', 1500],
  ])('advances by %s', async (advance, ms) => {
    const service = await start();
    expect((await control(service, 'POST', 'clock', { advance })).body.epochMs).toBe(NOON + ms);
    expect((await control(service, 'GET', 'clock')).body.epochMs).toBe(NOON + ms);
  });

  it('lets everything run that is due on the way', async () => {
    const service = await start();
    const { path } = await withSchedule(service, { cron: '* * * * * 0 0' });
    await control(service, 'POST', 'clock', { advance: 'PT3H' });
    expect((await service.get(`${path}/runs`)).body.total).toBe(3);
    await control(service, 'POST', 'clock', { now: NOON + 5 * HOUR });
    expect((await service.get(`${path}/runs`)).body.total).toBe(5);
  });

  it('goes with the real one until it is stopped, and again after', async () => {
    let real = NOON;
    const service = await start({ now: () => real });
    real += 1000;
    expect(service.emulator.clock.now()).toBe(NOON + 1000);
    await control(service, 'POST', 'clock', { now: NOON + DAY });
    real += 1000;
    expect(service.emulator.clock.now()).toBe(NOON + DAY);
    await control(service, 'POST', 'clock', { frozen: false });
    real += 1000;
    expect(service.emulator.clock.now()).toBe(NOON + DAY + 1000);
  });

  it.each([{ advance: 'an hour' }, { advance: 'P' }, { advance: 'P1M' }, { now: 'noon' }, {}, [], '{'])(
    'refuses %j with a text',
    async (body) => {
      const service = await start();
      const answer = await control(service, 'POST', 'clock', body);
      expect(answer.status).toBe(400);
      expect(answer.text).not.toBe('');
    },
  );
});

describe('the state', () => {
  it('written, read and written again is the same', async () => {
    const service = await start({ seed: randomSeed({ jobs: 20, schedulesPerJob: 3 }) });
    await withSchedule(service, { time: 'in 2 hours', data: { a: 1 } });
    await withSchedule(
      service,
      { repeatAt: 'teatime', startTime: null, description: null },
      { name: 'second' },
    );
    await service.emulator.clock.advance(DAY);
    const before = (await control(service, 'GET', 'state')).body;
    expect((await control(service, 'PUT', 'state', before)).status).toBe(200);
    expect((await control(service, 'GET', 'state')).body).toEqual(before);
    expect(before.jobs).toHaveLength(22);
  });

  it('replaces what was there', async () => {
    const service = await start();
    await service.send('POST', '/scheduler/jobs', JOB);
    await control(service, 'PUT', 'state', { jobs: [{ name: 'other' }] });
    const { body } = await service.get('/scheduler/jobs');
    expect(body.results.map((job: Json) => job.name)).toEqual(['other']);
  });

  it.each([
    [{ jobs: {} }, 'seed.jobs'],
    [{ jobs: [{}] }, 'seed.jobs[0]'],
    [{ jobs: [{ name: 'a' }, { name: 'a' }] }, 'seed.jobs[1]'],
    [{ jobs: [{ name: 'a', schedules: [{ cron: 'x' }] }] }, 'Invalid cron'],
    [{ jobs: [{ name: 'a', instance: 'nowhere' }] }, 'nowhere'],
    [[], 'object'],
  ])('refuses %j and changes nothing', async (state, message) => {
    const service = await start({ seed: { jobs: [{ name: 'kept' }] } });
    const answer = await control(service, 'PUT', 'state', state);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain(message);
    expect((await service.get('/scheduler/jobs')).body.total).toBe(1);
  });

  it('given out is a copy', async () => {
    const service = await start({
      seed: { jobs: [{ name: 'a', schedules: [{ repeatAt: '9:00', data: { x: 1 } }] }] },
    });
    const state = service.emulator.state();
    Object.assign(state.jobs?.[0]?.schedules?.[0]?.data ?? {}, { x: 2 });
    expect(service.emulator.state().jobs?.[0]?.schedules?.[0]?.data).toEqual({ x: 1 });
  });
});

describe('persistence', () => {
  async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
    const folder = await mkdtemp(join(tmpdir(), 'emulator-'));
    try {
      await work(folder);
    } finally {
      await rm(folder, { recursive: true });
    }
  }

  it('keeps jobs, logs, secrets and clock over a restart, whatever the seed says', async () => {
    await inFolder(async (folder) => {
      const persistDir = join(folder, 'new');
      const first = await start({ persistDir });
      const { path } = await withSchedule(first, { repeatInterval: '2 hours' });
      await first.emulator.clock.advance(3 * HOUR);
      first.emulator.tokens.rotate();
      const before = first.emulator.state();
      await first.emulator.close();
      expect(await readdir(persistDir)).toEqual(['emulator-state.json']);
      const second = await start({ persistDir, seed: { jobs: [{ name: 'seed' }] } });
      expect(second.emulator.state()).toEqual(before);
      expect(second.emulator.clock.now()).toBe(NOON + 3 * HOUR);
      expect((await second.get(`${path}/runs`)).body.total).toBe(2);
    });
  });

  it('a restart after more than 20 minutes makes up the last missed run only', async () => {
    await inFolder(async (persistDir) => {
      let real = NOON;
      const first = await start({ persistDir, now: () => real });
      const { path } = await withSchedule(first, { cron: '* * * * * 0 0' });
      await first.emulator.close();
      real += 5 * HOUR;
      const second = await start({ persistDir, now: () => real });
      expect((await second.get(`${path}/runs`)).body.total).toBe(1);
    });
  });

  it('refuses a file that it did not write', async () => {
    await inFolder(async (persistDir) => {
      await writeFile(join(persistDir, 'emulator-state.json'), '{}');
      await expect(start({ persistDir })).rejects.toThrow('not a saved state');
    });
  });
});

describe('the request log', () => {
  it('shows what was asked and answered, without credentials', async () => {
    const service = await start();
    const token = await bearer(service);
    await service.get('/scheduler/jobs?page_size=5', token);
    await service.send(
      'POST',
      '/scheduler/jobs',
      { ...JOB, schedules: [{ repeatAt: '9:00', data: { apiKey: 'k-123', n: 1 } }] },
      token,
    );
    const { body, text } = await control(service, 'GET', 'requests');
    expect(body.requests).toMatchObject([
      { method: 'POST', path: '/oauth/token', status: 200 },
      { method: 'GET', path: '/scheduler/jobs', query: { page_size: '5' }, status: 200, tenant: 'provider' },
      {
        method: 'POST',
        path: '/scheduler/jobs',
        status: 201,
        body: { name: 'report', schedules: [{ data: { apiKey: '(removed)', n: 1 } }] },
      },
    ]);
    for (const secret of [token.slice(7), service.emulator.credentials.uaa.clientsecret, 'k-123'])
      expect(text).not.toContain(secret);
  });

  it('can be filtered and cleared', async () => {
    const service = await start();
    for (const path of ['/scheduler/jobs', '/scheduler/jobs/1', '/scheduler/jobCount'])
      await service.get(path);
    const total = async (query: string) => (await control(service, 'GET', `requests?${query}`)).body.total;
    expect(await total('')).toBe(3);
    expect(await total('path=/scheduler/jobs')).toBe(2);
    expect(await total('path=/scheduler/*')).toBe(2);
    expect(await total('status=404')).toBe(1);
    expect(await total('method=put')).toBe(0);
    expect(await total('since=2')).toBe(1);
    expect((await control(service, 'GET', 'requests?status=x')).status).toBe(400);
    await control(service, 'DELETE', 'requests');
    expect(service.emulator.requests()).toEqual([]);
  });
});
