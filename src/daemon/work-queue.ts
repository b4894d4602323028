import type { DaemonClock } from './clock.ts';

/** Why a pass is made. */
export type Trigger =
  | 'start'
  | 'files'
  | 'git'
  | 'hook'
  | 'interval'
  | 'window'
  | 'pause-end'
  | 'retry'
  | 'confirm'
  | 'approval'
  | 'hand';

export interface WorkQueueOptions {
  clock: DaemonClock;
  /** Targets worked on at the same time. */
  concurrency: number;
  work(name: string, triggers: ReadonlySet<Trigger>): Promise<void>;
  /** Called when a target is queued, begun or done. */
  onChange?(name: string): void;
}

/**
 * One queue of target names. Triggers only say "look": any number of them before a pass begins make one pass, and those
 * that come during a pass make one more after it. At most one pass per target runs at any time.
 */
export class WorkQueue {
  readonly #options: WorkQueueOptions;
  readonly #waiting = new Map<string, Set<Trigger>>();
  readonly #running = new Map<string, Promise<void>>();
  readonly #timers = new Map<string, { at: number; cancel: () => void }>();
  #stopped = false;

  constructor(options: WorkQueueOptions) {
    this.#options = options;
  }

  add(name: string, trigger: Trigger): void {
    if (this.#stopped) return;
    const triggers = this.#waiting.get(name) ?? new Set();
    triggers.add(trigger);
    this.#waiting.set(name, triggers);
    this.#options.onChange?.(name);
    this.#next();
  }

  /** Adds it after `ms`. Per name and trigger only the earliest wish counts. */
  addAfter(name: string, trigger: Trigger, ms: number): void {
    if (this.#stopped) return;
    const key = `${name}\n${trigger}`;
    const at = this.#options.clock.now() + ms;
    const known = this.#timers.get(key);
    if (known !== undefined && known.at <= at) return;
    known?.cancel();
    const cancel = this.#options.clock.after(ms, () => {
      this.#timers.delete(key);
      this.add(name, trigger);
    });
    this.#timers.set(key, { at, cancel });
  }

  /** Takes back what `addAfter` was to do. */
  forget(name: string, trigger: Trigger): void {
    const key = `${name}\n${trigger}`;
    this.#timers.get(key)?.cancel();
    this.#timers.delete(key);
  }

  phase(name: string): 'idle' | 'queued' | 'running' {
    if (this.#running.has(name)) return 'running';
    return this.#waiting.has(name) ? 'queued' : 'idle';
  }

  /** No pass begins any more; resolves when those that run have ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const { cancel } of this.#timers.values()) cancel();
    this.#timers.clear();
    this.#waiting.clear();
    await Promise.all(this.#running.values());
  }

  #next(): void {
    for (const [name, triggers] of this.#waiting) {
      if (this.#running.size >= this.#options.concurrency) return;
      if (this.#running.has(name)) continue;
      this.#waiting.delete(name);
      const pass = this.#options
        .work(name, triggers)
        .catch(() => undefined)
        .finally(() => {
          this.#running.delete(name);
          this.#options.onChange?.(name);
          if (!this.#stopped) this.#next();
        });
      this.#running.set(name, pass);
      this.#options.onChange?.(name);
    }
  }
}
