import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import type { PlannedTarget } from '../../src/engine/index.ts';
import { type SapWorld, START, sapJob, startSapWorld } from '../support/sap-target.ts';

const action = 'https://app.example.com/report';
const HOUR = 3_600_000;

let world: SapWorld;
beforeEach(async () => {
  world = await startSapWorld();
});
afterEach(() => world.close());

/** A job with so many schedules, one at each minute past six. */
function jobWith(count: number, schedule: (index: number) => JsonObject = daily) {
  const schedules = Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`s${index}`, schedule(index)]),
  );
  return sapJob('report', { action, schedules });
}

const daily = (index: number) => ({ cron: `* * * * ${6 + Math.floor(index / 60)} ${index % 60} 7` });

/** Run logs read since the requests were last cleared: `/scheduler/jobs/1/schedules/<id>/runs`. */
function logRequests(): string[] {
  return world.emulator
    .requests()
    .map(({ path }) => path)
    .filter((path) => path.includes('/runs'));
}

function lost({ document }: PlannedTarget): unknown[] {
  return document.changes.flatMap(({ parts }) => parts.map(({ impact }) => impact?.runLogsLost));
}

describe('how far a plan looks', () => {
  it('changes what is shown, never the digest', async () => {
    await world.apply([jobWith(2)]);
    const wanted = [jobWith(2, (index) => ({ cron: `* * * * ${index + 3} 41 7` }))];
    const near = await world.plan(wanted, { look: { runs: 3, horizon: 24 * HOUR } });
    const far = await world.plan(wanted, { look: { runs: 50, horizon: 3660 * 24 * HOUR } });
    const shown = (plan: PlannedTarget) =>
      plan.document.changes[0]?.parts.map(({ impact }) => impact?.after.length);
    expect([shown(near), shown(far)]).toEqual([
      [1, 1],
      [50, 50],
    ]);
    expect(near.document.digest).toBe(far.document.digest);
  });
});

describe('run logs that a plan would lose', () => {
  it('are counted by one request for each schedule that is deleted or replaced', async () => {
    await world.apply([jobWith(3)]);
    await world.emulator.clock.set(START + 50 * HOUR);
    world.emulator.clearRequests();
    const wanted = sapJob('report', {
      action,
      schedules: { s1: { repeatAt: '6.15am' }, s2: { cron: '* * * * 6 2 7' } },
    });
    const planned = await world.plan([wanted], { policyChange: { prune: true } });
    expect(logRequests()).toHaveLength(2);
    expect(new Set(logRequests()).size).toBe(2);
    expect(lost(planned)).toEqual([2, 2]);
  });

  it('are not asked for by a plan that deletes and replaces nothing', async () => {
    await world.apply([jobWith(3)]);
    world.emulator.clearRequests();
    await world.plan([jobWith(3, (index) => ({ cron: `* * * * ${index + 3} 41 7` }))]);
    await world.plan([jobWith(3)]);
    expect(logRequests()).toEqual([]);
  });

  it.each([
    { count: 50, requests: 50, told: 0 },
    { count: 51, requests: 0, told: true },
  ])('$count schedules to delete make $requests requests', async ({ count, requests, told }) => {
    await world.apply([jobWith(count)]);
    world.emulator.clearRequests();
    const policyChange = {
      prune: true,
      allowEmpty: true,
      allowDeleteAll: true,
      maxDeletes: { count: 100, percent: 100 },
    };
    const planned = await world.plan([], { policyChange });
    expect(logRequests()).toHaveLength(requests);
    expect(lost(planned)).toEqual(Array.from({ length: count }, () => told));
  });
});
