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
};
const anchor = `---\n${job('anchor', {})}`;
const renamed = (lifecycle = 'allowReplace: true') =>
  `${job('two', parts, `moved: {from: one}\nlifecycle: {${lifecycle}}\n`)}${anchor}`;

/** `one` is applied; half an hour later somebody has switched one of its schedules off and changed data of another. */
async function halfAnHourLater(): Promise<World> {
  world = await secondWorld();
  await world.manifests(`${job('one', parts)}${anchor}`);
  expect(await world.cli('apply --yes')).toMatchObject({ code: 0 });
  world.service.runs.length = 0;
  world.service.now += 30 * MINUTE;
  schedule('one', 'stopped').fields['active'] = false;
  schedule('one', 'other').fields['data'] = { byHand: true };
  return world;
}

function schedule(name: string, description: string) {
  const found = world.service
    .named(name)
    ?.schedules.find(({ fields }) => fields['description'] === description);
  if (found === undefined) throw new Error(`no schedule ${description} on ${name}`);
  return found;
}

describe('a job under a new name, made again from the old one', () => {
  it('SEMANTICS 5: an interval keeps its phase and runs neither at once nor late, as the plan says', async () => {
    await halfAnHourLater();
    await world.manifests(renamed());
    const plan = await world.cli('plan');
    expect(plan.out).not.toContain('at once');
    expect(plan.out).toContain('Sun 2026-11-22 14:03:20, 16:03:20');
    expect(await world.cli('apply --yes')).toMatchObject({ code: 0 });
    expect(world.service.runs).toEqual([]);
    expect(Date.parse(String(schedule('two', 'often').fields['startTime']))).toBe(begin + 120 * MINUTE);
    expect(await world.cli('plan --exit-code')).toMatchObject({ code: 0 });
  });

  it('SEMANTICS 5: what somebody switched off stays off under the new name', async () => {
    await halfAnHourLater();
    await world.manifests(renamed());
    expect((await world.cli('plan')).out).toContain('DRIFT_LEFT');
    await world.cli('apply --yes');
    expect(schedule('two', 'stopped').fields['active']).toBe(false);
    await world.config('{prune: true, heal: [fields, active]}');
    await world.cli('apply --yes');
    expect(schedule('two', 'stopped').fields['active']).toBe(true);
    expect(world.service.runs).toEqual([]);
  });

  it('SEMANTICS 5: a job that somebody switched off stays off', async () => {
    await halfAnHourLater();
    const one = world.service.named('one');
    if (one !== undefined) one.fields['active'] = false;
    await world.manifests(renamed());
    await world.cli('apply --yes');
    expect(world.service.named('two')?.fields['active']).toBe(false);
  });

  it('SEMANTICS 1: what is left to others goes along', async () => {
    await halfAnHourLater();
    await world.manifests(renamed('allowReplace: true, ignore: [/schedules/other/data]'));
    await world.cli('apply --yes');
    expect(schedule('two', 'other').fields['data']).toEqual({ byHand: true });
    expect(schedule('two', 'often').fields['data']).toEqual({ a: 1 });
  });

  it('SEMANTICS 2: a schedule on it that is not ours blocks it, unless the manifest says that all are', async () => {
    await halfAnHourLater();
    const one = world.service.named('one');
    if (one === undefined) throw new Error('no job');
    const { id } = world.service.addSchedule(one, { cron: '* * * * 1 1 1' });
    await world.manifests(renamed());
    const refused = await world.cli('apply --yes');
    expect(refused.code).toBe(4);
    expect(refused.err).toContain('UNOWNED_PARTS');
    expect(refused.err).toContain(id);
    expect(world.service.named('one')).toBe(one);
    await world.manifests(renamed('allowReplace: true, exclusive: true'));
    expect(await world.cli('apply --yes')).toMatchObject({ code: 0 });
    expect(world.service.named('two')?.schedules).toHaveLength(4);
  });

  it('SEMANTICS 2: a schedule that left the manifest goes only where pruning may take it', async () => {
    await halfAnHourLater();
    const { other: _gone, ...fewer } = parts;
    await world.manifests(
      `${job('two', fewer, 'moved: {from: one}\nlifecycle: {allowReplace: true}\n')}${anchor}`,
    );
    await world.config('{prune: false}');
    expect(await world.cli('apply --yes')).toMatchObject({
      code: 4,
      err: expect.stringContaining('UNOWNED_PARTS'),
    });
    await world.config('{prune: true}');
    expect((await world.cli('plan')).out).toContain('DELETE schedule other');
    expect(await world.cli('apply --yes')).toMatchObject({ code: 0 });
    expect(world.service.named('two')?.schedules).toHaveLength(3);
  });
});

it('SEMANTICS 8: a name that a task has already is refused before the first write', async () => {
  world = await secondWorld({}, '{adopt: always}');
  world.service.add('one', {}, [{ cron: '* * * * 1 1 1' }], { type: 'CF_TASK' });
  await world.manifests(`${job('one', parts)}${anchor}`);
  expect(await world.cli('plan --exit-code')).toMatchObject({
    code: 4,
    out: expect.stringContaining('SAP_KIND_DIFFERS'),
  });
  expect(await world.cli('apply --yes')).toMatchObject({ code: 4 });
  expect(world.service.writes).toEqual([]);
  expect(await world.cli('apply --yes --only SapJob/anchor')).toMatchObject({ code: 0 });
});
