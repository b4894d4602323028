import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fireTimes, parseSapCron, type Timing } from '../../src/time/index.ts';
import { DAY, HOUR, type Json, MINUTE, NOON, SECOND, type Service, start, withSchedule } from './client.ts';

const two = (value: number) => String(value).padStart(2, '0');
const number = (from: number, to: number) => fc.integer({ min: from, max: to });

const cron = fc
  .tuple(
    fc.constantFrom('*', '8:-1', '-1', '*/3'),
    fc.constantFrom('*', 'mon:fri', '-1.sun'),
    fc.constantFrom('*/6', '5,17', '*'),
    number(0, 59),
    number(0, 59),
  )
  .map(([day, weekday, hour, minute, second]) => ({
    cron: `* * ${day} ${weekday} ${hour} ${minute} ${second}`,
  }));
const repeatAt = fc
  .tuple(number(0, 23), number(0, 59), number(0, 59))
  .map(([hour, minute, second]) => ({ repeatAt: `${hour}.${two(minute)}:${two(second)}` }));
const repeatInterval = number(20, 3_000).map((minutes) => ({ repeatInterval: `${minutes} minutes` }));

function timingOf(sent: { cron?: string; repeatAt?: string; repeatInterval?: string }): Timing {
  if (sent.cron !== undefined) {
    const parsed = parseSapCron(sent.cron);
    if (!parsed.ok) throw new Error(sent.cron);
    return { mode: 'cron', cron: parsed.value, text: sent.cron };
  }
  if (sent.repeatAt !== undefined) {
    const [hour = 0, minute = 0, second = 0] = sent.repeatAt.split(/[.:]/).map(Number);
    return { mode: 'repeatAt', secondOfDay: (hour * 60 + minute) * 60 + second };
  }
  return { mode: 'repeatInterval', seconds: Number.parseInt(String(sent.repeatInterval), 10) * 60 };
}

async function startsOf(service: Service, path: string): Promise<number[]> {
  const { results } = (await service.get(`${path}/runs`)).body;
  return results.map((run: Json) => Date.parse(run.executionTimestamp)).reverse();
}

it('the runs of a schedule are those that src/time foretells, however the clock gets there', async () => {
  const service = await start();
  const from = NOON;
  let count = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(cron, repeatAt, repeatInterval),
      number(1, 4 * 24 * 60),
      number(1, 6 * 24 * 60),
      fc.array(number(1, 7 * DAY), { minLength: 1, maxLength: 4 }),
      async (sent, startsIn, lasts, leaps) => {
        service.emulator.clock.freeze();
        await service.emulator.clock.set(from);
        const startTime = from + startsIn * MINUTE;
        const endTime = startTime + lasts * MINUTE;
        const bounds = {
          startTime: new Date(startTime).toISOString(),
          endTime: new Date(endTime).toISOString(),
        };
        const { jobId, path } = await withSchedule(
          service,
          { ...sent, ...bounds },
          { name: `job${count++}` },
        );
        // A day short of what the logs are kept for.
        const until = from + 14 * DAY;
        for (const leap of leaps)
          await service.emulator.clock.set(Math.min(until, service.emulator.clock.now() + leap));
        const now = service.emulator.clock.now();
        const expected = fireTimes(timingOf(sent), { from, until: now + SECOND, startTime, endTime }).filter(
          (at) => at <= now,
        );
        expect(await startsOf(service, path)).toEqual(expected.slice(-200));
        // None of these ever runs out of dates: only its end switches it off.
        expect((await service.get(path)).body.active).toBe(now < endTime);
        await service.send('DELETE', `/scheduler/jobs/${jobId}`);
      },
    ),
    { numRuns: 60 },
  );
});

it('time between runs is never lost: a clock in small steps gives the same as one leap', async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(cron, repeatAt, repeatInterval), number(1, 9), async (sent, steps) => {
      const service = await start();
      const { path } = await withSchedule(service, sent);
      for (let step = 0; step < steps; step++) await service.emulator.clock.advance((36 * HOUR) / steps);
      const inSteps = await startsOf(service, path);
      const other = await start();
      const again = await withSchedule(other, sent);
      await other.emulator.clock.set(service.emulator.clock.now());
      expect(await startsOf(other, again.path)).toEqual(inSteps);
    }),
    { numRuns: 15 },
  );
});
