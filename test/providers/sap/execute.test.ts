import { describe, expect, it } from 'vitest';
import type { Change, Operation } from '../../../src/core/change.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import type { OperationResult } from '../../../src/core/provider.ts';
import type { LiveResource, Resource } from '../../../src/core/resource.ts';
import { createSapClient } from '../../../src/providers/sap/client.ts';
import { execute } from '../../../src/providers/sap/execute.ts';
import { readResource } from '../../../src/providers/sap/read-job.ts';
import { answerLost, type FakeJob, FakeService } from './fake-service.ts';
import { entryOf, HOUR, job, NOW, plan, resource } from './support.ts';

const nine = { cron: '* * * * 9 0 0' };
const often = { repeatInterval: '2 hours' };

function liveOf(fake: FakeService, name: string): Promise<LiveResource | null> {
  return readResource(createSapClient(fake), { kind: 'SapJob', identity: name });
}

/** A job in the service that is ours, as `spec` says, and the change that brings it to `desired`. */
async function changed(
  fake: FakeService,
  spec: JsonObject,
  desired: Resource,
): Promise<{ change: Change; made: FakeJob }> {
  const before = job(desired.name, spec);
  const made = fake.add(
    desired.name,
    before.spec,
    before.parts.map((part) => ({ ...part.spec, scheduleId: `id-${part.key}` })),
  );
  const live = await liveOf(fake, desired.name);
  if (live === null) throw new Error('not there');
  const ids = Object.fromEntries(before.parts.map(({ key }) => [key, `id-${key}`]));
  const [change] = plan([desired], [live], { [desired.address]: entryOf(before, live, ids) });
  if (change === undefined) throw new Error('nothing to do');
  fake.log = [];
  return { change, made };
}

async function run(fake: FakeService, change: Change, now = NOW): Promise<Map<string, OperationResult>> {
  const live = (await liveOf(fake, change.desired?.identity ?? change.live?.identity ?? '')) ?? undefined;
  fake.log = [];
  const results = new Map<string, OperationResult>();
  for (const operation of change.operations)
    results.set(operation.id, await one(fake, change, operation, live, results, now));
  return results;
}

function one(
  fake: FakeService,
  change: Change,
  operation: Operation,
  live: LiveResource | undefined,
  results: Map<string, OperationResult>,
  now = NOW,
): Promise<OperationResult> {
  return execute(operation, { change, live, results, now: () => now, reader: fake }, fake);
}

function wanted(spec: JsonObject): Resource {
  return job('report', spec);
}

function merged(results: Map<string, OperationResult>) {
  const all = [...results.values()];
  return {
    wrote: all.map(({ wrote }) => wrote),
    partIds: Object.assign({}, ...all.map(({ partIds }) => partIds ?? {})),
    effective: Object.assign({}, ...all.map(({ effective }) => effective ?? {})),
  };
}

