import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startEmulator } from '../../../src/emulator/index.ts';
import { basicAuth, call, JOB } from '../client.ts';
import {
  batchBody,
  create,
  type Json,
  list,
  MINUTE,
  NOON,
  objects,
  PAIR,
  scheduleObject,
  start,
} from './client.ts';

function control(url: string, method: 'GET' | 'POST' | 'PUT', path: string, body?: unknown) {
  const text = body === undefined ? {} : { body: JSON.stringify(body) };
  return call(`${url}/_emulator/${path}`, { method, ...text });
}

describe('the state', () => {
  it('has a part for each service, and what was read can be put back', async () => {
    const service = await start();
    const { emulator } = service;
    await create(service, 'PT1H', '2026-03-10T12:10:00Z', { jobInputPayload: { a: 1 } });
    await service.proxy('schedule-batch-disable', { jobIdentifier: PAIR });
    await service.scheduler('create', { scheduleObject: scheduleObject('a') });
    await emulator.clock.advance(MINUTE);
    await service.scheduler('create', { scheduleObject: scheduleObject('b') });
    emulator.riversand.settings.set({ runDuration: 5 });
    emulator.riversand.deploy('other', { version: '3' });
    emulator.riversand.refuseAll('apps');
    emulator.faults.set({ effect: { showsAfter: { lists: 3, ghosts: true } } });
    await create(service, 'PT2H');
    const before = (await control(emulator.url, 'GET', 'state')).body;
    expect(before).toMatchObject({ jobs: [], riversand: { tenants: [{ tenantId: 'emulatortenant' }] } });
    expect((await control(emulator.url, 'PUT', 'state', before)).status).toBe(200);
    expect((await control(emulator.url, 'GET', 'state')).body).toEqual(before);
    await emulator.clock.advance(MINUTE);
    expect((await objects(service)).map(({ id }: Json) => id)).toEqual(['a', 'b']);
  });

  it('what is enabled in a seed has run before, and goes on in its phase', async () => {
    const schedule = { ...PAIR, recurrenceInterval: 'PT20M', doNotRunUntil: '2026-01-01T00:05:00Z' };
    const service = await start({ tenants: [{ tenantId: 't', batchSchedules: [schedule] }] });
    await service.emulator.clock.advance(60 * MINUTE);
    const minutes = service.emulator.riversand.runs().map(({ dueAt }) => (Date.parse(dueAt) - NOON) / MINUTE);
    expect(minutes).toEqual([5, 25, 45]);
  });

  it.each<[Json, RegExp]>([
    [[], /seed\.riversand/],
    [{ tenants: {} }, /seed\.riversand\.tenants: a list/],
    [{ tenants: [{}] }, /tenants\[0\]\.tenantId/],
    [{ tenants: [{ tenantId: 'a' }, { tenantId: 'a' }] }, /twice/],
    [{ tenants: [{ tenantId: 'a', refuseAll: 'some' }] }, /refuseAll/],
    [
      { tenants: [{ tenantId: 'a', batchSchedules: [{ ...PAIR }] }] },
      /batchSchedules\[0\]: recurrenceInterval/,
    ],
    [
      { tenants: [{ tenantId: 'a', apps: [], batchSchedules: [{ ...PAIR, recurrenceInterval: 'PT1H' }] }] },
      /the app dataLoad is not/,
    ],
    [
      { tenants: [{ tenantId: 'a', scheduleObjects: [{ id: 'x' }] }] },
      /scheduleObjects\[0\]: scheduleObject\.type/,
    ],
    [{ settings: { speed: 1 } }, /unknown key speed; known are/],
    [{ settings: { overrun: 'queue' } }, /overrun cannot be "queue"/],
  ])('%j is refused with its place, and changes nothing', async (riversand, message) => {
    const service = await start();
    await create(service, 'PT1H');
    const answer = await control(service.emulator.url, 'PUT', 'state', { jobs: [JOB], riversand });
    expect([answer.status, answer.text]).toEqual([400, expect.stringMatching(message)]);
    expect(service.emulator.state().jobs).toEqual([]);
    expect(await list(service)).toHaveLength(1);
  });

  it('survives a restart', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'emulator-'));
    try {
      const first = await start({}, { persistDir: directory });
      first.emulator.clock.freeze();
      const id = await create(first, 'PT1H');
      await first.scheduler('create', { scheduleObject: scheduleObject('a') });
      await first.emulator.close();
      const second = await start({}, { persistDir: directory });
      expect((await list(second)).map((entry) => entry.id)).toEqual([id]);
      await second.emulator.clock.advance(MINUTE);
      expect(await objects(second)).toHaveLength(1);
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});

describe('control', () => {
  it('gives credentials, settings and runs, and deploys versions', async () => {
    const service = await start();
    const { url, riversand } = service.emulator;
    expect((await control(url, 'GET', 'riversand/credentials')).body).toEqual(riversand.credentials);
    await control(url, 'PUT', 'riversand/settings', { runDuration: 7 });
    expect((await control(url, 'GET', 'riversand/settings')).body).toEqual({
      ...riversand.settings.get(),
      runDuration: 7,
    });
    const deployed = await control(url, 'POST', 'riversand/deploy', { appId: PAIR.appId, version: '9' });
    expect(deployed.body).toEqual({ appId: PAIR.appId, version: '9' });
    await service.proxy('schedule-batch-process', batchBody('PT1H'));
    const runs = (await control(url, 'GET', `riversand/runs?appId=${PAIR.appId}`)).body;
    expect(runs).toMatchObject({ total: 1, runs: [{ appVersion: '9', endsAt: '2026-03-10T12:00:00.007Z' }] });
    expect((await control(url, 'GET', 'riversand/object-runs')).body).toEqual({ total: 0, runs: [] });
  });

  it.each<['POST' | 'PUT', string, Json]>([
    ['PUT', 'settings', { overrun: 1 }],
    ['POST', 'deploy', {}],
    ['POST', 'deploy', { appId: 'a', tenantId: 'nobody' }],
    ['PUT', 'refuse-all', { how: 'some' }],
  ])('%s %s %j is answered 400', async (method, path, body) => {
    const service = await start();
    expect((await control(service.emulator.url, method, `riversand/${path}`, body)).status).toBe(400);
  });

  it('makes a tenant refuse _ALL', async () => {
    const service = await start();
    await control(service.emulator.url, 'PUT', 'riversand/refuse-all', { how: true });
    await expect(list(service)).rejects.toThrow('ALL_REFUSED');
  });
});

describe('both services', () => {
  it('are served at one address, under one clock, each with its own credentials', async () => {
    const service = await start();
    const { emulator } = service;
    expect(emulator.riversand.url).toBe(emulator.url);
    expect(emulator.credentials.uaa.clientid).not.toBe(emulator.riversand.credentials.clientId);
    await create(service, 'PT1H');
    const { user, password } = emulator.credentialsFor('basic');
    const authorization = basicAuth(String(user), String(password));
    const answer = await call(`${emulator.url}/scheduler/jobs`, {
      method: 'GET',
      headers: { authorization },
    });
    expect([answer.status, answer.body.total]).toEqual([200, 0]);
  });

  it('keep calling while the clock runs by itself', async () => {
    let now = NOON;
    const emulator = await startEmulator({ now: () => now });
    try {
      emulator.setState({
        riversand: {
          tenants: [{ tenantId: 't', batchSchedules: [{ ...PAIR, recurrenceInterval: 'PT1M' }] }],
        },
      });
      now += 3 * MINUTE;
      expect(emulator.riversand.runs()).toHaveLength(3);
    } finally {
      await emulator.close();
    }
  });
});
