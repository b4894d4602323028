import type { Traveller } from '../travel.ts';
import type { JobStore } from './store.ts';
import type { World } from './world.ts';

/** The service's part in the movements of the clock. */
export function createSapTraveller(world: World): Traveller {
  function stores(): JobStore[] {
    return [...world.instances.values()].map(({ store }) => store);
  }
  return {
    nextDue() {
      const due = stores().flatMap((store) => store.queue.peek()?.at ?? []);
      return due.length === 0 ? undefined : Math.min(...due);
    },
    catchUp(until) {
      for (const store of stores()) world.runner.catchUp(store, until);
    },
    resume(downSince, until) {
      for (const store of stores()) world.runner.resume(store, downSince, until);
    },
    settled: world.runner.settled,
  };
}
