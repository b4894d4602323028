import { openState } from '../project/open-state.ts';
import { toolStamp } from '../project/plan-targets.ts';
import { redacted } from '../project/redacted.ts';
import type { StateStore } from '../state/store.ts';
import type { Context } from './context.ts';
import type { StateOptions } from './options.ts';

/** One target, as a report from the state alone asks for it. */
interface Asked {
  name: string;
  backend: string;
  store: StateStore;
  /** This one, as locks name it. */
  machine: string | undefined;
  /** After reading: why a shared state could not be reached, so that the copy on this machine was taken. */
  offline(): { offline?: string };
}

interface StateReport<Target> {
  formatVersion: '1';
  tool: { name: string; version: string };
  createdAt: string;
  targets: Target[];
}

/** A report about the targets that are meant, from the state alone, without secrets. */
export async function reportStates<Target>(
  context: Context,
  options: StateOptions,
  ask: (asked: Asked) => Promise<Target>,
): Promise<StateReport<Target>> {
  let offline: string | undefined;
  const onOffline = (reason: string): void => {
    offline = reason;
  };
  const {
    targets: chosen,
    store,
    backend,
    claim,
  } = await openState(context, { ...options, several: 'all', onOffline });
  const targets: Target[] = [];
  for (const { name } of chosen) {
    offline = undefined;
    const takenOffline = (): { offline?: string } => (offline === undefined ? {} : { offline });
    targets.push(await ask({ name, backend, store, machine: claim.machine, offline: takenOffline }));
  }
  const createdAt = new Date(context.io.now()).toISOString();
  return redacted({ formatVersion: '1' as const, tool: toolStamp(), createdAt, targets }, context);
}
