import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import {
  getAnswer,
  headersOf,
  type Json,
  MINUTE,
  NOON,
  objects,
  outcome,
  PAIR,
  type Riversand,
  SECOND,
  scheduleObject,
  start,
} from './client.ts';

const AT_ONCE = { settings: { visibilityDelay: 0 } };

async function submit(service: Riversand, kind: 'create' | 'update', object: Json): Promise<string> {
  return outcome(await service.scheduler(kind, { scheduleObject: object }));
}

/** Minutes after noon at which an object ran. */
function minutes(service: Riversand, scheduleId = 'a'): number[] {
  return service.emulator.riversand.objectRuns({ scheduleId }).map(({ dueAt }) => (dueAt - NOON) / MINUTE);
}

describe('changes of schedule objects are asynchronous', () => {
  it('create shows after a minute, update and delete after another one', async () => {
    const service = await start();
    const { clock } = service.emulator;
    const answer = await service.scheduler('create', { scheduleObject: scheduleObject('a') });
    expect(answer.body.response.statusDetail.message).toMatch(/submitted.*check back after 1 min/);
    await clock.advance(59 * SECOND);
    expect(await objects(service)).toEqual([]);
    await clock.advance(SECOND);
    expect(await objects(service)).toHaveLength(1);
    await submit(service, 'update', scheduleObject('a', {}, { name: 'New' }));
    expect((await objects(service))[0].name).toBe('The object a');
    await clock.advance(MINUTE);
    expect((await objects(service))[0].name).toBe('New');
    await service.scheduler('delete', { scheduleObject: { id: 'a', type: 'scheduleobject' } });
    expect(await objects(service)).toHaveLength(1);
    await clock.advance(MINUTE);
    expect(await objects(service)).toEqual([]);
  });

  it('with a delay of 0 they show at once', async () => {
    const service = await start(AT_ONCE);
    await submit(service, 'create', scheduleObject('a'));
    expect(await objects(service)).toHaveLength(1);
  });

  it('what is under way counts for the next one', async () => {
    const service = await start();
    const remove = async () =>
      outcome(await service.scheduler('delete', { scheduleObject: { id: 'a', type: 'scheduleobject' } }));
    expect(await submit(service, 'update', scheduleObject('a'))).toBe('error ID_UNKNOWN');
    expect(await submit(service, 'create', scheduleObject('a'))).toBe('success');
    expect(await submit(service, 'create', scheduleObject('a'))).toBe('error ID_EXISTS');
    expect(await submit(service, 'update', scheduleObject('a'))).toBe('success');
    expect(await remove()).toBe('success');
    expect(await remove()).toBe('error ID_UNKNOWN');
  });

  it('they may be accepted without a check, and nothing happens', async () => {
    const service = await start({ settings: { visibilityDelay: 0, objectChecks: 'later' } });
    expect(await submit(service, 'update', scheduleObject('a'))).toBe('success');
    expect(await objects(service)).toEqual([]);
    await submit(service, 'create', scheduleObject('a'));
    expect(await submit(service, 'create', scheduleObject('a', {}, { name: 'Other' }))).toBe('success');
    expect((await objects(service))[0].name).toBe('The object a');
  });
});

describe('a schedule object', () => {
  it('comes back as it was sent, with an id beside each value', async () => {
    const service = await start(AT_ONCE);
    const sent = scheduleObject('a', { authContext: { headers: { 'x-rdp-authtoken': 't' } } });
    await submit(service, 'create', sent);
    const [found] = await objects(service);
    const ids = [];
    for (const { values } of Object.values<Json>(found.data.attributes)) {
      ids.push(values[0].id);
      delete values[0].id;
    }
    expect(found).toEqual(sent);
    expect(new Set(ids).size).toBe(3);
    expect(ids).toEqual(ids.map(() => expect.any(String)));
  });

  it('is replaced as a whole by an update', async () => {
    const service = await start(AT_ONCE);
    await submit(service, 'create', scheduleObject('a', { stopTime: '2026-05-01T00:00' }, { extra: 1 }));
    await submit(service, 'update', scheduleObject('a'));
    const [found] = await objects(service);
    expect(found.extra).toBeUndefined();
    expect(found.data.jsonData.scheduleConfiguration).toEqual({ intervalInMins: 30, authContext: {} });
  });

  it.each<[string, Json]>([
    ['no id', { ...scheduleObject('a'), id: undefined }],
    ['a long name', scheduleObject('a', {}, { name: 'x'.repeat(257) })],
    ['another type', scheduleObject('a', {}, { type: 'schedule' })],
    ['no enabled', scheduleObject('a', {}, { properties: {} })],
    ['an interval of 0', scheduleObject('a', { intervalInMins: 0 })],
    ['an interval of 1.5', scheduleObject('a', { intervalInMins: 1.5 })],
    ['an interval as text', scheduleObject('a', { intervalInMins: '30' })],
    ['a start in another format', scheduleObject('a', { startTime: '2026-03-10 17:30' })],
    ['a stop without a date', scheduleObject('a', { stopTime: '05:30 PM' })],
    ['no data', { ...scheduleObject('a'), data: {} }],
  ])('is refused with %s', async (_what, object) => {
    const service = await start(AT_ONCE);
    expect(await submit(service, 'create', object)).toBe('error INVALID_REQUEST');
  });
});

