import pLimit from 'p-limit';
import { type Diagnostic, ReconcileError } from '../core/errors.ts';
import { draftManifest, type ImportDraft } from '../core/import-draft.ts';
import type { Inventory } from '../core/inventory.ts';
import type { JsonObject } from '../core/json.ts';
import type { Kind, Observation, Session } from '../core/provider.ts';
import { type Address, formatAddress, type LiveResource, type Resource } from '../core/resource.ts';
import { kindsOf, observeTarget } from './observe.ts';
import { readState } from './plan.ts';
import type { TargetInput } from './types.ts';

interface ImportOptions {
  /** `--only` and `--exclude`. */
  selects(address: Address): boolean;
  /** Ask when everything ran last: for SAP one request for each schedule. */
  lastRuns: boolean;
}

export interface ImportObservation {
  /** In the order of their addresses. */
  drafts: ImportDraft[];
  /** Objects that the state owns. */
  managed: number;
  /** Manifests whose object is there but is not owned yet. */
  described: Address[];
  /** Left out by `selects`. */
  excluded: Address[];
  /** Objects for which no manifest can be drafted, with the reason. */
  leftOut: { address: Address; id: string; why: string }[];
  lastRuns: ReadonlyMap<string, string>;
  diagnostics: readonly Diagnostic[];
  requests: number;
  /** The service's clock, epoch ms. */
  now: number;
}

/** How many objects are asked about at once; the rate budget decides how many requests really go out. */
const ASKING = 16;

/**
 * Reads a target and drafts a manifest for each live object that no manifest and no state names. Reads only, whatever the
 * input says. Throws ReconcileError; never imports a partial listing.
 */
export async function observeForImport(
  input: TargetInput,
  options: ImportOptions,
): Promise<ImportObservation> {
  const session = await input.provider.open(input.connection, 'read', input.surroundings);
  try {
    const { state } = await readState(input, await session.instance());
    const kind = kindsOf(input.provider);
    const kinds = input.provider.kinds.filter((rules) => !isAside(rules)).map(({ kind: name }) => name);
    const listed = await observeTarget({
      session,
      kinds,
      desired: input.resources,
      kind,
      inventory: state.inventory,
      now: input.surroundings.now,
    });
    const aside = await observeAside(session, input.provider.kinds.filter(isAside));
    const observation = {
      ...listed,
      resources: [...listed.resources, ...aside.resources],
      diagnostics: [...listed.diagnostics, ...aside.diagnostics],
    };
    const known = knownObjects(input.resources, state.inventory);
    const unknown = observation.resources.filter((live) => !known.names(live));
    const named = await Promise.all(nameAll(unknown, session));
    const seen = new Set<Address>();
    const drafts: ImportDraft[] = [];
    const excluded: Address[] = [];
    const leftOut: ImportObservation['leftOut'] = [];
    for (const { live, identities } of named.sort((a, b) => (a.live.id < b.live.id ? -1 : 1))) {
      const rules = kind(live.kind);
      const [identity, ...others] = identities;
      const draft = draftManifest(live, rules, identity);
      const address = formatAddress(draft.kind, draft.name);
      const why = refusal(live, identities, seen.has(address), others.length > 0);
      if (known.names({ kind: live.kind, identity: rules.identity(draft.name, draft.spec) })) continue;
      if (rules.preExisting && Object.keys(draft.spec).length === 0) continue;
      if (!options.selects(address)) excluded.push(address);
      else if (why !== undefined) leftOut.push({ address, id: live.id, why });
      else drafts.push(draft);
      seen.add(address);
    }
    drafts.sort((a, b) => (addressOf(a) < addressOf(b) ? -1 : 1));
    const lastRuns = options.lastRuns ? await session.lastRuns?.(drafts.map(({ live }) => live)) : undefined;
    return {
      drafts,
      managed: known.managed(),
      described: known.described(),
      excluded: excluded.sort(),
      leftOut,
      lastRuns: lastRuns ?? new Map(),
      diagnostics: observation.diagnostics,
      requests: session.reader.requests,
      now: input.surroundings.now() + observation.skew,
    };
  } finally {
    await session.close();
  }
}

/** What exists by itself and has no parts, such as settings: never the reason for an import. */
function isAside({ preExisting, parts }: Kind): boolean {
  return preExisting && parts === undefined;
}

/** Not every key may read settings; an import is not to fail for them. */
async function observeAside(
  session: Session,
  kinds: readonly Kind[],
): Promise<Pick<Observation, 'resources' | 'diagnostics'>> {
  const seen = await Promise.all(
    kinds.map(({ kind }) =>
      session.observe([kind]).catch((error: unknown) => {
        if (!(error instanceof ReconcileError) || error.category !== 'rejected') throw error;
        const message = `${kind} could not be read, and is left out: ${error.message}`;
        const note: Diagnostic = { code: 'IMPORT_UNREADABLE', severity: 'warning', message };
        return { resources: [], diagnostics: [note] };
      }),
    ),
  );
  return {
    resources: seen.flatMap(({ resources }) => resources),
    diagnostics: seen.flatMap(({ diagnostics }) => diagnostics),
  };
}

function addressOf({ kind, name }: ImportDraft): Address {
  return formatAddress(kind, name);
}

interface Identified {
  kind: string;
  identity: string;
}

/**
 * Tells live objects that the state or a manifest names, and keeps count of both. What a released entry names is nobody's
 * any more, unless a manifest wants it.
 */
function knownObjects(desired: readonly Resource[], inventory: Inventory) {
  const keyOf = ({ kind, identity }: Identified): string => `${kind}\n${identity}`;
  const owned = new Set(
    Object.values(inventory)
      .filter((entry) => entry.released === undefined)
      .map(keyOf),
  );
  const manifests = new Map(desired.map((resource) => [keyOf(resource), resource.address]));
  const managed = new Set<string>();
  const described = new Set<Address>();
  return {
    names(live: Identified): boolean {
      const key = keyOf(live);
      const address = manifests.get(key);
      if (owned.has(key)) managed.add(key);
      else if (address !== undefined) described.add(address);
      return owned.has(key) || address !== undefined;
    },
    managed: (): number => managed.size,
    described: (): Address[] => [...described].sort(),
  };
}

function nameAll(
  resources: readonly LiveResource[],
  session: Session,
): Promise<{ live: LiveResource; identities: readonly JsonObject[] }>[] {
  const limit = pLimit(ASKING);
  return resources.map((live) =>
    limit(async () => {
      const identities = (await session.identify?.(live)) ?? [{}];
      return { live, identities };
    }),
  );
}

function refusal(
  live: LiveResource,
  identities: readonly JsonObject[],
  taken: boolean,
  ambiguous: boolean,
): string | undefined {
  if (live.identity === '') return 'it has no name';
  if (identities.length === 0) return `nothing tells what ${live.id} belongs to`;
  if (ambiguous) {
    const readings = identities.map((identity) => JSON.stringify(identity)).join(' or ');
    return `${live.id} may be ${readings}; write its manifest by hand`;
  }
  return taken ? 'another object of the service has the same name' : undefined;
}
