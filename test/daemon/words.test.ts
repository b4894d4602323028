import { expect, it } from 'vitest';

/** The pages' own words: JavaScript without types. */
const place = '../../src/daemon/web/words.js';
const { runsText } = (await import(place)) as {
  runsText(runs: readonly string[], until?: string): string;
};

it('runs name their day once', () => {
  expect(runsText(['2026-11-22T09:48:00Z', '2026-11-22T10:03:00Z', '2026-11-23T00:18:00Z'])).toBe(
    '2026-11-22 09:48:00, 10:03:00, 2026-11-23 00:18:00',
  );
});

it('where nothing is due, how far was looked is said', () => {
  expect(runsText([], '2027-11-23T10:52:42.744Z')).toBe('none before 2027-11-23');
  expect(runsText([])).toBe('none');
});
