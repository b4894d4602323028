import type { StoreClock } from '../../src/state/store.ts';

export interface FakeStoreClock extends StoreClock {
  /** Moves the time; heartbeats that fall due are carried out, and waited for. */
  advance(ms: number): Promise<void>;
  /** Moves the time while nothing happens: the machine sleeps, or the process is gone. */
  sleepThrough(ms: number): void;
  /** Pids that are gone. */
  readonly dead: Set<number>;
}

/** Time that moves only when a test moves it, or somebody waits. */
export function fakeStoreClock(start = Date.parse('2026-11-22T12:00:00Z')): FakeStoreClock {
  let now = start;
  let count = 0;
  const tasks = new Set<{ due: number; ms: number; task: () => void }>();
  const dead = new Set<number>();
  const advance = async (ms: number): Promise<void> => {
    const until = now + ms;
    for (;;) {
      const [next] = [...tasks].filter(({ due }) => due <= until).sort((a, b) => a.due - b.due);
      if (next === undefined) break;
      now = next.due;
      next.due += next.ms;
      next.task();
      // Real I/O of the task: a few turns of the event loop.
      for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    }
    now = until;
  };
  return {
    dead,
    advance,
    sleepThrough(ms) {
      now += ms;
      for (const entry of tasks) entry.due = now + entry.ms;
    },
    now: () => now,
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      await advance(ms);
    },
    every(ms, task) {
      const entry = { due: now + ms, ms, task };
      tasks.add(entry);
      return () => tasks.delete(entry);
    },
    random: () => `id-${++count}`,
    isAlive: (pid) => !dead.has(pid),
  };
}
