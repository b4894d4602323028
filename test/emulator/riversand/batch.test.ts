import { describe, expect, it } from 'vitest';
import { batchBody, create, envelope, headersOf, list, NOON, outcome, PAIR, start } from './client.ts';

describe('schedule-batch-process', () => {
  it('answers with the new id, and with the request as it was', async () => {
    const service = await start();
    const body = batchBody('PT1H', '2026-04-01T00:00:00Z', { jobInputPayload: { a: 1 } });
    const answer = await service.proxy('schedule-batch-process', body, 'guid-7');
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      request: { returnRequest: false, requestId: 'guid-7', taskId: 'guid-7' },
      response: {
        status: 'success',
        statusDetail: {
          status: 'success',
          request: body,
          response: { jobId: `emulatortenant_dataLoad_nightly_${NOON}` },
        },
        totalRecords: 0,
      },
    });
  });

  it('deletes every earlier schedule of the pair, and of no other pair', async () => {
    const two = ['1', '2'].map((id) => ({ ...PAIR, id, recurrenceInterval: 'PT2H' }));
    const other = { ...PAIR, jobDefId: 'weekly', id: '3', recurrenceInterval: 'P7D' };
    const service = await start({ tenants: [{ tenantId: 't', batchSchedules: [...two, other] }] });
    const id = await create(service, 'PT1H');
    expect((await list(service)).map((entry) => entry.id)).toEqual(['3', id]);
  });

  it('gives another id even within one millisecond', async () => {
    const service = await start();
    const ids = [await create(service, 'PT1H'), await create(service, 'PT1H'), await create(service, 'PT1H')];
    expect(new Set(ids).size).toBe(3);
    expect((await list(service)).map((entry) => entry.id)).toEqual(ids.slice(2));
  });

  it.each([
    ['an interval under a minute', { scheduledJobOptions: { recurrenceInterval: 'PT59S' } }],
    ['no interval', { scheduledJobOptions: {} }],
    ['a zero interval', { scheduledJobOptions: { recurrenceInterval: 'P0D' } }],
    ['months', { scheduledJobOptions: { recurrenceInterval: 'P1M' } }],
    ['a start that is none', { scheduledJobOptions: { recurrenceInterval: 'PT1H', doNotRunUntil: 'soon' } }],
    ['no job definition', { jobIdentifier: { appId: 'a' } }],
    ['_ALL', { jobIdentifier: { appId: 'a', jobDefId: '_ALL' } }],
    ['a payload that is a list', { jobInputPayload: [] }],
  ])('refuses %s inside HTTP 200, and deletes nothing', async (_what, more) => {
    const service = await start();
    const id = await create(service, 'PT1H');
    const answer = await service.proxy('schedule-batch-process', { ...batchBody('PT1H'), ...more });
    expect([answer.status, outcome(answer)]).toEqual([200, 'error INVALID_REQUEST']);
    expect(answer.body.response.statusDetail.message).toEqual(expect.any(String));
    expect((await list(service)).map((entry) => entry.id)).toEqual([id]);
  });

  it('knows only the apps and job definitions that are listed, if any are', async () => {
    const apps = [{ appId: 'dataLoad', jobDefinitions: ['nightly'] }, { appId: 'free' }];
    const service = await start({ tenants: [{ tenantId: 't', apps }] });
    const outcomes = [];
    for (const [appId, jobDefId] of [
      ['dataLoad', 'nightly'],
      ['dataLoad', 'x'],
      ['free', 'x'],
      ['y', 'x'],
    ]) {
      const body = { ...batchBody('PT1H'), jobIdentifier: { appId, jobDefId } };
      outcomes.push(outcome(await service.proxy('schedule-batch-process', body)));
    }
    expect(outcomes).toEqual(['success', 'error JOB_DEFINITION_UNKNOWN', 'success', 'error APP_UNKNOWN']);
  });

  it('does nothing for a task id that it has seen, if it is told to remember them', async () => {
    const service = await start({ settings: { idempotentTasks: true } });
    const first = await service.proxy('schedule-batch-process', batchBody('PT1H'), 'same');
    const second = await service.proxy('schedule-batch-process', batchBody('PT2H'), 'same');
    expect(second.body.response.statusDetail.response).toEqual(first.body.response.statusDetail.response);
    expect((await list(service))[0].recurrence_interval).toBe('PT1H');
  });
});