describe('create', () => {
  it('sends the job with its schedules, each in exactly one mode, dates as instants', async () => {
    const fake = new FakeService();
    const desired = wanted({
      description: 'Report',
      ansConfig: { onError: true },
      schedules: {
        a: { crontab: '0 9 * * *', data: { x: 1 }, startTime: { date: '2027-01-01', format: 'YYYY-MM-DD' } },
        b: { ...often, data: '', endTime: null },
      },
    });
    const results = await run(fake, plan([desired], [], {})[0] as Change);
    expect(fake.bodies).toEqual([
      {
        name: 'report',
        description: 'Report',
        action: 'https://app.example.com/run',
        active: true,
        httpMethod: 'POST',
        endTime: null,
        ansConfig: { onError: true },
        schedules: [
          {
            active: true,
            description: 'a',
            data: { x: 1 },
            startTime: '2027-01-01T00:00:00Z',
            cron: '* * * * 9 0 0',
          },
          { active: true, description: 'b', repeatInterval: '2 hours' },
        ],
      },
    ]);
    const [live] = fake.jobs;
    expect(merged(results).partIds).toEqual({
      a: live?.schedules[0]?.['scheduleId'],
      b: live?.schedules[1]?.['scheduleId'],
    });
    expect([...results.values()][0]?.id).toBe(String(live?.id));
  });

  it('SEMANTICS 5: a schedule that is put back gets a start, and the result says which', async () => {
    const fake = new FakeService();
    const desired = wanted({ schedules: { b: often } });
    const ghost = await liveOf(
      Object.assign(new FakeService(), { jobs: [new FakeService().add('report')] }),
      'report',
    );
    const entry = entryOf(desired, ghost as LiveResource, { b: 'old' });
    const [change] = plan([desired], [], { [desired.address]: entry });
    const results = await run(fake, change as Change);
    expect(merged(results).effective).toEqual({ b: { startTime: '2026-11-22T14:00:00Z' } });
    expect(fake.jobs[0]?.schedules[0]).toMatchObject({ startTime: '2026-11-22T14:00:00Z' });
  });

  it('SEMANTICS 4: a one-time schedule whose time passed since the plan is not sent', async () => {
    const fake = new FakeService();
    const [change] = plan(
      [wanted({ schedules: { once: { time: '2026-11-22T12:30:00Z' }, a: nine } })],
      [],
      {},
    );
    await run(fake, change as Change, NOW + HOUR);
    expect(fake.jobs[0]?.schedules.map(({ description }) => description)).toEqual(['a']);
  });

  it('a lost answer is settled by reading: the job is there, and is not made twice', async () => {
    const fake = new FakeService();
    fake.before = (request) => {
      if (request.method !== 'POST') return undefined;
      fake.handle(request);
      return { fail: answerLost() };
    };
    const [change] = plan([wanted({ schedules: { a: nine } })], [], {});
    const results = await run(fake, change as Change);
    expect(fake.writes).toHaveLength(1);
    expect(merged(results).partIds).toEqual({ a: fake.jobs[0]?.schedules[0]?.['scheduleId'] });
  });

  it('one that was lost on the way is sent once more: the name is unique', async () => {
    const fake = new FakeService();
    let lost = 0;
    fake.before = (request) =>
      request.method === 'POST' && lost++ === 0 ? { fail: answerLost() } : undefined;
    const [change] = plan([wanted({ schedules: { a: nine } })], [], {});
    await run(fake, change as Change);
    expect([fake.jobs.length, fake.writes.length]).toEqual([1, 2]);
  });

  it('a job of that name that came since the plan is not overwritten', async () => {
    const fake = new FakeService();
    const [change] = plan([wanted({ schedules: { a: nine } })], [], {});
    fake.add('report', { description: 'other' });
    await expect(run(fake, change as Change)).rejects.toMatchObject({ code: 'APPEARED_MEANWHILE' });
    expect(fake.writes).toEqual([]);
  });

  it('one that is just as wanted by then is not written', async () => {
    const fake = new FakeService();
    const desired = wanted({ ansConfig: { onError: true }, schedules: { a: nine } });
    const [change] = plan([desired], [], {});
    const made = fake.add('report', desired.spec, [{ ...nine, description: 'a' }]);
    const results = await run(fake, change as Change);
    expect(merged(results)).toMatchObject({
      wrote: [false],
      partIds: { a: made.schedules[0]?.['scheduleId'] },
    });
    made.row['ansConfig'] = { onError: false };
    await expect(run(fake, change as Change)).rejects.toMatchObject({ code: 'APPEARED_MEANWHILE' });
    expect(fake.writes).toEqual([]);
  });

  it('secrets are named by where they lie in the body', async () => {
    const fake = new FakeService();
    const desired = {
      ...wanted({ schedules: { b: nine, 'a/x': { ...nine, data: { token: 't' } } } }),
      secrets: ['/action', '/schedules/a~1x/data/token'],
    };
    const seen: unknown[] = [];
    fake.before = (request) => {
      if (request.method === 'POST') seen.push(request.secrets);
      return undefined;
    };
    await run(fake, plan([desired], [], {})[0] as Change);
    expect(seen).toEqual([['/action', '/schedules/0/data/token']]);
  });
});

