import { describe, expect, it } from 'vitest';
import {
  parseRepeatAt,
  parseRepeatInterval,
  parseSapCron,
  parseSapDate,
  readEnglishTime,
} from '../../src/time/index.ts';
import expressions from './fixtures/expressions.json' with { type: 'json' };

const NOW = Date.parse('2026-11-22T03:00:00Z');

// Written as if they meant something else, but the service does understand them: a warning, no refusal.
const SUSPICIOUS = ['* * * * * */1440 0'];

describe('expressions seen in public code and documentation', () => {
  it.each(expressions.cron.valid)('reads the cron %s', (text) => {
    expect(parseSapCron(text)).toMatchObject({ ok: true });
  });

  it.each(expressions.cron.wrong.filter((text) => !SUSPICIOUS.includes(text)))(
    'refuses the cron %s',
    (text) => {
      const parsed = parseSapCron(text);
      if (parsed.ok) throw new Error('accepted');
      const { suggestion, code } = parsed.issue;
      if (code === 'TIME_CRON_PLACEHOLDER') return expect(suggestion).toBeUndefined();
      expect(parseSapCron(suggestion ?? '')).toMatchObject({ ok: true, warnings: [] });
    },
  );

  it.each(SUSPICIOUS)('warns of the cron %s', (text) => {
    expect(parseSapCron(text)).toMatchObject({ ok: true, warnings: [{ code: 'TIME_CRON_STEP_TOO_LARGE' }] });
  });

  it.each(expressions.repeatInterval.valid)('reads the interval %s', (text) => {
    expect(parseRepeatInterval(text)).toMatchObject({ ok: true, warnings: [] });
  });

  it.each(expressions.repeatInterval.wrong)('refuses the interval %s', (text) => {
    expect(parseRepeatInterval(text)).toMatchObject({ ok: false, issue: { code: 'TIME_INTERVAL_WORDS' } });
  });

  it.each(expressions.repeatAt.valid)('reads the daily time %s', (text) => {
    expect(parseRepeatAt(text)).toMatchObject({ ok: true, warnings: [] });
  });

  it.each(expressions.time.valid)('reads the one-time text %s', (text) => {
    expect(readEnglishTime(text, NOW)).toMatchObject({ ok: true });
  });

  it.each(expressions.dates.valid)('reads the date %j', (value) => {
    expect(parseSapDate(value)).toMatchObject({ ok: true });
  });
});
