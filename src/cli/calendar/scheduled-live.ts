import type { Inventory, InventoryEntry } from '../../core/inventory.ts';
import type { Kind } from '../../core/provider.ts';
import { formatAddress, type LiveResource, type Resource } from '../../core/resource.ts';
import { type Scheduled, scheduledOf } from './scheduled.ts';

interface LiveInput {
  live: readonly LiveResource[];
  /** What the manifests want, for its names. */
  resources: readonly Resource[];
  /** What we own, for its names and for what the service does not give back. */
  inventory: Inventory;
  kind(name: string): Kind;
  selects?: (address: string) => boolean;
}

/** What runs in the service, whoever made it, under the names that manifests and state have for it. */
export function scheduledLive({ live, resources, inventory, kind, selects }: LiveInput): Scheduled[] {
  const entries = Object.entries(inventory);
  const addresses = new Map([
    ...entries.map(([address, entry]) => [keyOf(entry), address] as const),
    ...resources.map((resource) => [keyOf(resource), resource.address] as const),
  ]);
  const owned = new Map(entries.map(([, entry]) => [keyOf(entry), entry]));
  return live.flatMap((resource) => {
    const address = addresses.get(keyOf(resource)) ?? formatAddress(resource.kind, resource.identity);
    if (selects?.(address) === false) return [];
    const entry = owned.get(keyOf(resource));
    const whole = withRemembered(resource, entry, kind(resource.kind));
    return scheduledOf(whole.kind, { ...whole, address, parts: partsOf(resource, entry) });
  });
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
