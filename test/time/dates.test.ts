import fc from 'fast-check';
import moment from 'moment';
import { describe, expect, it } from 'vitest';
import { formatInstant, parseSapDate } from '../../src/time/index.ts';

const NOW = Date.parse('2026-11-22T03:00:00Z');

function instantOf(value: unknown): string {
  const parsed = parseSapDate(value);
  if (!parsed.ok) throw new Error(parsed.issue.message);
  return formatInstant(parsed.value.at);
}

function refused(value: unknown, relativeTo?: number) {
  const parsed = relativeTo === undefined ? parseSapDate(value) : parseSapDate(value, { relativeTo });
  if (parsed.ok) throw new Error(`${JSON.stringify(value)} was accepted`);
  return parsed.issue;
}

describe('dates with a zone', () => {
  it.each([
    ['2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z'],
    ['2015-10-19T23:00:00.000Z', '2015-10-19T23:00:00Z'],
    ['2026-01-01T00:00:00.123456Z', '2026-01-01T00:00:00.123Z'],
    ['1994-11-05T08:15:30-05:00', '1994-11-05T13:15:30Z'],
    ['2026-09-15T14:30+0200', '2026-09-15T12:30:00Z'],
    ['2026-09-15T14+02', '2026-09-15T12:00:00Z'],
    ['2015-10-20 04:30 +0000', '2015-10-20T04:30:00Z'],
    ['20240101T101112Z', '2024-01-01T10:11:12Z'],
    ['2026-W01-1T00:00Z', '2025-12-29T00:00:00Z'],
    ['2026W537T12Z', '2027-01-03T12:00:00Z'],
    ['2024-366T00:00Z', '2024-12-31T00:00:00Z'],
    ['2026001T00:00:00,5Z', '2026-01-01T00:00:00.500Z'],
    ['2026-01-01T24:00:00Z', '2026-01-02T00:00:00Z'],
    ['Sat, 05 Nov 1994 08:15:30 GMT', '1994-11-05T08:15:30Z'],
    ['5 nov 94 08:15 EST (eastern)', '1994-11-05T13:15:00Z'],
    ['05 Nov 49 08:15 -0130', '2049-11-05T09:45:00Z'],
  ])('%s is %s', (text, instant) => {
    expect(parseSapDate(text)).toEqual({
      ok: true,
      value: { at: Date.parse(instant), zoneAssumed: false },
      warnings: [],
    });
  });

  it.each([
    [{ date: '2015-10-20 04:30 +0000', format: 'YYYY-MM-DD HH:mm Z' }, '2015-10-20T04:30:00Z'],
    [{ date: '2015-10-20 04:30 +0530', format: 'YYYY-MM-DD HH:mm ZZ' }, '2015-10-19T23:00:00Z'],
    [{ date: '1735689600', format: 'X' }, '2025-01-01T00:00:00Z'],
    [{ date: '1735689600000', format: 'x' }, '2025-01-01T00:00:00Z'],
    [{ date: '2026-01-01T10:00 Z', format: 'YYYY-MM-DDTHH:mm Z' }, '2026-01-01T10:00:00Z'],
  ])('%j is %s', (value, instant) => {
    expect(parseSapDate(value)).toMatchObject({ value: { zoneAssumed: false }, warnings: [] });
    expect(instantOf(value)).toBe(instant);
  });
});

describe('dates without a zone are read as UTC, and said to be', () => {
  it.each([
    ['2015-10-20 04:30:00', '2015-10-20T04:30:00Z'],
    ['2026-01-31', '2026-01-31T00:00:00Z'],
    ['2030-W06-5', '2030-02-08T00:00:00Z'],
    ['2030-W06', '2030-02-04T00:00:00Z'],
    [{ date: '2015-12-08 09:30:26.123' }, '2015-12-08T09:30:26.123Z'],
    [{ date: '2015-12-08 09:30', format: 'YYYY-MM-DD HH:mm' }, '2015-12-08T09:30:00Z'],
    [{ date: 'Jan 5th 2026 4pm', format: 'MMM Do YYYY ha' }, '2026-01-05T16:00:00Z'],
  ])('%j is %s', (value, instant) => {
    expect(instantOf(value)).toBe(instant);
    expect(parseSapDate(value)).toMatchObject({
      value: { zoneAssumed: true },
      warnings: [{ code: 'TIME_ZONE_ASSUMED', suggestion: instant }],
    });
  });

  it('does not warn of a bare day with its own format', () => {
    expect(parseSapDate({ date: '2025-01-01', format: 'YYYY-MM-DD' })).toEqual({
      ok: true,
      value: { at: Date.UTC(2025, 0, 1), zoneAssumed: true },
      warnings: [],
    });
  });
});

