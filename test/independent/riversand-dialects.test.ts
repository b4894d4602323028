import { afterEach, describe, expect, test } from 'vitest';
import type { RiversandDialect } from './riversand-model.ts';
import { RiversandProject, token, type Wanted } from './riversand-project.ts';

let project: RiversandProject;
afterEach(() => project.stop());

const dialects: Record<string, Partial<RiversandDialect>> = {
  'as usual': {},
  'ids with ISO times': { stamp: (now, serial) => new Date(now + serial).toISOString() },
  'ids with seconds and a serial': { stamp: (now, serial) => `${Math.floor(now / 1000)}.${serial}` },
  'only lists of an app': { all: 'per app' },
  'only lists of a pair': { all: 'none', errorStatus: 400 },
  'errors with HTTP 400, intervals in seconds': { errorStatus: 400, intervals: 'seconds' },
  'lists that know late': { listsAfter: 4000 },
  'objects that show after a minute': { objectsAfter: 60_000 },
  'what is not there is an error, and texts': { missing: 'error', asText: true },
  'odd fields, newest first, no last runs': { odd: true, missing: 'no list', infos: false },
};

const first: Wanted = {
  batch: {
    nightly: {
      appId: 'data_load',
      jobDefId: 'full_run',
      recurrenceInterval: 'P1D',
      startAt: '2026-01-01T01:40:00Z',
      jobInputPayload: { region: 'emea' },
    },
    often: {
      appId: 'data',
      jobDefId: 'load_delta_1',
      recurrenceInterval: 'PT15M',
      startAt: '2026-01-01T00:07:00Z',
    },
    free: { appId: 'data_load', jobDefId: 'free', recurrenceInterval: 'PT2H' },
    resting: { appId: 'x', jobDefId: 'y', recurrenceInterval: 'PT1M', enabled: false },
  },
  objects: {
    'poll-orders': {
      intervalInMins: 15,
      taskUrl: 'https://tasks.example.com/poll',
      startTime: '2026-11-23 05:30 PM',
      taskPayload: { a: [1] },
      authContext: { 'x-rdp-authtoken': token },
    },
    plain: { intervalInMins: 5, taskUrl: 'https://tasks.example.com/plain' },
  },
};

/** Payload, rhythm, switches, pool, one gone, one new; an object changed and one gone. */
const second: Wanted = {
  batch: {
    nightly: { ...first.batch?.['nightly'], jobInputPayload: { region: 'apj' } } as never,
    often: { ...first.batch?.['often'], recurrenceInterval: 'PT20M', enabled: false } as never,
    resting: { ...first.batch?.['resting'], enabled: true, startAt: '2026-01-01T00:00:30Z' } as never,
    fresh: { appId: 'data_load', jobDefId: 'fresh', recurrenceInterval: 'PT30M', poolId: 'other' },
  },
  objects: {
    'poll-orders': {
      ...first.objects?.['poll-orders'],
      intervalInMins: 20,
      enabled: false,
      startTime: '2026-11-24T17:30',
    } as never,
  },
};

describe('whatever the service does that its documentation leaves open', () => {
  test.each(Object.keys(dialects))(
    '%s: converges, stays quiet, and nothing foreign is touched',
    async (name) => {
      project = await RiversandProject.start(dialects[name]);
      const { model, calls } = project.server;
      const theirs = model.add('acme_dev', { appId: 'theirs', jobDefId: 'full_run', first: model.now + 1 });
      const foreign = {
        id: 'theirs-1',
        type: 'scheduleobject',
        properties: { enabled: true },
        data: { attributes: {}, jsonData: { scheduleConfiguration: { intervalInMins: 1 } } },
      };
      model.objects.set('theirs-1', structuredClone(foreign));
      await project.converge(first);
      model.pass(3_700_000);
      await project.converge(second);
      expect(model.batch).toContain(theirs);
      expect(theirs.enabled).toBe(true);
      expect(model.objects.get('theirs-1')).toEqual(foreign);
      for (const { verb, body } of calls.filter((call) => call.verb === 'delete')) {
        expect([verb, (body['scheduleObject'] as { id: string }).id]).toEqual(['delete', 'plain']);
      }
    },
  );
});

