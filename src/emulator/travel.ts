import type { VirtualClock } from './clock.ts';

/** A service that lives by the clock. */
export interface Traveller {
  /** When something is due next, epoch ms. */
  nextDue(): number | undefined;
  /** Lets everything happen that is due by an instant. */
  catchUp(until: number): void;
  /** Comes back after it did not run since an instant. */
  resume(downSince: number, until: number): void;
  /** Waits for the endpoints that are being called. */
  settled(): Promise<void>;
}

/** Moves the clock and lets happen what is due on the way. */
export interface Travel {
  /** Lets everything run that is due by now. */
  catchUp(): void;
  /** Goes on by so many ms; with `down` the services do not run meanwhile. */
  advance(ms: number, down?: boolean): Promise<void>;
  /** The services come back after they did not run since an instant. */
  resume(downSince: number): void;
  settled(): Promise<void>;
}

/** @param stepwise goes from run to run, so that each endpoint is called at its own time */
export function createTravel(
  travellers: readonly Traveller[],
  clock: VirtualClock,
  stepwise: boolean,
): Travel {
  function catchUp(): void {
    for (const traveller of travellers) traveller.catchUp(clock.now());
  }
  function resume(downSince: number): void {
    for (const traveller of travellers) traveller.resume(downSince, clock.now());
  }
  async function settled(): Promise<void> {
    for (const traveller of travellers) await traveller.settled();
  }
  async function walk(to: number): Promise<void> {
    for (;;) {
      const due = Math.min(...travellers.map((traveller) => traveller.nextDue() ?? Number.POSITIVE_INFINITY));
      if (due > to) return;
      if (due > clock.now()) clock.advance(due - clock.now());
      catchUp();
      await settled();
    }
  }
  return {
    catchUp,
    resume,
    settled,
    async advance(ms, down = false) {
      catchUp();
      const from = clock.now();
      const to = from + ms;
      if (stepwise && !down) await walk(to);
      if (clock.isFrozen() || clock.now() < to) clock.advance(to - clock.now());
      if (down) resume(from);
      catchUp();
      await settled();
    },
  };
}
