import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { type BatchSpec, RiversandProject, type Wanted } from './riversand-project.ts';
import { type Answer, type Call, type Fault, tenantId } from './riversand-server.ts';

let project: RiversandProject;
afterEach(() => project.stop());

const spec: BatchSpec = {
  appId: 'data_load',
  jobDefId: 'full_run',
  recurrenceInterval: 'PT1H',
  startAt: '2026-01-01T00:07:00Z',
};
const object = { intervalInMins: 5, taskUrl: 'https://tasks.example.com/run' };
const before: Wanted = {
  batch: { one: spec, off: { ...spec, jobDefId: 'off' } },
  objects: { poll: object, gone: object },
};
/** A replace, a replace that also disables, an update, a delete, a create of each sort. */
const after: Wanted = {
  batch: {
    one: { ...spec, jobInputPayload: { a: 1 } },
    off: { ...spec, jobDefId: 'off', recurrenceInterval: 'PT2H', enabled: false },
    fresh: { ...spec, jobDefId: 'fresh' },
  },
  objects: { poll: { ...object, intervalInMins: 7 }, fresh: object },
};

function pairOf({ body }: Call): [string, string] {
  const text = JSON.stringify(body);
  const part = (name: string): string => new RegExp(`"${name}":"([^"]+)"`).exec(text)?.[1] ?? '';
  return [part('appId'), part('jobDefId')];
}

const lost: Answer = { status: 0, reset: true };
const verbs = ['schedule-batch-process', 'schedule-batch-disable', 'create', 'update', 'delete'];

/** What may become of a write, beside what it should. */
const troubles: Record<string, Fault> = {
  'done, and the answer lost': (_call, commit) => {
    commit();
    return lost;
  },
  'lost before it is done': () => lost,
  'done, and HTML answered': (_call, commit) => {
    commit();
    return { status: 200, raw: '<html>Gateway timeout</html>' };
  },
  'done, and half of an answer': (_call, commit) => {
    commit();
    return { status: 200, raw: '{"response":{"sta' };
  },
  'done, and 504': (_call, commit) => {
    commit();
    return { status: 504, raw: '' };
  },
  '503 before anything': () => ({ status: 503, raw: '' }),
  'refused inside 200': () => project.server.failure('not now'),
  'success, and nothing done': () => ({
    status: 200,
    body: { response: { status: 'success', statusDetail: {} } },
  }),
  'deleted, then an error': (call) => {
    if (call.verb === 'schedule-batch-process') project.server.model.remove(...pairOf(call));
    return project.server.failure('no nodes in the pool');
  },
  'deleted, then silence': (call) => {
    if (call.verb === 'schedule-batch-process') project.server.model.remove(...pairOf(call));
    return lost;
  },
  'created twice': (call, commit) => {
    const answer = commit();
    const [appId, jobDefId] = pairOf(call);
    const { model } = project.server;
    if (call.verb === 'schedule-batch-process')
      model.add(tenantId, { appId, jobDefId, first: model.now + 3_600_000 });
    return answer;
  },
};

/** With `adopt: always`: a new schedule of which no single one ever showed is not on the books, and is taken over. */
async function begin(): Promise<void> {
  project = await RiversandProject.start({}, { adopt: 'always' });
  await project.want(before);
  expect((await project.apply()).code).toBe(0);
}

/** A switch that is not thrown although the service says so: nothing shows it, so that nobody can mend it. */
function isUnseen(name: string, { verb }: Call): boolean {
  return name === 'success, and nothing done' && verb === 'schedule-batch-disable';
}

describe.each(Object.keys(troubles))('%s', (name) => {
  const trouble = troubles[name] as Fault;

  test('once for each write: one more apply at most, and everything is as wanted', async () => {
    await begin();
    await project.want(after);
    project.server.calls.length = 0;
    project.server.fault = (call, commit, nth) =>
      verbs.includes(call.verb) && nth === 1 && !isUnseen(name, call)
        ? trouble(call, commit, nth)
        : undefined;
    const ran = await project.apply();
    expect([0, 7], ran.err + ran.out).toContain(ran.code);
    project.server.fault = () => undefined;
    await project.converge(after);
  });

  test('always: an error that says what is live, and the next apply mends it', async () => {
    await begin();
    await project.want(after);
    project.server.fault = (call, commit, nth) =>
      call.verb === 'schedule-batch-process' ? trouble(call, commit, nth) : undefined;
    const ran = await project.apply();
    expect(ran.out.replace(/\s+/g, ' '), ran.out).toContain(ran.code === 0 ? 'Applied' : 'Live now');
    project.server.fault = () => undefined;
    project.server.model.pass(60_000);
    await project.converge(after);
  });
});

