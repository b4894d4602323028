import { describe, expect, it } from 'vitest';
import {
  DAY,
  HOUR,
  JOB,
  type Json,
  MINUTE,
  NOON,
  SECOND,
  type Service,
  start,
  withSchedule,
} from './client.ts';

async function runsOf(service: Service, path: string): Promise<string[]> {
  const { results } = (await service.get(`${path}/runs`)).body;
  return results.map((run: Json) => run.executionTimestamp).reverse();
}

async function schedule(service: Service, path: string): Promise<Json> {
  return (await service.get(path)).body;
}

const at = (ms: number) => new Date(NOON + ms).toISOString();

describe('repeatInterval', () => {
  it('without a start runs at once when it is created, then counts from there', async () => {
    const service = await start();
    const { path } = await withSchedule(service, { repeatInterval: '2 hours' });
    expect(await runsOf(service, path)).toEqual([at(0)]);
    expect((await schedule(service, path)).nextRunAt).toBe(at(2 * HOUR));
    await service.emulator.clock.advance(5 * HOUR);
    expect(await runsOf(service, path)).toEqual([at(0), at(2 * HOUR), at(4 * HOUR)]);
  });

  it('waits for a start in the future, also when it is switched on', async () => {
    const service = await start();
    const { path } = await withSchedule(service, {
      repeatInterval: '2 hours',
      startTime: at(HOUR),
      active: false,
    });
    await service.send('PUT', path, { active: true });
    expect(await runsOf(service, path)).toEqual([]);
    expect((await schedule(service, path)).nextRunAt).toBe(at(HOUR));
  });

  it('runs immediately when it is switched on after its planned start', async () => {
    const service = await start();
    const { path } = await withSchedule(service, {
      repeatInterval: '2 hours',
      startTime: at(-HOUR),
      active: false,
    });
    await service.emulator.clock.advance(HOUR);
    await service.send('PUT', path, { active: true });
    expect(await runsOf(service, path)).toEqual([at(HOUR)]);
  });

  it('runs immediately when its job is switched on', async () => {
    const service = await start();
    const { jobId, path } = await withSchedule(service, { repeatInterval: '2 hours' }, { active: false });
    expect(await runsOf(service, path)).toEqual([]);
    await service.send('PUT', `/scheduler/jobs/${jobId}`, { active: true });
    expect(await runsOf(service, path)).toEqual([at(0)]);
  });

  it('keeps its phase when something else is changed', async () => {
    const service = await start();
    const { jobId, path } = await withSchedule(service, { repeatInterval: '2 hours' });
    await service.emulator.clock.advance(30 * MINUTE);
    await service.send('PUT', path, { description: 'x', endTime: at(DAY) });
    await service.send('PUT', `/scheduler/jobs/${jobId}`, { endTime: at(DAY) });
    expect((await schedule(service, path)).nextRunAt).toBe(at(2 * HOUR));
    expect(await runsOf(service, path)).toEqual([at(0)]);
  });

  it('counts a new interval from the last run, and runs at once if that is over', async () => {
    const service = await start();
    const { path } = await withSchedule(service, { repeatInterval: '2 hours' });
    await service.emulator.clock.advance(HOUR);
    await service.send('PUT', path, { repeatInterval: '90 minutes' });
    expect((await schedule(service, path)).nextRunAt).toBe(at(90 * MINUTE));
    await service.send('PUT', path, { repeatInterval: '10 minutes' });
    expect(await runsOf(service, path)).toEqual([at(0), at(HOUR)]);
  });

  it('can be given a start that keeps it from running at once', async () => {
    const service = await start();
    const { path } = await withSchedule(service, { repeatInterval: '2 hours', active: false });
    await service.send('PUT', path, { active: true, startTime: at(7 * MINUTE) });
    await service.emulator.clock.advance(3 * HOUR);
    expect(await runsOf(service, path)).toEqual([at(7 * MINUTE), at(7 * MINUTE + 2 * HOUR)]);
  });
});

describe('repeatAt', () => {
  it('runs every day at its time', async () => {
    const service = await start();
    const { path } = await withSchedule(service, { repeatAt: '4.40pm' });
    await service.emulator.clock.advance(2 * DAY);
    expect(await runsOf(service, path)).toEqual(['2026-03-10T16:40:00.000Z', '2026-03-11T16:40:00.000Z']);
  });

  it('that nobody can read means now: it runs immediately', async () => {
    const service = await start();
    const { path } = await withSchedule(service, { repeatAt: 'teatime' });
    expect(await runsOf(service, path)).toEqual([at(0)]);
    await service.emulator.clock.advance(DAY);
    expect(await runsOf(service, path)).toEqual([at(0), at(DAY)]);
  });

  it('changed to something nobody can read runs immediately too', async () => {
    const service = await start();
    const { path } = await withSchedule(service, { repeatAt: '4.40pm' });
    await service.send('PUT', path, { repeatAt: 'teatime' });
    expect(await runsOf(service, path)).toEqual([at(0)]);
  });
});

