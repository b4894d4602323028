import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { equalSapCron, formatSapCron, parseSapCron } from '../../src/time/index.ts';
import { oracleDay } from './cron-oracle.ts';
import { randomDayField, randomFrom, randomSapCron, randomWeekdayField } from './random-cron.ts';

function cronOf(text: string) {
  const parsed = parseSapCron(text);
  if (!parsed.ok) throw new Error(`${text}: ${parsed.issue.message}`);
  return parsed.value;
}

/** One month for each pairing of length and first weekday: 28 years hold all of them. */
function daysOfEveryKindOfMonth(): number[] {
  const kinds = new Map<string, number[]>();
  for (let month = 0; month < 28 * 12; month++) {
    const first = Date.UTC(2000, month, 1);
    const length = (Date.UTC(2000, month + 1, 1) - first) / 86_400_000;
    const days = Array.from({ length }, (_, day) => first + day * 86_400_000);
    kinds.set(`${length} ${new Date(first).getUTCDay()}`, days);
  }
  expect(kinds.size).toBe(28);
  return [...kinds.values()].flat();
}

const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });

describe('SEMANTICS 1: crons are compared by meaning', () => {
  it.each([
    ['* */3 10 * 9 0 0', '* 3,6,9,12 10 * 9 0 0'],
    ['* * * MON,TUE,WED,THU,FRI 22 30 0', '* * * mon:fri 22 30 0'],
    ['*/1 */1 */1 */1 */1 */1 */1', '* * * * * * *'],
    ['* * * * 0:23 0:59 0:59', '* * * * * * *'],
    ['1970:2099 1:12 1:31 sun:sat 0:23 0:59 0:59', '* * * * * * *'],
    ['* * 1:-1 * 0 0 0', '* * -31:-1 * 0 0 0'],
    ['* * * * * */60 0', '* * * * * 0 0'],
    ['* * * * * */1440 0', '* * * * * */60 */60'],
    ['* * * * 07 05 00', '* * * * 7 5 0'],
    ['* * * * 10:12 */30 0', '* * * * 12,10,11,10 30,0 0'],
    ['* * * 1.sun,2.sun,3.sun,4.sun,5.sun 0 0 0', '* * * sun 0 0 0'],
    ['* * * -1.sun,-2.sun,-3.sun,-4.sun,1.sun 0 0 0', '* * * SUN 0 0 0'],
    ['* * * fri:mon 0 0 0', '* * * mon,fri,sat,sun 0 0 0'],
    ['* 1 -1 * 0 0 0', '* 1 31 * 0 0 0'],
    ['2027 2 -1 * 0 0 0', '2027 2 28 * 0 0 0'],
    ['2027 2 * 1.mon 0 0 0', '2027 2 * -4.mon 0 0 0'],
    ['* * 28:-1 * 0 0 0', '* * 28,29,30,31 * 0 0 0'],
    ['* 4 30,31 * 0 0 0', '* 4 -1 * 0 0 0'],
    ['* * */10 * 0 0 0', '* * 10,20,30 * 0 0 0'],
    ['2024:2030/2 * * * 0 0 0', '2024,2026,2028,2030 * * * 0 0 0'],
  ])('%s is %s', (a, b) => {
    expect(formatSapCron(cronOf(a))).toBe(formatSapCron(cronOf(b)));
    expect(equalSapCron(cronOf(a), cronOf(b))).toBe(true);
  });

  it.each([
    ['* * -1 * 0 0 0', '* * 31 * 0 0 0'],
    ['* * * 5.sun 0 0 0', '* * * -1.sun 0 0 0'],
    ['* 2 -1 * 0 0 0', '* 2 28 * 0 0 0'],
    ['* * * * * 0 0', '* * * * 0 0 0'],
    ['2026 * * * 0 0 0', '2027 * * * 0 0 0'],
  ])('%s is not %s', (a, b) => {
    expect(equalSapCron(cronOf(a), cronOf(b))).toBe(false);
  });

  it.each([
    ['* * * * 9,10,11,12,13,14,15,16,17 */15 0', '* * * * 9:17 */15 0'],
    ['* * * * * 5,15,25,35,45,55 0', '* * * * * 5:55/10 0'],
    ['* */3 10 * 9 0 0', '* 3,6,9,12 10 * 9 0 0'],
    ['* * 3:-2 * 12:14 0 0', '* * 3:-2 * 12:14 0 0'],
    ['* * 3:-2/2 * 12 0 0', '* * 3:-2/2 * 12 0 0'],
    ['* * -1,15,1 * 0 0 0', '* * 1,15,-1 * 0 0 0'],
    ['* * -1,-2,-3 * 0 0 0', '* * -3:-1 * 0 0 0'],
    ['* * * -1.fri,2.mon,tue 0 0 0', '* * * tue,2.mon,-1.fri 0 0 0'],
    ['* * 15:-15 * 0 0 0', '* * 15:-15 * 0 0 0'],
    ['* 2 30 * 0 0 0', '* 2 31 * 0 0 0'],
    ['* 1 -20:9 * 0 0 0', '* 1 -20:9 * 0 0 0'],
    ['2027 2 * 5.mon 0 0 0', '2027 2 * 5.sun 0 0 0'],
  ])('%s is written as %s', (text, canonical) => {
    expect(formatSapCron(cronOf(text))).toBe(canonical);
  });

  it('does not depend on how the same lists are written', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const random = randomFrom(seed);
        const text = randomSapCron(random);
        const rewritten = text
          .split(' ')
          .map((field) => {
            const terms = field.split(',').sort(() => random() - 0.5);
            const doubled = random() < 0.3 ? [...terms, terms[0] ?? '*'] : terms;
            return doubled
              .map((term) => (random() < 0.5 ? term.toUpperCase() : term.replace(/^\d$/, '0$&')))
              .join(',');
          })
          .join('  ');
        expect(formatSapCron(cronOf(rewritten))).toBe(formatSapCron(cronOf(text)));
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['day', (random: () => number) => `* * ${randomDayField(random)} * 0 0 0`],
    ['weekday', (random: () => number) => `* * * ${randomWeekdayField(random)} 0 0 0`],
  ])('two %s fields are equal exactly when they name the same days in every kind of month', (_, make) => {
    const days = daysOfEveryKindOfMonth();
    const meanings = new Map<string, string>();
    const random = randomFrom(20_260_101);
    for (let i = 0; i < 250; i++) {
      const text = make(random);
      const canonical = formatSapCron(cronOf(text));
      const meaning = days.map((day) => (oracleDay(text, day) ? '1' : '0')).join('');
      expect(meanings.get(meaning) ?? canonical, text).toBe(canonical);
      meanings.set(meaning, canonical);
    }
    expect(new Set(meanings.values()).size).toBe(meanings.size);
  });
});
