import pLimit from 'p-limit';
import { baseOf } from '../core/base.ts';
import { ReconcileError } from '../core/errors.ts';
import type { Inventory, InventoryEntry } from '../core/inventory.ts';
import type { Kind, KnownObject, Observation, Provider, Session } from '../core/provider.ts';
import type { LiveResource, Resource } from '../core/resource.ts';

/** How many direct reads are asked for at once; the rate budget decides how many really go out. */
const CONFIRMING = 16;

export function kindsOf(provider: Provider): (name: string) => Kind {
  const kinds = new Map(provider.kinds.map((kind) => [kind.kind, kind]));
  return (name) => {
    const kind = kinds.get(name);
    if (kind !== undefined) return kind;
    const shown = name.length <= 70 ? `"${name}"` : '(a long text)';
    throw new ReconcileError(`provider ${provider.name} has no kind ${shown}; the state names it`, {
      code: 'KIND_UNKNOWN',
      category: 'internal',
      remedy:
        'A state of a newer version needs that version. Of a damaged one there is a copy from before the last apply: <target>.json.bak, or with git the commit before.',
    });
  };
}

/** Kinds in use, and those that are cheap to see anyway because they are listed together. */
export function kindsToObserve(
  provider: Provider,
  desired: readonly Resource[],
  inventory: Inventory,
): string[] {
  const used = new Set([...desired, ...Object.values(inventory)].map((item) => item.kind));
  return provider.kinds.filter((kind) => used.has(kind.kind) || !kind.preExisting).map((kind) => kind.kind);
}

interface ObserveInput {
  session: Session;
  kinds: readonly string[];
  desired: readonly Resource[];
  kind(name: string): Kind;
  inventory: Inventory;
  now(): number;
}

/**
 * Every live resource of the kinds. What we own and the listing does not show is read directly: absence is believed
 * only after the service's own 404 (SEMANTICS 3, gate 3).
 */
export async function observeTarget(input: ObserveInput): Promise<Observation> {
  const observation = await input.session.observe(input.kinds, knownObjects(input));
  const seen = new Map(observation.resources.map((resource) => [keyOf(resource), resource]));
  const now = input.now() + observation.skew;
  const doubtful = Object.values(input.inventory).filter(
    (entry) =>
      entry.released === undefined && isDoubtful(entry, seen.get(keyOf(entry)), input.kind(entry.kind), now),
  );
  const limit = pLimit(CONFIRMING);
  await Promise.all(
    doubtful.map((entry) =>
      limit(async () => {
        const live = await input.session.read({
          kind: entry.kind,
          identity: entry.identity,
          // What was only meant to be made has no id yet.
          ...(entry.id === '' ? {} : { id: entry.id }),
        });
        if (live !== null) seen.set(keyOf(entry), live);
        else seen.delete(keyOf(entry));
      }),
    ),
  );
  return { ...observation, resources: [...seen.values()] };
}

function knownObjects({ desired, inventory }: ObserveInput): KnownObject[] {
  const known = new Map<string, KnownObject>();
  for (const { kind, identity, spec } of Object.values(inventory))
    known.set(keyOf({ kind, identity }), { kind, identity, spec, wanted: false, applied: spec });
  for (const { kind, identity, spec } of desired) {
    const applied = known.get(keyOf({ kind, identity }))?.applied;
    const own = { kind, identity, spec, wanted: true };
    known.set(keyOf(own), applied === undefined ? own : { ...own, applied });
  }
  return [...known.values()];
}

function keyOf({ kind, identity }: { kind: string; identity: string }): string {
  return `${kind}\n${identity}`;
}

/** Not listed, or listed without a part that ought to be there. A part that is over may be gone: that is its normal end. */
function isDoubtful(entry: InventoryEntry, live: LiveResource | undefined, kind: Kind, now: number): boolean {
  if (live === undefined) return true;
  const ids = new Set(live.parts.map((part) => part.id));
  const missing = Object.entries(entry.parts).filter(
    ([, part]) => part.released === undefined && !ids.has(part.id),
  );
  if (missing.length === 0) return false;
  const base = baseOf(entry, kind);
  return missing.some(
    ([key]) => kind.settled(base.parts.get(key)?.spec ?? {}, base.resource.spec, now) === undefined,
  );
}
