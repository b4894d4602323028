import { describe, expect, it } from 'vitest';
import type { Change } from '../../../src/core/change.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import type { Lifecycle, LivePart, Resource } from '../../../src/core/resource.ts';
import {
  asReplaced,
  entryOf,
  job,
  kindOf,
  liveJob,
  livePart,
  NOW,
  partChange,
  plan,
  resource,
} from './support.ts';

const nine = { cron: '* * * * 9 0 0' };
const often = { repeatInterval: '2 hours' };

/** The operations as sentences: what, how, after what. */
function sentences(change: Change | undefined): string[] {
  const operations = change?.operations ?? [];
  return operations.map(({ summary, method, path, after, lateBound, destructive }) => {
    const place = after.map((id) => operations.findIndex((other) => other.id === id) + 1);
    return [
      `${method} ${path}: ${summary}`,
      place.length === 0 ? '' : ` [after ${place.join(', ')}]`,
      lateBound === undefined ? '' : ` [${lateBound.join()} computed then]`,
      destructive ? ' [destructive]' : '',
    ].join('');
  });
}

function update(
  before: JsonObject,
  desired: Resource,
  options: { live?: JsonObject; facts?: JsonObject; extra?: LivePart[] } = {},
) {
  const base = job(desired.name, before);
  const parts = base.parts.map((part) => livePart(`id-${part.key}`, part.spec, options.facts));
  const live = liveJob(desired.name, { ...base.spec, ...options.live }, [...parts, ...(options.extra ?? [])]);
  const ids = Object.fromEntries(base.parts.map(({ key }) => [key, `id-${key}`]));
  return plan([desired], [live], { [desired.address]: entryOf(base, live, ids) })[0];
}

function wanted(spec: JsonObject, lifecycle: Partial<Lifecycle> = {}): Resource {
  return job('report', spec, lifecycle);
}

