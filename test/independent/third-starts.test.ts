import { afterEach, describe, expect, it } from 'vitest';
import { begin, job, secondWorld, type World } from './second-world.ts';

let world: World;
afterEach(() => world.close());

const MINUTE = 60_000;
const often = (more = '') => job('one', { it: `{repeatInterval: 2 hours${more}}` });
const start = () => world.service.named('one')?.schedules[0]?.fields['startTime'];

async function apply(text: string): Promise<string> {
  await world.manifests(text);
  const { out } = await world.cli('plan');
  expect(await world.cli('apply --yes')).toMatchObject({ code: 0 });
  expect(await world.cli('plan --exit-code')).toMatchObject({ code: 0 });
  return out;
}

async function setUp(text: string): Promise<void> {
  world = await secondWorld();
  await apply(text);
  world.service.now += 30 * MINUTE;
  world.service.runs.length = 0;
}

describe('SEMANTICS 5, 7: the start of an interval is changed, and the plan shows the runs that come of it', () => {
  const later = ', startTime: "2026-12-01T01:00:00Z"';

  it('a start that is taken out holds it back no longer: it goes on in its phase', async () => {
    await setUp(often(later));
    expect(await apply(often())).toContain('Sun 2026-11-22 13:00, 15:00, 17:00');
    expect(start()).toBe('2026-11-22T13:00:00Z');
    expect(world.service.runs).toEqual([]);
  });

  it('a start that is moved into the past is its phase', async () => {
    await setUp(often(later));
    expect(await apply(often(', startTime: "2026-11-01T00:10:00Z"'))).toContain(
      'Sun 2026-11-22 14:10, 16:10',
    );
    expect(start()).toBe('2026-11-22T14:10:00Z');
    expect(world.service.runs).toEqual([]);
    await apply(often(', startTime: "2026-11-01T00:10:00Z", data: {a: 1}'));
    expect(start()).toBe('2026-11-22T14:10:00Z');
  });

  it('a start that somebody moved far away is put back without waiting for it', async () => {
    const anchored = often(', startTime: "2026-11-01T00:10:00Z"');
    await setUp(anchored);
    const schedule = world.service.named('one')?.schedules[0];
    if (schedule === undefined) throw new Error('no schedule');
    Object.assign(schedule.fields, { startTime: '2026-12-01T01:00:00Z' });
    schedule.due = Date.parse('2026-12-01T01:00:00Z');
    expect(await apply(anchored)).toContain('Sun 2026-11-22 14:10, 16:10');
    expect(start()).toBe('2026-11-22T14:10:00Z');
    expect(world.service.runs).toEqual([]);
  });

  it('one that is switched on again goes on from the start that the engine gave it, as the plan shows', async () => {
    await setUp(often());
    await apply(often(', data: {a: 1}'));
    expect(start()).toBe(new Date(begin + 120 * MINUTE).toISOString().replace('.000', ''));
    await apply(often(', data: {a: 1}, active: false'));
    expect(await apply(often(', data: {a: 1}'))).toContain('Sun 2026-11-22 14:03:20, 16:03:20');
    expect(start()).toBe('2026-11-22T14:03:20Z');
    expect(world.service.runs).toEqual([]);
  });
});
