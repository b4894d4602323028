import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { budgetsFor, createHostBudget, mostInFlight, type Slot } from '../../src/http/budget.ts';
import { createHttpClient } from '../../src/http/client.ts';
import { fakeSurroundings } from './fake-surroundings.ts';
import { type LoopbackServer, sendJson, startServer } from './loopback-server.ts';

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

const soon = () => new Promise<void>((resolve) => setImmediate(resolve));

async function grow(budget: ReturnType<typeof createHostBudget>, answers: number): Promise<void> {
  for (let n = 0; n < answers; n++) (await budget.acquire(false)).release('answered');
}

describe('SEMANTICS 10: a budget that learns', () => {
  it('starts with 4 and doubles per round up to 16 while the service does not object', async () => {
    const budget = createHostBudget(fakeSurroundings());
    expect(budget.state().limit).toBe(4);
    await grow(budget, 4);
    expect(budget.state().limit).toBe(8);
    await grow(budget, 100);
    expect(budget.state().limit).toBe(mostInFlight);
  });

  it('halves once for objections that were in flight together, then grows by one per round', async () => {
    const budget = createHostBudget(fakeSurroundings());
    await grow(budget, 20);
    const slots: Slot[] = [];
    for (let n = 0; n < 16; n++) slots.push(await budget.acquire(false));
    for (const slot of slots) slot.release('refused');
    expect(budget.state().limit).toBe(8);
    await grow(budget, 8);
    expect(budget.state().limit).toBeGreaterThan(8.9);
    expect(budget.state().limit).toBeLessThan(9.1);
  });

  it('never goes above the concurrency that was asked for, nor above 16, nor below 1', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: -3, max: 40 }),
        fc.array(
          fc.record({
            kind: fc.constantFrom('start', 'start', 'answered', 'throttled', 'refused', 'failed', 'pause'),
            which: fc.nat(),
          }),
          { maxLength: 200 },
        ),
        async (concurrency, steps) => {
          const budget = createHostBudget(fakeSurroundings({ concurrency }));
          const most = Math.max(1, Math.min(16, concurrency));
          const slots: Slot[] = [];
          let asked = 0;
          let given = 0;
          for (const { kind, which } of steps) {
            if (kind === 'start') {
              asked += 1;
              void budget.acquire(which % 2 === 0).then((slot) => {
                given += 1;
                slots.push(slot);
              });
            } else if (kind === 'pause') budget.pause(which % 5000, 'test');
            else slots.splice(which % Math.max(1, slots.length), 1)[0]?.release(kind as 'answered');
            const { limit, inFlight } = budget.state();
            expect(limit).toBeGreaterThanOrEqual(1);
            expect(limit).toBeLessThanOrEqual(most);
            expect(inFlight).toBeLessThanOrEqual(most);
            if (which % 3 === 0) await soon();
          }
          // Nobody is forgotten: once all slots come back, everybody had a turn.
          for (let rounds = 0; given < asked && rounds < 1000; rounds++) {
            await soon();
            for (const slot of slots.splice(0)) slot.release('answered');
          }
          expect(given).toBe(asked);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('gives a slot back only once', async () => {
    const budget = createHostBudget(fakeSurroundings());
    const slot = await budget.acquire(false);
    slot.release('answered');
    slot.release('answered');
    expect(budget.state()).toEqual({ limit: 5, inFlight: 0, waiting: 0 });
  });

  it('says a pause of seconds once where there is no terminal, too; a short one, or one that grows a little, it does not', () => {
    const said: string[] = [];
    const budget = createHostBudget(
      fakeSurroundings({ waiting: (message) => said.push(message), sleep: () => new Promise(() => {}) }),
    );
    budget.pause(2000, 'the service asked for it');
    expect(said).toEqual([]);
    budget.pause(12_000, 'the service asked for it');
    budget.pause(12_000, 'the service asked for it');
    budget.pause(13_000, 'the service asked for it');
    expect(said).toEqual(['12 s: the service asked for it']);
  });

  it('starts nothing during a pause, a longer one extends it, and it is announced once', async () => {
    const surroundings = fakeSurroundings();
    const wakers: (() => void)[] = [];
    const asleep: number[] = [];
    surroundings.sleep = (ms) => {
      asleep.push(ms);
      return new Promise((resolve) => {
        wakers.push(() => {
          surroundings.advance(ms);
          resolve();
        });
      });
    };
    const budget = createHostBudget(surroundings);
    budget.pause(5000, 'the service asked for it');
    budget.pause(4000, 'the service asked for it');
    budget.pause(5500, 'the service asked for it');
    budget.pause(9000, 'the service asked for it');
    let started = false;
    const slot = budget.acquire(false).then(() => {
      started = true;
    });
    await soon();
    wakers.shift()?.();
    await soon();
    expect(started).toBe(false);
    expect(asleep).toEqual([5000, 4000]);
    wakers.shift()?.();
    await slot;
    expect(surroundings.progressed).toEqual([
      'waiting 5 s: the service asked for it',
      'waiting 9 s: the service asked for it',
    ]);
  });

  it('lets repetitions go before new requests', async () => {
    const budget = createHostBudget(fakeSurroundings({ concurrency: 1 }));
    const held = await budget.acquire(false);
    const order: string[] = [];
    const wait = (name: string, again: boolean) =>
      budget.acquire(again).then((slot) => {
        order.push(name);
        slot.release('answered');
      });
    const all = [wait('first', false), wait('second', false), wait('again', true)];
    held.release('answered');
    await Promise.all(all);
    expect(order).toEqual(['again', 'first', 'second']);
  });

  it('rejects everybody who waits when sleeping is interrupted', async () => {
    const stop = new AbortController();
    const surroundings = fakeSurroundings({ signal: stop.signal });
    stop.abort();
    const budget = createHostBudget(surroundings);
    budget.pause(1000, 'test');
    await expect(budget.acquire(false)).rejects.toThrow('aborted');
  });

  it('is shared by clients whose surroundings come from the same ones', () => {
    const common = fakeSurroundings();
    expect(budgetsFor({ ...common }).forOrigin('https://a')).toBe(
      budgetsFor({ ...common }).forOrigin('https://a'),
    );
    expect(budgetsFor(common).forOrigin('https://a')).not.toBe(budgetsFor(common).forOrigin('https://b'));
    expect(budgetsFor(fakeSurroundings()).forOrigin('https://a')).not.toBe(
      budgetsFor(common).forOrigin('https://a'),
    );
  });
});

