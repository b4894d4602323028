import type { DaemonClock } from '../../src/daemon/clock.ts';

/** A clock that is turned by hand: timers run in the order of their times. */
export interface HandClock extends DaemonClock {
  advance(ms: number): Promise<void>;
  readonly pending: number;
}

export function createHandClock(start = Date.parse('2026-03-03T12:00:00Z')): HandClock {
  let time = start;
  let serial = 0;
  const timers = new Map<number, { at: number; task: () => void }>();
  return {
    now: () => time,
    random: () => 0.5,
    get pending() {
      return timers.size;
    },
    after(ms, task) {
      serial += 1;
      const id = serial;
      timers.set(id, { at: time + ms, task });
      return () => void timers.delete(id);
    },
    async advance(ms) {
      const end = time + ms;
      for (;;) {
        const [next] = [...timers].filter(([, { at }]) => at <= end).sort(([, a], [, b]) => a.at - b.at);
        if (next === undefined) break;
        timers.delete(next[0]);
        time = Math.max(time, next[1].at);
        next[1].task();
        await settle();
      }
      time = end;
      await settle();
    },
  };
}

/** Lets everything that is ready run. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise<void>((done) => setImmediate(done));
}
