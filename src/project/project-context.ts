import type { Finding } from '../core/errors.ts';
import type { Surroundings } from '../core/provider.ts';
import type { Redactor } from '../core/redactor.ts';
import type { FileAccess } from '../manifest/index.ts';
import type { LockClaim, StoreClock } from '../state/store.ts';

/** What reading a project needs from an entry point. */
export interface ProjectContext {
  /** Absolute. */
  cwd: string;
  /** Path of the config file, as given; else it is looked for from `cwd` upwards. */
  config?: string;
  /** Where the config, and the files that it refers to, are read from; default: this machine's files. */
  configFiles?: FileAccess;
  io: {
    env: Readonly<Record<string, string | undefined>>;
    /** Epoch milliseconds. */
    now(): number;
  };
  invocation: { redactor: Redactor };
}

/** The same, for talking to services. */
export interface PlanningContext extends ProjectContext {
  /** What sessions get; called once, before the first request. */
  gather(concurrency: number): Promise<Gathered>;
  /** Shows what is no error. */
  showFindings(findings: readonly Finding[]): void;
}

export interface Gathered {
  surroundings: Surroundings;
  /** For the state: time, and who takes the lock. */
  store: { clock: StoreClock; claim: LockClaim };
  progress: Progress;
  /** From now on a signal no longer cuts the call in flight: a write must end, and be recorded. */
  protectCalls(): void;
}

export interface Progress {
  /** Shows what is going on, in place of what was shown before. */
  show(message: string): void;
  /** Takes the line away again, before anything else is printed. */
  clear(): void;
}
