import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import {
  formatIsoDuration,
  formatRepeatAt,
  formatRepeatInterval,
  parseIsoDuration,
  parseRepeatAt,
  parseRepeatInterval,
} from '../../src/time/index.ts';

function refused(parsed: ReturnType<typeof parseRepeatInterval> | ReturnType<typeof parseRepeatAt>) {
  if (parsed.ok) throw new Error('accepted');
  return parsed.issue;
}

describe('repeatInterval', () => {
  it.each([
    ['1 second', 1],
    ['15 seconds', 15],
    ['5 minutes', 300],
    ['60 minutes', 3600],
    ['1 hours', 3600],
    ['2 Hours', 7200],
    ['  3   days ', 259_200],
    ['1 week', 604_800],
    ['1 month', 30 * 86_400],
    ['2 years', 2 * 365 * 86_400],
  ])('%s is %i seconds', (text, seconds) => {
    expect(parseRepeatInterval(text)).toEqual({ ok: true, value: { seconds }, warnings: [] });
  });

  it.each([
    ['twenty minutes', 'TIME_INTERVAL_WORDS', '20 minutes', 0],
    ['twenty-five minutes', 'TIME_INTERVAL_WORDS', '25 minutes', 0],
    ['ninety nine seconds', 'TIME_INTERVAL_WORDS', '99 seconds', 0],
    ['an hour', 'TIME_INTERVAL_WORDS', '1 hour', 0],
    ['half an hour', 'TIME_INTERVAL_WORDS', '30 minutes', 0],
    ['half hour', 'TIME_INTERVAL_WORDS', '30 minutes', 0],
    ['one hour and thirty minutes', 'TIME_INTERVAL_WORDS', '90 minutes', 0],
    ['2 hrs', 'TIME_INTERVAL_UNREADABLE', '2 hours', 2],
    ['10 mins', 'TIME_INTERVAL_UNREADABLE', '10 minutes', 3],
    ['3 secs.', 'TIME_INTERVAL_UNREADABLE', '3 seconds', 2],
    ['2h', 'TIME_INTERVAL_UNREADABLE', '2 hours', 1],
    ['1.5 hours', 'TIME_INTERVAL_UNREADABLE', '90 minutes', 1],
    ['2 hours 30 minutes', 'TIME_INTERVAL_UNREADABLE', '150 minutes', 2],
    ['every hour', 'TIME_INTERVAL_UNREADABLE', '1 hour', 0],
    ['every five minutes', 'TIME_INTERVAL_UNREADABLE', '5 minutes', 0],
    ['90', 'TIME_INTERVAL_UNREADABLE', undefined, 2],
    ['500 ms', 'TIME_INTERVAL_UNREADABLE', undefined, 4],
    ['garbage', 'TIME_INTERVAL_UNREADABLE', undefined, 0],
    ['1 constructor', 'TIME_INTERVAL_UNREADABLE', undefined, 2],
    ['5 fortnights', 'TIME_INTERVAL_UNREADABLE', undefined, 2],
    ['five hundred years', 'TIME_INTERVAL_UNREADABLE', undefined, 0],
    ['0.1 seconds', 'TIME_INTERVAL_UNREADABLE', undefined, 1],
    ['-5 minutes', 'TIME_INTERVAL_NEGATIVE', '5 minutes', 0],
    ['0 minutes', 'TIME_INTERVAL_ZERO', undefined, 0],
    ['99999 years', 'TIME_INTERVAL_TOO_LONG', undefined, 0],
    ['  ', 'TIME_EMPTY', undefined, 0],
    ['1'.repeat(500), 'TIME_TOO_LONG', undefined, 200],
  ])('%s is refused: %s', (text, code, suggestion, offset) => {
    const issue = refused(parseRepeatInterval(text));
    expect(issue).toMatchObject({ code, offset });
    expect(issue.suggestion).toBe(suggestion);
  });

  it('2 hours and 120 minutes have one canonical text', () => {
    expect(formatRepeatInterval(7200)).toBe('2 hours');
    expect(formatRepeatInterval(60)).toBe('1 minute');
    expect(formatRepeatInterval(61)).toBe('61 seconds');
    expect(formatRepeatInterval(14 * 86_400)).toBe('2 weeks');
  });

  it('keeps the seconds through its canonical text', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000_000 }), (seconds) => {
        expect(parseRepeatInterval(formatRepeatInterval(seconds))).toMatchObject({
          ok: true,
          value: { seconds },
        });
      }),
    );
  });

  it.each([0, -1, 1.5, Number.NaN])('has no text for %d seconds', (seconds) => {
    expect(() => formatRepeatInterval(seconds)).toThrow(RangeError);
  });
});

