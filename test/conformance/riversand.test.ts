import type { Json, JsonObject } from '../../src/core/json.ts';
import type { Surroundings } from '../../src/core/provider.ts';
import { type Emulator, type FaultEffect, startEmulator } from '../../src/emulator/index.ts';
import { riversandProvider } from '../../src/providers/riversand/provider.ts';
import { batchBody, envelope, headersOf, scheduleObject } from '../emulator/riversand/client.ts';
import { START } from '../support/sap-target.ts';
import { conformance } from './suite.ts';
import type { Service, Subject } from './world.ts';

const effects: Record<string, FaultEffect> = {
  'status error inside 200': { statusError: true },
  broken: { status: 500 },
  reset: { reset: true },
  'done, answer lost': { commitThenDrop: true },
  truncated: { truncate: true },
  HTML: { html: true },
  'rate limited': { status: 429, headers: { 'retry-after': '1' } },
};

const batchEffects: Record<string, FaultEffect> = {
  ...effects,
  'deleted, then failed': { betweenHalves: 'error' },
  'deleted, then silence': { betweenHalves: 'drop' },
  'somebody else in between': { duplicate: true },
  'success that never shows': { neverShows: true },
};

const reads = ['schedule-batch-list', 'get'];
const writes = [
  'schedule-batch-process',
  'schedule-batch-enable',
  'schedule-batch-disable',
  'create',
  'update',
  'delete',
];

const batch: Subject = {
  name: 'RiversandBatchJob',
  kind: 'RiversandBatchJob',
  spec: (name, version) => ({
    appId: 'data_load',
    jobDefId: name,
    recurrenceInterval: version === 'one' ? 'PT1H' : 'PT2H',
    startAt: '2026-01-01T00:07:00Z',
    jobInputPayload: { of: name },
  }),
  changed: '/recurrenceInterval',
  // A change by hand is a new schedule: whoever leaves the interval to others leaves them the rest as well.
  ignore: ['/recurrenceInterval', '/enabled', '/startAt', '/jobInputPayload'],
  removal: 'released',
  write: {
    method: 'POST',
    path: '/api/proxyservice/call',
    body: envelope('schedule-batch-process', {}) as Json,
  },
  faults: Object.keys(batchEffects),
  start: startBatch,
};

async function startBatch(): Promise<Service> {
  const { emulator, common, post } = await startRiversand(batchEffects);
  const schedules = (name: string) =>
    (emulator.state().riversand?.tenants?.[0]?.batchSchedules ?? []).filter((item) => item.jobDefId === name);
  const process = (name: string, interval: string) =>
    post(
      '/api/proxyservice/call',
      envelope(
        'schedule-batch-process',
        batchBody(interval, '2027-01-01T00:00:00Z', {
          jobIdentifier: { appId: 'data_load', jobDefId: name },
        }),
      ),
    );
  return {
    ...common,
    addForeign: (name) => process(name, 'PT1H'),
    changeByHand: (name) => process(name, 'PT3H'),
    count: async (name) => schedules(name).length,
    async look(name) {
      const [found] = schedules(name);
      return found === undefined
        ? undefined
        : still(found as unknown as JsonObject, ['nextRunAt', 'activeUntil']);
    },
  };
}

const objects: Subject = {
  name: 'RiversandSchedule',
  kind: 'RiversandSchedule',
  spec: (name, version) => ({
    displayName: `The object ${name}`,
    enabled: true,
    intervalInMins: version === 'one' ? 30 : 45,
    taskName: 'task',
    taskUrl: 'https://app.example.com/task',
    taskPayload: {},
    authContext: { 'x-rdp-authtoken': 'canary-token' },
  }),
  changed: '/intervalInMins',
  removal: 'gone',
  write: { method: 'POST', path: '/api/schedulerservice/delete', body: {} },
  faults: Object.keys(effects),
  start: startObjects,
};

async function startObjects(): Promise<Service> {
  const { emulator, common, post } = await startRiversand(effects);
  const stored = (name: string) =>
    (emulator.state().riversand?.tenants?.[0]?.scheduleObjects ?? []).filter((item) => item.id === name);
  const object = (name: string, intervalInMins: number): JsonObject => {
    const config = { intervalInMins, authContext: { 'x-rdp-authtoken': 'canary-token' } };
    const value = scheduleObject(name, config) as JsonObject;
    const attribute = (text: string) => ({ values: [{ locale: 'en-US', source: 'internal', value: text }] });
    const attributes = {
      scheduleType: attribute('fixedRate'),
      scheduleTaskName: attribute('task'),
      scheduleTaskUrl: attribute('https://app.example.com/task'),
    };
    return {
      ...value,
      name: `The object ${name}`,
      properties: { enabled: true },
      data: { attributes, jsonData: { scheduleConfiguration: config, scheduleTaskPayload: {} } },
    };
  };
  const submit = async (how: string, name: string, minutes: number) => {
    await post(`/api/schedulerservice/${how}`, { scheduleObject: object(name, minutes) });
    await emulator.clock.advance(61_000);
  };
  return {
    ...common,
    addForeign: (name) => submit('create', name, 30),
    changeByHand: (name) => submit('update', name, 60),
    count: async (name) => stored(name).length,
    async look(name) {
      const [found] = stored(name);
      return found === undefined
        ? undefined
        : still(found as unknown as JsonObject, ['nextRunAt', 'lastInvocation', 'anchor']);
    },
  };
}

/** Without what moves with the clock. */
function still(value: JsonObject, moving: readonly string[]): JsonObject {
  return JSON.parse(
    JSON.stringify(Object.fromEntries(Object.entries(value).filter(([key]) => !moving.includes(key)))),
  );
}

async function startRiversand(known: Record<string, FaultEffect>) {
  const emulator: Emulator = await startEmulator({ now: () => START });
  emulator.clock.freeze();
  const { credentials, url } = emulator.riversand;
  const surroundings: Surroundings = {
    now: () => emulator.clock.now(),
    sleep: (ms) => emulator.clock.advance(ms),
    random: () => 0.5,
    log: () => undefined,
    redact: () => undefined,
    env: {},
    concurrency: 4,
  };
  const post = async (path: string, body: unknown): Promise<void> => {
    const answer = await fetch(url + path, {
      method: 'POST',
      headers: headersOf(credentials),
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok || !text.includes('"success"')) throw new Error(text);
  };
  const common = {
    provider: riversandProvider,
    connection: { target: 'target', url, credentials: credentials as unknown as JsonObject },
    surroundings,
    writes() {
      const list = writes.flatMap((verb) => emulator.requests({ verb }));
      emulator.clearRequests();
      return list.length;
    },
    fault(sort: 'read' | 'write', what: string, nth: number) {
      const verbs = sort === 'read' ? reads : writes;
      emulator.faults.set(verbs.map((verb) => ({ match: { verb, nth }, effect: known[what] ?? {} })));
    },
    heal() {
      const struck = emulator.faults.list().some((rule) => rule.hits > 0);
      emulator.faults.clear();
      return struck;
    },
    close: () => emulator.close(),
  };
  return { emulator, common, post };
}

conformance(batch);
conformance(objects);
