import { describe, expect, it } from 'vitest';
import { formatInstant, readEnglishTime } from '../../src/time/index.ts';

// A Wednesday.
const NOW = Date.parse('2026-11-18T13:20:10.500Z');

describe('English one-time texts, as they are documented', () => {
  it.each([
    ['now', '2026-11-18T13:20:10.500Z'],
    ['10 hours from now', '2026-11-18T23:20:10.500Z'],
    ['20 minutes from now', '2026-11-18T13:40:10.500Z'],
    ['1 hour from now', '2026-11-18T14:20:10.500Z'],
    ['in 2 hours', '2026-11-18T15:20:10.500Z'],
    ['in 2 minutes', '2026-11-18T13:22:10.500Z'],
    ['in 3 secs', '2026-11-18T13:20:13.500Z'],
    ['in 5 hrs', '2026-11-18T18:20:10.500Z'],
    ['in 10 mins', '2026-11-18T13:30:10.500Z'],
    ['in 3 days', '2026-11-21T13:20:10.500Z'],
    ['in 1 week', '2026-11-25T13:20:10.500Z'],
    ['  In  2  Hours ', '2026-11-18T15:20:10.500Z'],
    ['9pm tonight', '2026-11-18T21:00:00Z'],
    ['tonight at 9pm', '2026-11-18T21:00:00Z'],
    ['tomorrow at 4pm', '2026-11-19T16:00:00Z'],
    ['tomorrow at 4.30pm', '2026-11-19T16:30:00Z'],
    ['5am tomorrow', '2026-11-19T05:00:00Z'],
    ['next week monday at 5am', '2026-11-23T05:00:00Z'],
    ['next week Sunday at 18.40', '2026-11-29T18:40:00Z'],
    ['next week wed at 5am', '2026-11-25T05:00:00Z'],
    ['18.40', '2026-11-18T18:40:00Z'],
    ['3.30pm', '2026-11-18T15:30:00Z'],
    ['9pm', '2026-11-18T21:00:00Z'],
    ['friday at 5pm', '2026-11-20T17:00:00Z'],
    ['monday at 5pm', '2026-11-23T17:00:00Z'],
    ['in two hours', '2026-11-18T15:20:10.500Z'],
    ['5 November 2027 at 8:15', '2027-11-05T08:15:00Z'],
    ['2027-01-01T00:00:00+01:00', '2026-12-31T23:00:00Z'],
    ['Fri, 01 Jan 2027 00:00:00 GMT', '2027-01-01T00:00:00Z'],
  ])('%s is %s', (text, instant) => {
    const parsed = readEnglishTime(text, NOW);
    expect(parsed.ok && formatInstant(parsed.value.at)).toBe(instant);
    expect(parsed).toMatchObject({ warnings: [] });
  });

  it.each(['10.00', '9am', 'today at 3.30am'])(
    'warns that %s is past: the service would run it immediately',
    (text) => {
      expect(readEnglishTime(text, NOW)).toMatchObject({ ok: true, warnings: [{ code: 'TIME_PAST' }] });
    },
  );

  it.each([
    ['blah', 'TIME_ENGLISH_UNREADABLE', 0],
    ['  blah', 'TIME_ENGLISH_UNREADABLE', 2],
    ['in 2 hours or so', 'TIME_ENGLISH_UNREADABLE', 10],
    ['5pm on friday and saturday', 'TIME_ENGLISH_UNREADABLE', 13],
    ['monday to friday', 'TIME_ENGLISH_UNREADABLE', 16],
    ['please run in 2 hours', 'TIME_ENGLISH_UNREADABLE', 0],
    ['next week monday at whenever', 'TIME_ENGLISH_UNREADABLE', 9],
    ['13pm', 'TIME_ENGLISH_UNREADABLE', 0],
    ['in 99999999999999999 weeks', 'TIME_ENGLISH_UNREADABLE', 0],
    ['2026-02-30', 'TIME_ENGLISH_UNREADABLE', 0],
    ['2026-02-30T10:00:00Z', 'TIME_ENGLISH_UNREADABLE', 0],
    [' ', 'TIME_EMPTY', 0],
    ['in '.repeat(100), 'TIME_TOO_LONG', 200],
  ])('%s is not one clear time', (text, code, offset) => {
    expect(readEnglishTime(text, NOW)).toMatchObject({ ok: false, issue: { code, offset } });
  });

  it.each([
    ['01.03.2027', 0, '2027-03-01', '2027-01-03'],
    [' 1/3/2027', 1, '2027-03-01', '2027-01-03'],
    ['1-3-27', 0, '2027-03-01', '2027-01-03'],
    ['3/1', 0, '2027-01-03', '2027-03-01'],
    ['01.03.2027 04:30', 0, '2027-03-01T04:30:00Z', '2027-01-03T04:30:00Z'],
    ['at 5pm on 1.3.2027', 10, '2027-03-01T17:00:00Z', '2027-01-03T17:00:00Z'],
  ])('%s may have the day or the month first', (text, offset, dayFirst, monthFirst) => {
    expect(readEnglishTime(text, NOW)).toMatchObject({
      ok: false,
      issue: {
        ...{ code: 'TIME_DATE_AMBIGUOUS', offset },
        hint: `Write ${dayFirst} (day first) or ${monthFirst} (month first).`,
      },
    });
  });

  it.each([
    ['13.03.2027', '2027-03-13'],
    ['03/13/2027', '2027-03-13'],
    ['03.03.2027', '2027-03-03'],
    ['2027/01/03', '2027-01-03'],
    ['1 March 2027', '2027-03-01'],
  ])('%s can only be %s', (text, day) => {
    const parsed = readEnglishTime(text, NOW);
    expect(parsed.ok && formatInstant(parsed.value.at).slice(0, 10)).toBe(day);
  });
});
