import type { WatchConfig } from '../../src/config/index.ts';
import type { Drift } from '../../src/core/drift.ts';
import { ReconcileError } from '../../src/core/errors.ts';
import type { TargetOutcome } from '../../src/core/outcome.ts';
import type { PlanChange, PlanTarget } from '../../src/core/plan-document.ts';
import type { Resource } from '../../src/core/resource.ts';
import type { WatchEvent } from '../../src/daemon/events/events.ts';
import type { TargetMemory } from '../../src/daemon/memory.ts';
import type { ApplyWish, Passes } from '../../src/daemon/passes.ts';
import type { Reading, Source } from '../../src/daemon/sources/source.ts';
import { Watch } from '../../src/daemon/watch.ts';
import type { TargetInput } from '../../src/engine/types.ts';
import { createHandClock, settle } from './hand-clock.ts';

/** The least of a kind that the pages ask for. */
const madeKind = {
  kind: 'Made',
  secret: [],
  unreadable: [],
  parts: { field: 'schedules', noun: 'schedule' },
};

/** A change of a plan, with the least that the daemon looks at. */
export function change(address: string, fields: Partial<PlanChange> = {}): PlanChange {
  return {
    address,
    action: 'update',
    reason: 'edited',
    patch: [],
    fields: [{ path: '/description', reason: 'edited', healed: true }],
    parts: [],
    operations: [],
    warnings: [],
    ...fields,
  };
}

export function drifted(address: string): PlanChange {
  return change(address, {
    reason: 'drift',
    fields: [{ path: '/description', reason: 'drift', healed: true }],
  });
}

function planOf(name: string, changes: readonly PlanChange[], blocked = 0): PlanTarget {
  const none = { create: 0, update: 0, replace: 0, delete: 0, deactivate: 0, adopt: 0, forget: 0 };
  const zero = { ...none, noop: 0, drifted: 0, conflicts: 0, unmanaged: 0 };
  return {
    name,
    provider: 'memory',
    url: 'memory://service',
    requests: 1,
    summary: { ...zero, blocked },
    changes: [...changes],
    diagnostics: [],
    digest: JSON.stringify(changes.map(({ address, action, reason }) => [address, action, reason])),
  };
}

const defaults: WatchConfig = { mode: 'auto', interval: 60_000, windows: [], selfHeal: true };

/** A daemon over a made-up engine: what a plan shows and what an apply does is scripted, so that only the daemon is tested. */
export function createWorld(
  options: { watch?: Partial<WatchConfig>; names?: string[]; memory?: Map<string, TargetMemory> } = {},
) {
  const clock = createHandClock();
  const names = options.names ?? ['prod'];
  const memory = options.memory ?? new Map<string, TargetMemory>();
  const events: WatchEvent[] = [];
  const applies: { name: string; addresses: readonly string[]; at: number }[] = [];
  const world = {
    clock,
    events,
    applies,
    memory,
    plans: 0,
    watch: { ...defaults, ...options.watch },
    wants: 'v1',
    invalid: new Set<string>(),
    sourceDown: false,
    serviceDown: false,
    /** The service does not answer any more. */
    hangs: false,
    /** What is remembered takes a moment to be read. */
    slowMemory: false,
    /** Targets of which what is remembered cannot be read. */
    damaged: new Set<string>(),
    differences: (_name: string): PlanChange[] => [],
    drift: (_name: string): Drift[] => [],
    blocked: 0,
    /** Plans are made over an earlier observation. */
    again: false,
    desired: [] as Resource[],
    /** What an apply does; the default does everything. */
    apply: async (name: string, wish: ApplyWish): Promise<TargetOutcome | 'moved'> =>
      done(name, wish.addresses),
    sourceMoved: (_trigger: 'files' | 'git'): void => undefined,
    daemon: undefined as unknown as Watch,
    types: () => events.map(({ type }) => type),
    async start() {
      await world.daemon.start();
      await settle();
    },
  };
  const source: Source = {
    title: 'a script',
    async read(): Promise<Reading> {
      if (world.sourceDown)
        throw new ReconcileError('the remote is away', { code: 'AWAY', category: 'transient' });
      return { findings: [], targets: new Map(names.map((name) => [name, target(name)])) };
    },
    watch(onChange) {
      world.sourceMoved = onChange;
      return async () => undefined;
    },
  };
  function target(name: string) {
    if (world.invalid.has(name)) {
      const place = { file: 'jobs/a.yaml', line: 3, col: 7 };
      const finding = { code: 'WRONG_TYPE', severity: 'error' as const, message: 'a map is expected', place };
      return { name, watch: world.watch, findings: [finding] };
    }
    const input = {
      name,
      provider: { name: 'memory', kinds: [madeKind] },
      policy: { prune: true },
      resources: [{ address: 'A/a', spec: { wants: world.wants }, lifecycle: {} }],
    } as unknown as TargetInput;
    return { name, watch: world.watch, input, findings: [] };
  }
  const passes: Passes = {
    async plan({ name }, { signal }) {
      world.plans += 1;
      if (world.hangs)
        await new Promise((_, fail) => signal?.addEventListener('abort', () => fail(new Error('cut off'))));
      if (world.serviceDown)
        throw new ReconcileError('no answer', { code: 'NO_ANSWER', category: 'transient' });
      const document = planOf(name, world.differences(name), world.blocked);
      return {
        document,
        drift: world.drift(name),
        desired: world.desired,
        live: [],
        inventory: {},
        observedAt: clock.now(),
        again: world.again,
      };
    },
    async apply({ name }, wish) {
      applies.push({ name, addresses: wish.addresses, at: clock.now() });
      return world.apply(name, wish);
    },
    close: async () => undefined,
  };
  world.daemon = new Watch({
    clock,
    source,
    passes,
    memory: {
      async read(name) {
        if (world.slowMemory) for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
        if (world.damaged.has(name)) throw new Error('damaged');
        return memory.get(name) ?? {};
      },
      write: async (name, value) => void memory.set(name, value),
    },
    concurrency: 2,
    timeLimit: 600_000,
    happened: (event) => void events.push(event),
    log: () => undefined,
  });
  return world;
}

export function done(
  name: string,
  addresses: readonly string[],
  status: 'succeeded' | 'failed' = 'succeeded',
): TargetOutcome {
  const outcomes = addresses.map((address) => ({
    address,
    action: 'update' as const,
    status,
    operations: [],
  }));
  return { name, outcomes, requests: 1, writes: addresses.length };
}
