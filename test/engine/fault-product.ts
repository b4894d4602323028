import { defaultPolicy } from '../../src/core/policy.ts';
import { defaultLifecycle } from '../../src/core/resource.ts';
import { startEmulator } from '../../src/emulator/index.ts';
import { applyTarget, planTarget } from '../../src/engine/index.ts';
import { riversandProvider } from '../../src/providers/riversand/provider.ts';
import { sapProvider } from '../../src/providers/sap/provider.ts';
import { memoryStore } from '../../src/state/memory.ts';

/** What bench/fault-worlds.mjs measures, here from the sources. */
export const faultProduct = {
  startEmulator,
  planTarget,
  applyTarget,
  memoryStore,
  sapProvider,
  riversandProvider,
  defaultPolicy,
  defaultLifecycle,
};
