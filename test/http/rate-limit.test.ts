import { describe, expect, it } from 'vitest';
import { modelRateLimit } from '../../bench/rate-model.mjs';
import { createRedactor } from '../../src/core/redactor.ts';
import { createLimiter } from '../../src/emulator/limits.ts';
import { createHostBudget } from '../../src/http/budget.ts';
import { createPace } from '../../src/http/pace.ts';
import { send } from '../../src/http/send.ts';
import { createSkewEstimate } from '../../src/http/skew.ts';
import { fakeSurroundings } from './fake-surroundings.ts';

const product = { send, createHostBudget, createLimiter, createRedactor, createSkewEstimate };

describe('SEMANTICS 10: a rate limit is met without a storm of refusals', () => {
  it.each([
    { requests: 50, window: 1000, latency: 60, changes: 1500 },
    { requests: 100, window: 1000, latency: 10, changes: 2000 },
    { requests: 600, window: 10_000, latency: 10, changes: 2000 },
  ])('$changes changes at $requests per $window ms, $latency ms away', async (scene) => {
    const { requests, window, latency, changes } = scene;
    const seen = await modelRateLimit(product, {
      changes,
      latency,
      limits: { client: { requests, window } },
    });
    expect(seen.requests - seen.refused).toBe(4 * changes);
    expect(seen.mostInFlight).toBeLessThanOrEqual(16);
    expect(seen.share).toBeLessThan(0.01);
    expect(seen.ratio).toBeLessThan(1.15);
  });

  it('says that it waits, how long, and who asked for it', async () => {
    const limits = { client: { requests: 600, window: 60_000 } };
    const { said } = await modelRateLimit(product, { changes: 300, latency: 10, limits });
    expect(said.length).toBeGreaterThan(0);
    expect(said.every((line) => /^waiting \d+ s: the service asked for it$/.test(line))).toBe(true);
  });
});

describe('the pace', () => {
  it('does not hold back anybody before the first refusal', () => {
    const pace = createPace();
    for (let now = 0; now < 1000; now++) {
      expect(pace.waitMs(now)).toBe(0);
      pace.start(now);
      pace.answered();
    }
    expect(pace.perSecond()).toBeUndefined();
  });

  it('is what was answered, over the time it took and the pause', () => {
    const pace = createPace();
    pace.start(0);
    for (let n = 0; n < 100; n++) pace.answered();
    pace.refused(400, 600);
    expect(pace.perSecond()).toBeCloseTo(96, 0);
    expect(pace.waitMs(1000)).toBe(0);
    pace.start(1000);
    expect(pace.waitMs(1000)).toBeGreaterThanOrEqual(10);
  });

  it('lets everybody through even where the clock stands still', async () => {
    const surroundings = fakeSurroundings();
    surroundings.sleep = async () => undefined;
    const budget = createHostBudget(surroundings);
    (await budget.acquire(false)).release('answered');
    (await budget.acquire(false)).release('refused');
    budget.pause(60_000, 'the service asked for it');
    for (let n = 0; n < 50; n++) (await budget.acquire(false)).release('answered');
    expect(budget.state()).toMatchObject({ inFlight: 0, waiting: 0 });
  });
});
