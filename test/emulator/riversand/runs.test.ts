import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batchBody, create, DAY, HOUR, list, MINUTE, NOON, PAIR, type Riversand, start } from './client.ts';

/** Minutes after noon at which runs started. */
function minutes(service: Riversand): number[] {
  return service.emulator.riversand
    .runs()
    .flatMap(({ startedAt }) => (startedAt === null ? [] : [(Date.parse(startedAt) - NOON) / MINUTE]));
}

async function switchTo(service: Riversand, verb: 'enable' | 'disable'): Promise<void> {
  await service.proxy(`schedule-batch-${verb}`, { jobIdentifier: PAIR });
}

describe('when a batch schedule runs', () => {
  it.each([
    ['without doNotRunUntil at once, then on and on', undefined, [0, 20, 40, 60]],
    ['with one in the future from then on', '2026-03-10T12:07:00Z', [7, 27, 47]],
    ['with one in the past at once, in a phase of its own', '2026-03-10T11:50:00Z', [0, 20, 40, 60]],
    ['with one in another zone', '2026-03-10T13:07:00+01:00', [7, 27, 47]],
  ])('%s', async (_what, doNotRunUntil, expected) => {
    const service = await start();
    await create(service, 'PT20M', doNotRunUntil);
    await service.emulator.clock.advance(HOUR);
    expect(minutes(service)).toEqual(expected);
  });

  it('a run that is due at once has run before the answer comes', async () => {
    const service = await start();
    const id = await create(service, 'PT1H');
    expect(service.emulator.riversand.runs()).toMatchObject([
      { scheduleId: id, dueAt: '2026-03-10T12:00:00.000Z', startedAt: '2026-03-10T12:00:00.000Z' },
    ]);
  });

  it('a replace moves the phase, and what was due on the old one is gone', async () => {
    const service = await start();
    await create(service, 'PT20M');
    await service.emulator.clock.advance(30 * MINUTE);
    await create(service, 'PT20M');
    await service.emulator.clock.advance(30 * MINUTE);
    expect(minutes(service)).toEqual([0, 20, 30, 50]);
  });

  it('the same runs, however the clock gets there', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 90 }),
        fc.integer({ min: 0, max: 100 }),
        fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 5 }),
        async (interval, first, steps) => {
          const service = await start();
          await create(service, `PT${interval}M`, new Date(NOON + first * MINUTE).toISOString());
          for (const step of steps) await service.emulator.clock.advance(step * MINUTE);
          const end = steps.reduce((sum, step) => sum + step, 0);
          const expected = [];
          for (let at = first; at <= end; at += interval) expected.push(at);
          expect(minutes(service)).toEqual(expected);
          await service.emulator.close();
        },
      ),
      { numRuns: 25 },
    );
  });
});

describe('at most one run of a schedule is active', () => {
  it('one that is due meanwhile waits for the end, and those after it are dropped', async () => {
    const service = await start({ settings: { runDuration: 50 * MINUTE } });
    await create(service, 'PT20M');
    await service.emulator.clock.advance(2 * HOUR);
    const runs = service.emulator.riversand.runs();
    expect(minutes(service)).toEqual([0, 50, 100]);
    const due = runs.map((run) => [(Date.parse(run.dueAt) - NOON) / MINUTE, run.startedAt !== null]);
    expect(due.filter(([at]) => Number(at) <= 100)).toEqual([
      [0, true],
      [20, true],
      [40, false],
      [60, true],
      [80, false],
      [100, false],
    ]);
  });

  it('one that is due meanwhile is dropped, if it is told to', async () => {
    const service = await start({ settings: { runDuration: 50 * MINUTE, overrun: 'drop' } });
    await create(service, 'PT20M');
    await service.emulator.clock.advance(2 * HOUR);
    expect(minutes(service)).toEqual([0, 60, 120]);
  });

  it('a job definition has a duration of its own', async () => {
    const apps = [
      { appId: PAIR.appId, jobDefinitions: [{ jobDefId: PAIR.jobDefId, runDuration: 30 * MINUTE }] },
    ];
    const service = await start({ tenants: [{ tenantId: 't', apps }] });
    await create(service, 'PT20M');
    expect(service.emulator.riversand.runs()).toMatchObject([{ endsAt: '2026-03-10T12:30:00.000Z' }]);
  });

  it.each([
    [false, '2026-03-10T12:30:00.000Z'],
    [true, '2026-03-10T12:10:00.000Z'],
  ])('a replace ends it: %s', async (deleteEndsRuns, endsAt) => {
    const service = await start({ settings: { runDuration: 30 * MINUTE, deleteEndsRuns } });
    await create(service, 'PT1H');
    await service.emulator.clock.advance(10 * MINUTE);
    await create(service, 'PT1H', '2026-03-10T13:00:00Z');
    expect(service.emulator.riversand.runs()).toMatchObject([{ endsAt, terminated: deleteEndsRuns }]);
  });
});