describe('SEMANTICS 3: writes are dangerous even when equal', () => {
  it('a job is written whole, with live values for what is not managed', async () => {
    const fake = new FakeService();
    const { change, made } = await changed(fake, { description: 'a' }, wanted({ description: 'b' }));
    Object.assign(made.row, {
      endTime: '2030-01-01 00:00:00',
      ansConfig: { onSuccess: true, onError: false },
    });
    await run(fake, change);
    expect(fake.bodies).toEqual([
      {
        description: 'b',
        action: 'https://app.example.com/run',
        active: true,
        httpMethod: 'POST',
        endTime: '2030-01-01T00:00:00Z',
        ansConfig: { onSuccess: true, onError: false },
        calmConfig: { enabled: false },
      },
    ]);
    expect(fake.writes).toEqual([`PUT /scheduler/jobs/${made.id}`]);
  });

  it('a schedule is written whole, without the modes it does not have', async () => {
    const fake = new FakeService();
    const { change, made } = await changed(
      fake,
      { schedules: { a: nine } },
      wanted({ schedules: { a: { cron: '* * * * 10 0 0' } } }),
    );
    Object.assign(made.schedules[0] as JsonObject, { data: '{"theirs":1}', repeatInterval: null });
    await run(fake, change);
    expect(fake.bodies).toEqual([
      { active: true, description: 'a', data: { theirs: 1 }, cron: '* * * * 10 0 0' },
    ]);
  });

  it('the schedule itself is read before, and left alone when it is as wanted by then', async () => {
    const fake = new FakeService();
    const { change, made } = await changed(
      fake,
      { schedules: { a: { repeatAt: '9.00' } } },
      wanted({ schedules: { a: { repeatAt: '10.00' } } }),
    );
    Object.assign(made.schedules[0] as JsonObject, { repeatAt: '10:00am' });
    const results = await run(fake, change);
    expect(merged(results).wrote).toEqual([false]);
    expect(fake.log).toEqual([`GET /scheduler/jobs/${made.id}/schedules/id-a`]);
  });

  it('what is taken out of the manifest is cleared by name, what nobody manages is not mentioned', async () => {
    const fake = new FakeService();
    const managed = { ...nine, data: { x: 1 }, startTime: '2027-01-01T00:00:00Z' };
    const { change } = await changed(fake, { schedules: { a: managed } }, wanted({ schedules: { a: nine } }));
    await run(fake, change);
    expect(fake.bodies).toEqual([{ active: true, description: 'a', data: {}, startTime: null, ...nine }]);
  });

  it('a second run of all operations writes nothing', async () => {
    const fake = new FakeService();
    const { change } = await changed(
      fake,
      { description: 'a', schedules: { a: nine, b: { repeatAt: '9.00' } } },
      wanted({ description: 'b', schedules: { a: { cron: '* * * * 10 0 0' } } }),
    );
    expect(merged(await run(fake, change)).wrote).toEqual([true, true, true]);
    expect(merged(await run(fake, change)).wrote).toEqual([false, false, false]);
    expect(fake.writes).toEqual([]);
  });

  it('a schedule that got another mode meanwhile is not written', async () => {
    const fake = new FakeService();
    const { change, made } = await changed(
      fake,
      { schedules: { a: nine } },
      wanted({ schedules: { a: { cron: '* * * * 10 0 0' } } }),
    );
    Object.assign(made.schedules[0] as JsonObject, { cron: null, repeatAt: '9.00' });
    await expect(run(fake, change)).rejects.toMatchObject({ code: 'CHANGED_MEANWHILE' });
    expect(fake.writes).toEqual([]);
  });

  it('a schedule that is gone is not made again by an update', async () => {
    const fake = new FakeService();
    const { change, made } = await changed(
      fake,
      { schedules: { a: nine } },
      wanted({ schedules: { a: { cron: '* * * * 10 0 0' } } }),
    );
    made.schedules = [];
    await expect(run(fake, change)).rejects.toMatchObject({ code: 'GONE_MEANWHILE', category: 'stale' });
  });

  it('a time that passed since the plan is not sent', async () => {
    const fake = new FakeService();
    const { change } = await changed(
      fake,
      { schedules: { a: { time: '2026-12-01T00:00:00Z' } } },
      wanted({ schedules: { a: { time: '2026-11-22T12:30:00Z' } } }),
    );
    await expect(run(fake, change, NOW + HOUR)).rejects.toMatchObject({ code: 'TIME_PASSED' });
    expect(fake.writes).toEqual([]);
  });
});

