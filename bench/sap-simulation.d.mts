import type * as product from '../src/index.ts';

export interface SimulationOptions {
  /** Changes of manifests, and changes by hand that are healed. */
  changes: number;
  /** Jobs to begin with; each has one to three schedules. */
  jobs: number;
  /** Stretch over which the changes are spread; default 10. */
  days?: number;
  /** Same number, same simulation; default 1. */
  seed?: number;
  /** Ms that each request takes; default 0. */
  latency?: number;
}

export interface SimulationResult {
  changes: number;
  jobs: number;
  seed: number;
  latency: number;
  /** Schedules that were ever made. */
  schedules: number;
  /** How many changes there were of each sort. */
  kinds: Record<string, number>;
  plans: number;
  /** Plans that a safety rule refused, by its code. */
  refused: Record<string, number>;
  /** Changes that failed, by the code of the error. */
  failed: Record<string, number>;
  /** How often a write waited for a run to be over. */
  waited: number;
  runs: number;
  expected: number;
  /** Runs that a plan listed for after its write and before the next one. */
  shown: number;
  /** Expected, and did not happen, and no plan had said so. */
  missed: number;
  /** Expected, and happened more than once. */
  doubled: number;
  /** At the instant of a write, unannounced. */
  immediate: number;
  /** At any other instant, unannounced. */
  extra: number;
  /** Differences that a plan had announced. */
  announced: number;
  /** Listed by a plan, and did not happen. */
  notShown: number;
  /** Outcomes that did not succeed. */
  failures: unknown[];
  /** What was unannounced, with the changes before and after it. */
  examples: unknown[];
}

/** @param product the public library */
export function simulate(api: typeof product, options: SimulationOptions): Promise<SimulationResult>;