describe('get', () => {
  const seed = {
    tenants: [
      {
        tenantId: 't',
        scheduleObjects: [
          scheduleObject('a'),
          scheduleObject('b', {}, { properties: { enabled: false } }),
          scheduleObject('c'),
        ],
      },
    ],
  };
  const types = (...typesCriterion: string[]) => ({ filters: { typesCriterion } });

  it.each<[string, Json, string[]]>([
    ['all', {}, ['a', 'b', 'c']],
    ['one by its id', { id: 'c' }, ['c']],
    [
      'those with a property',
      { filters: { typesCriterion: ['scheduleobject'], propertiesCriterion: [{ enabled: false }] } },
      ['b'],
    ],
    ['none of another type', types('scheduleinfo'), []],
  ])('finds %s', async (_what, query, ids) => {
    const service = await start(seed);
    expect((await objects(service, query)).map(({ id }: Json) => id)).toEqual(ids);
  });

  it('gives as many as are asked for, never more than the limit, and counts all', async () => {
    const service = await start(seed);
    const two = (await getAnswer(service, {}, { maxRecords: 2 })).body.response;
    expect([two.scheduleObjects.length, two.totalRecords]).toEqual([2, 3]);
    service.emulator.riversand.settings.set({ maxRecords: 1 });
    const one = (await getAnswer(service, {}, { maxRecords: 2000 })).body.response;
    expect([one.scheduleObjects.length, one.totalRecords]).toEqual([1, 3]);
  });

  it('gives data only with attributes', async () => {
    const service = await start(seed);
    const answer = await service.scheduler('get', { params: { query: types('scheduleobject') } });
    expect(Object.keys(answer.body.response.scheduleObjects[0])).toEqual([
      'id',
      'name',
      'type',
      'properties',
    ]);
  });

  it.each([[{}], [{ filters: {} }], [types('job')]])('refuses the query %j', async (query) => {
    const service = await start(seed);
    const answer = await service.scheduler('get', { params: { query } });
    expect([answer.status, outcome(answer)]).toEqual([200, 'error INVALID_REQUEST']);
  });

  it('scheduleinfo tells the last run in ms as text, of those that have run', async () => {
    const service = await start(seed);
    await service.emulator.clock.advance(31 * MINUTE);
    expect(await objects(service, types('scheduleinfo'))).toEqual(
      ['a', 'c'].map((scheduleId) => ({
        id: `${scheduleId}_info`,
        type: 'scheduleinfo',
        properties: { scheduleId, lastInvocation: String(NOON + 30 * MINUTE) },
      })),
    );
  });
});

describe('delete without an id is dangerous', () => {
  const seed = {
    ...AT_ONCE,
    tenants: [
      {
        tenantId: 't',
        scheduleObjects: [scheduleObject('a'), scheduleObject('b', {}, { properties: { enabled: false } })],
      },
    ],
  };

  it.each<[string, Json, string[]]>([
    ['takes all with these properties', { properties: { enabled: false } }, ['a']],
    ['takes everything without any', {}, []],
  ])('it %s', async (_what, criteria, left) => {
    const service = await start(seed);
    await service.scheduler('delete', { scheduleObject: { type: 'scheduleobject', ...criteria } });
    expect((await objects(service)).map(({ id }: Json) => id)).toEqual(left);
  });

  it('with an id it takes that one', async () => {
    const service = await start(seed);
    await service.scheduler('delete', { scheduleObject: { type: 'scheduleobject', id: 'b' } });
    expect((await objects(service)).map(({ id }: Json) => id)).toEqual(['a']);
  });
});

