import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSapCron, sapCronFires } from '../../src/time/index.ts';
import { listSapCron } from '../../src/time/sap-cron-list.ts';
import { randomFrom, randomSapCron } from './random-cron.ts';

const NOW = Date.parse('2026-11-22T12:34:56.789Z');
const DAY = 86_400_000;

function cronOf(text: string) {
  const parsed = parseSapCron(text);
  if (!parsed.ok) throw new Error(`${text}: ${parsed.issue.message}`);
  return parsed.value;
}

describe('SEMANTICS 7: the list of fire times', () => {
  it('is what asking for the next one gives, for any cron and any stretch', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: -400 * DAY, max: 400 * DAY }),
        fc.integer({ min: -DAY, max: 500 * DAY }),
        fc.integer({ min: 0, max: 300 }),
        (seed, offset, span, limit) => {
          const cron = cronOf(randomSapCron(randomFrom(seed)));
          const from = NOW + offset;
          const until = from + span;
          const expected: number[] = [];
          for (const at of sapCronFires(cron, from, until)) {
            if (expected.length >= limit) break;
            expected.push(at);
          }
          expect(listSapCron(cron, { from, until, limit })).toEqual(expected);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('ends for a cron that never fires, and for a stretch without end', () => {
    const limit = Number.POSITIVE_INFINITY;
    const until = Number.POSITIVE_INFINITY;
    expect(listSapCron(cronOf('* 2 30 * 12 0 0'), { from: NOW, until, limit })).toEqual([]);
    expect(listSapCron(cronOf('* 1 1 * 0 0 0'), { from: NOW, until, limit })).toHaveLength(73);
  });
});
