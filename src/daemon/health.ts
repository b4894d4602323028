import type { DaemonClock } from './clock.ts';

/** How often the event loop shows that it turns, ms; and how late it may be. */
const BEAT = 5_000;
const STALL = 10_000;

export interface Health {
  ok: boolean;
  /** What is wrong, for people. */
  problems: string[];
}

export interface HealthOptions {
  clock: DaemonClock;
  /** ms that one pass may take; three times that without progress is a hang. */
  timeLimit: number;
}

/** Notices passes that hang and an event loop that stalls. */
export class HealthWatch {
  readonly #options: HealthOptions;
  readonly #busySince = new Map<string, number>();
  #beat: number;
  #cancel: () => void;

  constructor(options: HealthOptions) {
    this.#options = options;
    this.#beat = options.clock.now();
    this.#cancel = () => undefined;
    this.#turn();
  }

  /** A target is queued or in a pass. `progress`: it got on with it. */
  busy(target: string): void {
    if (!this.#busySince.has(target)) this.#busySince.set(target, this.#options.clock.now());
  }

  progress(target: string): void {
    if (this.#busySince.has(target)) this.#busySince.set(target, this.#options.clock.now());
  }

  idle(target: string): void {
    this.#busySince.delete(target);
  }

  check(): Health {
    const now = this.#options.clock.now();
    const limit = 3 * this.#options.timeLimit;
    const problems = [...this.#busySince]
      .filter(([, since]) => now - since > limit)
      .map(([target, since]) => `${target} has made no progress for ${Math.round((now - since) / 1000)} s`);
    const late = now - this.#beat;
    if (late > BEAT + STALL) problems.push(`the event loop stood still for ${Math.round(late / 1000)} s`);
    return { ok: problems.length === 0, problems };
  }

  stop(): void {
    this.#cancel();
  }

  #turn(): void {
    this.#cancel = this.#options.clock.after(BEAT, () => {
      this.#beat = this.#options.clock.now();
      this.#turn();
    });
  }
}
