import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import type { PlanDocument } from '../../../src/core/plan-document.ts';
import { getAt } from '../../../src/core/pointer.ts';
import { objectBody } from '../../../src/providers/riversand/bodies.ts';
import { deleteRequest, objectId } from '../../../src/providers/riversand/object-id.ts';
import { plainPalette } from '../../../src/report/palette.ts';
import { renderPlanMarkdown } from '../../../src/report/plan-markdown.ts';
import { renderPlanText } from '../../../src/report/plan-text.ts';
import { failure } from './fake-service.ts';
import { HOUR, object, type World, world } from './support.ts';

const spec: JsonObject = {
  displayName: 'Poll orders',
  enabled: true,
  startTime: '2026-03-02 06:00 AM',
  taskName: 'poll',
  taskPayload: { entity: 'order' },
  authContext: { 'x-rdp-authtoken': 'very-secret-token' },
};

async function applied(): Promise<World> {
  const here = await world();
  const outcome = await here.apply([object('orders', spec)], { stateKey: 'key' });
  expect(outcome.outcomes.map(({ status }) => status)).toEqual(['succeeded']);
  here.tenant.calls = [];
  return here;
}

const stateKey = { stateKey: 'key' };

describe('a schedule object', () => {
  it('is created in the service’s own form, and then there is nothing left to do', async () => {
    const here = await applied();
    expect(here.tenant.objects.get('orders')).toMatchObject({
      id: 'orders',
      name: 'Poll orders',
      type: 'scheduleobject',
      properties: { enabled: true },
      data: {
        attributes: {
          scheduleType: { values: [{ locale: 'en-US', source: 'internal', value: 'fixedRate' }] },
          scheduleTaskName: { values: [{ value: 'poll' }] },
          scheduleTaskUrl: { values: [{ value: 'https://app.example.com/run' }] },
        },
        jsonData: {
          scheduleConfiguration: {
            intervalInMins: 5,
            startTime: '2026-03-02 06:00 AM',
            authContext: { 'x-rdp-authtoken': 'very-secret-token' },
          },
          scheduleTaskPayload: { entity: 'order' },
        },
      },
    });
    expect((await here.plan([object('orders', spec)], stateKey)).changes).toEqual([]);
  });

  it('times are compared by meaning', async () => {
    const here = await applied();
    const same = object('orders', { ...spec, startTime: '2026-03-02T06:00' });
    expect((await here.plan([same], stateKey)).changes).toEqual([]);
  });

  it('what a manifest does not mention is left alone', async () => {
    const here = await world((tenant) => {
      tenant.objects.set('orders', {
        ...objectBody(
          'orders',
          object('orders', spec).spec,
          Object.keys(object('orders', spec).spec),
          undefined,
        ),
      });
    });
    await here.apply([object('orders')], { adopt: 'always' });
    expect(here.tenant.writes()).toEqual([]);
  });

  it('an update sends the whole object as it is, unknown attributes and server ids included', async () => {
    const here = await applied();
    const live = here.tenant.objects.get('orders') as { data: { attributes: JsonObject } } & JsonObject;
    live['extra'] = { kept: true };
    live.data.attributes['owner'] = { values: [{ id: 'v1', value: 'somebody' }] };
    const before = getAt(live, '/data/attributes/scheduleTaskUrl/values/0');
    await here.apply([object('orders', { ...spec, taskName: 'poll all' })], stateKey);
    expect(here.tenant.writes()).toEqual(['update']);
    const after = here.tenant.objects.get('orders');
    expect(after).toMatchObject({ extra: { kept: true } });
    expect(getAt(after, '/data/attributes/owner/values/0')).toEqual({ id: 'v1', value: 'somebody' });
    expect(getAt(after, '/data/attributes/scheduleTaskUrl/values/0')).toEqual(before);
    expect(getAt(after, '/data/attributes/scheduleTaskName/values/0/value')).toBe('poll all');
    expect(getAt(after, '/data/jsonData/scheduleConfiguration/authContext/x-rdp-authtoken')).toBe(
      'very-secret-token',
    );
  });

  it('fields that leave the manifest go back to the defaults of the service', async () => {
    const here = await applied();
    await here.apply([object('orders')], stateKey);
    const after = here.tenant.objects.get('orders');
    expect(after).toMatchObject({ name: 'orders', properties: { enabled: true } });
    expect(getAt(after, '/data/jsonData/scheduleConfiguration')).toEqual({
      intervalInMins: 5,
      authContext: {},
    });
    expect((await here.plan([object('orders')], stateKey)).changes).toEqual([]);
  });

  it('switched off by somebody else is drift that is not healed without heal: [active]', async () => {
    const here = await applied();
    const live = here.tenant.objects.get('orders');
    if (live !== undefined) live['properties'] = { enabled: false };
    const wanted = [object('orders', spec)];
    expect((await here.plan(wanted, stateKey)).changes).toEqual([]);
    const healing = await here.plan(wanted, { ...stateKey, heal: ['fields', 'active'] });
    expect(healing.changes[0]?.action).toBe('update');
  });

  it('changes show later: apply waits until they do', async () => {
    const here = await world((tenant) => {
      tenant.showsAfter = 6;
    });
    expect((await here.apply([object('orders', spec)])).outcomes[0]?.status).toBe('succeeded');
    const edited = object('orders', { ...spec, intervalInMins: 10 });
    expect((await here.apply([edited])).outcomes[0]?.status).toBe('succeeded');
    expect((await here.plan([edited])).changes).toEqual([]);
    await here.apply([], { prune: true, allowEmpty: true, allowDeleteAll: true });
    expect(here.tenant.objects.size).toBe(0);
    expect(here.tenant.writes()).toEqual(['create', 'update', 'delete']);
  });

  it('another id is another object: the old one is deleted, then the new one created', async () => {
    const here = await applied();
    const renamed = { ...object('purchases', spec, { allowReplace: true }), movedFrom: 'orders' };
    const [outcome] = (await here.apply([renamed], { ...stateKey, allowDeleteAll: true })).outcomes;
    expect(outcome).toMatchObject({ action: 'replace', status: 'succeeded' });
    expect(here.tenant.writes()).toEqual(['delete', 'create']);
    expect([...here.tenant.objects.keys()]).toEqual(['purchases']);
  });
});

