import { isRecord } from './json.ts';

/** One documented limit: so many requests in a window of the emulator's clock. */
export interface Limit {
  requests: number;
  /** Ms. */
  window: number;
}

/** The two limits of the service, which add up. A missing one is not enforced. */
export interface Limits {
  /** For each tenant: 429 with `retry-after` beyond it. */
  client?: Limit;
  /** For everybody together: 503 with `throttling` beyond it. */
  absolute?: Limit;
  /** Share of a limit from which answers are delayed; default 0.8. */
  near?: number;
  /** Ms by which an answer is delayed near a limit, and what `throttling` says; default 20. */
  delay?: number;
  /** Seconds that `retry-after` says; default: what is left of the window. */
  retryAfter?: number;
  /** Largest page size; default 100. */
  maxPageSize?: number;
  /** Search pages are silently cut to this size; default 100. */
  searchPageCap?: number;
}

/** What the limits say to one request. */
export interface Verdict {
  /** Ms to wait before answering. */
  delay: number;
  headers: Record<string, string>;
  refuse: 429 | 503 | undefined;
}

interface Window {
  start: number;
  count: number;
}

export interface Limiter {
  limits: Limits;
  /** Forgets what was counted so far. */
  reset(): void;
  count(client: string, now: number): Verdict;
}

const FREE: Verdict = { delay: 0, headers: {}, refuse: undefined };

export function createLimiter(limits: Limits): Limiter {
  const windows = new Map<string, Window>();

  /** What share of the limit is used, this request included. */
  function use(key: string, limit: Limit | undefined, now: number): { share: number; left: number } {
    if (limit === undefined) return { share: 0, left: 0 };
    let window = windows.get(key);
    if (window === undefined || now - window.start >= limit.window || now < window.start) {
      window = { start: now, count: 0 };
      windows.set(key, window);
    }
    window.count++;
    const share = window.count > limit.requests ? Number.POSITIVE_INFINITY : window.count / limit.requests;
    return { share, left: window.start + limit.window - now };
  }

  const limiter: Limiter = {
    limits,
    reset: () => windows.clear(),
    count(client, now) {
      const { near = 0.8, delay = 20, retryAfter } = limiter.limits;
      if (limiter.limits.client === undefined && limiter.limits.absolute === undefined) return FREE;
      const absolute = use('absolute', limiter.limits.absolute, now);
      if (absolute.share > 1) return { delay: 0, headers: { throttling: String(delay) }, refuse: 503 };
      const own = use(`client ${client}`, limiter.limits.client, now);
      if (own.share > 1) {
        const seconds = retryAfter ?? Math.max(1, Math.ceil(own.left / 1000));
        return { delay: 0, headers: { 'retry-after': String(seconds) }, refuse: 429 };
      }
      // Each limit adds its own delay.
      const added = (absolute.share > near ? delay : 0) + (own.share > near ? delay : 0);
      return added === 0 ? FREE : { delay: added, headers: { throttling: String(added) }, refuse: undefined };
    },
  };
  return limiter;
}

const NUMBERS = ['near', 'delay', 'retryAfter', 'maxPageSize', 'searchPageCap'] as const;

/** Reads limits from a control request; throws an Error that says what is wrong. */
export function readLimits(value: unknown): Limits {
  if (!isRecord(value))
    throw new Error('limits: an object is expected, for instance {"client":{"requests":10,"window":1000}}');
  const limits: Limits = {};
  for (const [key, entry] of Object.entries(value)) {
    const name = NUMBERS.find((known) => known === key);
    if (name !== undefined) limits[name] = readNumber(entry, key);
    else if (key === 'client' || key === 'absolute') {
      if (entry !== null) limits[key] = readLimit(entry, key);
    } else throw new Error(`limits: unknown key ${key}; known are client, absolute, ${NUMBERS.join(', ')}`);
  }
  return limits;
}

function readLimit(value: unknown, name: string): Limit {
  if (!isRecord(value))
    throw new Error(`limits.${name}: {"requests": number, "window": milliseconds} is expected`);
  return {
    requests: readNumber(value['requests'], `${name}.requests`),
    window: readNumber(value['window'], `${name}.window`),
  };
}

function readNumber(value: unknown, name: string): number {
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value;
  throw new Error(`limits.${name}: a number that is not negative is expected`);
}
