import { describe, expect, it } from 'vitest';
import { readFaultRules } from '../../../src/emulator/faults.ts';
import {
  batchBody,
  create,
  list,
  MINUTE,
  objects,
  outcome,
  PAIR,
  type Riversand,
  scheduleObject,
  start,
} from './client.ts';

const PROCESS = 'schedule-batch-process';

async function ids(service: Riversand): Promise<string[]> {
  return (await list(service)).map((entry) => entry.id);
}

describe('between the two halves of a replace', () => {
  it('an error leaves nothing, and says so inside HTTP 200', async () => {
    const service = await start();
    await create(service, 'PT1H');
    service.emulator.faults.set({ effect: { betweenHalves: 'error' } });
    const answer = await service.proxy(PROCESS, batchBody('PT2H'));
    expect([answer.status, outcome(answer)]).toEqual([200, 'error CREATE_FAILED']);
    expect(await ids(service)).toEqual([]);
  });

  it('a cut leaves nothing, and no answer', async () => {
    const service = await start();
    await create(service, 'PT1H');
    service.emulator.faults.set({ effect: { betweenHalves: 'drop' } });
    await expect(service.proxy(PROCESS, batchBody('PT2H'))).rejects.toThrow();
    expect(await ids(service)).toEqual([]);
  });

  it('a gateway may answer in its place', async () => {
    const service = await start();
    await create(service, 'PT1H');
    service.emulator.faults.set({
      effect: { betweenHalves: 'error', commit: true, status: 504 },
      match: { verb: PROCESS },
    });
    expect((await service.proxy(PROCESS, batchBody('PT2H'))).status).toBe(504);
    expect(await ids(service)).toEqual([]);
  });

  it('calls that come in between leave duplicates, which the next call heals', async () => {
    let others: Promise<string> | undefined;
    const service: Riversand = await start(
      {},
      {
        sleep: async () => {
          others ??= create(service, 'PT3H');
          await others;
        },
      },
    );
    await create(service, 'PT1H');
    service.emulator.faults.set({ match: { count: 1 }, effect: { betweenHalves: 10 } });
    const mine = await create(service, 'PT2H');
    expect(await ids(service)).toEqual([await others, mine]);
    const healed = await create(service, 'PT2H');
    expect(await ids(service)).toEqual([healed]);
  });

  it.each<[string, true | Record<string, unknown>, string[]]>([
    ['the same call', true, ['PT2H', 'PT2H']],
    ['another one', { scheduledJobOptions: { recurrenceInterval: 'PT5H' } }, ['PT5H', 'PT2H']],
  ])('somebody sends %s', async (_what, duplicate, intervals) => {
    const service = await start();
    await create(service, 'PT1H');
    service.emulator.faults.set({ match: { count: 1 }, effect: { duplicate } });
    await create(service, 'PT2H');
    expect((await list(service)).map((entry) => entry.recurrence_interval)).toEqual(intervals);
  });
});

describe('success that never shows', () => {
  it.each<[true | 'kept', number, number]>([
    [true, 0, 1],
    ['kept', 1, 1],
  ])('%s', async (neverShows, left, runs) => {
    const service = await start();
    await create(service, 'PT1H');
    service.emulator.faults.set({ effect: { neverShows } });
    expect(outcome(await service.proxy(PROCESS, batchBody('PT2H')))).toBe('success');
    await service.emulator.clock.advance(30 * MINUTE);
    expect(await ids(service)).toHaveLength(left);
    expect(service.emulator.riversand.runs()).toHaveLength(runs);
  });

  it('of a schedule object', async () => {
    const service = await start();
    service.emulator.faults.set({ effect: { neverShows: true } });
    const answer = await service.scheduler('create', { scheduleObject: scheduleObject('a') });
    expect(outcome(answer)).toBe('success');
    await service.emulator.clock.advance(60 * MINUTE);
    expect(await objects(service)).toEqual([]);
  });
});

describe('success that shows later', () => {
  it('after some time, though it runs at once', async () => {
    const service = await start();
    const old = await create(service, 'PT1H');
    service.emulator.faults.set({ effect: { showsAfter: 2 * MINUTE } });
    const id = await create(service, 'PT1H');
    expect(await ids(service)).toEqual([]);
    expect(service.emulator.riversand.runs().map((run) => run.scheduleId)).toEqual([old, id]);
    await service.emulator.clock.advance(2 * MINUTE);
    expect(await ids(service)).toEqual([id]);
  });

  it('after some looks, while what was replaced still shows', async () => {
    const service = await start();
    const old = await create(service, 'PT1H');
    service.emulator.faults.set({ effect: { showsAfter: { lists: 2, ghosts: true } } });
    const id = await create(service, 'PT1H');
    expect([await ids(service), await ids(service), await ids(service)]).toEqual([[old], [old], [id]]);
  });

  it('always, if it is told to', async () => {
    const service = await start({ settings: { listDelay: MINUTE } });
    const id = await create(service, 'PT1H');
    expect(await ids(service)).toEqual([]);
    await service.emulator.clock.advance(MINUTE);
    expect(await ids(service)).toEqual([id]);
  });

  it('a schedule object too', async () => {
    const service = await start({ settings: { visibilityDelay: 0 } });
    service.emulator.faults.set({ effect: { showsAfter: 5 * MINUTE } });
    await service.scheduler('create', { scheduleObject: scheduleObject('a') });
    await service.emulator.clock.advance(4 * MINUTE);
    expect(await objects(service)).toEqual([]);
    await service.emulator.clock.advance(MINUTE);
    expect(await objects(service)).toHaveLength(1);
  });
});

