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

/** Every sort of fault that an answer to a read can have. */
const faults: Record<string, FaultEffect> = {
  'refused (400)': { status: 400, body: { code: 400, message: 'no' } },
  'forbidden (403)': { status: 403, body: { message: 'no' } },
  'not found (404)': { status: 404, body: { code: 404, message: 'no' } },
  'a login page (404)': { status: 404, html: true },
  'failed (500)': { status: 500, body: { message: 'broken' } },
  'unavailable (503)': { status: 503 },
  'rate limited (429)': { status: 429, headers: { 'retry-after': '1' } },
  'unauthorized (401)': { status: 401 },
  'connection reset': { reset: true },
  truncated: { truncate: true },
  'HTML instead': { html: true },
  'an empty object': { status: 200, body: {} },
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

describe('SEMANTICS 3 and 8: every fault at every read of plan and apply, searches included', () => {
  for (const [fault, effect] of Object.entries(faults)) {
    it(`${fault}: no delete, no duplicate, and the next apply ends where it should`, async () => {
      const wanted = await wantedState();
      let points = 0;
      for (let nth = 1; nth <= 40; nth++) {
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
      expect(points).toBeGreaterThanOrEqual(10);
    });
  }
});

function hitsOf(world: SapWorld): number {
  return world.emulator.faults.list().reduce((sum, rule) => sum + rule.hits, 0);
}
