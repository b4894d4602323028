import { ReconcileError } from '../core/errors.ts';
import { errorOf } from '../engine/outcomes.ts';
import type { DaemonClock } from './clock.ts';
import type { WatchMode } from './decide.ts';
import { EventLog, type WatchEvent } from './events/events.ts';
import { HealthWatch } from './health.ts';
import type { WatchMemory } from './memory.ts';
import type { Passes } from './passes.ts';
import { shareReading } from './sources/shared-reading.ts';
import type { Reading, Source } from './sources/source.ts';
import { TargetWatch } from './target-watch.ts';
import { type Trigger, WorkQueue } from './work-queue.ts';

export interface WatchOptions {
  clock: DaemonClock;
  source: Source;
  passes: Passes;
  memory: WatchMemory;
  /** Only these targets; default: all of the config. */
  targets?: readonly string[];
  /** They win over the config. */
  mode?: WatchMode;
  interval?: number;
  /** Targets worked on at the same time. */
  concurrency: number;
  /** ms that one pass may take before it counts as late. */
  timeLimit: number;
  /** Everything that happens, once: audit log and notifications. */
  happened(event: WatchEvent): void;
  log(level: 'info' | 'warn', message: string): void;
}

/** The daemon without its doors: sources in, passes out. */
export class Watch {
  readonly events = new EventLog();
  readonly health: HealthWatch;
  readonly #options: WatchOptions;
  readonly #queue: WorkQueue;
  readonly #targets = new Map<string, TargetWatch>();
  readonly #read: (how: { thorough: boolean }) => Promise<Reading>;

  readonly #changeListeners = new Set<(target: string) => void>();
  #unwatch: () => Promise<void> = async () => undefined;
  #sourceError: string | undefined;
  #ready = false;
  #stopping = false;

  constructor(options: WatchOptions) {
    const { clock, concurrency, timeLimit, source } = options;
    this.#options = options;
    this.health = new HealthWatch({ clock, timeLimit });
    this.#read = shareReading((how) => source.read(how));
    this.events.listen(options.happened);
    this.#queue = new WorkQueue({
      clock,
      concurrency,
      work: (name, triggers) => this.#work(name, triggers),
      onChange: (name) => this.#changed(name),
    });
  }

  /** In the order of the config. */
  get targets(): ReadonlyMap<string, TargetWatch> {
    return this.#targets;
  }

  /** Whether a first reading was made: before that there is nothing to show. */
  get ready(): boolean {
    return this.#ready;
  }

  /** Why the source as a whole cannot be read, if so. */
  get sourceError(): string | undefined {
    return this.#sourceError;
  }

  /** Calls `listener` with the name of each target whose status changes. */
  onChange(listener: (target: string) => void): () => void {
    this.#changeListeners.add(listener);
    return () => void this.#changeListeners.delete(listener);
  }

  /** Throws when the first reading fails or has no target: a daemon with nothing to do is a mistake. */
  async start(): Promise<void> {
    const reading = await this.#read({ thorough: true });
    this.#know(reading);
    const missing = (this.#options.targets ?? []).filter((name) => !this.#targets.has(name));
    if (missing.length > 0 || this.#targets.size === 0) {
      throw new ReconcileError(
        missing.length > 0
          ? `There is no target ${missing.map((name) => `"${name}"`).join(', ')}.`
          : 'The config has no target to watch.',
        { code: 'USAGE_UNKNOWN_TARGET', category: 'invalid', findings: reading.findings },
      );
    }
    await Promise.all([...this.#targets.values()].map((target) => target.orders.open()));
    this.#ready = true;
    this.#unwatch = this.#options.source.watch((trigger) => void this.#sourceMoved(trigger));
    for (const name of this.#targets.keys()) this.#queue.add(name, 'start');
  }

  /** Look at a target now, whatever the reason. False when there is none of that name. */
  trigger(name: string, trigger: Trigger): boolean {
    if (!this.#targets.has(name)) return false;
    this.#queue.add(name, trigger);
    return true;
  }

  triggerAll(trigger: Trigger): void {
    for (const name of this.#targets.keys()) this.#queue.add(name, trigger);
  }

  /** Operations in flight end and are recorded; nothing new begins. */
  async stop(): Promise<void> {
    for (const target of this.#targets.values()) target.stop();
    this.#stopping = true;
    await this.#unwatch();
    await this.#queue.stop();
    await this.#options.passes.close();
    this.health.stop();
  }

  async #sourceMoved(trigger: 'files' | 'git'): Promise<void> {
    // Each pass reads for itself; an apply under way has to know before its turn comes.
    if ([...this.#targets.values()].some(({ status }) => status.phase === 'applying')) {
      try {
        const reading = await this.#read({ thorough: false });
        this.#sourceRead();
        this.#know(reading);
        for (const target of this.#targets.values()) target.supersede(reading);
      } catch (error) {
        this.#sourceFailed(error);
      }
    }
    this.triggerAll(trigger);
  }

  /** Targets come and go with the config, but only with a config that is sound. */
  #know(reading: Reading): void {
    const { targets: only } = this.#options;
    for (const name of reading.targets.keys()) {
      if (this.#targets.has(name) || (only !== undefined && !only.includes(name))) continue;
      this.#targets.set(name, this.#newTarget(name));
      if (this.#ready) this.#queue.add(name, 'start');
    }
    if (reading.findings.some(({ severity }) => severity === 'error')) return;
    for (const [name, target] of this.#targets) {
      if (reading.targets.has(name)) continue;
      target.stop();
      this.#targets.delete(name);
    }
  }

  #newTarget(name: string): TargetWatch {
    const { clock, passes, memory, mode, interval } = this.#options;
    return new TargetWatch({
      name,
      clock,
      passes,
      memory,
      queue: this.#queue,
      read: async (how) => {
        const reading = await this.#readOrFail(how);
        this.health.progress(name);
        return reading;
      },
      ...(mode === undefined ? {} : { mode }),
      ...(interval === undefined ? {} : { interval }),
      happened: (happening) => void this.events.add({ at: clock.now(), ...happening }),
      changed: () => this.#changed(name),
    });
  }

  async #readOrFail(how: { thorough: boolean }): Promise<Reading> {
    try {
      const reading = await this.#read(how);
      this.#sourceRead();
      this.#know(reading);
      return reading;
    } catch (error) {
      this.#sourceFailed(error);
      throw error;
    }
  }

  async #work(name: string, triggers: ReadonlySet<Trigger>): Promise<void> {
    await this.#targets.get(name)?.pass(triggers);
  }

  #sourceRead(): void {
    if (this.#sourceError !== undefined) this.#options.log('info', 'the source can be read again');
    this.#sourceError = undefined;
  }

  #sourceFailed(error: unknown): void {
    // A reading that was cut short by the end of the program says nothing about the source.
    if (this.#stopping) return;
    const { message } = errorOf(error);
    if (this.#sourceError === undefined) this.#options.log('warn', `the source cannot be read: ${message}`);
    this.#sourceError = message;
  }

  #changed(name: string): void {
    if (this.#queue.phase(name) === 'idle') this.health.idle(name);
    else this.health.busy(name);
    for (const listener of this.#changeListeners) listener(name);
  }
}
