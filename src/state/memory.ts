import { ReconcileError } from '../core/errors.ts';
import type { StateStore, TargetState } from './store.ts';

/** States in memory: for the library and for tests. */
export function memoryStore(initial: readonly TargetState[] = []): StateStore {
  const states = new Map(initial.map((state) => [state.target, structuredClone(state)]));
  return {
    async read(target) {
      return structuredClone(states.get(target) ?? null);
    },
    async write(state) {
      if ((states.get(state.target)?.serial ?? 0) !== state.serial - 1) {
        throw new ReconcileError(`the state of ${state.target} was changed meanwhile`, {
          code: 'STATE_CONFLICT',
          category: 'locked',
        });
      }
      states.set(state.target, structuredClone(state));
    },
  };
}