describe('operations of a job', () => {
  it('a new job comes with all its schedules in one request', () => {
    const [change] = plan([wanted({ schedules: { a: nine, b: often } })], [], {});
    expect(sentences(change)).toEqual(['POST /scheduler/jobs: create job "report" with 2 schedules']);
  });

  it('one that is put back gives its intervals a start, so that nothing runs at once', () => {
    const desired = wanted({ schedules: { b: often } });
    const entry = entryOf(desired, liveJob('report', {}, []), { b: 'old' });
    const [change] = plan([desired], [], { [desired.address]: entry });
    expect(sentences(change)).toEqual([
      'POST /scheduler/jobs: create job "report" with 1 schedule [startTime computed then]',
    ]);
  });

  it('a job too large for one request comes first, its schedules one by one', () => {
    const data = { text: 'x'.repeat(60_000) };
    const [change] = plan([wanted({ schedules: { a: { ...nine, data }, b: { ...often, data } } })], [], {});
    expect(sentences(change)).toEqual([
      'POST /scheduler/jobs: create job "report"',
      'POST /scheduler/jobs/{jobId}/schedules: create schedule "a" [after 1]',
      'POST /scheduler/jobs/{jobId}/schedules: create schedule "b" [after 1]',
    ]);
  });

  it('SEMANTICS 3: nothing is written where nothing differs in meaning', () => {
    const before = { schedules: { a: { repeatInterval: '120 minutes', data: '{"x":1}' } } };
    expect(update(before, wanted({ schedules: { a: { ...often, data: { x: 1 } } } }))).toBeUndefined();
  });

  it('attributes and schedules are written apart, one PUT per changed schedule', () => {
    const change = update(
      { schedules: { a: nine, b: { repeatAt: '9.00' }, c: { repeatAt: '10.00' } } },
      wanted({
        description: 'new',
        httpMethod: 'GET',
        schedules: {
          a: { cron: '* * * * 10 0 0', data: { x: 1 } },
          b: { repeatAt: '9.10' },
          c: { repeatAt: '10.00' },
        },
      }),
    );
    expect(sentences(change)).toEqual([
      'PUT /scheduler/jobs/42: update job "report": description, httpMethod',
      'PUT /scheduler/jobs/42/schedules/id-a: update schedule "a": cron, data',
      'PUT /scheduler/jobs/42/schedules/id-b: update schedule "b": repeatAt',
    ]);
  });

  it('only changed schedules: the job itself is not written', () => {
    const change = update(
      { schedules: { a: nine } },
      wanted({ schedules: { a: { repeatAt: '9.00' }, b: nine } }),
    );
    expect(sentences(change).every((text) => text.includes('/schedules'))).toBe(true);
  });

  it('SEMANTICS 6: a mode change creates the new schedule inactive before it deletes the old one', () => {
    const change = update({ schedules: { a: nine } }, wanted({ schedules: { a: often } }));
    expect(sentences(change)).toEqual([
      'POST /scheduler/jobs/42/schedules: create schedule "a" in its new mode, inactive',
      'DELETE /scheduler/jobs/42/schedules/id-a: delete the old schedule "a" and its run logs [after 1] [destructive]',
      'PUT /scheduler/jobs/42/schedules/{scheduleId}: switch the new schedule "a" on [after 2] [startTime computed then]',
    ]);
  });

  it('a mode change of an inactive schedule leaves the new one inactive', () => {
    const change = update(
      { schedules: { a: { ...nine, active: false } } },
      wanted({ schedules: { a: { ...often, active: false } } }),
    );
    expect(change?.operations.map(({ step }) => step)).toEqual(['create-replacement', 'delete-replaced']);
  });

  it('deletes come last', () => {
    const change = update(
      { schedules: { a: nine, z: nine } },
      wanted({ schedules: { z: { repeatAt: '9.00' }, n: often } }),
    );
    expect(change?.operations.map(({ step, part }) => `${step} ${part}`)).toEqual([
      'create-schedule n',
      'create-replacement z',
      'delete-replaced z',
      'activate-replacement z',
      'delete-schedule a',
    ]);
  });

  it('SEMANTICS 5: a job is switched on last, after our intervals got a start', () => {
    const change = update(
      { active: false, schedules: { a: nine, b: often, c: { ...often, active: false }, d: nine } },
      wanted({ schedules: { a: nine, b: often, c: { ...often, active: false } } }),
      { extra: [livePart('foreign', nine)] },
    );
    expect(sentences(change)).toEqual([
      'PUT /scheduler/jobs/42/schedules/id-b: give schedule "b" its next due time as start, so that switching the job on does not run it [startTime computed then]',
      'DELETE /scheduler/jobs/42/schedules/id-d: delete schedule "d" and its run logs [destructive]',
      'PUT /scheduler/jobs/42: update job "report": active [after 1, 2]',
    ]);
  });

  it('an interval with a start to come needs none of ours', () => {
    const later = { ...often, startTime: '2027-01-01T00:00:00Z' };
    const change = update({ active: false, schedules: { b: later } }, wanted({ schedules: { b: later } }));
    expect(change?.operations.map(({ step }) => step)).toEqual(['update-job']);
  });

  it('a job that is switched off is written first', () => {
    const change = update(
      { schedules: { a: nine } },
      wanted({ active: false, schedules: { a: { repeatAt: '9.00' } } }),
    );
    expect(change?.operations[0]?.step).toBe('update-job');
  });

  it('a job that goes is deleted by its id, one that is kept is switched off', () => {
    const desired = wanted({ schedules: { a: nine } });
    const live = liveJob('report', {}, [livePart('id-a', nine)]);
    const entry = entryOf(desired, live, { a: 'id-a' });
    const inventory = { [desired.address]: entry };
    expect(sentences(plan([], [live], inventory)[0])).toEqual([
      'DELETE /scheduler/jobs/42: delete job "report" with its schedules and all run logs [destructive]',
    ]);
    const off = {
      [desired.address]: { ...entry, lifecycle: { ...entry.lifecycle, onRemove: 'deactivate' as const } },
    };
    expect(sentences(plan([], [live], off)[0])).toEqual(['PUT /scheduler/jobs/42: switch job "report" off']);
  });

  it('what an unfinished mode change left is deleted before its successor is switched on', () => {
    const desired = wanted({ schedules: { a: often } });
    const live = liveJob('report', {}, [
      livePart('new', { ...often, active: false, description: 'a' }),
      livePart('old', nine),
    ]);
    const entry = entryOf(desired, live, { a: 'new' });
    const begun = {
      ...entry.parts['a'],
      id: 'new',
      ownedSince: '',
      spec: { ...often, active: false },
      superseded: ['old'],
    };
    const [change] = plan([desired], [live], { [desired.address]: { ...entry, parts: { a: begun } } });
    expect(sentences(change)).toEqual([
      'DELETE /scheduler/jobs/42/schedules/old: delete schedule "a (replaced)" and its run logs [destructive]',
      'PUT /scheduler/jobs/42/schedules/new: update schedule "a": active [after 1] [startTime computed then]',
    ]);
  });

  it('a whole job that is replaced is deleted before it is created again', () => {
    const desired = wanted({ schedules: { a: nine, gone: { time: '2020-01-01T00:00:00Z' } } });
    const live = liveJob('report', {}, [livePart('id-a', nine)]);
    const change: Change = {
      address: desired.address,
      kind: 'SapJob',
      action: 'replace',
      reason: 'edited',
      fields: [],
      parts: desired.parts.map(asReplaced),
      desired,
      live,
      target: desired.spec,
      operations: [],
      warnings: [],
    };
    expect(sentences({ ...change, operations: kindOf('SapJob').operations(change, NOW) })).toEqual([
      'DELETE /scheduler/jobs/42: delete job "report" with its schedules and all run logs [destructive]',
      'POST /scheduler/jobs: create job "report" with 1 schedule [after 1]',
    ]);
  });

  it('ids are the same for the same plan and differ within it', () => {
    const make = () =>
      update(
        { schedules: { 'a/b': nine, c: nine } },
        wanted({ schedules: { 'a/b': often, c: { cron: '* * * * 9 1 0' } } }),
      );
    const ids = make()?.operations.map(({ id }) => id) ?? [];
    expect(ids).toEqual(make()?.operations.map(({ id }) => id));
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toContain('SapJob/report#/schedules/a~1b:create-replacement');
  });

  it('never asks for what is dangerous: PUT by name, or all schedules at once', () => {
    const change = update(
      { description: 'x', schedules: { a: nine, b: often } },
      wanted({ description: 'y', schedules: { b: nine, c: often } }),
    );
    for (const { method, path } of change?.operations ?? []) {
      expect(`${method} ${path}`).not.toMatch(
        /PUT \/scheduler\/jobs\/report|DELETE .*\/schedules$|activationStatus/,
      );
    }
  });
});

