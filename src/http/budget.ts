import type { Surroundings } from '../core/provider.ts';

export type SlotOutcome = 'answered' | 'throttled' | 'failed';

export interface Slot {
  /** Must be called once. `throttled`: the service showed that it has too much to do. */
  release(outcome: SlotOutcome): void;
}

/** How much one host is asked for at a time: learned from its answers, shared by all clients of the host. */
export interface HostBudget {
  /** Waits until a request may be sent; `again`: a repetition, which goes before new ones. Rejects when aborted. */
  acquire(again: boolean): Promise<Slot>;
  /** Nothing more is sent to the host for `ms` milliseconds. Requests in flight are not concerned. */
  pause(ms: number, why: string): void;
  /** For tests and the debug log. */
  state(): { limit: number; inFlight: number; waiting: number };
}

export interface HostBudgets {
  forOrigin(origin: string): HostBudget;
}

export type BudgetSurroundings = Pick<Surroundings, 'now' | 'sleep' | 'progress' | 'signal' | 'concurrency'>;

/** SEMANTICS 10. */
export const mostInFlight = 16;
const firstLimit = 4;

interface Waiter {
  start(slot: Slot): void;
  fail(error: unknown): void;
}

/**
 * Starts with 4 in flight and adds one with each answer until the service first objects; then it halves, and grows by one
 * per full round of answers (additive increase, multiplicative decrease). Of the requests that were in flight together
 * only the first objection counts, as they all met the same congestion.
 */
export function createHostBudget(surroundings: BudgetSurroundings): HostBudget {
  const most = Math.max(1, Math.min(mostInFlight, Math.floor(surroundings.concurrency) || 1));
  let limit = Math.min(firstLimit, most);
  let objected = false;
  let round = 0;
  let inFlight = 0;
  let pausedUntil: number | undefined;
  const queue: Waiter[] = [];

  function openSlot(): Slot {
    const startedIn = round;
    let released = false;
    inFlight += 1;
    return {
      release(outcome) {
        if (released) return;
        released = true;
        inFlight -= 1;
        learn(outcome, startedIn);
        serve();
      },
    };
  }

  function learn(outcome: SlotOutcome, startedIn: number): void {
    if (outcome === 'answered') limit = Math.min(most, limit + (objected ? 1 / limit : 1));
    if (outcome !== 'throttled' || startedIn !== round) return;
    objected = true;
    round += 1;
    limit = Math.max(1, limit / 2);
  }

  function serve(): void {
    if (pausedUntil !== undefined) return;
    while (inFlight < Math.floor(limit)) {
      const next = queue.shift();
      if (next === undefined) return;
      next.start(openSlot());
    }
  }

  async function waitOut(): Promise<void> {
    try {
      for (let until = pausedUntil; until !== undefined; ) {
        const ms = until - surroundings.now();
        if (ms > 0) await surroundings.sleep(ms, surroundings.signal);
        // Somebody may have asked for a longer pause in the meantime.
        if (pausedUntil === until) break;
        until = pausedUntil;
      }
      pausedUntil = undefined;
      serve();
    } catch (error) {
      pausedUntil = undefined;
      for (const waiter of queue.splice(0)) waiter.fail(error);
    }
  }

  return {
    acquire(again) {
      return new Promise<Slot>((start, fail) => {
        if (again) queue.unshift({ start, fail });
        else queue.push({ start, fail });
        serve();
      });
    },
    pause(ms, why) {
      const until = surroundings.now() + ms;
      if (ms <= 0 || (pausedUntil !== undefined && pausedUntil >= until)) return;
      const grown = until - (pausedUntil ?? surroundings.now());
      if (grown >= 1000) surroundings.progress?.(`waiting ${Math.ceil(ms / 1000)} s: ${why}`);
      const asleep = pausedUntil !== undefined;
      pausedUntil = until;
      if (!asleep) void waitOut();
    },
    state: () => ({ limit, inFlight, waiting: queue.length }),
  };
}

function createHostBudgets(surroundings: BudgetSurroundings): HostBudgets {
  const budgets = new Map<string, HostBudget>();
  return {
    forOrigin(origin) {
      const known = budgets.get(origin);
      if (known !== undefined) return known;
      const budget = createHostBudget(surroundings);
      budgets.set(origin, budget);
      return budget;
    },
  };
}

const shared = new WeakMap<Surroundings['sleep'], HostBudgets>();

/**
 * The budgets of everything that waits by the same clock: `surroundings.sleep` is what stays the same when an entry point
 * derives surroundings per target from common ones. So two targets on one host share its budget without wiring.
 */
export function budgetsFor(surroundings: Surroundings): HostBudgets {
  const known = shared.get(surroundings.sleep);
  if (known !== undefined) return known;
  const budgets = createHostBudgets(surroundings);
  shared.set(surroundings.sleep, budgets);
  return budgets;
}