/** The plan as a document of its own. */
function samplePlanOf({ document }: Awaited<ReturnType<World['plan']>>): PlanDocument {
  const tool = { name: 'reconcile', version: '0' };
  return { formatVersion: '1', tool, createdAt: '', source: {}, targets: [document] };
}

describe('changing schedule objects', () => {
  it('says when the object ran last, in an update too, or that no run is known', async () => {
    const here = await applied();
    const edited = object('orders', { ...spec, intervalInMins: 10 });
    expect((await here.plan([edited], stateKey)).document.changes[0]?.impact).toMatchObject({
      lastRun: null,
      before: expect.arrayContaining(['2026-03-02T06:05:00Z']),
      after: expect.arrayContaining(['2026-03-02T06:10:00Z']),
      missed: ['2026-03-02T06:05:00Z', '2026-03-02T06:15:00Z'],
      firstDifference: '2026-03-02T06:05:00Z',
      until: '2027-03-02T12:00:00Z',
    });
    const look = { runs: 2, horizon: 30 * HOUR };
    expect((await here.plan([edited], { ...stateKey, look })).document.changes[0]?.impact?.after).toEqual([
      '2026-03-02T06:00:00Z',
      '2026-03-02T06:10:00Z',
    ]);
    here.tenant.infos = [{ id: 'i', properties: { scheduleId: 'orders', lastInvocation: '1772362800000' } }];
    const [change] = (await here.plan([edited], stateKey)).document.changes;
    expect(change?.impact?.lastRun).toBe('2026-03-01T11:00:00Z');
  });

  it.each([
    [{ enabled: false }, { why: 'inactive', text: 'the schedule object is disabled' }],
    [{ stopTime: '2026-02-01T00:00' }, { why: 'ended', text: 'its stopTime 2026-02-01T00:00 is past' }],
    [{ stopTime: '2099-01-01T00:00' }, undefined],
  ])('with %o says why no call is due, where none is: %o', async (fields, noRuns) => {
    const here = await applied();
    const [change] = (await here.plan([object('orders', { ...spec, ...fields })], stateKey)).document.changes;
    expect(change?.impact?.noRuns).toEqual(noRuns);
    expect(change?.impact?.after.length === 0).toBe(noRuns !== undefined);
  });

  it('asks for last runs also when a field leaves its manifest, and never without a change', async () => {
    const here = await applied();
    await here.plan([object('orders', spec)], stateKey);
    expect(here.tenant.count('get')).toBe(1);
    const { startTime: _start, ...rest } = spec;
    const [change] = (await here.plan([object('orders', rest)], stateKey)).document.changes;
    expect(here.tenant.count('get')).toBe(3);
    // Without a start nobody knows when it is called: no list, and no promise of a run.
    expect(change?.impact).toMatchObject({ lastRun: null, before: [], after: [], missed: [], extra: [] });
  });

  it('a service that does not tell last runs is no reason to fail', async () => {
    const here = await applied();
    here.tenant.before = ({ body }) =>
      JSON.stringify(body).includes('scheduleinfo') ? { body: failure('no right') } : undefined;
    const planned = await here.plan([object('orders', { ...spec, intervalInMins: 10 })], stateKey);
    expect(planned.document.diagnostics).toMatchObject([{ code: 'RIVERSAND_NO_LAST_RUN', severity: 'info' }]);
    expect(planned.document.changes[0]?.impact).not.toHaveProperty('lastRun');
  });
});