describe('plans', () => {
  test('need one list and one get, and say when an object ran last', async () => {
    project = await RiversandProject.start();
    await project.converge(first);
    const before = project.server.calls.length;
    expect((await project.plan()).code).toBe(0);
    expect(
      project.server.calls
        .slice(before)
        .map(({ verb }) => verb)
        .sort(),
    ).toEqual(['get', 'schedule-batch-list']);
    project.server.model.lastRuns.set('plain', Date.parse('2026-11-22T11:55:00Z'));
    await project.want({
      ...first,
      objects: { ...first.objects, plain: { intervalInMins: 6, taskUrl: 'https://x.example.com' } },
    });
    const { target } = await project.plan();
    expect(target?.changes).toMatchObject([{ impact: { lastRun: '2026-11-22T11:55:00Z' } }]);
  });

  test('a wrong tenant, a wrong secret or no right at all are errors, and nothing is written', async () => {
    project = await RiversandProject.start();
    await project.converge(first);
    project.server.fault = () => ({ status: 401, raw: 'Unauthorized' });
    expect((await project.plan()).code).toBe(1);
    project.server.fault = (call) => (call.verb === 'get' ? project.server.failure('no right') : undefined);
    const refused = await project.plan();
    expect(refused.code).toBe(1);
    expect(refused.err).toContain('no right');
    project.server.fault = () => ({ status: 200, raw: '<html>Log in</html>' });
    expect((await project.plan()).code).toBe(1);
  });

  test('what was adopted unseen is replaced once, when its manifest changes', async () => {
    project = await RiversandProject.start({}, { adopt: 'equal' });
    const { model } = project.server;
    model.add('acme_dev', {
      appId: 'a',
      jobDefId: 'b',
      recurrenceInterval: 'PT1H',
      first: model.now + 1,
      payload: 7,
    });
    const spec = { appId: 'a', jobDefId: 'b', recurrenceInterval: 'PT60M', startAt: '2026-01-01T00:07:00Z' };
    await project.want({ batch: { one: spec } });
    expect((await project.apply()).code).toBe(0);
    expect(project.server.writes()).toEqual([]);
    await project.expectNoWrites();
    await project.converge({ batch: { one: { ...spec, jobInputPayload: { a: 1 } } } });
    expect(project.server.writes()).toEqual(['schedule-batch-process']);
  });
});

describe('runs', () => {
  test('a saved plan that is applied later misses none that it had not listed', async () => {
    project = await RiversandProject.start();
    const { model } = project.server;
    const spec = { appId: 'a', jobDefId: 'b', recurrenceInterval: 'PT5M', startAt: '2026-01-01T00:00:00Z' };
    await project.converge({ batch: { one: spec } });
    await project.want({ batch: { one: { ...spec, jobInputPayload: { a: 1 } } } });
    model.pass(60_000);
    const saved = await project.run('plan', '--out', 'plan.json', '-q');
    expect(saved.code, saved.err).toBe(0);
    // One hour later, half a minute before a run.
    model.pass(3_600_000 - (model.now % 300_000) + 270_000);
    const from = model.now;
    const applied = await project.run('apply', 'plan.json', '--yes');
    expect(applied.code, applied.err + applied.out).toBe(0);
    const [row] = model.of('a', 'b');
    const due = Math.ceil(from / 300_000) * 300_000;
    expect(model.runs.map(({ at }) => at)).toContain(due);
    expect(row?.first).toBe(due + 300_000);
  });

  test('of a schedule that is replaced again and again: each one that the plans did not list as missed', async () => {
    project = await RiversandProject.start();
    const { model } = project.server;
    const spec = { appId: 'a', jobDefId: 'b', recurrenceInterval: 'PT5M', startAt: '2026-01-01T00:02:00Z' };
    await project.converge({ batch: { one: spec } });
    const from = model.runs.length;
    const begin = model.now;
    const listed = new Set<number>();
    for (let size = 1; size <= 12; size += 1) {
      model.pass(47_000 * size);
      await project.want({ batch: { one: { ...spec, jobInputPayload: { size } } } });
      const { target } = await project.plan();
      for (const at of target?.changes[0]?.impact?.missed ?? []) listed.add(Date.parse(at));
      expect((await project.apply()).code).toBe(0);
    }
    model.pass(600_000);
    const ran = model.runs.slice(from).map(({ at }) => at);
    expect(new Set(ran).size, 'none twice').toBe(ran.length);
    const anchor = Date.parse(spec.startAt);
    const due: number[] = [];
    for (let at = anchor; at <= model.now; at += 300_000) if (at > begin) due.push(at);
    const missed = due.filter((at) => !ran.includes(at));
    expect(missed.filter((at) => !listed.has(at))).toEqual([]);
    expect(ran.filter((at) => !due.includes(at))).toEqual([]);
  });
});
