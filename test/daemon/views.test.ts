import { expect, it } from 'vitest';
import { enginePasses } from '../../src/daemon/engine-passes.ts';
import { scheduleView } from '../../src/daemon/http/views.ts';
import { memoryKind } from '../support/memory-kind.ts';
import { memoryTarget } from '../support/memory-target.ts';
import { job, NOW } from '../support/memory-world.ts';

const before = job('a', {
  description: 'old',
  payload: { rows: 1 },
  schedules: { daily: { every: 30 }, 'before 1/1': { every: 60 } },
});
const after = job('a', {
  description: 'new',
  payload: { rows: 1 },
  schedules: { daily: { every: 30 }, 'before 1/1': { every: 90 } },
});

async function viewOf(part?: string) {
  const target = memoryTarget();
  await target.apply([before]);
  const passes = enginePasses({
    concurrency: 1,
    redacted: (document) => document,
    isDirty: async () => false,
    progress: () => undefined,
  });
  const seen = await passes.plan(target.input([after]), { maxAge: 0 });
  return scheduleView({
    ...{ seen, kind: () => memoryKind, address: 'MemoryJob/a', now: NOW, runs: 3, horizon: 1_000_000 },
    ...(part === undefined ? {} : { part }),
  });
}

it('an object from three sides names its schedules, and what the plan changes of its own fields', async () => {
  const view = await viewOf();
  expect(view?.parts).toEqual(['before 1/1', 'daily']);
  expect(view?.differs).toContain('description');
  expect(view?.unreadable).toEqual(['payload']);
  expect(view?.differs).not.toContain('payload');
});

it('a schedule from three sides has what the plan changes of it alone, whatever characters its key has', async () => {
  expect((await viewOf('daily'))?.differs).toEqual([]);
  const view = await viewOf('before 1/1');
  expect(view).toMatchObject({ parts: [], differs: ['every'], desired: { every: 90 }, live: { every: 60 } });
});
