import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import type { FaultEffect } from '../../src/emulator/index.ts';
import { type SapWorld, sapJob, startSapWorld } from '../support/sap-target.ts';

const action = 'https://app.example.com/report';
const cron = (hour: number): JsonObject => ({ cron: `* * * * ${hour} 10 20` });
const before = [
  sapJob('keep', { action, schedules: { x: cron(5) } }),
  sapJob('ours', { action, schedules: { a: cron(1), b: cron(2), c: cron(3) } }),
  sapJob('goes', { action, schedules: { y: cron(6) } }),
];
const after = [
  sapJob('keep', { action, schedules: { x: cron(5) } }),
  sapJob('ours', {
    action,
    description: 'new',
    schedules: { a: { repeatAt: '6.15am' }, b: cron(9), d: cron(4) },
  }),
  sapJob('comes', { action, schedules: { z: cron(7) } }),
];

/** Of every sort that an answer to a read can have. */
const faults: Record<string, FaultEffect> = {
  'refused (400)': { status: 400, body: { code: 400, message: 'no' } },
  'a login page (404)': { status: 404, html: true },
  'connection reset': { reset: true },
  'HTML instead': { html: true },
  'an empty list': { status: 200, body: { total: 0, results: [] } },
  'stale, as of the start': { stale: true },
};

const policyChange = {
  prune: true,
  heal: ['fields', 'active'] as const,
  maxDeletes: { percent: 100, count: 50 },
};
const byHand = { cron: '* * * * 23 59 58', description: 'somebody else', active: true };

function seen(world: SapWorld): string[] {
  return (world.emulator.state().jobs ?? [])
    .map(({ name, description, schedules = [] }) => {
      const lines = schedules.map(
        (one) => `${one.description}: ${one.cron ?? one.repeatAt ?? one.repeatInterval} ${one.active}`,
      );
      return `${name} "${description}" ${lines.sort().join(' | ')}`;
    })
    .sort();
}

async function prepared(): Promise<SapWorld> {
  const world = await startSapWorld();
  await world.apply(before, { policyChange });
  for (const { _id, name } of world.emulator.state().jobs ?? []) {
    if (name !== 'goes') await world.byHand('POST', `/scheduler/jobs/${_id}/schedules`, byHand);
  }
  await world.byHand('POST', '/scheduler/jobs', {
    name: 'stranger',
    description: 'theirs',
    action,
    active: true,
    httpMethod: 'POST',
    schedules: [byHand],
  });
  return world;
}

async function wantedState(): Promise<string[]> {
  const world = await prepared();
  try {
    await world.apply(after, { policyChange });
    return seen(world);
  } finally {
    await world.close();
  }
}

/** Which reads are spoiled, one at a time: those of the plan, and those before and after the writes. */
const reads = [1, 2, 3, 5, 7, 9, 11];

describe('SEMANTICS 3 and 8: every fault at the reads of plan and apply, searches included', () => {
  for (const [fault, effect] of Object.entries(faults)) {
    it(`${fault}: no delete, no duplicate, and the next apply ends where it should`, async () => {
      const wanted = await wantedState();
      let points = 0;
      for (const nth of reads) {
        const world = await prepared();
        try {
          const untouched = seen(world);
          world.emulator.faults.set({
            id: 'f',
            match: { method: 'GET', path: '/scheduler/**', nth },
            effect,
          });
          world.writes();
          const planned = await world.plan(after, { policyChange }).catch(() => undefined);
          expect(world.writes().filter((line) => !line.startsWith('GET'))).toEqual([]);
          expect(seen(world)).toEqual(untouched);
          const inPlan = hitsOf(world) > 0;
          if (inPlan && planned !== undefined)
            expect(
              planned.changes.filter(({ action: what }) => what === 'delete').map(({ address }) => address),
            ).toEqual(['SapJob/goes']);
          if (inPlan)
            world.emulator.faults.set({
              id: 'f',
              match: { method: 'GET', path: '/scheduler/**', nth },
              effect,
            });
          await world.apply(after, { policyChange }).catch(() => undefined);
          if (hitsOf(world) === 0 && !inPlan) break;
          points++;
          world.emulator.faults.clear();
          const others = seen(world).filter((line) => line.startsWith('stranger') || line.startsWith('keep'));
          expect(others).toEqual(
            untouched.filter((line) => line.startsWith('stranger') || line.startsWith('keep')),
          );
          await world.apply(after, { policyChange });
          expect(seen(world)).toEqual(wanted);
          expect((await world.plan(after, { policyChange })).changes).toEqual([]);
        } finally {
          await world.close();
        }
      }
      expect(points).toBeGreaterThanOrEqual(6);
    }, 60_000);
  }
});

function hitsOf(world: SapWorld): number {
  return world.emulator.faults.list().reduce((sum, rule) => sum + rule.hits, 0);
}
