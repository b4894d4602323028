import pLimit from 'p-limit';
import { ByIdentity } from '../core/by-identity.ts';
import { difference } from '../core/difference.ts';
import { equalJson, type Json } from '../core/json.ts';
import type { PlanMemo } from '../core/plan-memo.ts';
import type { Session } from '../core/provider.ts';
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
  /** Open, for reading. The next plan goes on with it: logging in anew takes longer than all the rest. */
  session: Session;
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
  const { session } = before;
  try {
    const requests = session.reader.requests;
    const limit = pLimit(PARALLEL);
    const found = await Promise.all(
      refs.map((ref) => limit(async () => ({ ref, live: await session.read(ref) }))),
    );
    const resources = found.reduce(withFound, observed.observation.resources);
    const now = { ...observed, observation: { ...observed.observation, resources } };
    const { memo } = before;
    return await planObserved({ input, session, lock: undefined, observed: now, memo, requests });
  } catch (error) {
    await session.close();
    throw error;
  }
}

/** In its old place: the memo tells by their places what two lists share. */
function withFound(
  resources: readonly LiveResource[],
  { ref, live }: { ref: Ref; live: LiveResource | null },
): readonly LiveResource[] {
  const at = resources.findIndex(({ identity, kind }) => identity === ref.identity && kind === ref.kind);
  if (live === null) return at === -1 ? resources : resources.toSpliced(at, 1);
  return at === -1 ? [...resources, live] : resources.with(at, live);
}

/** Whether only the resources may differ. */
function isSameTarget(a: TargetInput, b: TargetInput): boolean {
  const settings = ({ connection, policy, stateKey, others, acceptInstance }: TargetInput): string =>
    JSON.stringify({ connection, policy, stateKey, others, acceptInstance });
  return a.provider === b.provider && a.store === b.store && settings(a) === settings(b);
}

/** Both versions of every resource that is not as it was; where it stands in its file does not count. */
function changedBetween(before: readonly Resource[], now: readonly Resource[]): Resource[] {
  const { gone, fresh } = difference(before, now);
  const old = new Map(gone.map((resource) => [resource.address, resource]));
  const edited = fresh.filter((resource) => {
    const was = old.get(resource.address);
    if (was === undefined || !equalJson(content(was), content(resource))) return true;
    old.delete(resource.address);
    return false;
  });
  return [...edited, ...old.values()];
}

function content({ place: _place, ...resource }: Resource): Json {
  return resource as unknown as Json;
}

/** The live objects that these are about: under their own identities, and under those that the state has for them. */
function refsOf(changed: readonly Resource[], { stored }: ObservedTarget): Ref[] {
  const refs = new ByIdentity<Ref>();
  for (const { kind, identity, address, movedFrom } of changed) {
    refs.set({ kind, identity });
    const addresses = [address, ...(movedFrom === undefined ? [] : [formatAddress(kind, movedFrom)])];
    for (const entry of addresses.flatMap((one) => stored.inventory[one] ?? [])) {
      const { id } = entry;
      refs.set({ kind: entry.kind, identity: entry.identity, ...(id === '' ? {} : { id }) });
    }
  }
  return refs.values();
}