describe('repeatAt', () => {
  it.each([
    ['4.40pm', '16.40'],
    ['18.40', '18.40'],
    ['6.20am', '06.20'],
    ['17.20:30', '17.20:30'],
    ['17:20:30', '17.20:30'],
    ['09:00', '09.00'],
    ['6:20pm', '18.20'],
    ['6.00am', '06.00'],
    ['6.00 AM', '06.00'],
    ['10:30', '10.30'],
    ['12.00am', '00.00'],
    ['12.15pm', '12.15'],
    [' 0.05 ', '00.05'],
  ])('%s is %s', (text, canonical) => {
    const parsed = parseRepeatAt(text);
    expect(parsed.ok && formatRepeatAt(parsed.value.secondOfDay)).toBe(canonical);
  });

  it.each([
    ['9am', '09.00', 1],
    ['5 PM UTC', '17.00', 1],
    ['daily at 5pm', '17.00', 0],
    ['18.4', '18.40', 4],
    ['9:5', '09.05', 3],
    ['18.40pm', '18.40', 5],
    ['0.30am', '00.30', 4],
    ['1840', '18.40', 2],
    ['24:00', '00.00', 1],
    ['noon', '12.00', 0],
    ['midnight', '00.00', 0],
    ['18:60', undefined, 3],
    ['25.00', undefined, 1],
    ['25', undefined, 1],
    ['1899', undefined, 2],
    ['whenever', undefined, 0],
    ['9:9 foo', undefined, 2],
  ])('%s is refused, with what it would do: run immediately', (text, suggestion, offset) => {
    const issue = refused(parseRepeatAt(text));
    expect(issue).toMatchObject({ code: 'TIME_REPEAT_AT_UNREADABLE', offset });
    expect(issue.message).toContain('immediately');
    expect(issue.suggestion).toBe(suggestion);
  });

  it('explains what YAML makes of an unquoted 18.40', () => {
    expect(refused(parseRepeatAt('18.4')).hint).toContain('quotes');
  });

  it('refuses the empty text and very long ones', () => {
    expect(refused(parseRepeatAt(' '))).toMatchObject({ code: 'TIME_EMPTY' });
    expect(refused(parseRepeatAt('1'.repeat(300)))).toMatchObject({ code: 'TIME_TOO_LONG' });
  });

  it('keeps every second of the day through its canonical text', () => {
    for (let secondOfDay = 0; secondOfDay < 86_400; secondOfDay += 7) {
      expect(parseRepeatAt(formatRepeatAt(secondOfDay))).toMatchObject({ value: { secondOfDay } });
    }
  });

  it.each([-1, 86_400, 0.5])('has no text for second %d', (second) => {
    expect(() => formatRepeatAt(second)).toThrow(RangeError);
  });
});

describe('ISO durations', () => {
  it.each([
    ['PT1H', 3600],
    ['P1D', 86_400],
    ['P1W', 604_800],
    ['PT90M', 5400],
    ['PT45S', 45],
    ['P1DT2H3M4S', 93_784],
    ['P1W2D', 777_600],
  ])('%s is %i seconds', (text, seconds) => {
    expect(parseIsoDuration(text)).toEqual({ ok: true, value: { seconds }, warnings: [] });
  });

  it.each([
    ['P1M', 'TIME_DURATION_CALENDAR', 'P30D'],
    ['P1Y', 'TIME_DURATION_CALENDAR', 'P365D'],
    ['P0M', 'TIME_DURATION_CALENDAR', undefined],
    ['P0D', 'TIME_DURATION_ZERO', undefined],
    ['PT0S', 'TIME_DURATION_ZERO', undefined],
    ['-PT1H', 'TIME_DURATION_SIGN', 'PT1H'],
    ['+PT1H', 'TIME_DURATION_SIGN', 'PT1H'],
    ['PT1.5H', 'TIME_DURATION_FRACTION', 'PT1H30M'],
    ['PT0,25S', 'TIME_DURATION_FRACTION', undefined],
    ['pt1h', 'TIME_DURATION_UNREADABLE', 'PT1H'],
    ['P99999999D', 'TIME_DURATION_TOO_LONG', 'P99999999D'],
    ['PT', 'TIME_DURATION_UNREADABLE', undefined],
    ['P', 'TIME_DURATION_UNREADABLE', undefined],
    ['P1DT', 'TIME_DURATION_UNREADABLE', undefined],
    ['P1H', 'TIME_DURATION_UNREADABLE', undefined],
    ['1 hour', 'TIME_DURATION_UNREADABLE', undefined],
    ['', 'TIME_EMPTY', undefined],
    [`P${'9'.repeat(300)}D`, 'TIME_TOO_LONG', undefined],
  ])('%s is refused: %s', (text, code, suggestion) => {
    const issue = refused(parseIsoDuration(text));
    expect(issue.code).toBe(code);
    if (code !== 'TIME_DURATION_TOO_LONG') expect(issue.suggestion).toBe(suggestion);
  });

  it('never takes what Temporal refuses, and agrees with it on the seconds', () => {
    const part = fc.constantFrom('P', 'T', 'Y', 'M', 'W', 'D', 'H', 'S', '1', '2', '30', '0', '.', '-');
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
        const text = `P${parts.join('')}`;
        const ours = parseIsoDuration(text);
        if (!ours.ok) return;
        expect(ours.value.seconds).toBe(
          Temporal.Duration.from(text).total({ unit: 'seconds', relativeTo: '2026-01-01' }),
        );
      }),
      { numRuns: 2000 },
    );
  });

  it('keeps the seconds through its canonical text, which Temporal reads alike', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000_000 }), (seconds) => {
        const text = formatIsoDuration(seconds);
        expect(parseIsoDuration(text)).toMatchObject({ ok: true, value: { seconds } });
        expect(Temporal.Duration.from(text).total('seconds')).toBe(seconds);
      }),
    );
  });

  it('has no text for nothing', () => {
    expect(() => formatIsoDuration(0)).toThrow(RangeError);
  });
});