describe('one-time schedules', () => {
  it.each([
    ['in 2 hours', at(2 * HOUR)],
    ['20 minutes from now', at(20 * MINUTE)],
    ['tomorrow at 4pm', '2026-03-11T16:00:00.000Z'],
    ['9pm tonight', '2026-03-10T21:00:00.000Z'],
    ['2026-03-10T15:00:00+02:00', at(HOUR)],
    ['Tue, 10 Mar 2026 13:30:00 GMT', at(90 * MINUTE)],
    [{ date: '11.03.2026 08', format: 'DD.MM.YYYY HH' }, '2026-03-11T08:00:00.000Z'],
  ])('read %j when the call arrives', async (time, expected) => {
    const service = await start();
    const { path } = await withSchedule(service, { time });
    expect((await schedule(service, path)).nextRunAt).toBe(expected);
  });

  it.each(['now', 'whenever it suits', '2020-01-01T00:00:00Z'])('run immediately for %s', async (time) => {
    const service = await start();
    const { path } = await withSchedule(service, { time });
    expect(await runsOf(service, path)).toEqual([at(0)]);
  });

  it('in the past whose end is past too never run', async () => {
    const service = await start();
    const { path } = await withSchedule(service, { time: at(-2 * HOUR), endTime: at(-HOUR) });
    expect(await runsOf(service, path)).toEqual([]);
    expect((await schedule(service, path)).active).toBe(false);
  });

  it('are switched off after their run and deleted 30 days later', async () => {
    const service = await start();
    const { jobId, path } = await withSchedule(service, { time: at(HOUR) });
    await service.emulator.clock.advance(HOUR);
    expect(await schedule(service, path)).toMatchObject({ active: false, nextRunAt: null });
    await service.emulator.clock.advance(30 * DAY - SECOND);
    expect((await service.get(path)).status).toBe(200);
    await service.emulator.clock.advance(SECOND);
    expect((await service.get(path)).status).toBe(404);
    expect((await service.get(`/scheduler/jobs/${jobId}`)).status).toBe(200);
  });

  it('run again when they are switched on after their run, and live 30 days from then', async () => {
    const service = await start();
    const { path } = await withSchedule(service, { time: at(HOUR) });
    await service.emulator.clock.advance(10 * DAY);
    await service.send('PUT', path, { active: true });
    expect(await runsOf(service, path)).toEqual([at(HOUR), at(10 * DAY)]);
    await service.emulator.clock.advance(30 * DAY - SECOND);
    expect((await service.get(path)).status).toBe(200);
  });
});

describe('cron', () => {
  it('runs at each of its times, in order', async () => {
    const service = await start();
    const { path } = await withSchedule(service, { cron: '* * * * 10:12 */30 0' });
    await service.emulator.clock.set(Date.parse('2026-03-11T11:00:00Z'));
    expect(await runsOf(service, path)).toEqual(
      ['2026-03-10T12:30', '2026-03-11T10:00', '2026-03-11T10:30', '2026-03-11T11:00'].map(
        (text) => `${text}:00.000Z`,
      ),
    );
  });

  it('with no future date is switched off', async () => {
    const service = await start();
    const { path } = await withSchedule(service, { cron: '2015 * * fri 12 0 0' });
    expect((await schedule(service, path)).active).toBe(false);
  });

  it('is switched off after its last date', async () => {
    const service = await start();
    const { path } = await withSchedule(service, { cron: '2026 3 12 * 12 0 0' });
    await service.emulator.clock.advance(3 * DAY);
    expect(await runsOf(service, path)).toEqual([at(2 * DAY)]);
    expect((await schedule(service, path)).active).toBe(false);
  });
});

describe('bounds', () => {
  it('an end that is reached switches a schedule off', async () => {
    const service = await start();
    const { path } = await withSchedule(service, { repeatInterval: '1 hours', endTime: at(90 * MINUTE) });
    await service.emulator.clock.advance(89 * MINUTE);
    expect(await schedule(service, path)).toMatchObject({ active: true, nextRunAt: null });
    await service.emulator.clock.advance(MINUTE);
    expect((await schedule(service, path)).active).toBe(false);
    expect(await runsOf(service, path)).toEqual([at(0), at(HOUR)]);
  });

  it("a job's start and end bound its schedules", async () => {
    const service = await start();
    const { path } = await withSchedule(
      service,
      { repeatInterval: '1 hours' },
      { startTime: at(HOUR), endTime: at(3 * HOUR) },
    );
    await service.emulator.clock.advance(DAY);
    expect(await runsOf(service, path)).toEqual([at(HOUR), at(2 * HOUR)]);
    expect((await schedule(service, path)).active).toBe(false);
  });

  it('a job that is off lets nothing run', async () => {
    const service = await start();
    const { jobId, path } = await withSchedule(service, { cron: '* * * * * 0 0' });
    await service.send('PUT', `/scheduler/jobs/${jobId}`, { active: false });
    expect(await schedule(service, path)).toMatchObject({ active: true, nextRunAt: null });
    await service.emulator.clock.advance(DAY);
    expect(await runsOf(service, path)).toEqual([]);
    await service.send('PUT', `/scheduler/jobs/${jobId}`, { active: true });
    expect((await schedule(service, path)).nextRunAt).toBe(at(DAY + HOUR));
  });
});

