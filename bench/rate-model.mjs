/**
 * An apply of many changes against a rate limit, in virtual time: the real budget, the real repetitions and the emulator's
 * limits; only the network is a delay. `product`: what is measured, so that tests can pass the sources.
 * @param {{ send: Function; createHostBudget: Function; createLimiter: Function; createRedactor: Function; createSkewEstimate: Function }} product
 * @param {{ changes: number; requestsPerChange?: number; latency?: number; jitter?: number; concurrency?: number; limits: any; seed?: number }} options
 */
export async function modelRateLimit(product, options) {
  const {
    changes,
    requestsPerChange = 4,
    latency = 40,
    jitter = 30,
    concurrency = 16,
    limits,
    seed = 1,
  } = options;
  const clock = virtualClock();
  const random = randomFrom(seed);
  /** @type {string[]} */
  const said = [];
  const surroundings = {
    now: clock.now,
    sleep: clock.sleep,
    random,
    concurrency,
    progress: (/** @type {string} */ text) => said.push(text),
    log: () => undefined,
    redact: () => undefined,
    env: {},
  };
  const limiter = product.createLimiter(limits);
  const seen = { requests: 0, refused: 0, mostInFlight: 0, first: Number.NaN, last: 0 };
  let inFlight = 0;

  async function sendOnce() {
    inFlight += 1;
    seen.mostInFlight = Math.max(seen.mostInFlight, inFlight);
    await clock.sleep((latency + random() * jitter) / 2);
    const verdict = limiter.count('tenant', clock.now());
    seen.requests += 1;
    if (verdict.refuse !== undefined) seen.refused += 1;
    if (Number.isNaN(seen.first)) seen.first = clock.now();
    seen.last = clock.now();
    await clock.sleep(verdict.delay + (latency + random() * jitter) / 2);
    inFlight -= 1;
    const status = verdict.refuse ?? 200;
    return {
      kind: 'answer',
      status,
      headers: { 'content-type': 'application/json', ...verdict.headers },
      bytes: new TextEncoder().encode('{}'),
    };
  }

  const deps = {
    sendOnce,
    budget: product.createHostBudget(surroundings),
    authenticate: { authorize: async () => ({}), invalidate: () => false, reload: async () => false },
    surroundings,
    redactor: product.createRedactor(),
    skew: product.createSkewEstimate(),
    describeError: () => undefined,
    count: () => undefined,
    deadlineMs: 600_000,
    attemptMs: 60_000,
    attempts: 10,
    maxAnswerBytes: 1e6,
  };
  const outgoing = {
    purpose: 'read',
    method: 'GET',
    url: new URL('http://service.example.com/scheduler/jobs'),
    headers: {},
    body: undefined,
    accept: [],
    secrets: [],
  };

  let next = 0;
  async function worker() {
    while (next < changes) {
      next += 1;
      for (let request = 0; request < requestsPerChange; request++) await product.send(deps, outgoing);
    }
  }
  await clock.run(Promise.all(Array.from({ length: concurrency }, worker)));
  const accepted = seen.requests - seen.refused;
  const { requests, window } = limits.client ?? limits.absolute;
  // Whole windows that must go by, or as fast as 16 in flight can be.
  const windows = Math.floor((accepted - 1) / requests) * window;
  const ideal = Math.max(windows, (accepted * (latency + jitter / 2)) / concurrency);
  return {
    ...seen,
    ms: seen.last - seen.first,
    ideal,
    share: seen.refused / seen.requests,
    ratio: (seen.last - seen.first) / ideal,
    said,
  };
}

/** Time that passes only when nothing is left to do. */
function virtualClock() {
  let now = Date.UTC(2026, 0, 1);
  /** @type {{ at: number; order: number; wake: () => void }[]} */
  const sleepers = [];
  let order = 0;
  return {
    now: () => now,
    /** @param {number} ms */
    sleep: (ms) =>
      new Promise((resolve) => {
        sleepers.push({ at: now + Math.max(0, ms), order: order++, wake: () => resolve(undefined) });
      }),
    /** @param {Promise<unknown>} work */
    async run(work) {
      let done = false;
      const ended = work.finally(() => {
        done = true;
      });
      while (!done) {
        await new Promise((resolve) => setImmediate(resolve));
        sleepers.sort((a, b) => a.at - b.at || a.order - b.order);
        const first = sleepers.shift();
        if (first === undefined) continue;
        now = Math.max(now, first.at);
        first.wake();
      }
      await ended;
    },
  };
}

/** @param {number} seed */
function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}
