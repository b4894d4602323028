import type { JsonObject } from '../../core/json.ts';

/** One thing that happened to a target: for the audit log, the pages and, where it is a change of state, notifications. */
export interface WatchEvent {
  /** Grows by one with each. */
  id: number;
  /** Epoch ms. */
  at: number;
  target: string;
  type: EventType;
  /** One line for people. */
  message: string;
  /** Who or what: a trigger, or a person's word. */
  who: string;
  commit?: string;
  /** For the audit log alone: trigger, what was before and after, what became of each change. Without secrets. */
  details?: JsonObject;
}

export type EventType =
  | 'in-step'
  | 'differences'
  | 'applied'
  | 'apply-failed'
  | 'refused'
  | 'pass-failed'
  | 'recovered'
  | 'stale'
  | 'fresh'
  | 'paused'
  | 'resumed'
  | 'approved'
  | 'fight'
  | 'fight-over';

/** The last events of all targets, and who wants to hear of new ones. */
export class EventLog {
  readonly #events: WatchEvent[] = [];
  readonly #listeners = new Set<(event: WatchEvent) => void>();
  readonly #keep: number;
  #id = 0;

  constructor(keep = 1_000) {
    this.#keep = keep;
  }

  add(event: Omit<WatchEvent, 'id'>): WatchEvent {
    this.#id += 1;
    const whole = { id: this.#id, ...event };
    // A thousand applies with all their fields would be much memory, and the pages do not show them.
    const { details: _details, ...kept } = whole;
    this.#events.push(kept);
    if (this.#events.length > this.#keep) this.#events.shift();
    for (const listener of this.#listeners) listener(whole);
    return whole;
  }

  /** Newest first. */
  of(target: string, limit: number): WatchEvent[] {
    return this.#events
      .filter((event) => event.target === target)
      .slice(-limit)
      .reverse();
  }

  listen(listener: (event: WatchEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}
