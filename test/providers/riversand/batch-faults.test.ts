import { describe, expect, it } from 'vitest';
import { type Fault, failure, requestIn, success } from './fake-service.ts';
import { batch, type World, world } from './support.ts';

const PROCESS = 'schedule-batch-process';

type Script = (here: World, request: ReturnType<typeof requestIn>, nth: number) => Fault | undefined;

/** A schedule of ours with payload 1, and what the service does with the next calls. */
async function ours(script: Script): Promise<{ here: World; old: string }> {
  const here = await world();
  await here.apply([batch({ jobInputPayload: { version: 1 } })]);
  const old = here.tenant.batch[0]?.id ?? '';
  here.tenant.calls = [];
  here.tenant.before = (call, nth) =>
    call.verb === PROCESS ? script(here, requestIn(call), nth) : undefined;
  return { here, old };
}

const edited = batch({ jobInputPayload: { version: 2 } });

async function applyEdited(here: World) {
  const [outcome] = (await here.apply([edited])).outcomes;
  return { status: outcome?.status, error: outcome?.error };
}

/** One schedule with the wanted payload, and a plan without changes: the wanted state. */
async function expectWanted(here: World, calls: number): Promise<void> {
  expect(here.tenant.batch).toMatchObject([{ pair: 'data_load_nightly', payload: { version: 2 } }]);
  expect(here.tenant.count(PROCESS)).toBe(calls);
  expect((await here.plan([edited])).changes).toEqual([]);
}

