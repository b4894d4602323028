import { describe, expect, it } from 'vitest';
import { getAt } from '../../../src/core/pointer.ts';
import type { KnownObject } from '../../../src/core/provider.ts';
import type { Call } from './fake-service.ts';
import { failure, pairIn, requestIn, success } from './fake-service.ts';
import { batch, object, world } from './support.ts';

const kinds = ['RiversandBatchJob', 'RiversandSchedule'];

function known(appId: string, jobDefId: string, wanted = true): KnownObject {
  const { kind, identity, spec } = batch({ appId, jobDefId });
  return { kind, identity, spec, wanted };
}

function asksForAll(call: Call): boolean {
  return call.verb === 'schedule-batch-list' && pairIn(requestIn(call)) === '_ALL__ALL';
}

function asksForApp(call: Call): boolean {
  return call.verb === 'schedule-batch-list' && getAt(requestIn(call), '/jobIdentifier/jobDefId') === '_ALL';
}

describe('SEMANTICS 2: which schedule is which', () => {
  it('ids are matched against known pairs, however many _ they hold; others are unmanaged under their id', async () => {
    const here = await world((tenant) => {
      tenant.add('my_app_load');
      tenant.add('my_app_load_all');
      tenant.add('my_app_load_all_2');
    });
    const session = await here.session('read');
    const { resources } = await session.observe(kinds, [
      known('my_app', 'load'),
      known('my', 'app_load_all_2'),
    ]);
    expect(resources.map(({ identity }) => identity)).toEqual([
      'my_app_load',
      here.tenant.batch[1]?.id,
      'my_app_load_all_2',
    ]);
  });

  it('the wrong tenantId is noticed instead of creating everything once more', async () => {
    const here = await world((tenant) => tenant.add('a_b', 'PT1H', { id: 'globex_a_b_1770000000000' }));
    const session = await here.session('read');
    await expect(session.observe(kinds, [known('a', 'b')])).rejects.toMatchObject({
      code: 'LISTING_UNSOUND',
      message: expect.stringContaining('tenantId'),
    });
  });
});

describe('observing batch schedules', () => {
  it('takes one list', async () => {
    const here = await world((tenant) => tenant.add('a_b'));
    const session = await here.session('read');
    await session.observe(['RiversandBatchJob'], [known('a', 'b')]);
    expect(here.tenant.verbs()).toEqual(['schedule-batch-list']);
  });

  it.each([
    ['with status error in HTTP 200', { body: failure('not allowed') }],
    ['with a 403', { status: 403, body: { message: 'forbidden' } }],
  ])('app by app where _ALL is refused %s', async (_how, fault) => {
    const here = await world((tenant) => {
      tenant.add('a_b');
      tenant.add('a_c');
      tenant.add('x_y');
      tenant.before = (call) => (asksForAll(call) ? fault : undefined);
    });
    const session = await here.session('read');
    const seen = await session.observe(kinds, [known('a', 'b'), known('a', 'c'), known('x', 'y')]);
    expect(seen.resources.map(({ identity }) => identity).sort()).toEqual(['a_b', 'a_c', 'x_y']);
    expect(seen.diagnostics.map(({ code }) => code)).toEqual(['RIVERSAND_NO_ALL']);
    expect(here.tenant.count('schedule-batch-list')).toBe(3);
  });

  it('pair by pair where that is refused, too', async () => {
    const here = await world((tenant) => {
      tenant.add('a_b');
      tenant.before = (call) => (asksForApp(call) ? { body: failure('not allowed') } : undefined);
    });
    const session = await here.session('read');
    const seen = await session.observe(kinds, [known('a', 'b'), known('a', 'c'), known('x', 'y')]);
    expect(seen.resources.map(({ identity }) => identity)).toEqual(['a_b']);
    expect(here.tenant.count('schedule-batch-list')).toBe(1 + 2 + 3);
  });

  it('fails as a whole when a pair is refused', async () => {
    const here = await world((tenant) => {
      tenant.before = ({ verb }) => (verb === 'schedule-batch-list' ? { body: failure('no') } : undefined);
    });
    const session = await here.session('read');
    await expect(session.observe(kinds, [known('a', 'b')])).rejects.toMatchObject({
      code: 'RIVERSAND_REFUSED',
    });
  });

  it.each([
    ['no list', success({})],
    ['an entry without an id', success({ jobSchedules: [{ recurrence_interval: 'PT1H', pool_id: 'p' }] })],
    ['an entry without an interval', success({ jobSchedules: [{ id: 'acme_a_b_1', pool_id: 'p' }] })],
    ['no status', { response: { statusDetail: { response: { jobSchedules: [] } } } }],
  ])('believes no list with %s', async (_what, body) => {
    const here = await world((tenant) => {
      tenant.before = ({ verb }) => (verb === 'schedule-batch-list' ? { body } : undefined);
    });
    const session = await here.session('read');
    await expect(session.observe(kinds, [known('a', 'b')])).rejects.toMatchObject({ code: 'WIRE_SCHEMA' });
  });

  it('believes no list that shows an id twice', async () => {
    const row = { id: 'acme_a_b_1', recurrence_interval: 'PT1H', pool_id: 'p' };
    const here = await world((tenant) => {
      tenant.before = ({ verb }) =>
        verb === 'schedule-batch-list' ? { body: success({ jobSchedules: [row, row] }) } : undefined;
    });
    const session = await here.session('read');
    await expect(session.observe(kinds, [])).rejects.toMatchObject({ code: 'LISTING_UNSOUND' });
  });
});

