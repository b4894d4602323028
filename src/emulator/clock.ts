/** What of a clock is kept over a restart. */
export interface SavedClock {
  /** Epoch ms at which a stopped clock stands; absent while it runs. */
  frozenAt?: number;
  /** Ms by which the clock is ahead of the real one. */
  offset: number;
}

/** The clock of the emulated service: the real one, shifted, or stopped at an instant. All instants are epoch ms. */
export interface VirtualClock {
  now(): number;
  /** Goes to an instant and stops there; with `running` it goes on from there. */
  set(instant: number, running?: boolean): void;
  advance(ms: number): void;
  freeze(): void;
  run(): void;
  isFrozen(): boolean;
  save(): SavedClock;
  restore(saved: SavedClock): void;
}

/** @param realNow the clock of the machine, epoch ms */
export function createClock(realNow: () => number): VirtualClock {
  let offset = 0;
  let frozenAt: number | undefined;

  function now(): number {
    return frozenAt ?? realNow() + offset;
  }
  return {
    now,
    set(instant, running = false) {
      offset = instant - realNow();
      frozenAt = running ? undefined : instant;
    },
    advance(ms) {
      offset += ms;
      if (frozenAt !== undefined) frozenAt += ms;
    },
    freeze() {
      frozenAt = now();
    },
    run() {
      if (frozenAt === undefined) return;
      offset = frozenAt - realNow();
      frozenAt = undefined;
    },
    isFrozen: () => frozenAt !== undefined,
    save: () => (frozenAt === undefined ? { offset } : { offset, frozenAt }),
    restore(saved) {
      offset = saved.offset;
      frozenAt = saved.frozenAt;
    },
  };
}