describe('schedule-batch-list', () => {
  const seed = {
    tenants: [
      {
        tenantId: 't',
        batchSchedules: [
          { appId: 'a', jobDefId: 'x', id: 't_a_x_1', recurrenceInterval: 'PT60M', poolId: 'big' },
          { appId: 'a', jobDefId: 'y', id: 't_a_y_1', recurrenceInterval: 'PT1H', enabled: false },
          { appId: 'b', jobDefId: 'x', id: 't_b_x_1', recurrenceInterval: 'P1D', jobInputPayload: { p: 1 } },
        ],
      },
    ],
  };

  it('shows id, interval and pool of each, and nothing else', async () => {
    const service = await start(seed);
    expect(await list(service)).toEqual([
      { id: 't_a_x_1', recurrence_interval: 'PT60M', pool_id: 'big' },
      { id: 't_a_y_1', recurrence_interval: 'PT1H', pool_id: 'rsbatch' },
      { id: 't_b_x_1', recurrence_interval: 'P1D', pool_id: 'rsbatch' },
    ]);
  });

  it('may write intervals its own way', async () => {
    const service = await start({ ...seed, settings: { intervals: 'canonical' } });
    const intervals = (await list(service)).map((entry) => entry.recurrence_interval);
    expect(intervals).toEqual(['PT1H', 'PT1H', 'P1D']);
  });

  it.each([
    ['a', '_ALL', ['t_a_x_1', 't_a_y_1']],
    ['_ALL', 'x', ['t_a_x_1', 't_b_x_1']],
    ['a', 'y', ['t_a_y_1']],
    ['c', '_ALL', []],
  ])('of %s and %s', async (appId, jobDefId, ids) => {
    const service = await start(seed);
    expect((await list(service, appId, jobDefId)).map((entry) => entry.id)).toEqual(ids);
  });

  it.each<[string, boolean | 'apps', boolean, string[]]>([
    ['nothing', false, false, ['ok', 'ok', 'ok']],
    ['all apps', 'apps', false, ['refused', 'ok', 'ok']],
    ['_ALL entirely', true, false, ['refused', 'refused', 'ok']],
    ['_ALL for one app', false, true, ['ok', 'refused', 'ok']],
  ])('of a tenant that refuses %s', async (_what, refuseAll, ofApp, expected) => {
    const [tenant] = seed.tenants;
    const apps = [{ appId: 'a', refuseAll: ofApp }];
    const service = await start({ tenants: [{ tenantId: 't', ...tenant, apps, anyApp: true, refuseAll }] });
    const found = [];
    for (const [appId, jobDefId] of [
      ['_ALL', '_ALL'],
      ['a', '_ALL'],
      ['a', 'x'],
    ]) {
      const answer = await service.proxy('schedule-batch-list', { jobIdentifier: { appId, jobDefId } });
      found.push(
        outcome(answer) === 'success' ? 'ok' : outcome(answer).replace('error ALL_REFUSED', 'refused'),
      );
    }
    expect(found).toEqual(expected);
  });
});

describe('other operations', () => {
  it.each(['schedule-batch-enable', 'schedule-batch-disable'])('%s needs a schedule', async (type) => {
    const service = await start();
    expect(outcome(await service.proxy(type, { jobIdentifier: PAIR }))).toBe('error SCHEDULE_UNKNOWN');
    await create(service, 'PT1H');
    expect(outcome(await service.proxy(type, { jobIdentifier: PAIR }))).toBe('success');
  });

  it.each(['schedule-batch-delete', 'toString', ''])('the type %j is unknown', async (type) => {
    const service = await start();
    const answer = await service.proxy(type, { jobIdentifier: PAIR });
    expect([answer.status, outcome(answer)]).toEqual([200, 'error TYPE_UNKNOWN']);
  });

  it('batch-create-job runs the latest version once, now', async () => {
    const service = await start();
    service.emulator.riversand.deploy(PAIR.appId, { version: '2.0.0' });
    const answer = await service.proxy('batch-create-job', {
      jobIdentifier: PAIR,
      jobInputPayload: { a: 1 },
    });
    const { jobId } = answer.body.response.statusDetail.response;
    expect(await list(service)).toEqual([]);
    const run = { runId: jobId, scheduleId: null, appVersion: '2.0.0', payload: { a: 1 } };
    expect(service.emulator.riversand.runs()).toMatchObject([run]);
  });

  it('says errors with another HTTP status if it is told to', async () => {
    const service = await start({ settings: { errorStatus: 400 } });
    expect((await service.proxy('nothing', {})).status).toBe(400);
  });

  it.each([
    ['no JSON', '/api/proxyservice/call', '{', 400],
    ['a path that is not there', '/api/proxyservice', '{}', 404],
    ['an operation that is not there', '/api/schedulerservice/list', '{}', 404],
  ])('%s is an HTTP error', async (_what, path, body, status) => {
    const service = await start();
    const answer = await service.post(path, body);
    expect([answer.status, answer.body.response.status]).toEqual([status, 'error']);
  });
});

