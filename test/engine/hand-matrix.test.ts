import { describe, expect, it } from 'vitest';
import { handMatrix } from '../../bench/hand-cases.mjs';
import { sapJob, startSapWorld } from '../support/sap-target.ts';
import { faultProduct } from './fault-product.ts';

/** All points: `node bench/hand-matrix.mjs`. */
describe.each(['sap', 'riversand'] as const)('SEMANTICS 1, 3: somebody edits what is ours, %s', (service) => {
  it('at any moment of an apply: the next one brings all in step, and keeps what nobody manages', {
    timeout: 60_000,
  }, async () => {
    const { points, failures } = await handMatrix(faultProduct, {
      service,
      take: (point) => point % 41 === 3,
    });
    expect(failures).toEqual([]);
    expect(points).toBeGreaterThan(5);
  });
});

it('a job that somebody deleted is made again without the schedule that left its manifest, and nothing is left to do', async () => {
  const action = 'https://app.example.com/report';
  const cron = (hour: number) => ({ cron: `* * * * ${hour} 10 20` });
  const world = await startSapWorld();
  try {
    const policyChange = { prune: true, maxDeletes: { percent: 100, count: 50 } };
    const keep = sapJob('keep', { action, schedules: { x: cron(5) } });
    const before = sapJob('ours', { action, schedules: { a: cron(1), c: cron(3) } });
    const after = sapJob('ours', { action, schedules: { a: cron(1) } });
    await world.apply([keep, before], { policyChange });
    const { _id: id } = world.emulator.state().jobs?.find(({ name }) => name === 'ours') ?? {};
    await world.byHand('DELETE', `/scheduler/jobs/${id}`);
    await world.apply([keep, after], { policyChange });
    expect((await world.plan([keep, after], { policyChange })).changes).toEqual([]);
  } finally {
    await world.close();
  }
});
