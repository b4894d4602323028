import { describe, expect, it } from 'vitest';
import { formatInstant, formatRiversandTime, parseRiversandTime } from '../../src/time/index.ts';

const DAY = Date.parse('2026-06-15T12:34:56Z');

describe('Riversand start and stop times', () => {
  it.each([
    ['2026-01-31 05:30 PM', '2026-01-31T17:30:00Z'],
    ['2026-01-31 12:00 AM', '2026-01-31T00:00:00Z'],
    ['2026-01-31 12:00 pm', '2026-01-31T12:00:00Z'],
    ['2026-01-31T17:30', '2026-01-31T17:30:00Z'],
    [' 05:30 PM ', '2026-06-15T17:30:00Z'],
  ])('%s is %s', (text, instant) => {
    const parsed = parseRiversandTime(text, { day: DAY });
    expect(parsed.ok && formatInstant(parsed.value.at ?? 0)).toBe(instant);
  });

  it('leaves the day open for a bare time', () => {
    expect(parseRiversandTime('05:30 PM')).toMatchObject({ value: { at: null, secondOfDay: 17.5 * 3600 } });
  });

  it.each([
    ['2026-01-31T17:30:00Z', '2026-01-31T17:30'],
    ['2026-01-31 17:30', '2026-01-31T17:30'],
    ['2026-1-3 5:30 am', '2026-01-03 05:30 AM'],
    ['5:30pm', '05:30 PM'],
    ['05:30 p.m.', '05:30 PM'],
    ['17:30', undefined],
    ['13:30 PM', undefined],
    ['00:30 AM', undefined],
    ['2026-02-30 05:30 PM', undefined],
    ['2026-01-31T24:00', undefined],
    ['2026-01-31T10:60', undefined],
    ['soon', undefined],
  ])('%s is refused, %s offered', (text, suggestion) => {
    const parsed = parseRiversandTime(text);
    expect(parsed).toMatchObject({ ok: false, issue: { code: 'TIME_RIVERSAND_UNREADABLE' } });
    expect(parsed.ok === false && parsed.issue.suggestion).toBe(suggestion);
  });

  it('needs a date for a stop time', () => {
    expect(parseRiversandTime('05:30 PM', { requireDate: true, day: DAY })).toMatchObject({ ok: false });
    expect(parseRiversandTime('2026-01-31T17:30', { requireDate: true })).toMatchObject({ ok: true });
  });

  it('refuses the empty text and very long ones', () => {
    expect(parseRiversandTime('')).toMatchObject({ issue: { code: 'TIME_EMPTY' } });
    expect(parseRiversandTime('1'.repeat(201))).toMatchObject({ issue: { code: 'TIME_TOO_LONG' } });
  });

  it('is written in the format without AM and PM', () => {
    expect(formatRiversandTime(Date.parse('2026-01-31T17:30:59Z'))).toBe('2026-01-31T17:30');
  });
});
