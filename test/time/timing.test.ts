import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  fires,
  fireTimes,
  formatInstant,
  intersectBounds,
  nextFire,
  parseSapCron,
  type Timing,
  type Window,
} from '../../src/time/index.ts';

const at = (text: string) => Date.parse(`2026-03-01T${text}Z`);
const texts = (timing: Timing, window: Window) =>
  fireTimes(timing, window).map((fire) => formatInstant(fire).slice(11, 19));

function cron(text: string): Timing {
  const parsed = parseSapCron(text);
  if (!parsed.ok) throw new Error(parsed.issue.message);
  return { mode: 'cron', cron: parsed.value, text };
}

const HOURLY: Timing = { mode: 'repeatInterval', seconds: 3600 };
const TIMINGS: Timing[] = [
  cron('* * * * * */7 11'),
  cron('* * * mon:fri 8:17 0 0'),
  { mode: 'repeatInterval', seconds: 5417 },
  { mode: 'isoInterval', seconds: 90_000 },
  { mode: 'repeatAt', secondOfDay: 62_430 },
  { mode: 'time', at: at('12:00:00') },
];

describe('SEMANTICS 5: phases of intervals', () => {
  const window = { from: at('10:20:00'), until: at('13:00:00') };

  it('keep to a known due time, past or to come', () => {
    expect(texts(HOURLY, { ...window, anchor: at('07:30:00') })).toEqual([
      '10:30:00',
      '11:30:00',
      '12:30:00',
    ]);
    expect(texts(HOURLY, { ...window, anchor: at('11:45:00') })).toEqual(['11:45:00', '12:45:00']);
  });

  it('start with the start time', () => {
    expect(texts(HOURLY, { ...window, startTime: at('08:10:00') })).toEqual(['11:10:00', '12:10:00']);
    expect(texts(HOURLY, { ...window, startTime: at('12:10:00') })).toEqual(['12:10:00']);
  });

  it('prefer the known due time to the start time, which then only bounds them', () => {
    const phase = { anchor: at('07:30:00'), startTime: at('11:45:00') };
    expect(texts(HOURLY, { ...window, ...phase })).toEqual(['12:30:00']);
  });

  it('start at once without either', () => {
    expect(texts(HOURLY, window)).toEqual(['10:20:00', '11:20:00', '12:20:00']);
    expect(nextFire(HOURLY, at('10:20:00'))).toBe(at('11:20:00'));
  });
});

describe('windows', () => {
  const daily: Timing = { mode: 'repeatAt', secondOfDay: 10 * 3600 };

  it('hold their first instant and not their last', () => {
    expect(texts(daily, { from: at('10:00:00'), until: at('10:00:00') + 86_400_000 })).toEqual(['10:00:00']);
    expect(texts(daily, { from: at('10:00:01'), until: at('10:00:00') + 86_400_000 })).toEqual([]);
  });

  it('are cut by start and end time alike', () => {
    const week = { from: at('00:00:00'), until: at('00:00:00') + 7 * 86_400_000 };
    const bounds = { startTime: at('10:00:00') + 86_400_000, endTime: at('10:00:00') + 3 * 86_400_000 };
    expect(fireTimes(daily, { ...week, ...bounds })).toEqual([
      bounds.startTime,
      bounds.startTime + 86_400_000,
    ]);
  });

  it('hold a one-time schedule once, and only if it falls inside', () => {
    const once: Timing = { mode: 'time', at: at('12:00:00') };
    expect(texts(once, { from: at('12:00:00'), until: at('13:00:00') })).toEqual(['12:00:00']);
    expect(texts(once, { from: at('11:00:00'), until: at('12:00:00') })).toEqual([]);
    expect(nextFire(once, at('12:00:00'))).toBeNull();
    expect(nextFire(once, at('11:59:59'), { endTime: at('12:00:00') })).toBeNull();
  });

  it('stop at the limit', () => {
    const everySecond = cron('* * * * * * *');
    const endless = { from: 0, until: Number.POSITIVE_INFINITY };
    expect(fireTimes(everySecond, { ...endless, limit: 3 })).toEqual([0, 1000, 2000]);
    expect(fireTimes(everySecond, { ...endless, limit: 0 })).toEqual([]);
    expect(fires(everySecond, endless).next().value).toBe(0);
  });

  it('are empty when they end before they begin', () => {
    for (const timing of TIMINGS)
      expect(fireTimes(timing, { from: at('13:00:00'), until: at('11:00:00') })).toEqual([]);
  });
});

describe('next fires', () => {
  it('are the first of the fires after the moment, for every mode', () => {
    const instants = fc.integer({ min: at('00:00:00') - 10 ** 9, max: at('00:00:00') + 10 ** 9 });
    fc.assert(
      fc.property(fc.constantFrom(...TIMINGS), instants, instants, (timing, after, anchor) => {
        const next = nextFire(timing, after, { anchor });
        const [first = null] = fireTimes(timing, {
          from: after + 1,
          until: after + 10 ** 10,
          anchor,
          limit: 1,
        });
        expect(next).toBe(first);
        if (next !== null) expect(next).toBeGreaterThan(after);
      }),
    );
  });

  it('are strictly increasing, for every mode', () => {
    for (const timing of TIMINGS) {
      const times = fireTimes(timing, { from: at('00:00:00'), until: at('00:00:00') + 10 ** 9, limit: 200 });
      expect(times.length).toBeGreaterThan(0);
      expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
    }
  });
});

describe('bounds', () => {
  it('of a job limit those of its schedules', () => {
    expect(intersectBounds({ startTime: 5, endTime: 9 }, { startTime: 7, endTime: 20 })).toEqual({
      startTime: 7,
      endTime: 9,
    });
    expect(intersectBounds({ startTime: 5 }, { endTime: 20 })).toEqual({ startTime: 5, endTime: 20 });
    expect(intersectBounds({}, {})).toEqual({});
  });
});
