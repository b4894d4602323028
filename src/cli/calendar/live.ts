import type { InventoryEntry } from '../../core/inventory.ts';
import type { Kind } from '../../core/provider.ts';
import type { LiveResource } from '../../core/resource.ts';
import { formatAddress } from '../../core/resource.ts';
import { kindsOf, observeTarget } from '../../engine/observe.ts';
import type { TargetInput } from '../../engine/types.ts';
import { createOnly } from '../../project/only.ts';
import { prepareTargets } from '../../project/prepare.ts';
import type { Context } from '../context.ts';
import { scheduledOf } from './scheduled.ts';
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
    const addresses = new Map([
      ...entries.map(([address, entry]) => [keyOf(entry), address] as const),
      ...resources.map((resource) => [keyOf(resource), resource.address] as const),
    ]);
    const owned = new Map(entries.map(([, entry]) => [keyOf(entry), entry]));
    const kind = kindsOf(provider);
    const scheduled = live.flatMap((resource) => {
      const address = addresses.get(keyOf(resource)) ?? formatAddress(resource.kind, resource.identity);
      if (only !== undefined && !only.selects(address)) return [];
      const entry = owned.get(keyOf(resource));
      const whole = withRemembered(resource, entry, kind(resource.kind));
      return scheduledOf(whole.kind, { ...whole, address, parts: partsOf(resource, entry) });
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

function keyOf({ kind, identity }: { kind: string; identity: string }): string {
  return `${kind}\n${identity}`;
}

/**
 * Of what the service does not give back, the state knows what we sent: it is still so as long as the object is the one
 * that we wrote.
 */
function withRemembered(live: LiveResource, entry: InventoryEntry | undefined, kind: Kind) {
  if (entry === undefined || entry.id !== live.id) return { kind, spec: live.spec, facts: live.facts };
  const fields = kind.unreadable.map((pointer) => pointer.slice(1));
  const sent = Object.fromEntries(Object.entries(entry.spec).filter(([field]) => fields.includes(field)));
  return { kind, spec: { ...sent, ...live.spec }, facts: { ...entry.effective, ...live.facts } };
}

/** Schedules by the key that the state remembers, else by their description, else by their id. */
function partsOf({ parts }: LiveResource, owned: InventoryEntry | undefined) {
  const keys = new Map(Object.entries(owned?.parts ?? {}).map(([key, { id }]) => [id, key]));
  return parts.map((part) => {
    const { description } = part.spec;
    const label = typeof description === 'string' && description !== '' ? description : part.id;
    return { ...part, key: keys.get(part.id) ?? label };
  });
}