describe('headers', () => {
  const good = {
    'x-rdp-version': '8.1',
    'x-rdp-clientId': 'rdpclient',
    'x-rdp-tenantId': 't',
    'x-rdp-userId': 'ann',
    'x-rdp-userRoles': '["admin"]',
    'auth-client-id': 'c',
    'auth-client-secret': 's',
  };
  const tenant = {
    tenantId: 't',
    clients: [{ clientId: 'c', clientSecret: 's' }],
    users: [{ userId: 'ann', roles: ['admin', 'reader'] }],
  };
  const seed = { tenants: [tenant, { tenantId: 'foreign' }] };
  const LIST = envelope('schedule-batch-list', { jobIdentifier: PAIR });
  const PROCESS = envelope('schedule-batch-process', batchBody('PT1H'));

  it.each<[string, Record<string, string>, number]>([
    ['good ones', {}, 200],
    ['one of the roles', { 'x-rdp-userRoles': '["reader"]' }, 200],
    ['a wrong secret', { 'auth-client-secret': 'x' }, 401],
    ['an unknown client', { 'auth-client-id': 'x' }, 401],
    ['an unknown tenant', { 'x-rdp-tenantId': 'x' }, 403],
    ["somebody else's tenant", { 'x-rdp-tenantId': 'foreign' }, 403],
    ['an unknown user', { 'x-rdp-userId': 'x' }, 403],
    ['a role that the user does not have', { 'x-rdp-userRoles': '["owner"]' }, 403],
    ['no role', { 'x-rdp-userRoles': '[]' }, 403],
    ['roles that are no array', { 'x-rdp-userRoles': 'admin' }, 403],
  ])('%s', async (_what, headers, status) => {
    const service = await start(seed);
    expect((await service.post('/api/proxyservice/call', LIST, { ...good, ...headers })).status).toBe(status);
  });

  it.each(Object.keys(good))('%s must not be missing', async (name) => {
    const service = await start(seed);
    const { [name as keyof typeof good]: _, ...rest } = good;
    const expected = name === 'x-rdp-version' || name === 'x-rdp-clientId' ? 400 : 401;
    expect((await service.post('/api/proxyservice/call', LIST, rest)).status).toBe(expected);
  });

  it('any will do when they are not checked', async () => {
    const service = await start({ ...seed, settings: { checkHeaders: false } });
    expect((await service.post('/api/proxyservice/call', LIST, {})).status).toBe(200);
  });

  it('a role that may not write may read', async () => {
    const service = await start({ ...seed, settings: { writeRoles: ['admin'] } });
    const headers = { ...good, 'x-rdp-userRoles': '["reader"]' };
    expect((await service.post('/api/proxyservice/call', LIST, headers)).status).toBe(200);
    expect((await service.post('/api/proxyservice/call', PROCESS, headers)).status).toBe(403);
    expect((await service.post('/api/proxyservice/call', PROCESS, good)).status).toBe(200);
  });

  it('tenants do not see each other', async () => {
    const service = await start(seed);
    await create(service, 'PT1H');
    const foreign = headersOf(service.emulator.riversand.credentialsFor('foreign'));
    const all = envelope('schedule-batch-list', { jobIdentifier: { appId: '_ALL', jobDefId: '_ALL' } });
    const answer = await service.post('/api/proxyservice/call', all, foreign);
    expect(answer.body.response.statusDetail.response.jobSchedules).toEqual([]);
    expect(await list(service)).toHaveLength(1);
  });
});
