import { describe, expect, it } from 'vitest';
import { JOB, start } from './client.ts';

describe('creating a job', () => {
  it('answers 201 with the job and its place', async () => {
    const service = await start();
    const created = await service.send('POST', '/scheduler/jobs', JOB);
    expect(created.status).toBe(201);
    expect(created.headers['location']).toBe(`/scheduler/jobs/${created.body._id}`);
    const read = await service.get(`${created.headers['location']}?displaySchedules=true`);
    expect(read.body).toMatchObject({
      name: 'report',
      active: true,
      httpMethod: 'POST',
      schedules: [],
      endTime: null,
    });
  });

  it.each(['name', 'description', 'action', 'active', 'httpMethod', 'schedules'])(
    'needs %s',
    async (field) => {
      const service = await start();
      const answer = await service.send('POST', '/scheduler/jobs', { ...JOB, [field]: undefined });
      expect(answer.status).toBe(400);
      expect(answer.body.message).toContain(field);
    },
  );

  it.each([
    ['a name of digits', { name: '4711' }, /digits/],
    ['an empty name', { name: '' }, /name/],
    ['schedules that are no array', { schedules: {} }, /^Schedules must be an array$/],
    [
      'two modes in a schedule',
      { schedules: [{ repeatAt: '9:00', cron: '* * * * 1 1 1' }] },
      /^Extra scheduling parameters passed$/,
    ],
    ['no mode in a schedule', { schedules: [{ active: true }] }, /required/],
    ['a Unix cron', { schedules: [{ cron: '0 * * * *' }] }, /^Invalid cron specified$/],
    ['words in an interval', { schedules: [{ repeatInterval: 'twenty minutes' }] }, /repeatInterval/],
    ['an unknown method', { httpMethod: 'PATCH' }, /httpMethod/],
    ['more than enabled in calmConfig', { calmConfig: { enabled: true, more: 1 } }, /calmConfig/],
    ['an unknown part of ansConfig', { ansConfig: { onFire: true } }, /onFire/],
    ['a Cloud Foundry task', { jobType: 'CF_TASK' }, /CF_TASK/],
    ['an end nobody can read', { endTime: 'soon' }, /endTime/],
    ['data that is a list', { schedules: [{ cron: '* * * * 1 1 1', data: [1] }] }, /data/],
  ])('refuses %s with 400', async (_what, change, message) => {
    const service = await start();
    const answer = await service.send('POST', '/scheduler/jobs', { ...JOB, ...change });
    expect(answer.status).toBe(400);
    expect(answer.body.message).toMatch(message);
    expect((await service.get('/scheduler/jobCount')).body).toEqual({ active: 0, inactive: 0 });
  });

  it('refuses a name that exists', async () => {
    const service = await start();
    await service.send('POST', '/scheduler/jobs', JOB);
    const again = await service.send('POST', '/scheduler/jobs', JOB);
    expect(again.status).toBe(400);
    expect(again.body.message).toContain('already exists');
  });

  it('takes names as they are seen in the wild, without trimming', async () => {
    const service = await start();
    for (const name of ['GET MDIClient new', 'transfer Items ', 'v2.0.3(b)', 'a/b?c#d']) {
      await service.send('POST', '/scheduler/jobs', { ...JOB, name });
      const found = await service.get(`/scheduler/jobs?name=${encodeURIComponent(name)}`);
      expect(found.body.name).toBe(name);
    }
  });

  it('takes 100 KB and refuses more with 413', async () => {
    const service = await start();
    const body = (size: number) => {
      const empty = JSON.stringify({ ...JOB, name: `n${size}`, description: '' });
      return empty.replace('"description":""', `"description":"${'x'.repeat(size - empty.length)}"`);
    };
    expect((await service.send('POST', '/scheduler/jobs', body(100 * 1024))).status).toBe(201);
    expect((await service.send('POST', '/scheduler/jobs', body(100 * 1024 + 1))).status).toBe(413);
  });

  it('refuses what is not JSON', async () => {
    const service = await start();
    expect((await service.send('POST', '/scheduler/jobs', '{"name":')).status).toBe(400);
    expect((await service.send('POST', '/scheduler/jobs', '[]')).status).toBe(400);
  });

  it('takes true and false as texts too', async () => {
    const service = await start();
    const created = await service.send('POST', '/scheduler/jobs', { ...JOB, active: 'true' });
    expect(created.body.active).toBe(true);
  });
});

