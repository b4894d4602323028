import { describe, expect, it } from 'vitest';
import { HOUR, JOB, NOON, SECOND, type Service, start, withSchedule } from './client.ts';

const FAR = { cron: '* * * * 3 17 7' };

describe('creating a schedule', () => {
  it('answers 201 with its id, its type and its place', async () => {
    const service = await start();
    const { jobId } = await withSchedule(service, FAR);
    const created = await service.send('POST', `/scheduler/jobs/${jobId}/schedules`, {
      time: '2030-01-01T00:00:00Z',
      active: true,
    });
    expect(created.status).toBe(201);
    expect(created.body).toMatchObject({ type: 'one-time', jobId, active: true });
    expect(created.headers['location']).toBe(`/scheduler/jobs/${jobId}/schedules/${created.body.scheduleId}`);
    expect((await service.get(String(created.headers['location']))).body.scheduleId).toBe(
      created.body.scheduleId,
    );
  });

  it('refuses none and several modes, and an unknown job', async () => {
    const service = await start();
    const { jobId } = await withSchedule(service, FAR);
    const path = `/scheduler/jobs/${jobId}/schedules`;
    expect((await service.send('POST', path, { active: true })).status).toBe(400);
    expect((await service.send('POST', path, { ...FAR, repeatAt: '9:00' })).body.message).toBe(
      'Extra scheduling parameters passed',
    );
    expect((await service.send('POST', '/scheduler/jobs/99/schedules', FAR)).status).toBe(404);
  });

  it('takes modes that are null for absent, and ignores ids of the client', async () => {
    const service = await start();
    const { jobId } = await withSchedule(service, FAR);
    const body = { ...FAR, time: null, repeatAt: null, scheduleId: 'mine', type: 'recurring' };
    const created = await service.send('POST', `/scheduler/jobs/${jobId}/schedules`, body);
    expect(created.status).toBe(201);
    expect(created.body.scheduleId).not.toBe('mine');
  });
});

describe('reading schedules', () => {
  it('page by page', async () => {
    const service = await start();
    const created = await service.send('POST', '/scheduler/jobs', {
      ...JOB,
      schedules: Array.from({ length: 12 }, () => FAR),
    });
    const path = `/scheduler/jobs/${created.body._id}/schedules`;
    const first = (await service.get(path)).body;
    expect([first.total, first.results.length, first.next_url]).toEqual([
      12,
      10,
      `${path}?page_size=10&offset=10`,
    ]);
    expect((await service.get(first.next_url)).body.results).toHaveLength(2);
    expect((await service.get(`${path}?page_size=101`)).status).toBe(400);
  });

  it('finds a schedule only below its own job', async () => {
    const service = await start();
    const one = await withSchedule(service, FAR);
    const two = await withSchedule(service, FAR, { name: 'two' });
    expect((await service.get(`/scheduler/jobs/${two.jobId}/schedules/${one.scheduleId}`)).status).toBe(404);
    expect((await service.get(`/scheduler/jobs/${one.jobId}/schedules/${one.scheduleId}`)).status).toBe(200);
  });

  it('shows logs only when asked, at most 200, newest first', async () => {
    const service = await start();
    const { path } = await withSchedule(service, { repeatInterval: '1 minutes' });
    await service.emulator.clock.advance(5 * HOUR);
    expect((await service.get(path)).body).not.toHaveProperty('logs');
    const { logs } = (await service.get(`${path}?displayLogs=true`)).body;
    expect(logs).toHaveLength(200);
    expect(logs[0].executionTimestamp).toBe('2026-03-10T17:00:00.000Z');
  });
});

describe('changing a schedule', () => {
  it('keeps what is left out', async () => {
    const service = await start();
    const { path } = await withSchedule(service, { ...FAR, description: 'nightly', data: { a: 1 } });
    expect((await service.send('PUT', path, { active: false })).status).toBe(200);
    expect((await service.get(path)).body).toMatchObject({
      ...FAR,
      description: 'nightly',
      data: { a: 1 },
      active: false,
      nextRunAt: null,
    });
  });

  it('can change the value of its mode, not the mode', async () => {
    const service = await start();
    const { path } = await withSchedule(service, FAR);
    expect((await service.send('PUT', path, { repeatInterval: '2 hours' })).status).toBe(400);
    expect((await service.send('PUT', path, { cron: '* * * * 4 17 7' })).status).toBe(200);
    expect((await service.get(path)).body).toMatchObject({
      cron: '* * * * 4 17 7',
      nextRunAt: '2026-03-11T04:17:07.000Z',
    });
  });

  it('refuses a wrong cron and changes nothing', async () => {
    const service = await start();
    const { path } = await withSchedule(service, FAR);
    expect((await service.send('PUT', path, { description: 'x', cron: '0 8 * * 1-5' })).body.message).toBe(
      'Invalid cron specified',
    );
    expect((await service.get(path)).body).toMatchObject({ ...FAR, description: '' });
  });
});

