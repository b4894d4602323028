import { createRequire } from 'node:module';
import { expect, it } from 'vitest';
import * as time from '../../src/time/index.ts';

const require = createRequire(import.meta.url);
const loaded = () =>
  Object.keys(require.cache).filter((path) => /node_modules\/(?:moment|chrono-node|cronstrue)\//.test(path));

it('everyday parsing loads none of the large libraries', () => {
  time.parseSapCron('* * 3:-2 * 12:14 0 0');
  time.parseSapCron('0 8 * * 1-5');
  time.parseRepeatInterval('2 hrs');
  time.parseRepeatAt('nonsense');
  time.parseIsoDuration('PT1H');
  time.parseSapDate('2015-10-20 04:30:00');
  time.parseSapDate('Sat, 05 Nov 1994 08:15:30 GMT');
  time.parseSapDate('in 2 hours', { relativeTo: 0 });
  expect(loaded()).toEqual([]);
  time.parseSapDate({ date: '2025-01-01', format: 'YYYY-MM-DD' });
  expect(loaded()).not.toEqual([]);
});
