import { describe, expect, test } from 'vitest';
import { runCli } from './fake-io.ts';

async function explain(...argv: string[]) {
  const { code, out, err } = await runCli(['explain', ...argv, '-o', 'json']);
  expect(err).toBe('');
  expect(code).toBe(0);
  return JSON.parse(out);
}

describe('explain', () => {
  test('says what an expression means, with its next runs', async () => {
    const { out } = await runCli(['explain', '* * * -1.sun 9 0 0', '--count', '2']);
    expect(out).toMatchInlineSnapshot(`
      "* * * -1.sun 9 0 0 (cron)
        the last Sunday of each month at 09:00 UTC

      Next runs (UTC):
        Sun 2026-11-29 09:00
        Sun 2026-12-27 09:00

      No Unix crontab says the same: Unix cron has no n-th weekday of the month.
      "
    `);
  });

  test('has the documented JSON shape', async () => {
    expect(await explain('* * * * 6 12 0', '--count', '2')).toEqual({
      expression: '* * * * 6 12 0',
      as: 'cron',
      words: expect.stringContaining('06:12'),
      next: ['2026-11-23T06:12:00Z', '2026-11-24T06:12:00Z'],
      equivalent: { crontab: '12 6 * * *' },
    });
  });

  test.each([
    ['* * * * * */10 0', 'cron'],
    ['0 6 * * 1-5', 'crontab'],
    ['@daily', 'crontab'],
    ['2 hours', 'repeatInterval'],
    ['18.40', 'repeatAt'],
    ['6.20am', 'repeatAt'],
    ['PT1H30M', 'duration'],
    ['P1D', 'duration'],
    ['2027-01-01T00:00:00Z', 'time'],
    ['Sat, 05 Nov 2033 08:15:30 GMT', 'time'],
    ['tomorrow at 4pm', 'time'],
    ['in 2 hours', 'time'],
  ])('guesses that %s is a %s', async (expression, as) => {
    expect((await explain(expression)).as).toBe(as);
  });

  test('takes several words without quotes', async () => {
    expect(await explain('tomorrow', 'at', '4pm')).toMatchObject({
      expression: 'tomorrow at 4pm',
      next: ['2026-11-23T16:00:00Z'],
    });
  });

  test.each([
    { expression: '0 6 * * 1-5', equivalent: { cron: '* * * mon:fri 6 0 0' } },
    { expression: '2 hours', equivalent: { cron: '* * * * */2 0 0', crontab: '0 */2 * * *' } },
    { expression: '15 minutes', equivalent: { cron: '* * * * * */15 0', crontab: '*/15 * * * *' } },
    { expression: '7 minutes', equivalent: {} },
    { expression: '1 day', equivalent: { cron: '* * * * 0 0 0', crontab: '0 0 * * *' } },
    { expression: '90 seconds', equivalent: {} },
    { expression: '20 seconds', equivalent: { cron: '* * * * * * */20' } },
    {
      expression: 'PT1H',
      equivalent: { repeatInterval: '1 hour', cron: '* * * * * 0 0', crontab: '0 * * * *' },
    },
    { expression: '17.20:30', equivalent: { cron: '* * * * 17 20 30' } },
    { expression: '18.40', equivalent: { cron: '* * * * 18 40 0', crontab: '40 18 * * *' } },
    { expression: '* * -1 * 9 0 0', equivalent: {} },
  ])('$expression in the other notations', async ({ expression, equivalent }) => {
    expect((await explain(expression)).equivalent).toEqual(equivalent);
  });

  test.each(['2 hours', '18.40', 'PT1H', '15 minutes', '20 seconds', '1 day'])(
    'the crons offered for %s fire in the same rhythm',
    async (expression) => {
      const from = ['--from', '2027-01-01T00:00:00Z', '--count', '50'];
      const { next, equivalent } = await explain(expression, ...from);
      const cron = await explain(equivalent.cron, '--as', 'cron', ...from);
      expect(cron.next).toEqual(next);
      if (equivalent.crontab === undefined) return;
      expect((await explain(equivalent.crontab, '--as', 'crontab', ...from)).next).toEqual(next);
    },
  );

  test('--as, --from and --count decide', async () => {
    expect(await explain('18.40', '--as', 'time', '--from', '2027-03-01T00:00:00Z')).toMatchObject({
      as: 'time',
      next: ['2027-03-01T18:40:00Z'],
    });
    expect((await explain('2 hours', '--count', '0')).next).toEqual([]);
    expect((await explain('1 second', '--count', '1000')).next).toHaveLength(1000);
  });

  test('a cron without a date to come has no runs, and says so', async () => {
    const { code, out } = await runCli(['explain', '2015 * * fri 12 0 0']);
    expect(code).toBe(0);
    expect(out).toContain('No run to come.');
  });

  test('a bad expression is shown with a caret under the first wrong character and the nearest valid form', async () => {
    const { code, out, err } = await runCli(['explain', '* 1-3 * * 10 0 20']);
    expect(code).toBe(3);
    expect(out).toBe('');
    expect(err).toMatchInlineSnapshot(`
      "error TIME_CRON_DASH_RANGE \`1-3\` in the month field uses a dash for a range.
        * 1-3 * * 10 0 20
          ^^^
        read as cron; name another notation with --as
        expected: ranges with a colon, such as 1:3
        A dash only marks negative days and n-th weekdays here.
        → nearest valid form: * 1:3 * * 10 0 20
      "
    `);
  });

  test.each(['01.03.2027', '1.3.2027 04:30', '1/3/27'])(
    'does not decide whether %s has the day or the month first',
    async (expression) => {
      const { code, err } = await runCli(['explain', expression]);
      expect(code).toBe(3);
      expect(err).toContain('error TIME_DATE_AMBIGUOUS');
      expect(err).toContain('read as time');
      expect(err).toMatch(/Write 2027-03-01\S* \(day first\) or 2027-01-03\S* \(month first\)\./);
    },
  );

  test.each([
    ['0 0 12 * * ?', '* * * * 12 0 0'],
    ['twenty minutes', '20 minutes'],
    ['* * * 10:12 */30 0', ''],
    ['0 0 2 * * *', ''],
    ['P1M', ''],
    ['6.75am', ''],
    ['2026-13-45', ''],
    ['in two hours or so maybe', ''],
    ['', ''],
    [' ', ''],
    ['\u001b[31mred', ''],
    ['a'.repeat(5000), ''],
    ['* '.repeat(3000), ''],
    ['__proto__', ''],
  ])('%j is refused with exit code 3, never with a crash', async (expression, offers) => {
    const { code, err } = await runCli(['explain', expression]);
    expect(code).toBe(3);
    expect(err).toMatch(/^error TIME_/);
    expect(err).toContain(offers);
    expect(err).not.toContain('\u001b[31mred');
  });
});