describe('a run log', () => {
  it('names the version and the payload of the schedule, also of one that is gone', async () => {
    const service = await start();
    const { riversand, clock } = service.emulator;
    const first = await create(service, 'PT1H', undefined, { jobInputPayload: { size: 1 } });
    expect(riversand.deploy(PAIR.appId)).toBe('1.0.1');
    await clock.advance(HOUR);
    const second = await create(service, 'PT1H', undefined, { jobInputPayload: { size: 2 } });
    expect(riversand.runs()).toMatchObject([
      { scheduleId: first, appVersion: '1.0.0', payload: { size: 1 } },
      { scheduleId: first, appVersion: '1.0.0', payload: { size: 1 } },
      { scheduleId: second, appVersion: '1.0.1', payload: { size: 2 } },
    ]);
    expect(riversand.runs({ scheduleId: second })).toHaveLength(1);
    expect(riversand.runs({ appId: 'other' })).toEqual([]);
  });

  it('goes back a month when the clock leaps', async () => {
    const service = await start();
    await create(service, 'PT10M');
    await service.emulator.clock.advance(3650 * DAY);
    const runs = service.emulator.riversand.runs();
    expect(runs.length).toBe(1 + 31 * 24 * 6 + 1);
    expect(Date.parse(runs.at(-1)?.startedAt ?? '')).toBe(NOON + 3650 * DAY);
  });
});

describe('disabled', () => {
  it('a schedule does not run, but the list shows it; enabled it goes on in its phase', async () => {
    const service = await start();
    const id = await create(service, 'PT20M');
    await switchTo(service, 'disable');
    await service.emulator.clock.advance(30 * MINUTE);
    expect((await list(service)).map((entry) => entry.id)).toEqual([id]);
    await switchTo(service, 'enable');
    await service.emulator.clock.advance(30 * MINUTE);
    expect(minutes(service)).toEqual([0, 40, 60]);
  });

  it.each([
    [30, [0, 30, 40, 60]],
    [40, [0, 40, 60]],
    [10, [0, 20, 40, 60]],
  ])('for %i minutes, and a missed run is made up if it is told to', async (pause, expected) => {
    const service = await start({ settings: { onEnable: 'now' } });
    await create(service, 'PT20M');
    await switchTo(service, 'disable');
    await service.emulator.clock.advance(pause * MINUTE);
    await switchTo(service, 'enable');
    await service.emulator.clock.advance((60 - pause) * MINUTE);
    expect(minutes(service)).toEqual(expected);
  });

  it('an active run goes on, and one that waits for its end does not start', async () => {
    const service = await start({ settings: { runDuration: 30 * MINUTE } });
    await create(service, 'PT20M');
    await service.emulator.clock.advance(25 * MINUTE);
    await switchTo(service, 'disable');
    await service.emulator.clock.advance(HOUR);
    expect(minutes(service)).toEqual([0]);
  });

  it('enabling what is enabled changes nothing', async () => {
    const service = await start({ settings: { onEnable: 'now' } });
    await create(service, 'PT20M');
    await service.emulator.clock.advance(30 * MINUTE);
    await switchTo(service, 'enable');
    expect(minutes(service)).toEqual([0, 20]);
  });

  it('a replaced schedule is enabled again', async () => {
    const service = await start();
    await create(service, 'PT20M', '2026-03-10T12:10:00Z');
    await switchTo(service, 'disable');
    await service.proxy('schedule-batch-process', batchBody('PT20M', '2026-03-10T12:10:00Z'));
    await service.emulator.clock.advance(15 * MINUTE);
    expect(minutes(service)).toEqual([10]);
  });
});

describe('while the service is down', () => {
  it('runs are lost, and the phase is kept', async () => {
    const service = await start();
    await create(service, 'PT20M');
    await service.emulator.clock.advance(50 * MINUTE, { down: true });
    await service.emulator.clock.advance(20 * MINUTE);
    expect(minutes(service)).toEqual([0, 60]);
  });
});
