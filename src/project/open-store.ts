import type { Config } from '../config/index.ts';
import { ReconcileError } from '../core/errors.ts';
import { fileStore } from '../state/file.ts';
import type { StateStore, StoreClock } from '../state/store.ts';

export interface OpenStoreOptions {
  clock: StoreClock;
  env: Readonly<Record<string, string | undefined>>;
  /** For commands that only look: called when a shared state cannot be reached and the copy on this machine is taken. */
  onOffline?(reason: string): void;
  /** Ends what only reads from a shared state. */
  signal?: AbortSignal;
}

/** The store that the config chooses. git is loaded only when it is chosen. */
export async function openStore(config: Config, options: OpenStoreOptions): Promise<StateStore> {
  const { backend, ref, remote } = config.state;
  const { clock, env, onOffline, signal } = options;
  switch (backend) {
    case 'file':
      return fileStore({ root: config.root, clock });
    case 'git': {
      const { gitStore } = await import('../state/git.ts');
      return gitStore({
        root: config.root,
        env,
        clock,
        ...(ref === undefined ? {} : { ref }),
        ...(remote === undefined ? {} : { remote }),
        ...(signal === undefined ? {} : { signal }),
        ...(onOffline === undefined ? {} : { onOffline }),
      });
    }
    default:
      throw new ReconcileError(`The state backend "${backend}" is not available in this version.`, {
        code: 'STATE_BACKEND_UNAVAILABLE',
        category: 'invalid',
        remedy: 'Use state: {backend: git}, which several machines can share, or state: {backend: file}.',
      });
  }
}