test('several schedules of one pair are said and healed; those of others stay', async () => {
  project = await RiversandProject.start();
  await project.converge(before);
  const { model } = project.server;
  for (const appId of ['data_load', 'theirs_a'])
    for (let count = 0; count < 2; count += 1)
      model.add(tenantId, { appId, jobDefId: 'full_run', first: model.now + 3_600_000 });
  const planned = await project.plan();
  expect(planned.target?.diagnostics).toMatchObject([{ code: 'RIVERSAND_DUPLICATES' }]);
  expect(planned.target?.changes).toMatchObject([{ action: 'replace', reason: 'drift' }]);
  await project.converge(before);
  expect(model.of('theirs_a', 'full_run')).toHaveLength(2);
});

test('a pair that the ids write like another one is refused with both names', async () => {
  project = await RiversandProject.start();
  await project.want({
    batch: { one: { ...spec, appId: 'a_b', jobDefId: 'c' }, two: { ...spec, appId: 'a', jobDefId: 'b_c' } },
  });
  const both = await project.run('validate');
  expect(both.code).toBe(3);
  expect(both.out + both.err).toMatch(/DUPLICATE_IDENTITY[\s\S]*jobs\/all\.yaml:\d+:\d+/);
  await project.converge({ batch: { one: { ...spec, appId: 'a_b', jobDefId: 'c' } } });
  await project.want({ batch: { one: { ...spec, appId: 'a', jobDefId: 'b_c' } } });
  const writes = project.server.writes().length;
  const ran = await project.apply();
  expect(ran.code).not.toBe(0);
  expect(ran.out + ran.err).toContain('RIVERSAND_PAIRS_COLLIDE');
  expect(project.server.writes()).toHaveLength(writes);
});

const wishes = fc.record({
  batch: fc.dictionary(
    fc.constantFrom('one', 'two', 'three'),
    fc.record(
      {
        recurrenceInterval: fc.constantFrom('PT1M', 'PT5M', 'PT1H', 'PT60M', 'P1D', 'PT24H'),
        startAt: fc.constantFrom('2026-01-01T00:07:30Z', '2026-11-22T12:01:00Z', '2027-01-01T00:00:00Z'),
        enabled: fc.boolean(),
        jobInputPayload: fc.constantFrom({}, { a: 1 }, { a: { b: [null] } }),
        recreateOn: fc.constantFrom({}, { version: 2 }),
      },
      { requiredKeys: ['recurrenceInterval'] },
    ),
  ),
  objects: fc.dictionary(
    fc.constantFrom('o1', 'o2'),
    fc.record(
      {
        intervalInMins: fc.integer({ min: 1, max: 90 }),
        enabled: fc.boolean(),
        taskPayload: fc.constantFrom({}, { a: 1 }),
      },
      { requiredKeys: ['intervalInMins'] },
    ),
  ),
});

test('any history of manifests converges, step by step', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(wishes, fc.integer({ min: 0, max: 7_200 })), { minLength: 2, maxLength: 4 }),
      async (steps) => {
        project = await RiversandProject.start({ objectsAfter: 3000, listsAfter: 500 });
        try {
          for (const [wish, seconds] of steps) {
            project.server.model.pass(seconds * 1000);
            const pairs = { one: ['a_b', 'c'], two: ['a', 'c'], three: ['a_b_c', 'd_1'] } as const;
            const batch = Object.entries(wish.batch).map(([name, values]) => {
              const [appId, jobDefId] = pairs[name as keyof typeof pairs];
              return [name, { appId, jobDefId, ...values }] as const;
            });
            const objects = Object.entries(wish.objects).map(
              ([name, values]) => [name, { taskUrl: 'https://x.example.com', ...values }] as const,
            );
            await project.converge({
              batch: Object.fromEntries(batch),
              objects: Object.fromEntries(objects),
            });
          }
        } finally {
          await project.stop();
        }
      },
    ),
    { numRuns: 4 },
  );
  project = await RiversandProject.start();
});
