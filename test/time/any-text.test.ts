import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  crontabToSapCron,
  type Parsed,
  parseIsoDuration,
  parseRepeatAt,
  parseRepeatInterval,
  parseRiversandTime,
  parseSapCron,
  parseSapDate,
  readEnglishTime,
} from '../../src/time/index.ts';

const NOW = Date.parse('2026-11-22T03:00:00Z');

const READERS: Record<string, { read: (text: string) => Parsed<unknown>; good: string[] }> = {
  parseSapCron: {
    read: parseSapCron,
    good: [
      '* * * -1.sun 9 0 0',
      '2025:2030/2 1,2 3:-2 mon:fri 10:12 */30 0',
      '0 8 * * 1-5',
      '0 0 12 ? * MON#1 2025',
      '@daily',
    ],
  },
  crontabToSapCron: {
    read: crontabToSapCron,
    good: ['*/15 9-17 1,2 jan-mar *', '5/10 * * * sun-tue', '@weekly'],
  },
  parseRepeatInterval: {
    read: parseRepeatInterval,
    good: ['2 hours', 'twenty-five mins', '1.5 hours and 3 seconds'],
  },
  parseRepeatAt: { read: parseRepeatAt, good: ['4.40pm', '17.20:30', 'daily at 5 PM', '18.4'] },
  parseIsoDuration: { read: parseIsoDuration, good: ['P1Y2M3W4DT5H6M7S', '-PT1.5H'] },
  parseSapDate: {
    read: (text) => parseSapDate(text, { relativeTo: NOW }),
    good: [
      '2026-01-31T10:20:30.5+01:00',
      '2026-W05-3',
      '2026-123',
      'Sat, 05 Nov 1994 08:15:30 GMT',
      'tomorrow at 4pm',
      '2026/1/5',
    ],
  },
  readEnglishTime: {
    read: (text) => readEnglishTime(text, NOW),
    good: ['next week monday at 5am', 'in 2 hours', '9pm tonight'],
  },
  parseRiversandTime: {
    read: parseRiversandTime,
    good: ['2026-01-31 05:30 PM', '2026-01-31T17:30', '5:30pm'],
  },
};

/** A good text with a few characters struck out, put in or exchanged. */
function spoilt(good: string[]): fc.Arbitrary<string> {
  const edit = fc.tuple(
    fc.nat(),
    fc.nat({ max: 2 }),
    fc.constantFrom(...'0123456789*/:,.-+ ?#LWTZPMapm\n\0é'),
  );
  return fc.tuple(fc.constantFrom(...good), fc.array(edit, { maxLength: 3 })).map(([text, edits]) =>
    edits.reduce((now, [place, cut, put]) => {
      const at = place % (now.length + 1);
      return now.slice(0, at) + (cut === 2 ? '' : put) + now.slice(at + (cut === 0 ? 0 : 1));
    }, text),
  );
}

describe('any text at all', () => {
  it.each(Object.entries(READERS))(
    '%s answers with a value or an issue in its place, whose suggestion it accepts',
    (_, reader) => {
      const texts = fc.oneof(
        { weight: 4, arbitrary: spoilt(reader.good) },
        { weight: 1, arbitrary: fc.string() },
      );
      fc.assert(
        fc.property(texts, (text) => {
          const parsed = reader.read(text);
          if (parsed.ok) return;
          const { code, message, offset, length = 0, suggestion } = parsed.issue;
          expect(code).toMatch(/^TIME_[A-Z_]+$/);
          expect(message).not.toBe('');
          expect(offset, text).toBeGreaterThanOrEqual(0);
          expect(offset + length, `${JSON.stringify(text)} ${code}`).toBeLessThanOrEqual(
            Math.max(text.length, 1),
          );
          if (suggestion === undefined) return;
          const read =
            reader.read === crontabToSapCron && !/^[^:]*$/.test(suggestion) ? parseSapCron : reader.read;
          expect(read(suggestion), `${text}, offered ${suggestion}`).toMatchObject({ ok: true });
        }),
        { numRuns: 600 },
      );
    },
  );
});
