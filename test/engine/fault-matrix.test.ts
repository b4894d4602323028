import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import type { Resource } from '../../src/core/resource.ts';
import type { FaultEffect } from '../../src/emulator/index.ts';
import { type SapWorld, sapJob, startSapWorld } from '../support/sap-target.ts';

const action = 'https://app.example.com/report';
const job = (schedules: JsonObject, more: JsonObject = {}): Resource =>
  sapJob('ours', { action, ...more, schedules });
const cron = (hour: number): JsonObject => ({ cron: `* * * * ${hour} 10 20` });

const operations: Record<string, { before: Resource[]; after: Resource[] }> = {
  create: { before: [], after: [job({ a: cron(1), b: { repeatInterval: '2 hours' } })] },
  'update the job': { before: [job({ a: cron(1) })], after: [job({ a: cron(1) }, { description: 'new' })] },
  'update a schedule': {
    before: [job({ a: cron(1), b: cron(2) })],
    after: [job({ a: cron(3), b: cron(2) })],
  },
  'add a schedule': { before: [job({ a: cron(1) })], after: [job({ a: cron(1), b: cron(2) })] },
  'change a mode': {
    before: [job({ a: cron(1), b: cron(2) })],
    after: [job({ a: { repeatAt: '6.15am' }, b: cron(2) })],
  },
  'delete a schedule': { before: [job({ a: cron(1), b: cron(2) })], after: [job({ a: cron(1) })] },
  'everything at once': {
    before: [job({ a: cron(1), b: cron(2), c: cron(3) })],
    after: [
      job(
        {
          a: { repeatAt: '6.15am' },
          b: cron(9),
          d: { repeatInterval: '3 hours', startTime: '2027-01-01T00:00:00Z' },
        },
        { description: 'new' },
      ),
    ],
  },
};
const keep = sapJob('keep', { action, schedules: { x: cron(5) } });

const faults: Record<string, FaultEffect> = {
  'refused (400)': { status: 400, body: { code: 400, message: 'no' } },
  'failed (500)': { status: 500, body: { code: 500, message: 'broken' } },
  'connection reset': { reset: true },
  'done, answer lost': { commitThenDrop: true },
  'done, answer truncated': { truncate: true },
  'HTML instead': { html: true },
  'rate limited (429)': { status: 429, headers: { 'retry-after': '1' } },
};

const byHandSchedule = { cron: '* * * * 23 59 58', description: 'somebody else', active: true };

/** What the service knows of a job, without ids and times. */
function seen(world: SapWorld, name: string): string[] | undefined {
  const found = world.emulator.state().jobs?.find((candidate) => candidate.name === name);
  return found?.schedules
    ?.map(
      ({ description, cron: c, repeatAt, repeatInterval, active }) =>
        `${description}: ${c ?? repeatAt ?? repeatInterval} ${active}`,
    )
    .sort();
}

function idOf(world: SapWorld, name: string): number | undefined {
  return world.emulator.state().jobs?.find((candidate) => candidate.name === name)?._id;
}

const policyChange = {
  prune: true,
  heal: ['fields', 'active'] as const,
  maxDeletes: { percent: 100, count: 50 },
};

describe('SEMANTICS 9: every operation × every fault × every write, then once more without the fault', () => {
  for (const [operation, { before, after }] of Object.entries(operations)) {
    for (const [fault, effect] of Object.entries(faults)) {
      it(`${operation}: ${fault}`, async () => {
        const world = await startSapWorld();
        await world.apply([keep, ...after], { policyChange });
        const wanted = seen(world, 'ours');
        await world.close();
        for (let nth = 1; nth <= 6; nth++) {
          const hit = await once(nth, { before, after, effect, wanted });
          if (nth === 1) expect(hit).toBe(true);
          if (!hit) return;
        }
      });
    }
  }
});

interface Case {
  before: Resource[];
  after: Resource[];
  effect: FaultEffect;
  wanted: string[] | undefined;
}

/** Gives false when there was no nth write to spoil. */
async function once(nth: number, { before, after, effect, wanted }: Case): Promise<boolean> {
  const world = await startSapWorld();
  try {
    await world.apply([keep, ...before], { policyChange });
    const strangers = ['keep', ...(before.length > 0 ? ['ours'] : [])];
    for (const name of strangers)
      await world.byHand('POST', `/scheduler/jobs/${idOf(world, name)}/schedules`, byHandSchedule);
    world.emulator.faults.set({ id: 'f', match: { method: 'P*', path: '/scheduler/**', nth }, effect });
    world.emulator.faults.set({ id: 'd', match: { method: 'DELETE', path: '/scheduler/**', nth }, effect });
    await world.apply([keep, ...after], { policyChange });
    const hits = world.emulator.faults.list().reduce((sum, rule) => sum + rule.hits, 0);
    world.emulator.faults.clear();
    if (hits === 0) return false;
    await world.apply([keep, ...after], { policyChange });
    const stranger = `${byHandSchedule.description}: ${byHandSchedule.cron} true`;
    const now = seen(world, 'ours') ?? [];
    expect(now.filter((line) => line !== stranger)).toEqual(wanted);
    for (const name of strangers)
      expect(seen(world, name)?.filter((line) => line === stranger)).toHaveLength(1);
    expect((await world.plan([keep, ...after], { policyChange })).changes).toEqual([]);
    return true;
  } finally {
    await world.close();
  }
}