describe('SEMANTICS 6: a write that is not atomic', () => {
  it('a change of payload alone waits for a new id: the old entry looks the same', async () => {
    let ghosts = 3;
    const { here, old } = await ours(() => undefined);
    here.tenant.before = (call) => {
      if (call.verb !== 'schedule-batch-list' || here.tenant.count(PROCESS) === 0 || ghosts-- <= 0) return;
      return {
        body: success({ jobSchedules: [{ id: old, recurrence_interval: 'PT1H', pool_id: 'rsbatch' }] }),
      };
    };
    expect((await applyEdited(here)).status).toBe('succeeded');
    await expectWanted(here, 1);
    expect(here.surroundings.slept.length).toBeGreaterThanOrEqual(3);
  });

  it('a lost answer of a call that worked is settled by reading', async () => {
    const { here } = await ours(({ tenant }, request) => {
      tenant.remove(request);
      tenant.create(request);
      return 'drop';
    });
    expect((await applyEdited(here)).status).toBe('succeeded');
    await expectWanted(here, 1);
  });

  it('a lost answer of a call that did nothing is called again once reading has shown nothing', async () => {
    const { here } = await ours((_here, _request, nth) => (nth === 1 ? 'drop' : undefined));
    expect((await applyEdited(here)).status).toBe('succeeded');
    await expectWanted(here, 2);
  });

  it('deleted, then failed with a lost answer: nothing is there, so it is called again', async () => {
    const { here } = await ours(({ tenant }, request, nth) => {
      if (nth > 1) return undefined;
      tenant.remove(request);
      return 'drop';
    });
    expect((await applyEdited(here)).status).toBe('succeeded');
    await expectWanted(here, 2);
  });

  it.each([500, 502, 504])('a %i says nothing: reading decides', async (status) => {
    const { here } = await ours(({ tenant }, request, nth) => {
      if (nth > 1) return undefined;
      tenant.remove(request);
      return { status, body: failure('trouble') };
    });
    expect((await applyEdited(here)).status).toBe('succeeded');
    await expectWanted(here, 2);
  });

  it('deleted, then status error in HTTP 200: called again', async () => {
    const { here } = await ours(({ tenant }, request, nth) => {
      if (nth > 1) return undefined;
      tenant.remove(request);
      return { body: failure('the app could not be started') };
    });
    expect((await applyEdited(here)).status).toBe('succeeded');
    await expectWanted(here, 2);
  });

  it('status error in HTTP 200 with everything done all the same: what shows counts', async () => {
    const { here } = await ours(({ tenant }, request) => {
      tenant.remove(request);
      tenant.create(request);
      return { body: failure('late trouble') };
    });
    expect((await applyEdited(here)).status).toBe('succeeded');
    await expectWanted(here, 1);
  });

  it('a refusal that touched nothing stands, in the words of the service, with what is live', async () => {
    const { here, old } = await ours(() => ({ body: failure('unknown pool') }));
    const { status, error } = await applyEdited(here);
    expect(status).toBe('failed');
    expect(error?.code).toBe('RIVERSAND_REFUSED');
    expect(error?.message).toContain('unknown pool');
    expect(error?.message).toContain(old);
    expect(here.tenant.count(PROCESS)).toBe(1);
    expect((await here.plan([edited])).changes).toHaveLength(1);
  });

  it('a refused create says that nothing is there, and the next apply creates', async () => {
    const here = await world();
    here.tenant.before = ({ verb }) => (verb === PROCESS ? { body: failure('no such app') } : undefined);
    const failed = await applyEdited(here);
    expect(failed.error?.message).toMatch(/no such app.*Live now: no schedule of the pair/);
    expect(here.tenant.count(PROCESS)).toBe(1);
    here.tenant.before = () => undefined;
    expect((await applyEdited(here)).status).toBe('succeeded');
  });

  it('deleted, and refused for good: the error says that nothing is live, and the next apply mends it', async () => {
    const { here } = await ours(({ tenant }, request) => {
      tenant.remove(request);
      return { body: failure('out of order') };
    });
    const { error } = await applyEdited(here);
    expect(error?.message).toMatch(/out of order|called for 3 times/);
    expect(error?.message).toContain('no schedule of the pair');
    expect(here.tenant.count(PROCESS)).toBe(3);
    here.tenant.before = () => undefined;
    expect((await here.plan([edited])).changes[0]).toMatchObject({ action: 'create', reason: 'missing' });
    expect((await applyEdited(here)).status).toBe('succeeded');
    expect((await here.plan([edited])).changes).toEqual([]);
  });

  it('success that never shows is called three times at most, then said with what is live', async () => {
    const { here, old } = await ours(() => ({ body: success({ jobId: 'acme_data_load_nightly_1' }) }));
    const { error } = await applyEdited(here);
    expect(error?.code).toBe('RIVERSAND_NOT_CONFIRMED');
    expect(error?.message).toContain(`${old} (every PT1H)`);
    expect(here.tenant.count(PROCESS)).toBe(3);
  });

  it('two that show: one more call heals', async () => {
    const { here } = await ours(({ tenant }, request, nth) => {
      if (nth > 1) return undefined;
      tenant.remove(request);
      tenant.create(request);
      return { body: tenant.create(request) };
    });
    expect((await applyEdited(here)).status).toBe('succeeded');
    await expectWanted(here, 2);
  });

  it('somebody else who creates with another interval in between is not taken for ours', async () => {
    const { here } = await ours(({ tenant }, request, nth) => {
      if (nth > 1) return undefined;
      tenant.remove(request);
      tenant.add('data_load_nightly', 'PT7H');
      return { body: success({ jobId: 'x' }) };
    });
    expect((await applyEdited(here)).status).toBe('succeeded');
    await expectWanted(here, 2);
  });

  it('an answer without a status is no answer', async () => {
    const { here } = await ours((_here, _request, nth) => (nth === 1 ? { body: {} } : undefined));
    expect((await applyEdited(here)).status).toBe('succeeded');
    await expectWanted(here, 2);
  });

  it('each call has a GUID of its own', async () => {
    const { here } = await ours((_here, _request, nth) => (nth === 1 ? 'drop' : undefined));
    let next = 0;
    here.surroundings.random = () => (next = (next + 0.137) % 1);
    await applyEdited(here);
    const ids = here.tenant.calls
      .filter(({ verb }) => verb === PROCESS)
      .map(({ body }) => /"x-rdp-taskId":"([^"]+)"/.exec(JSON.stringify(body))?.[1]);
    expect(new Set(ids).size).toBe(2);
  });

  it('killed after the call: the new id is not the remembered one, so the next apply calls again', async () => {
    const { here } = await ours(() => undefined);
    const request = {
      jobIdentifier: { appId: 'data_load', jobDefId: 'nightly' },
      batchOptions: { poolId: 'rsbatch' },
      scheduledJobOptions: { recurrenceInterval: 'PT1H', doNotRunUntil: '2026-03-01T13:00:00Z' },
      jobInputPayload: { version: 2 },
    };
    here.tenant.remove(request);
    here.tenant.create(request);
    expect((await applyEdited(here)).status).toBe('succeeded');
    await expectWanted(here, 1);
  });
});