describe('nonsense is refused, not rolled over', () => {
  it.each([
    ['2026-02-30', 8, 2],
    ['2026-13-01', 5, 2],
    ['2026-00-10', 5, 2],
    ['  2025-02-29T00:00Z', 10, 2],
    ['2026-366', 5, 3],
    ['2025-W53-1', 6, 2],
    ['2026-W10-8', 9, 1],
    ['2026-01-01T25:00Z', 11, 2],
    ['2026-01-01T24:01Z', 11, 2],
    ['2026-01-01T10:60Z', 14, 2],
    ['2026-01-01T10:00:60Z', 17, 2],
    ['2026-01-01T10:00+24:00', 16, 6],
    ['31 Feb 2026 10:00 GMT', 0, 2],
    ['Sun, 05 Nov 1994 08:15:30 GMT', 0, 3],
    ['05 Nov 1994 24:15 GMT', 12, 2],
    ['05 Nov 1994 08:60 GMT', 15, 2],
    ['05 Nov 1994 08:15:61 GMT', 18, 2],
    ['05 Nov 1994 08:15 +2500', 18, 5],
  ])('%s, at %i', (text, offset, length) => {
    expect(refused(text)).toMatchObject({ code: 'TIME_DATE_UNREADABLE', offset, length });
  });

  it.each([
    ['2026-1-5', '2026-01-05'],
    ['2026/01/05 7:05', '2026-01-05T07:05:00Z'],
    ['2026-13-1', undefined],
    ['1735689600000', '2025-01-01T00:00:00Z'],
    [1_735_689_600_000, '2025-01-01T00:00:00Z'],
    [1e300, undefined],
    ['5 November 2027 at 8:15', '2027-11-05T08:15:00Z'],
    ['01/02/2026', undefined],
    ['2026', undefined],
    ['soon', undefined],
    [null, undefined],
    [undefined, undefined],
    [true, undefined],
    [[], undefined],
    [{}, undefined],
    [{ date: 5 }, undefined],
  ])('%j, with %j offered', (value, suggestion) => {
    expect(refused(value).code).toBe('TIME_DATE_UNREADABLE');
    expect(refused(value).suggestion).toBe(suggestion);
  });

  it.each([
    [{ date: '2025-02-30', format: 'YYYY-MM-DD' }, 'TIME_DATE_UNREADABLE'],
    [{ date: '2025-01-01 10:00', format: 'YYYY-MM-DD' }, 'TIME_DATE_UNREADABLE'],
    [{ date: '2025-1-1', format: 'YYYY-MM-DD' }, 'TIME_DATE_UNREADABLE'],
    [{ date: '2025-01-01', format: 'yyyy-MM-dd' }, 'TIME_FORMAT_UNKNOWN'],
    [{ date: '2025-01-01', format: 'foo' }, 'TIME_FORMAT_UNKNOWN'],
    [{ date: '2025-01-01', format: '' }, 'TIME_FORMAT_UNKNOWN'],
    [{ date: '2025-01-01', format: 7 }, 'TIME_FORMAT_UNKNOWN'],
    [{ date: '10:00', format: 'HH:mm' }, 'TIME_FORMAT_UNKNOWN'],
    [{ date: '05-20', format: 'MM-DD' }, 'TIME_FORMAT_UNKNOWN'],
    [{ date: '2026', format: 'gggg' }, 'TIME_FORMAT_UNKNOWN'],
    [{ date: 'x'.repeat(500), format: 'YYYY' }, 'TIME_TOO_LONG'],
    ['x'.repeat(500), 'TIME_TOO_LONG'],
    ['  ', 'TIME_EMPTY'],
  ])('%j is refused: %s', (value, code) => {
    expect(refused(value).code).toBe(code);
  });

  it('offers moment tokens for Java-style ones', () => {
    expect(refused({ date: '2025-01-01', format: 'yyyy-MM-dd' }).hint).toContain('YYYY-MM-DD');
  });
});