describe('SEMANTICS 5: the engine sends a start of its own', () => {
  async function update(facts: JsonObject, desired: JsonObject = { repeatInterval: '3 hours' }) {
    const fake = new FakeService();
    const { change, made } = await changed(
      fake,
      { schedules: { a: often } },
      wanted({ schedules: { a: desired } }),
    );
    Object.assign(made.schedules[0] as JsonObject, facts);
    const results = await run(fake, change);
    return { startTime: (fake.bodies[0] as JsonObject)['startTime'], effective: merged(results).effective };
  }

  it('the due time that is live just before the write', async () => {
    expect(await update({ nextRunAt: '2026-11-22 12:45:00' })).toEqual({
      startTime: '2026-11-22T12:45:00Z',
      effective: { a: { startTime: '2026-11-22T12:45:00Z' } },
    });
  });

  it('the next one of the phase when that is past', async () => {
    expect((await update({ nextRunAt: '2026-11-22T11:00:00.000Z' })).startTime).toBe('2026-11-22T14:00:00Z');
  });

  it('one interval from now without a phase', async () => {
    expect((await update({ nextRunAt: null })).startTime).toBe('2026-11-22T15:00:00Z');
  });

  it('the manifest’s own, when that is to come', async () => {
    const own = { repeatInterval: '3 hours', startTime: '2027-01-01T00:00:00Z' };
    expect(await update({ nextRunAt: '2026-11-22T12:45:00Z' }, own)).toEqual({
      startTime: '2027-01-01T00:00:00Z',
      effective: {},
    });
  });

  it('none, when the schedule stays or becomes inactive', async () => {
    expect(await update({}, { ...often, active: false })).toEqual({ startTime: undefined, effective: {} });
  });
});

describe('SEMANTICS 5: a job is switched on', () => {
  async function switching(lifecycle: { allowImmediate?: boolean } = {}) {
    const fake = new FakeService();
    const off = { active: false, schedules: { a: often } };
    const { change, made } = await changed(fake, off, job('report', { schedules: { a: often } }, lifecycle));
    made.schedules.push({ scheduleId: 'foreign', active: true, description: 'x', ...often });
    return { fake, change, made };
  }

  it('not when that would run schedules of others at once', async () => {
    const { fake, change, made } = await switching();
    await expect(run(fake, change)).rejects.toMatchObject({ code: 'RUNS_IMMEDIATELY', category: 'refused' });
    expect(made.row['active']).toBe(false);
  });

  it('schedules that come with the same change are ours, and announced', async () => {
    const fake = new FakeService();
    const desired = wanted({ schedules: { a: often, b: { repeatInterval: '1 hour' } } });
    const { change, made } = await changed(fake, { active: false, schedules: { a: often } }, desired);
    await run(fake, change);
    expect([made.row['active'], made.schedules.length]).toEqual([true, 2]);
  });

  it('unless the manifest allows it, or they have a start to come', async () => {
    const allowed = await switching({ allowImmediate: true });
    await run(allowed.fake, allowed.change);
    expect(allowed.made.row['active']).toBe(true);

    const waiting = await switching();
    Object.assign(waiting.made.schedules[1] as JsonObject, { startTime: '2027-01-01T00:00:00Z' });
    await run(waiting.fake, waiting.change);
    expect(waiting.made.row['active']).toBe(true);
    expect(waiting.made.schedules[0]).toMatchObject({ startTime: '2026-11-22T14:00:00Z' });
  });
});

