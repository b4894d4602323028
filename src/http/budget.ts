import type { Surroundings } from '../core/provider.ts';
import { createPace } from './pace.ts';

/** `throttled`: answered, with a warning that a limit is near; `refused`: not answered, because one was reached. */
export type SlotOutcome = 'answered' | 'throttled' | 'refused' | 'failed';

export interface Slot {
  /** Must be called once. */
  release(outcome: SlotOutcome): void;
}

/** How much one host is asked for at a time: learned from its answers, shared by all clients of the host. */
export interface HostBudget {
  /** Waits until a request may be sent; `again`: a repetition, which goes before new ones. Rejects when aborted. */
  acquire(again: boolean): Promise<Slot>;
  /** Nothing more is sent to the host for `ms` milliseconds. Requests in flight are not concerned. */
  pause(ms: number, why: string): void;
  /** For tests and the debug log. */
  state(): { limit: number; inFlight: number; waiting: number; perSecond?: number };
}

export interface HostBudgets {
  forOrigin(origin: string): HostBudget;
}

export type BudgetSurroundings = Pick<
  Surroundings,
  'now' | 'sleep' | 'progress' | 'waiting' | 'signal' | 'concurrency'
>;

/** SEMANTICS 10. */
export const mostInFlight = 16;
const firstLimit = 4;
/** A pause from which on people wonder, also where there is no terminal, ms. */
const LONG = 5_000;
/** What a warning leaves of the requests at a time. */
const WARNED = 7 / 8;

interface Waiter {
  start(slot: Slot): void;
  fail(error: unknown): void;
}

/**
 * Starts with 4 in flight and adds one with each answer until the service first objects: a refusal halves, a warning takes an
 * eighth. From then on it grows by one per full round of answers (additive increase, multiplicative decrease). Of the requests
 * that were in flight together only the first objection counts, as they all met the same congestion. After a refusal there is
 * also a pace: see `pace.ts`.
 */
export function createHostBudget(surroundings: BudgetSurroundings): HostBudget {
  const most = Math.max(1, Math.min(mostInFlight, Math.floor(surroundings.concurrency) || 1));
  let limit = Math.min(firstLimit, most);
  let objected = false;
  let round = 0;
  let inFlight = 0;
  let pausedUntil: number | undefined;
  const queue: Waiter[] = [];
  const pace = createPace();
  /** A refusal whose pause is not known yet. */
  let refusal = false;
  let napping = false;

  function openSlot(): Slot {
    const startedIn = round;
    let released = false;
    inFlight += 1;
    pace.start();
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
    const answered = outcome === 'answered' || outcome === 'throttled';
    const paced = pace.perSecond() !== undefined;
    if (answered) pace.answered(surroundings.now());
    if (outcome === 'throttled') pace.warned(surroundings.now());
    // With a pace, warnings tell how near the limit is; fewer at a time would only make slow what is slow already.
    if (outcome === 'answered' || (outcome === 'throttled' && paced))
      limit = Math.min(most, limit + (objected ? 1 / limit : 1));
    const objects = outcome === 'refused' || (outcome === 'throttled' && !paced);
    if (!objects || startedIn !== round) return;
    if (outcome === 'refused') refusal = true;
    objected = true;
    round += 1;
    // A warning comes in time; a refusal comes too late.
    limit = Math.max(1, outcome === 'refused' ? limit / 2 : limit * WARNED);
  }

  /** `due`: a nap for the pace has ended, whatever the clock says. */
  function serve(due = false): void {
    if (pausedUntil !== undefined || napping) return;
    let ready = due;
    while (inFlight < Math.floor(limit) && queue.length > 0) {
      const wait = ready ? 0 : pace.waitMs(surroundings.now());
      if (wait > 0) {
        void nap(wait);
        return;
      }
      ready = false;
      queue.shift()?.start(openSlot());
    }
  }

  async function nap(ms: number): Promise<void> {
    napping = true;
    try {
      await surroundings.sleep(ms, surroundings.signal);
      napping = false;
      serve(true);
    } catch (error) {
      napping = false;
      failAll(error);
    }
  }

  function failAll(error: unknown): void {
    for (const waiter of queue.splice(0)) waiter.fail(error);
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
      failAll(error);
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
      if (refusal) pace.refused(surroundings.now(), Math.max(0, ms));
      refusal = false;
      const until = surroundings.now() + ms;
      if (ms <= 0 || (pausedUntil !== undefined && pausedUntil >= until)) return;
      const grown = until - (pausedUntil ?? surroundings.now());
      const seconds = `${Math.ceil(ms / 1000)} s: ${why}`;
      if (grown >= LONG) surroundings.waiting?.(seconds);
      if (grown >= 1000) surroundings.progress?.(`waiting ${seconds}`);
      const asleep = pausedUntil !== undefined;
      pausedUntil = until;
      if (!asleep) void waitOut();
    },
    state: () => {
      const perSecond = pace.perSecond();
      return { limit, inFlight, waiting: queue.length, ...(perSecond === undefined ? {} : { perSecond }) };
    },
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
