import type * as product from '../src/index.ts';

export interface SimulationOptions {
  schedules: number;
  edits: number;
  /** Stretch over which the edits are spread; default 5. */
  days?: number;
  /** Same number, same simulation. */
  seed?: number;
  /** Ms that each request of an edit takes; default 250. */
  latency?: number;
}

export interface SimulationResult {
  schedules: number;
  edits: number;
  /** How many edits there were of each sort. */
  kinds: Record<string, number>;
  /** Changes that were replaces. */
  replaced: number;
  runs: number;
  ideal: number;
  /** Not announced by a plan. */
  missed: number;
  extra: number;
  /** In a plan's lists. */
  announcedMissed: number;
  announcedExtra: number;
  /** Announced as missed, and run all the same: the schedule of before was still there. */
  spared: number;
  /** Changes that did not succeed. */
  failures: unknown[];
  /** What was missed or doubled unannounced, with what came before. */
  examples: unknown[];
}

/** @param product the public library */
export function simulate(api: typeof product, options: SimulationOptions): Promise<SimulationResult>;