describe('SEMANTICS 4: a one-time `time` is an instant, not a relative text', () => {
  it.each([
    ['in 2 hours', '2026-11-22T05:00:00Z'],
    ['now', '2026-11-22T03:00:00Z'],
    ['tomorrow at 4pm', '2026-11-23T16:00:00Z'],
    ['9pm tonight', '2026-11-22T21:00:00Z'],
    ['18.40', '2026-11-22T18:40:00Z'],
  ])('refuses %s and offers %s', (text, instant) => {
    expect(refused(text, NOW)).toMatchObject({ code: 'TIME_RELATIVE', suggestion: instant });
    expect(refused(text)).toMatchObject({ code: 'TIME_RELATIVE' });
    expect(refused(text).suggestion).toBeUndefined();
    expect(refused({ date: text }, NOW)).toMatchObject({ code: 'TIME_RELATIVE' });
  });
});

describe('dates against moment', () => {
  const instants = fc.integer({ min: Date.UTC(1950, 0, 1), max: Date.UTC(2090, 0, 1) });
  const isoFormats = fc.constantFrom(
    'YYYY-MM-DDTHH:mm:ssZ',
    'YYYY-MM-DD HH:mm:ss.SSSZ',
    'YYYYMMDDTHHmmssZZ',
    'GGGG-[W]WW-ETHH:mmZ',
    'YYYY-DDDDTHHZ',
    'ddd, DD MMM YYYY HH:mm:ss ZZ',
    'D MMM YYYY HH:mm ZZ',
  );

  it('reads what moment writes, in any zone', () => {
    fc.assert(
      fc.property(instants, isoFormats, fc.integer({ min: -24, max: 28 }), (at, format, halfHours) => {
        const written = moment
          .utc(at)
          .utcOffset(halfHours * 30)
          .format(format);
        const expected = moment.utc(written, format, true).valueOf();
        expect(parseSapDate(written), written).toMatchObject({
          ok: true,
          value: { at: expected, zoneAssumed: false },
        });
      }),
      { numRuns: 500 },
    );
  });

  it('refuses the days that moment in strict mode refuses', () => {
    const number = (max: number) => fc.integer({ min: 0, max });
    fc.assert(
      fc.property(
        fc.integer({ min: 1990, max: 2040 }),
        number(14),
        number(33),
        number(60),
        (year, month, day, week) => {
          const two = (n: number) => String(n).padStart(2, '0');
          for (const [text, format] of [
            [`${year}-${two(month)}-${two(day)}`, 'YYYY-MM-DD'],
            [`${year}-W${two(week)}-${day % 10}`, 'GGGG-[W]WW-E'],
          ] as const) {
            const theirs = moment.utc(text, format, true);
            const ours = parseSapDate(text);
            expect(ours.ok, text).toBe(theirs.isValid());
            if (ours.ok) expect(ours.value.at).toBe(theirs.valueOf());
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it('does not depend on a locale set elsewhere', () => {
    const before = moment.locale();
    moment.defineLocale('test-locale', {
      months: 'a_b_c_d_e_f_g_h_i_j_k_l'.split('_'),
      monthsShort: 'a_b_c_d_e_f_g_h_i_j_k_l'.split('_'),
    });
    moment.locale('test-locale');
    expect(instantOf({ date: 'March 5 2026', format: 'MMMM D YYYY' })).toBe('2026-03-05T00:00:00Z');
    moment.locale(before);
  });
});

describe('instants as text', () => {
  it('show milliseconds only when there are some', () => {
    expect(formatInstant(Date.UTC(2026, 0, 1))).toBe('2026-01-01T00:00:00Z');
    expect(formatInstant(Date.UTC(2026, 0, 1, 0, 0, 0, 7))).toBe('2026-01-01T00:00:00.007Z');
  });
});