describe('SEMANTICS 6: a mode change', () => {
  const toInterval = () => wanted({ schedules: { a: often } });

  it('creates inactive, deletes, switches on', async () => {
    const fake = new FakeService();
    const { change, made } = await changed(fake, { schedules: { a: nine } }, toInterval());
    const results = await run(fake, change);
    expect(fake.writes.map((line) => line.replace(/n\d+$/, 'new'))).toEqual([
      `POST /scheduler/jobs/${made.id}/schedules`,
      `DELETE /scheduler/jobs/${made.id}/schedules/id-a`,
      `PUT /scheduler/jobs/${made.id}/schedules/new`,
    ]);
    expect(fake.bodies[0]).toEqual({ active: false, description: 'a', ...often });
    expect(fake.bodies[2]).toEqual({
      active: true,
      description: 'a',
      ...often,
      startTime: '2026-11-22T14:00:00Z',
    });
    expect(merged(results)).toMatchObject({
      partIds: { a: made.schedules[0]?.['scheduleId'] },
      effective: { a: { startTime: '2026-11-22T14:00:00Z' } },
    });
  });

  it('keeps a run that was due earlier than one interval from now', async () => {
    const fake = new FakeService();
    const desired = toInterval();
    const { made } = await changed(fake, { schedules: { a: nine } }, desired);
    Object.assign(made.schedules[0] as JsonObject, { nextRunAt: '2026-11-22T12:20:00Z' });
    const live = (await liveOf(fake, 'report')) as LiveResource;
    const entry = entryOf(wanted({ schedules: { a: nine } }), live, { a: 'id-a' });
    await run(fake, plan([desired], [live], { [desired.address]: entry })[0] as Change);
    expect(fake.bodies[2]).toMatchObject({ startTime: '2026-11-22T12:20:00Z' });
  });

  it('takes up the inactive replacement that a try before left behind', async () => {
    const fake = new FakeService();
    const { change, made } = await changed(fake, { schedules: { a: nine } }, toInterval());
    made.schedules.push({ scheduleId: 'left', active: false, description: 'a', ...often });
    const results = await run(fake, change);
    expect(fake.writes).toHaveLength(2);
    expect(made.schedules.map(({ scheduleId, active }) => [scheduleId, active])).toEqual([['left', true]]);
    expect(merged(results).partIds).toEqual({ a: 'left' });
  });

  it('does not delete the old one when the new one has disappeared', async () => {
    const fake = new FakeService();
    const { change, made } = await changed(fake, { schedules: { a: nine } }, toInterval());
    fake.before = (request) => {
      if (request.path.includes('/schedules/n'))
        made.schedules = made.schedules.filter(({ scheduleId }) => scheduleId === 'id-a');
      return undefined;
    };
    await expect(run(fake, change)).rejects.toMatchObject({ code: 'GONE_MEANWHILE' });
    expect(made.schedules.map(({ scheduleId }) => scheduleId)).toEqual(['id-a']);
  });
});

describe('SEMANTICS 9: a lost answer is settled by reading', () => {
  async function adding(lose: 'before' | 'after') {
    const fake = new FakeService();
    const twin = { ...often, description: 'b' };
    const { change, made } = await changed(
      fake,
      { schedules: { a: nine } },
      wanted({ schedules: { a: nine, b: twin } }),
    );
    fake.before = (request) => {
      if (request.method !== 'POST') return undefined;
      if (lose === 'after') fake.handle(request);
      return { fail: answerLost() };
    };
    return { fake, change, made };
  }

  it('a schedule that was made is found by its likeness, and was not there before', async () => {
    const { fake, change, made } = await adding('after');
    const results = await run(fake, change);
    expect(merged(results).partIds).toEqual({ b: made.schedules[1]?.['scheduleId'] });
    expect(fake.writes).toHaveLength(1);
  });

  it('one that was not made is not sent again blindly', async () => {
    const { fake, change } = await adding('before');
    await expect(run(fake, change)).rejects.toMatchObject({ code: 'ANSWER_LOST' });
    expect(fake.writes).toHaveLength(1);
  });

  it.each(['PUT', 'DELETE'])(
    'a %s that took effect is done, one that did not is sent once more',
    async (method) => {
      for (const effective of [true, false]) {
        const fake = new FakeService();
        const desired: JsonObject = method === 'PUT' ? { a: { cron: '* * * * 10 0 0' } } : {};
        const { change } = await changed(fake, { schedules: { a: nine } }, wanted({ schedules: desired }));
        let lost = 0;
        fake.before = (request) => {
          if (request.method !== method || lost++ > 0) return undefined;
          if (effective) fake.handle(request);
          return { fail: answerLost() };
        };
        expect(merged(await run(fake, change)).wrote).toEqual([true]);
        expect(fake.writes).toHaveLength(effective ? 1 : 2);
      }
    },
  );
});

