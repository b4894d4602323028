import { afterEach, describe, expect, it } from 'vitest';
import { job, secondWorld, type World } from './second-world.ts';

let world: World;
afterEach(() => world.close());

const MINUTE = 60_000;

/** All are over after an hour, and the service has switched them off. */
async function overBy(schedules: Record<string, string>, spec = ''): Promise<void> {
  world = await secondWorld();
  await world.manifests(job('one', schedules, '', spec));
  expect(await world.cli('apply --yes')).toMatchObject({ code: 0 });
  world.service.now += 60 * MINUTE;
  world.service.runs.length = 0;
  for (const schedule of world.service.named('one')?.schedules ?? []) schedule.fields['active'] = false;
}

const switches = () => world.service.named('one')?.schedules.map(({ fields }) => fields['active']);

describe('SEMANTICS 4, 5: what was over and gets a time again in its manifest', () => {
  it.each([
    ['a new time', '{time: "2026-11-22T12:13:20Z"}', '{time: "2026-12-22T12:13:20Z"}'],
    [
      'a later end',
      '{repeatInterval: 10 minutes, endTime: "2026-11-22T12:33:20Z"}',
      '{repeatInterval: 10 minutes, endTime: "2026-12-22T12:33:20Z"}',
    ],
    ['a cron with a future', '{cron: "2026 11 22 * 12 50 17"}', '{cron: "2027 11 22 * 12 50 17"}'],
  ])('%s: is switched on, without a run at once, as the plan says', async (_what, before, after) => {
    await overBy({ it: before });
    expect(await world.cli('plan --exit-code')).toMatchObject({ code: 0 });
    await world.manifests(job('one', { it: after }));
    const plan = await world.cli('plan');
    expect(plan.out).not.toContain('DRIFT_LEFT');
    expect(await world.cli('apply --yes')).toMatchObject({ code: 0 });
    expect(switches()).toEqual([true]);
    expect(world.service.runs).toEqual([]);
    expect(await world.cli('plan --exit-code')).toMatchObject({ code: 0 });
  });

  it('a later end of the job: its schedules are switched on', async () => {
    const end = (month: number) => `  endTime: "2026-${month}-22T12:33:20Z"\n`;
    const schedules = { cron: '{cron: "* * * * 6 12 17"}', often: '{repeatInterval: 1 hours}' };
    await overBy(schedules, end(11));
    await world.manifests(job('one', schedules, '', end(12)));
    expect((await world.cli('plan')).out).not.toContain('DRIFT_LEFT');
    expect(await world.cli('apply --yes')).toMatchObject({ code: 0 });
    expect(switches()).toEqual([true, true]);
    expect(world.service.runs).toEqual([]);
    expect(await world.cli('plan --exit-code')).toMatchObject({ code: 0 });
  });

  it('what was stopped by hand while it still had runs stays off with a new time', async () => {
    world = await secondWorld();
    const at = (month: number) => job('one', { it: `{time: "2026-${month}-24T12:13:20Z"}` });
    await world.manifests(at(11));
    await world.cli('apply --yes');
    for (const schedule of world.service.named('one')?.schedules ?? []) schedule.fields['active'] = false;
    await world.manifests(at(12));
    expect((await world.cli('plan')).out).toContain('DRIFT_LEFT');
    expect(await world.cli('apply --yes')).toMatchObject({ code: 0 });
    expect(switches()).toEqual([false]);
  });
});
