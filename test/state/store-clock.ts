import type { StoreClock } from '../../src/state/store.ts';

export interface FakeClock extends StoreClock {
  /** Lets time pass; what is due happens on the way. */
  advance(ms: number): void;
  /** Lets time pass while nothing happens: the machine is asleep, or its process is gone. */
  sleepThrough(ms: number): void;
  /** Pids that are gone. */
  dead: Set<number>;
}

/** Time that passes only when somebody sleeps or a test says so. */
export function fakeClock(start = Date.parse('2026-11-22T12:00:00Z')): FakeClock {
  let now = start;
  let ids = 0;
  const repeated = new Set<{ due: number; ms: number; task: () => void }>();
  const dead = new Set<number>();
  function advance(ms: number): void {
    const end = now + ms;
    for (;;) {
      const [next] = [...repeated].filter(({ due }) => due <= end).sort((a, b) => a.due - b.due);
      if (next === undefined) break;
      now = next.due;
      next.due += next.ms;
      next.task();
    }
    now = end;
  }
  return {
    now: () => now,
    sleep: async (ms) => advance(ms),
    every(ms, task) {
      const entry = { due: now + ms, ms, task };
      repeated.add(entry);
      return () => void repeated.delete(entry);
    },
    random: () => {
      ids += 1;
      return `id-${ids}`;
    },
    isAlive: (pid) => !dead.has(pid),
    advance,
    sleepThrough(ms) {
      now += ms;
      for (const entry of repeated) entry.due = now + entry.ms;
    },
    dead,
  };
}