describe('delete and deactivate', () => {
  async function removal(onRemove: 'delete' | 'deactivate') {
    const fake = new FakeService();
    const desired = job('report', { schedules: { a: nine } }, { onRemove });
    const made = fake.add('report', desired.spec, [{ ...nine, description: 'a', scheduleId: 'id-a' }]);
    const live = (await liveOf(fake, 'report')) as LiveResource;
    const [change] = plan([], [live], { [desired.address]: entryOf(desired, live, { a: 'id-a' }) });
    return { fake, made, change: change as Change };
  }

  it('a job is deleted by its id', async () => {
    const { fake, made, change } = await removal('delete');
    await run(fake, change);
    expect([fake.writes, fake.jobs]).toEqual([[`DELETE /scheduler/jobs/${made.id}`], []]);
  });

  it('one that is gone by then needs no request', async () => {
    const { fake, change } = await removal('delete');
    fake.jobs = [];
    expect(merged(await run(fake, change)).wrote).toEqual([false]);
    expect(fake.writes).toEqual([]);
  });

  it('not when it got a schedule since the plan', async () => {
    const { fake, made, change } = await removal('delete');
    made.schedules.push({ scheduleId: 'foreign', active: true, ...nine });
    await expect(run(fake, change)).rejects.toMatchObject({ code: 'UNOWNED_PARTS', category: 'stale' });
    expect(fake.jobs).toHaveLength(1);
  });

  it('nor when it turns out to run a task', async () => {
    const { fake, made, change } = await removal('delete');
    const live = await liveOf(fake, 'report');
    made.row['jobType'] = 'CF_TASK';
    const [operation] = change.operations;
    await expect(
      one(fake, change, operation as Operation, live ?? undefined, new Map()),
    ).rejects.toMatchObject({ code: 'SAP_TASK_JOB' });
    expect(fake.writes).toEqual([]);
  });

  it('a job that is to be switched off keeps everything else', async () => {
    const { fake, made, change } = await removal('deactivate');
    await run(fake, change);
    expect(made.row).toMatchObject({ active: false, action: 'https://app.example.com/run' });
    expect(merged(await run(fake, change)).wrote).toEqual([false]);
  });

  it('a schedule whose manifest says deactivate is switched off', async () => {
    const fake = new FakeService();
    const desired = job('report', { schedules: {} }, { onRemove: 'deactivate' });
    const { change, made } = await changed(fake, { schedules: { a: nine } }, desired);
    await run(fake, change);
    expect(made.schedules).toMatchObject([{ active: false, ...nine }]);
  });
});

describe('settings', () => {
  it('are written as text, and only when they differ', async () => {
    const fake = new FakeService();
    const desired = resource('SapSettings', 'settings', { asyncExecTimeout: 600 });
    const live = await readResource(createSapClient(fake), {
      kind: 'SapSettings',
      identity: desired.identity,
    });
    const [change] = plan([desired], [live as LiveResource], {});
    const go = () =>
      one(fake, change as Change, (change as Change).operations[0] as Operation, undefined, new Map());
    expect((await go()).wrote).toBe(true);
    expect(fake.bodies).toEqual([{ ASYNC_EXEC_TIMEOUT: '600' }]);
    expect((await go()).wrote).toBe(false);
  });
});
