import type { VirtualClock } from './clock.ts';
import type { JobStore } from './sap/store.ts';
import type { World } from './sap/world.ts';

/** Moves the clock and lets happen what is due on the way. */
export interface Travel {
  /** Lets everything run that is due by now. */
  catchUp(): void;
  /** Goes on by so many ms; with `down` the service does not run meanwhile. */
  advance(ms: number, down?: boolean): Promise<void>;
  /** The service comes back after it did not run since an instant. */
  resume(downSince: number): void;
}

/** @param stepwise goes from run to run, so that each endpoint is called at its own time */
export function createTravel(world: World, clock: VirtualClock, stepwise: boolean): Travel {
  function stores(): JobStore[] {
    return [...world.instances.values()].map(({ store }) => store);
  }
  function catchUp(): void {
    for (const store of stores()) world.runner.catchUp(store, clock.now());
  }
  function resume(downSince: number): void {
    for (const store of stores()) world.runner.resume(store, downSince, clock.now());
  }
  async function walk(to: number): Promise<void> {
    for (;;) {
      const due = Math.min(...stores().map((store) => store.queue.peek()?.at ?? Number.POSITIVE_INFINITY));
      if (due > to) return;
      if (due > clock.now()) clock.advance(due - clock.now());
      catchUp();
      await world.runner.settled();
    }
  }
  return {
    catchUp,
    resume,
    async advance(ms, down = false) {
      catchUp();
      const from = clock.now();
      const to = from + ms;
      if (stepwise && !down) await walk(to);
      if (clock.isFrozen() || clock.now() < to) clock.advance(to - clock.now());
      if (down) resume(from);
      catchUp();
      await world.runner.settled();
    },
  };
}
