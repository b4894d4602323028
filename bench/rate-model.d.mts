import type { createRedactor } from '../src/core/redactor.ts';
import type { createLimiter, Limits } from '../src/emulator/limits.ts';
import type { createHostBudget } from '../src/http/budget.ts';
import type { send } from '../src/http/send.ts';
import type { createSkewEstimate } from '../src/http/skew.ts';

export interface RateModel {
  requests: number;
  refused: number;
  mostInFlight: number;
  /** ms of virtual time, and the least it could have been. */
  ms: number;
  ideal: number;
  /** Of the requests that were refused. */
  share: number;
  ratio: number;
  /** What was told to people. */
  said: string[];
}

export function modelRateLimit(
  product: {
    send: typeof send;
    createHostBudget: typeof createHostBudget;
    createLimiter: typeof createLimiter;
    createRedactor: typeof createRedactor;
    createSkewEstimate: typeof createSkewEstimate;
  },
  options: {
    changes: number;
    requestsPerChange?: number;
    /** ms */
    latency?: number;
    jitter?: number;
    concurrency?: number;
    limits: Limits;
    seed?: number;
  },
): Promise<RateModel>;