describe('observing schedule objects', () => {
  const many = (count: number) => (tenant: { objects: Map<string, { [key: string]: never }> }) => {
    for (let at = 0; at < count; at++) {
      const one = { id: `o${at}`, type: 'scheduleobject', properties: { enabled: at % 2 === 0 } };
      tenant.objects.set(one.id, one as never);
    }
  };

  it('more than one call gives are asked for in halves', async () => {
    const here = await world((tenant) => many(3000)(tenant as never));
    const session = await here.session('read');
    const { resources } = await session.observe(['RiversandSchedule'], []);
    expect(resources).toHaveLength(3000);
    expect(here.tenant.count('get')).toBe(3);
  });

  it('more than that are an error, never a partial list', async () => {
    const here = await world((tenant) => many(4100)(tenant as never));
    const session = await here.session('read');
    await expect(session.observe(['RiversandSchedule'], [])).rejects.toMatchObject({
      code: 'LISTING_UNSOUND',
    });
  });

  it('a total without objects is unsound', async () => {
    const here = await world((tenant) => {
      tenant.before = ({ verb }) =>
        verb === 'get' ? { body: { response: { status: 'success', totalRecords: 3 } } } : undefined;
    });
    const session = await here.session('read');
    await expect(session.observe(kinds, [])).rejects.toMatchObject({ code: 'LISTING_UNSOUND' });
  });

  it('a tenant without them is no obstacle as long as nobody wants one', async () => {
    const here = await world((tenant) => {
      tenant.before = ({ verb }) =>
        verb === 'get' ? { status: 404, body: { message: 'not found' } } : undefined;
    });
    const session = await here.session('read');
    const { diagnostics } = await session.observe(kinds, []);
    expect(diagnostics.map(({ code }) => code)).toEqual(['RIVERSAND_NO_OBJECTS']);
    const { kind, identity, spec } = object('wanted');
    await expect(session.observe(kinds, [{ kind, identity, spec, wanted: true }])).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });
});

describe('SEMANTICS 10: a reader', () => {
  it('lists and gets, and cannot write, although everything is a POST', async () => {
    const here = await world();
    const session = await here.session('read');
    expect(session.execute).toBeUndefined();
    for (const verb of ['process', 'enable', 'disable', 'delete']) {
      const body = { proxyObject: { type: `schedule-batch-${verb}` } };
      await expect(
        session.reader.read({ method: 'POST', path: '/api/proxyservice/call', body }),
      ).rejects.toMatchObject({ code: 'READER_REFUSED' });
    }
    for (const call of ['create', 'update', 'delete']) {
      await expect(
        session.reader.read({ method: 'POST', path: `/api/schedulerservice/${call}`, body: {} }),
      ).rejects.toMatchObject({ code: 'READER_REFUSED' });
    }
    expect(here.tenant.calls).toEqual([]);
  });
});