describe('changing a job by id', () => {
  const full = {
    ...JOB,
    ansConfig: { onError: true },
    calmConfig: { enabled: true },
    endTime: '2030-01-01T00:00:00Z',
  };

  it('keeps what is left out and answers success', async () => {
    const service = await start();
    const { schedules: _, ...ofJob } = full;
    const { body } = await service.send('POST', '/scheduler/jobs', full);
    const put = await service.send('PUT', `/scheduler/jobs/${body._id}`, { active: false });
    expect([put.status, put.body]).toEqual([200, { success: true }]);
    expect((await service.get(`/scheduler/jobs/${body._id}`)).body).toMatchObject({
      ...ofJob,
      active: false,
    });
  });

  it('never touches the schedules', async () => {
    const service = await start();
    const schedules = [{ cron: '* * * * 1 1 1', active: true }];
    const { body } = await service.send('POST', '/scheduler/jobs', { ...JOB, schedules });
    await service.send('PUT', `/scheduler/jobs/${body._id}`, { description: 'new', schedules: [] });
    const after = await service.get(`/scheduler/jobs/${body._id}?displaySchedules=true`);
    expect(after.body.schedules.map((s: { scheduleId: string }) => s.scheduleId)).toEqual([
      body.schedules[0].scheduleId,
    ]);
  });

  it('refuses another name and an empty body', async () => {
    const service = await start();
    const { body } = await service.send('POST', '/scheduler/jobs', JOB);
    expect((await service.send('PUT', `/scheduler/jobs/${body._id}`, { name: 'other' })).status).toBe(400);
    expect((await service.send('PUT', `/scheduler/jobs/${body._id}`, {})).status).toBe(400);
    expect(
      (await service.send('PUT', `/scheduler/jobs/${body._id}`, { name: 'report', active: true })).status,
    ).toBe(200);
  });

  it('takes an end away with null', async () => {
    const service = await start();
    const { body } = await service.send('POST', '/scheduler/jobs', full);
    await service.send('PUT', `/scheduler/jobs/${body._id}`, { endTime: null });
    expect((await service.get(`/scheduler/jobs/${body._id}`)).body.endTime).toBe(null);
  });
});

describe('changing a job by name', () => {
  it('creates a job that does not exist, with the defaults', async () => {
    const service = await start();
    const put = await service.send('PUT', '/scheduler/jobs/my%20job', {
      name: 'my job',
      action: 'https://a.example.com',
    });
    expect(put.status).toBe(201);
    const read = await service.get('/scheduler/jobs?name=my%20job');
    expect(read.body).toMatchObject({ description: '', active: false, httpMethod: 'POST', endTime: null });
  });

  it('resets what is left out of an existing job', async () => {
    const service = await start();
    await service.send('POST', '/scheduler/jobs', {
      ...JOB,
      httpMethod: 'GET',
      endTime: '2030-01-01T00:00:00Z',
      ansConfig: { onError: true },
    });
    const put = await service.send('PUT', '/scheduler/jobs/report', { name: 'report' });
    expect(put.status).toBe(200);
    const { body } = await service.get('/scheduler/jobs?name=report');
    expect(body).toMatchObject({
      description: '',
      active: false,
      httpMethod: 'POST',
      endTime: null,
      action: JOB.action,
    });
    expect(body).not.toHaveProperty('ansConfig');
  });

  it('replaces the schedules only if there are some in the body', async () => {
    const service = await start();
    await service.send('POST', '/scheduler/jobs', {
      ...JOB,
      schedules: [{ cron: '* * * * 1 1 1' }, { repeatAt: '4.40pm' }],
    });
    const schedules = async () =>
      (await service.get('/scheduler/jobs?name=report&displaySchedules=true')).body.schedules;
    await service.send('PUT', '/scheduler/jobs/report', { name: 'report' });
    expect(await schedules()).toHaveLength(2);
    await service.send('PUT', '/scheduler/jobs/report', {
      name: 'report',
      schedules: [{ repeatAt: '5.40pm' }],
    });
    expect(await schedules()).toMatchObject([{ repeatAt: '5.40pm' }]);
  });

  it('refuses a body with another name', async () => {
    const service = await start();
    const put = await service.send('PUT', '/scheduler/jobs/report', { ...JOB, name: 'other' });
    expect(put.status).toBe(400);
  });
});

describe('deleting a job', () => {
  it('takes schedules and run logs along', async () => {
    const service = await start();
    const { body } = await service.send('POST', '/scheduler/jobs', {
      ...JOB,
      schedules: [{ repeatInterval: '1 hours', active: true }],
    });
    const runs = `/scheduler/jobs/${body._id}/schedules/${body.schedules[0].scheduleId}/runs`;
    expect((await service.get(runs)).body.total).toBe(1);
    expect((await service.send('DELETE', `/scheduler/jobs/${body._id}`)).status).toBe(200);
    expect((await service.get(runs)).status).toBe(404);
    expect((await service.get('/scheduler/search/schedules?q=active:true')).body.total).toBe(0);
  });

  it('answers 404 for an unknown one, in the documented form', async () => {
    const service = await start();
    const answer = await service.send('DELETE', '/scheduler/jobs/99');
    expect(answer.status).toBe(404);
    expect(Object.keys(answer.body).sort()).toEqual(['code', 'detailedError', 'message', 'type']);
  });

  it('never gives an id twice', async () => {
    const service = await start();
    const first = await service.send('POST', '/scheduler/jobs', JOB);
    await service.send('DELETE', `/scheduler/jobs/${first.body._id}`);
    const second = await service.send('POST', '/scheduler/jobs', JOB);
    expect(second.body._id).toBeGreaterThan(first.body._id);
  });
});

it("an unknown path is a 404 that is not the service's own", async () => {
  const service = await start();
  const answer = await service.get('/elsewhere');
  expect([answer.status, answer.body]).toEqual([404, undefined]);
});