describe('after a downtime', () => {
  it('of more than 20 minutes only the last missed run is made up', async () => {
    const service = await start();
    const { path } = await withSchedule(service, { cron: '* * * * * */10 0' });
    await service.emulator.clock.advance(3 * HOUR + MINUTE, { down: true });
    const { results } = (await service.get(`${path}/runs`)).body;
    expect(results).toMatchObject([
      { scheduleTimestamp: at(3 * HOUR), executionTimestamp: at(3 * HOUR + MINUTE) },
    ]);
    expect((await schedule(service, path)).nextRunAt).toBe(at(3 * HOUR + 10 * MINUTE));
  });

  it('of less all of them are', async () => {
    const service = await start();
    const { path } = await withSchedule(service, { cron: '* * * * * */5 0' });
    await service.emulator.clock.advance(16 * MINUTE, { down: true });
    expect(await runsOf(service, path)).toEqual([at(5 * MINUTE), at(10 * MINUTE), at(15 * MINUTE)]);
  });

  it('an interval goes on from its late start', async () => {
    const service = await start();
    const { path } = await withSchedule(service, { repeatInterval: '1 hours' });
    await service.emulator.clock.advance(150 * MINUTE, { down: true });
    expect(await runsOf(service, path)).toEqual([at(0), at(150 * MINUTE)]);
    expect((await schedule(service, path)).nextRunAt).toBe(at(210 * MINUTE));
  });

  it('every schedule keeps the last run it missed, also those that have ended since', async () => {
    const service = await start();
    const once = await withSchedule(service, { time: at(HOUR) });
    const last = await withSchedule(service, { cron: '2026 3 10 * 13 0 0' }, { name: 'last' });
    const daily = await withSchedule(service, { repeatAt: '13:00' }, { name: 'daily' });
    await service.emulator.clock.advance(3 * DAY, { down: true });
    for (const { path } of [once, last]) {
      expect((await service.get(`${path}/runs`)).body.results).toMatchObject([
        { scheduleTimestamp: at(HOUR) },
      ]);
      expect((await schedule(service, path)).active).toBe(false);
    }
    expect((await service.get(`${daily.path}/runs`)).body.results).toMatchObject([
      { scheduleTimestamp: at(2 * DAY + HOUR) },
    ]);
  });
});

describe('run logs', () => {
  it('are kept for 15 days', async () => {
    const service = await start();
    const { path } = await withSchedule(service, { repeatAt: '13:00' });
    await service.emulator.clock.advance(40 * DAY);
    const runs = await runsOf(service, path);
    expect([runs.length, runs[0], runs.at(-1)]).toEqual([15, at(25 * DAY + HOUR), at(39 * DAY + HOUR)]);
  });

  it('a long jump keeps the phase of an interval', async () => {
    const service = await start();
    const { path } = await withSchedule(service, { repeatInterval: '7 hours' });
    await service.emulator.clock.advance(100 * DAY);
    const next = Date.parse((await schedule(service, path)).nextRunAt) - NOON;
    expect([next % (7 * HOUR), next > 100 * DAY]).toEqual([0, true]);
  });
});

it('runs of different schedules happen in the order of their times', async () => {
  const service = await start();
  const schedules = [{ time: at(2 * HOUR) }, { time: at(HOUR) }, { time: at(3 * HOUR) }].map((one) => ({
    ...one,
    active: true,
  }));
  await service.send('POST', '/scheduler/jobs', { ...JOB, schedules });
  const order: string[] = [];
  for (let hour = 0; hour < 3; hour++) {
    await service.emulator.clock.advance(HOUR);
    const found = (await service.get('/scheduler/search/schedules?q=active:false')).body.results;
    order.push(
      found
        .map((s: Json) => s.time)
        .sort()
        .join(),
    );
  }
  expect(order).toEqual([
    '2026-03-10 13:00:00',
    '2026-03-10 13:00:00,2026-03-10 14:00:00',
    '2026-03-10 13:00:00,2026-03-10 14:00:00,2026-03-10 15:00:00',
  ]);
});
