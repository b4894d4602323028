import type { Change } from '../src/core/change.ts';
import type { Resource } from '../src/core/resource.ts';
import type { Emulator } from '../src/emulator/index.ts';
import type { TargetOutcome } from '../src/engine/index.ts';
import type { StateStore } from '../src/state/store.ts';

export interface FaultWorld {
  emulator: Emulator;
  /** Of the manifests of after, unless others are given. */
  apply(store: StateStore, resources?: readonly Resource[]): Promise<TargetOutcome>;
  plan(store: StateStore): Promise<readonly Change[]>;
  seen(): string[];
  untouchable(): string[];
  readonly leaving: readonly string[];
  writes(): number;
  restore(): Promise<StateStore>;
  close(): Promise<void>;
}

export function openFaultWorld(
  product: Readonly<Record<string, unknown>>,
  service: 'sap' | 'riversand',
): Promise<FaultWorld>;