describe('operations of the other kinds', () => {
  it('a task job itself is never written', () => {
    const desired = resource('SapTask', 'nightly', { schedules: { a: nine } });
    const change: Change = {
      address: desired.address,
      kind: 'SapTask',
      action: 'update',
      reason: 'edited',
      fields: [
        { pointer: '/description', live: 'a', desired: 'b', base: 'a', reason: 'edited', healed: true },
      ],
      parts: [partChange({ key: 'a', action: 'create' })],
      desired,
      operations: [],
      warnings: [],
    };
    const operations = (action: Change['action']) =>
      kindOf('SapTask')
        .operations({ ...change, action }, NOW)
        .map(({ step }) => step);
    expect(operations('update')).toEqual(['create-schedule']);
    for (const action of ['create', 'replace', 'delete', 'deactivate', 'forget'] as const)
      expect(operations(action)).toEqual([]);
  });

  it('settings are one PUT of the global parameters', () => {
    const desired = resource('SapSettings', 'settings', { asyncExecTimeout: 600 });
    const live = {
      kind: 'SapSettings',
      identity: desired.identity,
      id: desired.identity,
      spec: { asyncExecTimeout: 604_800 },
      canonical: { asyncExecTimeout: 604_800 },
      parts: [],
      facts: {},
    };
    const [change] = plan([desired], [live], {});
    expect(sentences(change)).toEqual([
      'PUT /scheduler/globalParameters: set asyncExecTimeout of the instance',
    ]);
  });
});

describe('classify', () => {
  it('a value changes in place, a mode needs a new schedule', () => {
    const classify = (pointers: string[], from: JsonObject, to: JsonObject) =>
      kindOf('SapJob').classify({ pointers, part: true, from, to }).how;
    expect(classify(['/cron'], nine, { cron: '* * * * 10 0 0' })).toBe('in-place');
    expect(classify(['/data'], nine, { ...nine, data: {} })).toBe('in-place');
    expect(
      classify(['/cron', '/repeatInterval'], { ...nine, repeatInterval: null }, { ...often, cron: null }),
    ).toBe('replace');
  });

  it('a task job cannot be changed, a job all but its name', () => {
    const input = { pointers: ['/description'], part: false, from: {}, to: {} };
    expect(kindOf('SapTask').classify(input).how).toBe('impossible');
    expect(kindOf('SapJob').classify(input).how).toBe('in-place');
    expect(kindOf('SapJob').classify({ ...input, pointers: ['/metadata/name'] }).how).toBe('replace');
  });
});
