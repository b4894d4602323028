import type { InventoryEntry } from '../../core/inventory.ts';
import { kindsOf, observeTarget } from '../../engine/observe.ts';
import type { TargetInput } from '../../engine/types.ts';
import { createOnly } from '../../project/only.ts';
import { prepareTargets } from '../../project/prepare.ts';
import type { Context } from '../context.ts';
import { scheduledLive } from './scheduled-live.ts';
import { nothingMatches, type Source, type SourceOptions } from './source.ts';

/** What the service has, whoever made it. The session can only read. */
export async function liveSource(context: Context, options: SourceOptions): Promise<Source> {
  const prepared = await prepareTargets(context, { ...options, several: 'ask', readOnly: true });
  const [target] = prepared.targets;
  if (target === undefined) return { title: '', scheduled: [], now: context.io.now(), notes: [] };
  prepared.progress.show(`${target.input.name}: reading the service`);
  try {
    return await observe(target.input, options.only);
  } finally {
    prepared.progress.clear();
  }
}

async function observe(input: TargetInput, patterns: readonly string[]): Promise<Source> {
  const { provider, connection, surroundings, resources } = input;
  const only = createOnly(patterns);
  const session = await provider.open(connection, 'read', surroundings);
  try {
    const kinds = provider.kinds.filter(({ runs }) => runs !== undefined).map(({ kind }) => kind);
    const entries = await inventoryOf(input, await session.instance(), kinds);
    const { resources: live, skew } = await observeTarget({
      session,
      kinds,
      desired: resources.filter(({ kind }) => kinds.includes(kind)),
      kind: kindsOf(provider),
      inventory: Object.fromEntries(entries),
      now: surroundings.now,
    });
    const scheduled = scheduledLive({
      live,
      resources,
      inventory: Object.fromEntries(entries),
      kind: kindsOf(provider),
      ...(only === undefined ? {} : { selects: only.selects }),
    });
    if (only !== undefined && !only.matched()) throw nothingMatches(only);
    return { title: `target ${input.name}, live`, scheduled, now: surroundings.now() + skew, notes: [] };
  } finally {
    await session.close();
  }
}

/** What we own there, for its names; a state of another instance says nothing about this one. */
async function inventoryOf(
  { store, name }: TargetInput,
  instance: string,
  kinds: readonly string[],
): Promise<[string, InventoryEntry][]> {
  const state = await store.read(name);
  if (state === null || state.instance !== instance) return [];
  return Object.entries(state.inventory).filter(([, { kind }]) => kinds.includes(kind));
}