describe('SEMANTICS 10: at most 16 in flight, seen by the server', () => {
  async function many(concurrency: number, clients: number): Promise<LoopbackServer> {
    // Answers only when all that was sent has arrived, so that the server sees what is in flight at once.
    const waiting: (() => void)[] = [];
    const server = await startServer((_request, response) => {
      waiting.push(() => sendJson(response, 200, {}));
      setImmediate(() => {
        if (waiting.length < budgetsFor(surroundings).forOrigin(server.url).state().inFlight) return;
        for (const answer of waiting.splice(0)) answer();
      });
    });
    const surroundings = fakeSurroundings({ concurrency });
    const readers = Array.from({ length: clients }, () => {
      const client = createHttpClient({ baseUrl: server.url, surroundings });
      opened.push(client);
      return client.reader([{ id: 'any', method: 'GET', path: /.*/ }]);
    });
    opened.push(server);
    await Promise.all(
      Array.from({ length: 120 }, (_, n) => readers[n % clients]?.read({ method: 'GET', path: `/${n}` })),
    );
    expect(server.seen).toHaveLength(120);
    return server;
  }

  it.each([
    [16, 1, 16],
    [99, 1, 16],
    [3, 1, 3],
    [16, 4, 16],
  ])('concurrency %i with %i clients of one host shows %i', async (concurrency, clients, expected) => {
    expect((await many(concurrency, clients)).peak()).toBe(expected);
  });

  it('sends less at a time after the throttling header, without waiting: the service has delayed already', async () => {
    let calm = false;
    const server = await startServer((_request, response) =>
      sendJson(response, 200, {}, calm ? {} : { throttling: '250' }),
    );
    const surroundings = fakeSurroundings();
    const client = createHttpClient({ baseUrl: server.url, surroundings });
    opened.push(client, server);
    const reader = client.reader([{ id: 'any', method: 'GET', path: /.*/ }]);
    const budget = budgetsFor(surroundings).forOrigin(server.url);
    for (let n = 0; n < 3; n++) await reader.read({ method: 'GET', path: '/' });
    expect(budget.state().limit).toBeLessThan(3);
    calm = true;
    for (let n = 0; n < 3; n++) await reader.read({ method: 'GET', path: '/' });
    expect(budget.state().limit).toBeGreaterThan(3);
    expect(surroundings.slept).toEqual([]);
  });
});
