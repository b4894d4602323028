import { cp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { begin, job, secondWorld, type World } from './second-world.ts';

let world: World;
afterEach(() => world.close());

const MINUTE = 60_000;
const parts = {
  often: '{repeatInterval: 2 hours, data: {a: 1}}',
  daily: '{cron: "* * * * 6 12 17"}',
  stopped: '{repeatInterval: 1 hours}',
  other: '{cron: "* * * * 7 12 17"}',
  once: '{time: "2026-11-22T12:13:20Z"}',
};
const anchor = `---\n${job('anchor', {})}`;
const lifecycle = 'lifecycle: {allowReplace: true, ignore: [/schedules/other/data]}\n';
const renamed = (schedules = parts) =>
  `${job('two', schedules, `moved: {from: one}\n${lifecycle}`)}${anchor}`;

/** `one` is applied; half an hour later people have switched off a schedule, and changed data that is left to them. */
async function halfAnHourLater(): Promise<void> {
  world = await secondWorld();
  await world.manifests(`${job('one', parts, lifecycle)}${anchor}`);
  expect(await world.cli('apply --yes')).toMatchObject({ code: 0 });
  world.service.runs.length = 0;
  world.service.now += 30 * MINUTE;
  schedule('one', 'stopped').fields['active'] = false;
  schedule('one', 'other').fields['data'] = { byHand: true };
  const one = world.service.named('one');
  if (one !== undefined) {
    one.fields['ansConfig'] = { onError: true };
    one.schedules = one.schedules.filter(({ fields }) => fields['description'] !== 'once');
  }
}

function schedule(name: string, description: string) {
  const found = world.service
    .named(name)
    ?.schedules.find(({ fields }) => fields['description'] === description);
  if (found === undefined) throw new Error(`no schedule ${description} on ${name}`);
  return found;
}

/** The machine dies at this write, with it done or not: what was not in the state by then never gets there. */
async function dieAt(method: string, isDone: boolean): Promise<void> {
  const state = join(world.folder.path, '.reconcile');
  const left = join(world.folder.path, 'left');
  let isDead = false;
  world.service.onRequest = async (request, serve) => {
    if (isDead) return { status: 200, cut: 'before' };
    if (request.method !== method || request.path === '/oauth/token') return undefined;
    if (isDone) serve();
    isDead = true;
    await cp(state, left, { recursive: true });
    return { status: 200, cut: 'before' };
  };
  await world.cli('apply --yes');
  expect(isDead).toBe(true);
  await rm(state, { recursive: true });
  await cp(left, state, { recursive: true, filter: (path) => !path.includes('lock') });
  world.service.onRequest = () => undefined;
}

function readState(): Promise<string> {
  return readFile(join(world.folder.path, '.reconcile/state/dev.json'), 'utf8');
}

function expectTakenAlong(): void {
  expect(world.service.named('one')).toBeUndefined();
  expect(world.service.named('two')?.schedules).toHaveLength(4);
  expect(schedule('two', 'stopped').fields['active']).toBe(false);
  expect(schedule('two', 'other').fields['data']).toEqual({ byHand: true });
  expect(world.service.named('two')?.fields['ansConfig']).toMatchObject({ onError: true });
  const start = Date.parse(String(schedule('two', 'often').fields['startTime']));
  expect((start - begin) % (120 * MINUTE)).toBe(0);
  expect(world.service.runs).toEqual([]);
}

describe('a rename that dies half way', () => {
  it.each([
    ['before the old job is deleted', 'DELETE', false],
    ['when the old job has just been deleted', 'DELETE', true],
    ['before the new job is made', 'POST', false],
    ['when the new job has just been made', 'POST', true],
  ])(
    'SEMANTICS 5, 6, 9: %s: phase, stops and what is left to others go along',
    async (_when, method, isDone) => {
      await halfAnHourLater();
      await world.manifests(renamed());
      await dieAt(method, isDone);
      world.service.now += 150 * MINUTE;
      const plan = await world.cli('plan');
      expect(plan.out).not.toContain('at once');
      expect(await world.cli('apply --yes')).toMatchObject({ code: 0 });
      expectTakenAlong();
      expect(await world.cli('plan --exit-code')).toMatchObject({ code: 0 });
    },
  );

  it('SEMANTICS 5, 6, 9: the same where the service answers the second half with an error', async () => {
    await halfAnHourLater();
    await world.manifests(renamed());
    world.service.onRequest = ({ method, path }) =>
      method === 'POST' && path !== '/oauth/token'
        ? { status: 422, body: { code: 422, message: 'no', type: 'Error', detailedError: '' } }
        : undefined;
    expect((await world.cli('apply --yes')).code).toBe(7);
    expect(world.service.named('one')).toBeUndefined();
    world.service.onRequest = () => undefined;
    expect(await world.cli('apply --yes')).toMatchObject({ code: 0 });
    expectTakenAlong();
  });

  it('SEMANTICS 1: what is edited before the next apply is as in the manifest', async () => {
    await halfAnHourLater();
    await world.manifests(renamed());
    await dieAt('DELETE', true);
    await world.manifests(renamed({ ...parts, often: '{repeatInterval: 2 hours, data: {a: 2}}' }));
    expect(await world.cli('apply --yes')).toMatchObject({ code: 0 });
    expectTakenAlong();
    expect(schedule('two', 'often').fields['data']).toEqual({ a: 2 });
  });

  it('SEMANTICS 11: what the state keeps of the old job holds no secret, and the new one gets it again', async () => {
    world = await secondWorld();
    const secret = 'a-token-that-nobody-may-see';
    const one = `{cron: "* * * * 6 12 17", data: {token: "\${secret:TOKEN}", other: 1}}`;
    const cli = (line: string) => world.cli(line, { TOKEN: secret });
    await world.manifests(`${job('one', { one })}${anchor}`);
    expect(await cli('apply --yes')).toMatchObject({ code: 0 });
    await world.manifests(`${job('two', { one }, `moved: {from: one}\n${lifecycle}`)}${anchor}`);
    world.service.onRequest = ({ method, path }) =>
      method === 'POST' && path !== '/oauth/token'
        ? { status: 422, body: { code: 422, message: 'no', type: 'Error', detailedError: '' } }
        : undefined;
    expect((await cli('apply --yes')).code).toBe(7);
    const state = await readState();
    expect(state).toContain('"remake"');
    expect(state).not.toContain(secret);
    world.service.onRequest = () => undefined;
    expect(await cli('apply --yes')).toMatchObject({ code: 0 });
    expect(schedule('two', 'one').fields['data']).toEqual({ token: secret, other: 1 });
    expect(await readState()).not.toContain('"remake"');
  });
});