describe('a schedule object runs at a fixed rate', () => {
  it.each<[string, Json, number[]]>([
    ['from when it takes effect', {}, [0, 30, 60]],
    ['from a start with AM or PM', { startTime: '2026-03-10 12:20 PM' }, [20, 50]],
    ['from a start in ISO', { startTime: '2026-03-10T12:20' }, [20, 50]],
    ['in the phase of a start that is over', { startTime: '2026-03-10T10:10' }, [10, 40]],
    ["in the phase of today's time of day", { startTime: '09:05 AM' }, [5, 35]],
    ['until a stop, which itself is too late', { stopTime: '2026-03-10 12:30 PM' }, [0]],
    ['never when disabled', { disabled: true }, []],
  ])('%s', async (_what, { disabled = false, ...configuration }, expected) => {
    const service = await start(AT_ONCE);
    await submit(
      service,
      'create',
      scheduleObject('a', configuration, { properties: { enabled: !disabled } }),
    );
    await service.emulator.clock.advance(60 * MINUTE);
    expect(minutes(service)).toEqual(expected);
  });

  it('an update keeps the phase, unless start or interval change', async () => {
    const service = await start(AT_ONCE);
    const { clock } = service.emulator;
    await submit(service, 'create', scheduleObject('a'));
    await clock.advance(10 * MINUTE);
    await submit(service, 'update', scheduleObject('a', {}, { name: 'New' }));
    await clock.advance(30 * MINUTE);
    await submit(service, 'update', scheduleObject('a', { intervalInMins: 20 }));
    await clock.advance(30 * MINUTE);
    expect(minutes(service)).toEqual([0, 30, 40, 60]);
  });

  it('disabled it pauses, and goes on in its phase', async () => {
    const service = await start(AT_ONCE);
    const { clock } = service.emulator;
    await submit(service, 'create', scheduleObject('a'));
    await submit(service, 'update', scheduleObject('a', {}, { properties: { enabled: false } }));
    await clock.advance(40 * MINUTE);
    await submit(service, 'update', scheduleObject('a'));
    await clock.advance(40 * MINUTE);
    expect(minutes(service)).toEqual([0, 60]);
  });
});

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

describe('really calling the task', () => {
  async function task(): Promise<{ url: string; hits: Json[] }> {
    const hits: Json[] = [];
    const server = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      hits.push({ method: request.method, token: request.headers['x-rdp-authtoken'], body });
      response.writeHead(201).end('done');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closing.push(() => {
      server.close();
      server.closeAllConnections();
    });
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/task`, hits };
  }
  function calling(url: string, authContext: Json): Json {
    const object = scheduleObject('a', { authContext });
    object.data.attributes.scheduleTaskUrl.values[0].value = url;
    return object;
  }

  it.each([
    ['authContext', { 'x-rdp-authtoken': 'tok' }],
    ['its headers', { headers: { 'x-rdp-authtoken': 'tok' } }],
  ])('POSTs the payload with the headers of %s', async (_what, authContext) => {
    const { url, hits } = await task();
    const service = await start(AT_ONCE, { fire: true });
    await submit(service, 'create', calling(url, authContext));
    await service.emulator.clock.advance(60 * MINUTE);
    expect(hits).toEqual(new Array(3).fill({ method: 'POST', token: 'tok', body: '{"a":1}' }));
    expect(service.emulator.riversand.objectRuns()).toMatchObject(
      new Array(3).fill({ httpStatus: 201, text: 'done' }),
    );
  });

  it('may run a batch app of its own platform once', async () => {
    const service = await start(AT_ONCE, { fire: true });
    const { riversand } = service.emulator;
    const { 'content-type': _, ...headers } = headersOf(riversand.credentials);
    const object = calling(`${riversand.url}/api/proxyservice/call`, { headers });
    object.data.jsonData.scheduleTaskPayload = {
      proxyObject: { type: 'batch-create-job', data: { jsonData: { requestBody: { jobIdentifier: PAIR } } } },
    };
    await submit(service, 'create', object);
    await service.emulator.clock.advance(30 * MINUTE);
    expect(riversand.runs()).toMatchObject([PAIR, PAIR]);
  });

  it('calls nothing but http and https, and nothing unless told to', async () => {
    const { url, hits } = await task();
    const quiet = await start(AT_ONCE);
    await submit(quiet, 'create', calling(url, {}));
    expect([hits, minutes(quiet)]).toEqual([[], [0]]);
    const service = await start(AT_ONCE, { fire: true });
    await submit(service, 'create', calling('file:///etc/passwd', {}));
    await service.emulator.settled();
    expect(service.emulator.riversand.objectRuns()).toMatchObject([{ httpStatus: null }]);
  });
});