describe('status: error inside HTTP 200', () => {
  it.each([
    [false, 0],
    [true, 1],
  ])('with the work done: %s', async (commit, left) => {
    const service = await start();
    const statusError = { messageCode: 'BUSY', message: 'Try later' };
    service.emulator.faults.set({ match: { verb: PROCESS }, effect: { statusError, commit } });
    const answer = await service.proxy(PROCESS, batchBody('PT1H'));
    expect([answer.status, outcome(answer)]).toEqual([200, 'error BUSY']);
    expect(answer.body.response.statusDetail.message).toBe('Try later');
    expect(await ids(service)).toHaveLength(left);
  });
});

describe('a fault', () => {
  it('that does the write and drops its answer', async () => {
    const service = await start();
    service.emulator.faults.set({ match: { verb: PROCESS }, effect: { commitThenDrop: true } });
    await expect(service.proxy(PROCESS, batchBody('PT1H'))).rejects.toThrow();
    expect(await ids(service)).toHaveLength(1);
  });

  it('that shows the lists as they were', async () => {
    const service = await start({ settings: { visibilityDelay: 0 } });
    service.emulator.faults.set({ effect: { stale: true } });
    await create(service, 'PT1H');
    await service.scheduler('create', { scheduleObject: scheduleObject('a') });
    expect([await ids(service), await objects(service)]).toEqual([[], []]);
    service.emulator.faults.clear();
    expect([(await ids(service)).length, (await objects(service)).length]).toEqual([1, 1]);
  });

  it.each([
    ['the verb', { verb: 'schedule-batch-l*' }, [200, 500, 200]],
    ['a part of the body', { body: '"nightly"' }, [500, 200, 200]],
    ['the last part of the path', { verb: 'get' }, [200, 200, 500]],
  ])('by %s', async (_what, match, expected) => {
    const service = await start();
    service.emulator.faults.set({ match, effect: { status: 500 } });
    const statuses = [
      (await service.proxy(PROCESS, batchBody('PT1H'))).status,
      (await service.proxy('schedule-batch-list', { jobIdentifier: { appId: '_ALL', jobDefId: '_ALL' } }))
        .status,
      (
        await service.scheduler('get', {
          params: { query: { filters: { typesCriterion: ['scheduleobject'] } } },
        })
      ).status,
    ];
    expect(statuses).toEqual(expected);
  });

  it('of a write is not used up by a list', async () => {
    const service = await start();
    service.emulator.faults.set({ match: { nth: 1 }, effect: { betweenHalves: 'error' } });
    await list(service);
    expect(outcome(await service.proxy(PROCESS, batchBody('PT1H')))).toBe('error CREATE_FAILED');
    expect(service.emulator.faults.list()).toMatchObject([{ seen: 1, hits: 1 }]);
  });

  it.each([
    [{ betweenHalves: 'both' }],
    [{ neverShows: 'perhaps' }],
    [{ showsAfter: 'soon' }],
    [{ duplicate: 2 }],
    [{ statusError: 3 }],
  ])('cannot be %j', (effect) => {
    expect(() => readFaultRules({ effect })).toThrow(/faults: effect\.\w+ cannot be/);
  });
});

describe('limits', () => {
  it('count for each tenant, and answer 429 with retry-after', async () => {
    const service = await start();
    service.emulator.limits.set({ client: { requests: 2, window: 10_000 } });
    const body = { jobIdentifier: PAIR };
    const answers = [];
    for (let n = 0; n < 3; n++) answers.push(await service.proxy('schedule-batch-list', body));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
    expect(answers[2]?.headers['retry-after']).toBe('10');
    expect(answers[2]?.body.response.status).toBe('error');
  });
});

describe('the log of requests', () => {
  it('tells verbs and tenants, and no secrets', async () => {
    const service = await start();
    await list(service);
    const object = scheduleObject('a', { authContext: { 'x-rdp-authtoken': 'hush-hush' } });
    await service.scheduler('create', { scheduleObject: object });
    const requests = service.emulator.requests();
    expect(requests.map(({ verb, tenant }) => [verb, tenant])).toEqual([
      ['schedule-batch-list', 'emulatortenant'],
      ['create', 'emulatortenant'],
    ]);
    expect(service.emulator.requests({ verb: 'create' })).toHaveLength(1);
    expect(JSON.stringify(requests)).not.toContain('hush-hush');
  });
});
