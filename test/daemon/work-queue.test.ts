import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Trigger, WorkQueue } from '../../src/daemon/work-queue.ts';
import { createHandClock, settle } from './hand-clock.ts';

function setUp(concurrency = 2) {
  const clock = createHandClock();
  const passes: { name: string; triggers: Trigger[]; end: () => void }[] = [];
  const running = new Map<string, number>();
  let most = 0;
  const queue = new WorkQueue({
    clock,
    concurrency,
    work: (name, triggers) =>
      new Promise<void>((resolve, reject) => {
        running.set(name, (running.get(name) ?? 0) + 1);
        most = Math.max(most, [...running.values()].filter((count) => count > 0).length);
        expect(running.get(name)).toBe(1);
        const end = (): void => {
          running.set(name, (running.get(name) ?? 0) - 1);
          if (passes.length % 3 === 0) reject(new Error('a pass that fails'));
          else resolve();
        };
        passes.push({ name, triggers: [...triggers], end });
      }),
  });
  return { clock, queue, passes, most: () => most };
}

describe('the work queue', () => {
  it('makes one pass of many triggers, and one more for those that come during it', async () => {
    const { queue, passes } = setUp();
    queue.add('a', 'files');
    queue.add('a', 'git');
    expect(passes).toHaveLength(1);
    queue.add('a', 'hook');
    queue.add('a', 'hand');
    expect(queue.phase('a')).toBe('running');
    passes[0]?.end();
    await settle();
    expect(passes).toHaveLength(2);
    expect(passes[1]?.triggers).toEqual(['git', 'hook', 'hand']);
  });

  it('never has two passes of one target, and no more than allowed at once', async () => {
    const step = fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.boolean());
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const { queue, passes, most } = setUp(2);
        const ended = new Set<number>();
        for (const [name, end] of steps) {
          queue.add(name, 'files');
          const next = passes.findIndex((_, index) => !ended.has(index));
          if (end && next >= 0) {
            ended.add(next);
            passes[next]?.end();
            await settle();
          }
        }
        for (let index = 0; index < passes.length; index += 1) {
          if (!ended.has(index)) {
            passes[index]?.end();
            await settle();
          }
        }
        expect(most()).toBeLessThanOrEqual(2);
        for (const name of new Set(steps.map(([wanted]) => wanted))) {
          expect(passes.some((pass) => pass.name === name)).toBe(true);
          expect(queue.phase(name)).toBe('idle');
        }
      }),
      { numRuns: 40 },
    );
  });

  it('keeps the earliest of several wishes for later', async () => {
    const { clock, queue, passes } = setUp();
    queue.addAfter('a', 'retry', 10_000);
    queue.addAfter('a', 'retry', 5_000);
    queue.addAfter('a', 'retry', 20_000);
    await clock.advance(5_000);
    expect(passes).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });

  it('begins nothing after it was stopped, and waits for what runs', async () => {
    const { clock, queue, passes } = setUp(1);
    queue.add('a', 'start');
    queue.add('b', 'start');
    queue.addAfter('c', 'interval', 1_000);
    let stopped = false;
    const stopping = queue.stop().then(() => {
      stopped = true;
    });
    await settle();
    expect(stopped).toBe(false);
    passes[0]?.end();
    await stopping;
    await clock.advance(60_000);
    queue.add('d', 'hand');
    expect(passes).toHaveLength(1);
  });
});
