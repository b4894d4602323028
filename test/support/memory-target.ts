import { defaultPolicy, type Policy } from '../../src/core/policy.ts';
import type { Resource } from '../../src/core/resource.ts';
import { applyTarget } from '../../src/engine/apply.ts';
import { planTarget } from '../../src/engine/plan.ts';
import type { TargetInput } from '../../src/engine/types.ts';
import { memoryStore } from '../../src/state/memory.ts';
import { memoryProvider, memoryService } from './memory-provider.ts';
import { NOW } from './memory-world.ts';

/** A target of the in-memory service, with a state of its own. */
export function memoryTarget() {
  const service = memoryService();
  const store = memoryStore();
  const provider = memoryProvider(service);
  const clock = { now: NOW };
  const surroundings: TargetInput['surroundings'] = {
    now: () => clock.now,
    sleep: async () => undefined,
    random: () => 0.5,
    log: () => undefined,
    redact: () => undefined,
    env: {},
    concurrency: 1,
  };
  const input = (resources: readonly Resource[], policy: Partial<Policy> = {}): TargetInput => ({
    name: 'dev',
    provider,
    connection: { target: 'dev', credentials: {} },
    policy: { ...defaultPolicy, prune: true, ...policy },
    resources,
    store,
    surroundings,
    readOnly: true,
  });
  return {
    service,
    clock,
    input,
    async apply(resources: readonly Resource[]): Promise<void> {
      const planned = await planTarget({ ...input(resources), readOnly: false });
      await applyTarget(planned, { concurrency: 1, onError: 'continue' });
      await planned.close();
      service.writes = [];
    },
  };
}
