import { loadConfig, type TargetConfig } from '../config/index.ts';
import { ReconcileError } from '../core/errors.ts';
import { sortFindings, uniqueFindings } from '../manifest/index.ts';
import type { LockClaim, StateStore } from '../state/store.ts';
import { assertNoErrors, chooseTargets } from './load-project.ts';
import { openStore } from './open-store.ts';
import type { PlanningContext } from './project-context.ts';

/** The state of chosen targets, without manifests and credentials: for commands that work on the state alone. */
export interface OpenState {
  targets: TargetConfig[];
  store: StateStore;
  /** `file` or `git`. */
  backend: string;
  claim: LockClaim;
  /** ISO instant. */
  now(): string;
}

interface OpenStateOptions {
  target: readonly string[];
  /** Which targets without `-t` when there are several. */
  several: 'all' | 'ask';
  /** ms to wait for somebody else's lock; default: the entry point's. */
  lockTimeout?: number;
  /** For commands that only look: called when a shared state cannot be reached and the copy on this machine is taken. */
  onOffline?(reason: string): void;
}

/** Throws what is wrong with the config; manifests are not read, so that broken ones are in nobody's way. */
export async function openState(context: PlanningContext, options: OpenStateOptions): Promise<OpenState> {
  const { config, findings } = await loadConfig({
    cwd: context.cwd,
    ...(context.config === undefined ? {} : { file: context.config }),
    ...(context.configFiles === undefined ? {} : { files: context.configFiles }),
  });
  if (config === undefined) {
    assertNoErrors(sortFindings(uniqueFindings(findings)));
    throw new ReconcileError('There is no config.', { code: 'NO_CONFIG', category: 'invalid' });
  }
  const targets = chooseTargets(config, options.target, options.several);
  const { store } = await context.gather(1);
  return {
    targets,
    backend: config.state.backend,
    store: await openStore(config, {
      clock: store.clock,
      env: context.io.env,
      ...(store.claim.signal === undefined ? {} : { signal: store.claim.signal }),
      ...(options.onOffline === undefined ? {} : { onOffline: options.onOffline }),
    }),
    claim: {
      ...store.claim,
      ...(options.lockTimeout === undefined ? {} : { timeout: options.lockTimeout }),
    },
    now: () => new Date(context.io.now()).toISOString(),
  };
}