describe('removing schedule objects', () => {
  const prune = { prune: true, allowEmpty: true, allowDeleteAll: true };

  it('says when the object ran last, and asks for that only then', async () => {
    const here = await applied();
    here.tenant.infos = [
      {
        id: 'i1',
        type: 'scheduleinfo',
        properties: { scheduleId: 'orders', lastInvocation: '1772362800000' },
      },
    ];
    const planned = await here.plan([], prune);
    expect(here.tenant.count('get')).toBe(2);
    expect(planned.document.changes[0]).toMatchObject({
      warnings: [],
      impact: { lastRun: '2026-03-01T11:00:00Z', before: expect.arrayContaining(['2026-03-02T06:00:00Z']) },
    });
    const text = renderPlanText(samplePlanOf(planned), { palette: plainPalette, width: 100, verbose: false });
    expect(text).toContain('last run  Sun 2026-03-01 11:00');
    expect(text).toContain('DELETE (1): this cannot be undone');
    expect(renderPlanMarkdown(samplePlanOf(planned))).toMatch(
      /^- last run: <code>Sun 2026\S+ \S+<\/code> UTC$/m,
    );
    await here.apply([], prune);
    expect(here.tenant.objects.size).toBe(0);
  });

  it('with onRemove: deactivate disables it', async () => {
    const here = await world();
    await here.apply([object('orders', spec, { onRemove: 'deactivate' })]);
    await here.apply([], prune);
    expect(here.tenant.objects.get('orders')).toMatchObject({ properties: { enabled: false } });
    expect((await here.plan([], prune)).changes).toEqual([]);
  });

  it('a delete without an id cannot be made', () => {
    for (const nothing of [undefined, '', '  ']) expect(() => objectId(nothing)).toThrow(/without an id/);
    expect(() => deleteRequest('' as never)).toThrow(/without an id/);
    expect(() => deleteRequest(undefined as never)).toThrow(/without an id/);
    expect(deleteRequest(objectId('orders')).body).toEqual({
      scheduleObject: { id: 'orders', type: 'scheduleobject' },
    });
  });
});

describe('SEMANTICS 11: authContext is a secret', () => {
  it('is in no plan, no state and no error; a change of it is seen under the state key', async () => {
    const here = await applied();
    const edited = object('orders', { ...spec, authContext: { 'x-rdp-authtoken': 'abc' } });
    const planned = await here.plan([edited], stateKey);
    expect(planned.changes[0]?.fields.map(({ pointer }) => pointer)).toEqual(['/authContext']);
    const shown = JSON.stringify([planned.document, await here.store.read('dev')]);
    expect(shown).not.toContain('very-secret-token');
    expect(shown).not.toContain('"abc"');
    here.tenant.before = ({ verb }) => (verb === 'update' ? { body: failure('bad token abc') } : undefined);
    const [outcome] = (await here.apply([edited], stateKey)).outcomes;
    expect(outcome?.error?.message).toContain('bad token (sensitive)');
    expect(JSON.stringify(outcome)).not.toContain('abc');
  });
});

describe('faults of schedule objects', () => {
  it('a refused create stands', async () => {
    const here = await world();
    here.tenant.before = ({ verb }) => (verb === 'create' ? { body: failure('no right') } : undefined);
    const [outcome] = (await here.apply([object('orders')])).outcomes;
    expect(outcome).toMatchObject({ status: 'failed', error: { code: 'RIVERSAND_REFUSED' } });
    expect(here.tenant.count('create')).toBe(1);
  });

  it.each(['create', 'update', 'delete'])(
    'a lost answer of a %s that worked is settled by reading',
    async (verb) => {
      const here = await world();
      if (verb !== 'create') await here.apply([object('orders')]);
      here.tenant.before = (call) => {
        if (call.verb !== verb) return undefined;
        here.tenant.handle(call);
        return 'drop';
      };
      const wanted = verb === 'delete' ? [] : [object('orders', { intervalInMins: 7 })];
      const policy = { prune: true, allowEmpty: true, allowDeleteAll: true };
      expect((await here.apply(wanted, policy)).outcomes[0]?.status).toBe('succeeded');
      expect(here.tenant.count(verb)).toBe(1);
    },
  );

  it('a lost answer that shows nothing is met with one more call', async () => {
    const here = await world();
    here.tenant.before = ({ verb }, nth) => (verb === 'create' && nth === 1 ? 'drop' : undefined);
    expect((await here.apply([object('orders')])).outcomes[0]?.status).toBe('succeeded');
    expect(here.tenant.count('create')).toBe(2);
  });

  it('success that never shows ends after three minutes, and says what is live', async () => {
    const here = await world();
    here.tenant.before = ({ verb }) =>
      verb === 'create' ? { body: { response: { status: 'success' } } } : undefined;
    const started = here.surroundings.now();
    const [outcome] = (await here.apply([object('orders')])).outcomes;
    expect(outcome?.error).toMatchObject({ code: 'RIVERSAND_NOT_VISIBLE' });
    expect(outcome?.error?.message).toContain('no schedule object "orders"');
    expect(here.tenant.count('create')).toBe(1);
    expect(here.surroundings.now() - started).toBeLessThan(200_000);
  });
});
