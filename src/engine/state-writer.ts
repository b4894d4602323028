import type { InventoryEntry } from '../core/inventory.ts';
import type { StateStore, TargetState } from '../state/store.ts';

/**
 * Records changes one by one as they succeed, but writes the document once for all that arrived while the last write ran.
 * `record` resolves when its entry is on disk.
 */
export class StateWriter {
  #state: TargetState;
  readonly #store: StateStore;
  readonly #inventory: Record<string, InventoryEntry>;
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  constructor(store: StateStore, state: TargetState) {
    this.#store = store;
    this.#inventory = { ...state.inventory };
    this.#state = { ...state, inventory: this.#inventory };
  }

  get state(): TargetState {
    return this.#state;
  }

  entry(address: string): InventoryEntry | undefined {
    return this.#state.inventory[address];
  }

  /** Sets (or with `null` removes) entries. */
  record(entries: Readonly<Record<string, InventoryEntry | null>>): Promise<void> {
    // Changed in place: a copy for each of thousands of entries would cost more than all the rest.
    for (const [address, entry] of Object.entries(entries)) {
      if (entry === null) delete this.#inventory[address];
      else this.#inventory[address] = entry;
    }
    return this.#flush();
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

  async #write(): Promise<void> {
    const state = { ...this.#state, serial: this.#state.serial + 1 };
    this.#state = { ...this.#state, serial: state.serial };
    await this.#store.write(state);
  }
}
