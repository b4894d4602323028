import type { JsonObject } from '../../src/core/json.ts';
import type { Surroundings } from '../../src/core/provider.ts';

export interface FakeSurroundings extends Surroundings {
  slept: number[];
  progressed: string[];
  logged: { level: string; message: string; data: JsonObject | undefined }[];
  secrets: string[];
  advance(ms: number): void;
}

/** A clock that moves only when somebody sleeps, and a memory of everything that was said. */
export function fakeSurroundings(change: Partial<Surroundings> = {}): FakeSurroundings {
  let now = Date.UTC(2026, 0, 1);
  const slept: number[] = [];
  const progressed: string[] = [];
  const logged: FakeSurroundings['logged'] = [];
  const secrets: string[] = [];
  return {
    now: () => now,
    sleep: async (ms, signal) => {
      if (signal?.aborted) throw new Error('aborted');
      slept.push(ms);
      now += ms;
    },
    random: () => 0.5,
    log: (level, message, data) => logged.push({ level, message, data }),
    redact: (secret) => secrets.push(secret),
    env: {},
    concurrency: 16,
    progress: (message) => progressed.push(message),
    ...change,
    slept,
    progressed,
    logged,
    secrets,
    advance: (ms) => {
      now += ms;
    },
  };
}
