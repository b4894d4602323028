import type { InventoryEntry } from '../core/inventory.ts';
import type { Intent, Journal } from '../core/journal.ts';
import type { HistoryRecord, StateLock, TargetState } from '../state/store.ts';

/**
 * The state of one apply: entries and the journal change in memory, and the document is written once for all that arrived
 * while the last write ran. Before `begin` nothing is written at all: what only concerns the books goes with it, or with `finish`.
 */
export class StateWriter {
  readonly #lock: StateLock;
  readonly #inventory: Record<string, InventoryEntry>;
  readonly #intents: Record<string, Intent>;
  #state: TargetState;
  #begun = false;
  #dirty: boolean;
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  /** `dirty`: the state differs from what is stored already. */
  constructor(lock: StateLock, state: TargetState, dirty: boolean) {
    this.#lock = lock;
    this.#inventory = { ...state.inventory };
    this.#intents = { ...state.journal?.intents };
    this.#state = { ...state, inventory: this.#inventory };
    this.#dirty = dirty;
  }

  /** Is there anything that `finish` would have to write? */
  get isDirty(): boolean {
    return this.#dirty || this.#begun;
  }

  entry(address: string): InventoryEntry | undefined {
    return this.#inventory[address];
  }

  intent(address: string): Intent | undefined {
    return this.#intents[address];
  }

  /** Writes the whole intent, before the first write to the service. Intents of an earlier apply that are still open stay, unless this one has its own. */
  async begin(journal: Journal): Promise<void> {
    Object.assign(this.#intents, journal.intents);
    this.#state = { ...this.#state, journal: { ...journal, intents: this.#intents } };
    await this.#put((state) => this.#lock.begin(state));
    this.#begun = true;
  }

  /**
   * Sets (or with `null` removes) entries; `closes` drops the intents of these addresses in the same write, as they are settled.
   * Resolves when that is on disk, or at once before `begin`.
   */
  record(
    entries: Readonly<Record<string, InventoryEntry | null>>,
    closes: readonly string[] = [],
  ): Promise<void> {
    // Changed in place: a copy for each of thousands of entries would cost more than all the rest.
    for (const [address, entry] of Object.entries(entries)) {
      if (entry === null) delete this.#inventory[address];
      else this.#inventory[address] = entry;
    }
    for (const address of closes) delete this.#intents[address];
    this.#dirty = true;
    return this.#begun ? this.#flush() : Promise.resolve();
  }

  /** Replaces an intent, and writes with the next write: what is only noted here may be lost, and is found out by reading then. */
  note(address: string, intent: Intent): void {
    this.#intents[address] = intent;
  }

  /** Drops the intent of a change that was not begun; written with the next write. */
  drop(address: string): void {
    delete this.#intents[address];
  }

  /** The last write: with a history record; the journal stays only for what is not settled. */
  async finish(recordOf: (serial: number) => HistoryRecord): Promise<void> {
    await this.#running?.catch(() => undefined);
    await this.#next?.catch(() => undefined);
    const { journal } = this.#state;
    const isSettled = journal === null || Object.keys(this.#intents).length === 0;
    this.#state = { ...this.#state, journal: isSettled ? null : { ...journal, intents: this.#intents } };
    await this.#put((state) => this.#lock.finish(state, recordOf(state.serial)));
  }

  #flush(): Promise<void> {
    if (this.#running === undefined) {
      this.#running = this.#write().finally(() => {
        this.#running = undefined;
      });
      return this.#running;
    }
    this.#next ??= this.#running
      .catch(() => undefined)
      .then(() => {
        this.#next = undefined;
        return this.#flush();
      });
    return this.#next;
  }

  #write(): Promise<void> {
    return this.#put((state) => this.#lock.save(state));
  }

  async #put(write: (state: TargetState) => Promise<void>): Promise<void> {
    const serial = this.#state.serial + 1;
    await write({ ...this.#state, serial });
    this.#state = { ...this.#state, serial };
  }
}