describe('a PUT on a schedule takes effect at once', () => {
  async function dueIn(service: Service, ms: number): Promise<string> {
    const at = new Date(NOON + ms);
    const cron = `* * * * ${at.getUTCHours()} ${at.getUTCMinutes()} ${at.getUTCSeconds()}`;
    return (await withSchedule(service, { cron })).path;
  }

  it('a run in the execution queue is stopped', async () => {
    const service = await start();
    const path = await dueIn(service, 12 * SECOND);
    await service.send('PUT', path, { description: 'harmless' });
    expect(service.emulator.effects()).toMatchObject([{ effect: 'stopped', dueAt: NOON + 12 * SECOND }]);
    expect((await service.get(path)).body.nextRunAt).toBe('2026-03-11T12:00:12.000Z');
    const [run] = (await service.get(`${path}/runs`)).body.results;
    expect(run).toMatchObject({ runStatus: 'SCHEDULED', executionTimestamp: null });
  });

  it('a run that was picked is executed immediately, and not again at its time', async () => {
    const service = await start();
    const path = await dueIn(service, 3 * SECOND);
    await service.send('PUT', path, { description: 'harmless' });
    await service.emulator.clock.advance(HOUR);
    const { results } = (await service.get(`${path}/runs`)).body;
    expect(results).toHaveLength(1);
    expect(results[0]).toMatchObject({
      executionTimestamp: '2026-03-10T12:00:00.000Z',
      scheduleTimestamp: '2026-03-10T12:00:03.000Z',
    });
  });

  it('a run that is further away is left alone', async () => {
    const service = await start();
    const path = await dueIn(service, 61 * SECOND);
    await service.send('PUT', path, { description: 'harmless' });
    expect(service.emulator.effects()).toEqual([]);
    expect((await service.get(path)).body.nextRunAt).toBe('2026-03-10T12:01:01.000Z');
  });

  it('the times of the queue can be set', async () => {
    const service = await start({ queueTimes: { queuedWithin: 0, pickedWithin: 0 } });
    const path = await dueIn(service, 3 * SECOND);
    await service.send('PUT', path, { description: 'harmless' });
    expect(service.emulator.effects()).toEqual([]);
  });
});

describe('deleting schedules', () => {
  it('takes one, or all of a job', async () => {
    const service = await start();
    const created = await service.send('POST', '/scheduler/jobs', { ...JOB, schedules: [FAR, FAR, FAR] });
    const path = `/scheduler/jobs/${created.body._id}/schedules`;
    const [first] = created.body.schedules;
    expect((await service.send('DELETE', `${path}/${first.scheduleId}`)).status).toBe(200);
    expect((await service.send('DELETE', `${path}/${first.scheduleId}`)).status).toBe(404);
    expect((await service.get(path)).body.total).toBe(2);
    expect((await service.send('DELETE', path)).status).toBe(200);
    expect((await service.get(path)).body.total).toBe(0);
    expect((await service.get(`/scheduler/jobs/${created.body._id}`)).status).toBe(200);
  });
});

describe('activationStatus', () => {
  it('switches all schedules of a job', async () => {
    const service = await start();
    const created = await service.send('POST', '/scheduler/jobs', {
      ...JOB,
      schedules: [FAR, { ...FAR, active: true }],
    });
    const path = `/scheduler/jobs/${created.body._id}/schedules`;
    const active = async () =>
      (await service.get(path)).body.results.map((s: { active: boolean }) => s.active);
    expect(await active()).toEqual([false, true]);
    expect((await service.send('POST', `${path}/activationStatus`, { activationStatus: true })).body).toEqual(
      { success: true },
    );
    expect(await active()).toEqual([true, true]);
    await service.send('POST', `${path}/activationStatus`, { activationStatus: false });
    expect(await active()).toEqual([false, false]);
    expect((await service.send('POST', `${path}/activationStatus`, {})).status).toBe(400);
  });
});

it('the schedules of a Cloud Foundry task can be read and changed', async () => {
  const schedules = [{ scheduleId: 's1', ...FAR, data: { memory_in_mb: 256 } }];
  const service = await start({ seed: { jobs: [{ _id: 7, name: 'task', jobType: 'CF_TASK', schedules }] } });
  const path = '/scheduler/jobs/7/schedules/s1';
  expect((await service.send('PUT', path, { data: { memory_in_mb: 512 } })).status).toBe(200);
  expect((await service.get(path)).body.data).toEqual({ memory_in_mb: 512 });
});
