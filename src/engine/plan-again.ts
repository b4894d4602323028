import pLimit from 'p-limit';
import { equalJson, type Json } from '../core/json.ts';
import type { PlanMemo } from '../core/plan-memo.ts';
import { formatAddress, type LiveResource, type Resource } from '../core/resource.ts';
import { kindsOf } from './observe.ts';
import { planObserved } from './plan-observed.ts';
import type { ObservedTarget, PlannedTarget, TargetInput } from './types.ts';

/** With more changed objects than this, everything is observed. */
const MOST_READS = 50;
const PARALLEL = 8;

interface Ref {
  kind: string;
  identity: string;
  id?: string;
}

/** What an earlier plan was made of. */
export interface PlannedBefore {
  input: TargetInput;
  observed: ObservedTarget;
  memo: PlanMemo;
}

/**
 * Plans over an earlier observation: only what the manifests have changed since is read, object by object. For showing: what
 * is applied is planned with an observation of its own. Undefined when everything has to be observed: another instance, an
 * apply that was cut short, too many changes, a kind whose writes show late.
 */
export async function planAgain(
  input: TargetInput,
  before: PlannedBefore,
): Promise<PlannedTarget | undefined> {
  const { observed } = before;
  if (observed.stored.journal !== null || !isSameTarget(input, before.input)) return undefined;
  const changed = changedBetween(before.input.resources, input.resources);
  const refs = refsOf(changed, observed);
  const kind = kindsOf(input.provider);
  if (refs.length > MOST_READS || refs.some((ref) => kind(ref.kind).eventual === true)) return undefined;
  const session = await input.provider.open(input.connection, 'read', input.surroundings);
  try {
    if ((await session.instance()) !== observed.instance) {
      await session.close();
      return undefined;
    }
    const limit = pLimit(PARALLEL);
    const live = new Map(observed.observation.resources.map((resource) => [keyOf(resource), resource]));
    await Promise.all(
      refs.map((ref) => limit(async () => replace(live, keyOf(ref), await session.read(ref)))),
    );
    const observation = { ...observed.observation, resources: [...live.values()] };
    const now = { ...observed, observation };
    return await planObserved({ input, session, lock: undefined, observed: now, memo: before.memo });
  } catch (error) {
    await session.close();
    throw error;
  }
}

/** Whether only the resources may differ. */
function isSameTarget(a: TargetInput, b: TargetInput): boolean {
  const settings = ({ connection, policy, stateKey, others, acceptInstance }: TargetInput): string =>
    JSON.stringify({ connection, policy, stateKey, others, acceptInstance });
  return a.provider === b.provider && a.store === b.store && settings(a) === settings(b);
}

/** Both versions of every resource that is not as it was; where it stands in its file does not count. */
function changedBetween(before: readonly Resource[], now: readonly Resource[]): Resource[] {
  const known = new Map(before.map((resource) => [resource.address, resource]));
  const changed: Resource[] = [];
  for (const resource of now) {
    const old = known.get(resource.address);
    known.delete(resource.address);
    if (old === resource || (old !== undefined && equalJson(content(old), content(resource)))) continue;
    changed.push(resource, ...(old === undefined ? [] : [old]));
  }
  return [...changed, ...known.values()];
}

function content({ place: _place, ...resource }: Resource): Json {
  return resource as unknown as Json;
}

/** The live objects that these are about: under their own identities, and under those that the state has for them. */
function refsOf(changed: readonly Resource[], { stored }: ObservedTarget): Ref[] {
  const refs = new Map<string, Ref>();
  for (const { kind, identity, address, movedFrom } of changed) {
    refs.set(keyOf({ kind, identity }), { kind, identity });
    const addresses = [address, ...(movedFrom === undefined ? [] : [formatAddress(kind, movedFrom)])];
    for (const entry of addresses.flatMap((one) => stored.inventory[one] ?? [])) {
      const { id } = entry;
      refs.set(keyOf(entry), {
        kind: entry.kind,
        identity: entry.identity,
        ...(id === '' ? {} : { id }),
      });
    }
  }
  return [...refs.values()];
}

function replace(live: Map<string, LiveResource>, key: string, found: LiveResource | null): void {
  if (found === null) live.delete(key);
  else live.set(key, found);
}

function keyOf({ kind, identity }: { kind: string; identity: string }): string {
  return `${kind}\n${identity}`;
}