describe('a disable that fails after the create', () => {
  it('is made up for by the next apply, although nothing that can be read differs', async () => {
    const here = await world();
    await here.apply([batch({ enabled: false })]);
    const wanted = batch({ enabled: false, recurrenceInterval: 'PT2H' });
    here.tenant.before = ({ verb }) =>
      verb === 'schedule-batch-disable' ? { body: failure('busy') } : undefined;
    const [outcome] = (await here.apply([wanted])).outcomes;
    expect(outcome?.operations.map(({ status }) => status)).toEqual(['succeeded', 'failed']);
    expect(here.tenant.batch).toMatchObject([{ enabled: true, interval: 'PT2H' }]);
    here.tenant.before = () => undefined;
    await here.apply([wanted]);
    expect(here.tenant.batch).toMatchObject([{ enabled: false, interval: 'PT2H' }]);
    expect((await here.plan([wanted])).changes).toEqual([]);
  });

  it('on a new schedule is made up for, too', async () => {
    const here = await world();
    here.tenant.before = ({ verb }) =>
      verb === 'schedule-batch-disable' ? { body: failure('busy') } : undefined;
    await here.apply([batch({ enabled: false, startAt: '2026-01-01T00:30:00Z' })]);
    here.tenant.before = () => undefined;
    await here.apply([batch({ enabled: false, startAt: '2026-01-01T00:30:00Z' })]);
    expect(here.tenant.batch).toMatchObject([{ enabled: false }]);
  });
});

describe('enable and disable', () => {
  it('are called once more when the answer is lost', async () => {
    const here = await world();
    await here.apply([batch()]);
    here.tenant.before = ({ verb }, nth) =>
      verb === 'schedule-batch-disable' && nth === 1 ? 'drop' : undefined;
    expect((await here.apply([batch({ enabled: false })])).outcomes[0]?.status).toBe('succeeded');
    expect(here.tenant.count('schedule-batch-disable')).toBe(2);
  });

  it('say that the state is unknown when both answers are lost, and the next apply calls again', async () => {
    const here = await world();
    await here.apply([batch()]);
    here.tenant.before = ({ verb }) => (verb === 'schedule-batch-disable' ? 'drop' : undefined);
    const [outcome] = (await here.apply([batch({ enabled: false })])).outcomes;
    expect(outcome?.error?.message).toMatch(/whether the schedule is enabled is unknown/);
    here.tenant.before = () => undefined;
    await here.apply([batch({ enabled: false })]);
    expect(here.tenant.batch).toMatchObject([{ enabled: false }]);
  });
});

describe('between plan and write', () => {
  it('a schedule that appears is not deleted by a create', async () => {
    const here = await world();
    let lists = 0;
    here.tenant.before = ({ verb }) => {
      if (verb === 'schedule-batch-list' && ++lists === 2) here.tenant.add('data_load_nightly', 'PT9H');
      return undefined;
    };
    const [outcome] = (await here.apply([batch()])).outcomes;
    expect(outcome).toMatchObject({ status: 'failed', error: { code: 'CHANGED_SINCE_PLAN' } });
    expect(here.tenant.count(PROCESS)).toBe(0);
    expect(here.tenant.batch).toMatchObject([{ interval: 'PT9H' }]);
  });
});
