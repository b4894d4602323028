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
    { requests: 200, window: 1000, latency: 60, changes: 2000 },
    { requests: 600, window: 10_000, latency: 10, changes: 2000 },
    { requests: 600, window: 10_000, latency: 60, changes: 2000 },
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

  it.each([
    { requests: 100, window: 1000, latency: 60 },
    { requests: 600, window: 10_000, latency: 60 },
    { requests: 1500, window: 60_000, latency: 10 },
  ])('the same where no refusal says how long to wait: $requests per $window ms', async (scene) => {
    const { requests, window, latency } = scene;
    const limits = { absolute: { requests, window } };
    const seen = await modelRateLimit(product, { changes: 2000, latency, limits });
    expect(seen.requests - seen.refused).toBe(8000);
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
      pace.start();
      pace.answered(now);
    }
    expect(pace.perSecond()).toBeUndefined();
  });

  it('is what was answered, over the time it took and the pause', () => {
    const pace = createPace();
    for (let n = 0; n < 100; n++) pace.answered(4 * n);
    pace.refused(400, 600);
    expect(pace.perSecond()).toBeCloseTo(100, 0);
    expect(pace.waitMs(1000)).toBe(0);
    pace.start();
    expect(pace.waitMs(1000)).toBeGreaterThanOrEqual(10);
  });

  it('is not made slow by an idle time before the rush', () => {
    const pace = createPace();
    for (let n = 0; n < 10; n++) pace.answered(n);
    for (let n = 0; n < 100; n++) pace.answered(600_000 + 4 * n);
    pace.refused(600_400, 600);
    expect(pace.perSecond()).toBeCloseTo(100, 0);
  });

  it('is not known as long as somebody else uses up the limit', () => {
    const pace = createPace();
    pace.refused(0, 1000);
    pace.refused(1000, 1000);
    expect(pace.perSecond()).toBeUndefined();
  });

  it('counts a pause that was too short as part of the same refusal', () => {
    const pace = createPace();
    for (let n = 0; n < 100; n++) pace.answered(4 * n);
    pace.refused(400, 200);
    pace.refused(600, 400);
    expect(pace.perSecond()).toBeCloseTo(100, 0);
  });

  it('does not take refusals of what was sent before the pause for new ones', () => {
    const pace = createPace();
    for (let n = 0; n < 100; n++) pace.answered(4 * n);
    pace.refused(400, 600);
    const known = pace.perSecond();
    pace.refused(430, 600);
    expect(pace.perSecond()).toBe(known);
  });

  it('is not taken from a rush after a long idle time alone', () => {
    const pace = createPace();
    for (let n = 0; n < 100; n++) pace.answered(4 * n);
    pace.refused(400, 600);
    for (let n = 0; n < 100; n++) {
      pace.waitMs(3_600_000 + 3 * n);
      pace.answered(3_600_000 + 3 * n);
    }
    pace.refused(3_600_300, 700);
    expect(pace.perSecond()).toBeCloseTo(96, 0);
  });

  it('learns from a refusal after silence that the window is longer than the pause', () => {
    const pace = createPace();
    let now = 0;
    const rush = (ms: number, answersPerSecond: number) => {
      for (const until = now + ms; now < until; now += 1000 / answersPerSecond) {
        pace.waitMs(now);
        pace.answered(now);
      }
    };
    rush(1000, 50);
    pace.warned(now);
    pace.refused(now, 1000);
    now += 1000;
    rush(8000, 50);
    const fast = pace.perSecond() ?? 0;
    pace.warned(now);
    pace.refused(now, 1000);
    now += 1000;
    const before = pace.perSecond() ?? 0;
    rush(8000, 50);
    expect(fast).toBeGreaterThan(40);
    expect((pace.perSecond() ?? 0) / before).toBeLessThan(1.1);
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
