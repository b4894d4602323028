import { afterEach, describe, expect, it } from 'vitest';
import { job, secondWorld, type World } from './second-world.ts';

let world: World;
afterEach(() => world.close());

const HOUR = 3_600_000;
const text = (size: number) =>
  job(
    'one',
    { daily: `{cron: "* * * * 6 12 17", data: {size: ${size}, cursor: 0}}` },
    'lifecycle: {ignore: [/schedules/daily/data/cursor]}\n',
  );

async function applied(policy = '{prune: true}'): Promise<World> {
  world = await secondWorld({}, policy);
  await world.manifests(text(1));
  expect(await world.cli('apply --yes')).toMatchObject({ code: 0 });
  return world;
}

function setData(data: object): void {
  const [schedule] = world.service.named('one')?.schedules ?? [];
  if (schedule !== undefined) schedule.fields['data'] = data;
}
const dataNow = () => world.service.named('one')?.schedules[0]?.fields['data'];

describe('SEMANTICS 1: one key of a payload is left to others', () => {
  it('it alone is no drift', async () => {
    await applied();
    setData({ size: 1, cursor: 7 });
    expect(await world.cli('drift')).toMatchObject({ code: 0 });
    expect(await world.cli('plan --exit-code')).toMatchObject({ code: 0 });
  });

  it('what somebody does to the rest is drift, no conflict, and putting it back keeps the key', async () => {
    await applied();
    setData({ size: 5, cursor: 7 });
    expect(await world.cli('drift')).toMatchObject({ code: 2 });
    const plan = JSON.parse((await world.cli('plan -o json')).out);
    expect(plan.targets[0].summary).toMatchObject({ drifted: 1, conflicts: 0 });
    await world.cli('apply --yes');
    expect(dataNow()).toEqual({ size: 1, cursor: 7 });
  });

  it('and it stays where drift is not to be put back', async () => {
    await applied('{prune: true, heal: []}');
    setData({ size: 5, cursor: 7 });
    const before = world.service.writes.length;
    expect(await world.cli('apply --yes')).toMatchObject({ code: 0 });
    expect(world.service.writes).toHaveLength(before);
  });

  it('an edit of the rest is an edit, and keeps the key', async () => {
    await applied();
    setData({ size: 1, cursor: 7 });
    await world.manifests(text(2));
    const plan = JSON.parse((await world.cli('plan -o json')).out);
    expect(plan.targets[0].changes[0]).toMatchObject({ reason: 'edited' });
    await world.cli('apply --yes');
    expect(dataNow()).toEqual({ size: 2, cursor: 7 });
  });
});

describe('SEMANTICS 4: a one-time schedule that was over and was cleared away by the service', () => {
  const once = (time: string) =>
    `${job('one', { once: `{time: "${time}"}`, daily: '{cron: "* * * * 6 12 17"}' })}---\n${job('anchor', {})}`;

  it('comes back with its new time because the manifest changed, and nobody is blamed', async () => {
    world = await secondWorld();
    await world.manifests(once('2026-11-22T13:00:00Z'));
    await world.cli('apply --yes');
    world.service.now += 2 * HOUR;
    const schedules = world.service.named('one')?.schedules ?? [];
    schedules.splice(
      schedules.findIndex(({ fields }) => fields['time'] !== undefined),
      1,
    );
    expect(await world.cli('plan --exit-code')).toMatchObject({ code: 0 });
    await world.manifests(once('2026-11-25T13:00:00Z'));
    const plan = await world.cli('plan');
    expect(plan.out).toContain('+ schedule once');
    expect(plan.out).not.toContain('somebody else');
    expect(await world.cli('apply --yes')).toMatchObject({ code: 0 });
    expect(await world.cli('plan --exit-code')).toMatchObject({ code: 0 });
  });

  it('a schedule that somebody deleted does not make its job look deleted', async () => {
    world = await secondWorld();
    await world.manifests(once('2026-12-22T13:00:00Z'));
    await world.cli('apply --yes');
    world.service.named('one')?.schedules.pop();
    const { out } = await world.cli('plan');
    expect(out).toMatch(/~ SapJob\/one\n/);
    expect(out).toMatch(/\+ schedule \w+ {2}deleted by somebody else/);
  });
});
