import type { WatchConfig } from '../../config/index.ts';
import type { Finding } from '../../core/errors.ts';
import type { TargetInput } from '../../engine/types.ts';

/** Config and manifests as they were read at one moment. */
export interface Reading {
  /** Of the manifests, when they come from git. */
  commit?: string;
  targets: ReadonlyMap<string, ReadTarget>;
  /** What is wrong with the config as a whole; the targets are then those of the last good reading. */
  findings: readonly Finding[];
}

export interface ReadTarget {
  name: string;
  watch: WatchConfig;
  /** Absent when something is wrong with what the target wants, or with its credentials. */
  input?: TargetInput;
  findings: readonly Finding[];
}

/** Where config and manifests come from. */
export interface Source {
  /** For people: a folder, or a remote with its branch; without credentials. */
  readonly title: string;
  /**
   * Reads as of now. Throws when the source as a whole cannot be read: an unreachable remote, a folder that is gone.
   * `thorough`: looks at everything again, whatever the watch has said or not said.
   */
  read(how: { thorough: boolean }): Promise<Reading>;
  /** Calls `onChange` when it may be worth reading again; the returned function ends that. */
  watch(onChange: (trigger: 'files' | 'git') => void): () => Promise<void>;
}
