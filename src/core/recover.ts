import { baseOf } from './base.ts';
import type { Diagnostic } from './errors.ts';
import type { Inventory, InventoryEntry, InventoryPart } from './inventory.ts';
import type { Intent, Journal } from './journal.ts';
import { equalJson, type Json, type JsonObject } from './json.ts';
import { computedIn, isAsIntended, movedComputed } from './likeness.ts';
import type { Kind } from './provider.ts';
import { recoverParts } from './recover-parts.ts';
import type { Address, LiveResource } from './resource.ts';
import type { Sealer } from './seal.ts';

export interface RecoverInput {
  journal: Journal;
  inventory: Inventory;
  live: readonly LiveResource[];
  kind(name: string): Kind;
  sealer: Sealer;
  /** The service's clock, epoch ms. */
  now: number;
}

export interface Recovery {
  inventory: Inventory;
  diagnostics: Diagnostic[];
  /** What was found to have taken effect. */
  recognised: Address[];
  /** Intents whose effect may still show: to be kept in the journal. */
  open: Record<Address, Intent>;
}

/** How long something that was sent may stay invisible, ms: "check back after 1 min", says the one service that is slow. */
const PATIENCE = 15 * 60_000;
/** The same where things show at once, and only a copy in between can be old, ms. */
const PATIENCE_WITH_COPIES = 2 * 60_000;

/**
 * Settles what an interrupted apply left open, by reading alone (SEMANTICS 9): live objects that match an intent and were not
 * there before are ours, and what was to be written and is as it was to become counts as applied. What does not match stays
 * unowned, and is said. Pure; the same for `plan`, which writes nothing, and `apply`.
 */
export function recoverIntents(input: RecoverInput): Recovery {
  const inventory: Record<Address, InventoryEntry> = { ...input.inventory };
  const recovery: Recovery = { inventory, diagnostics: [], recognised: [], open: {} };
  const byIdentity = new Map(input.live.map((live) => [keyOf(live), live]));
  const addresses = Object.keys(input.journal.intents).sort();
  for (const address of addresses) {
    const intent = input.journal.intents[address];
    if (intent === undefined) continue;
    const live = byIdentity.get(keyOf(intent));
    const known = inventory[intent.movedFrom ?? address];
    const isOldThere = known !== undefined && byIdentity.has(keyOf(known));
    const { recorded = {}, ...one } = recoverOne({ ...input, inventory, address, intent, live, isOldThere });
    recovery.diagnostics.push(...one.diagnostics);
    for (const [at, entry] of Object.entries(recorded)) {
      if (entry === null) delete inventory[at];
      else inventory[at] = entry;
    }
    if (one.isRecognised) recovery.recognised.push(address);
    if (one.isOpen) recovery.open[address] = intent;
  }
  return recovery;
}

interface OneInput extends Omit<RecoverInput, 'live'> {
  address: Address;
  intent: Intent;
  live: LiveResource | undefined;
  /** Is the object still there that is in the state under this address, or the one that it is moved from? */
  isOldThere: boolean;
}

interface Outcome {
  /** What to record; null removes. */
  recorded?: Record<Address, InventoryEntry | null>;
  /** Did it take effect, as far as can be seen? */
  isRecognised: boolean;
  diagnostics: Diagnostic[];
}

const nothing: Outcome = { isRecognised: false, diagnostics: [] };

function recoverOne(input: OneInput): Outcome & { isOpen: boolean } {
  const { address, intent, live, inventory } = input;
  const kind = input.kind(intent.kind);
  const from = inventory[address] === undefined ? (intent.movedFrom ?? address) : address;
  const entry = inventory[from];
  const outcome =
    intent.entry === undefined
      ? removed(input, kind, entry)
      : applied(input, kind, intent.entry, { entry, from });
  const isDone = outcome.isRecognised || (intent.entry === undefined && live === undefined);
  return {
    ...outcome,
    isOpen: !isDone && isRecent(input, patienceWith(kind, intent)),
  };
}

function patienceWith(kind: Kind, intent: Intent): number {
  if (kind.eventual === true) return PATIENCE;
  return mayHaveMade(intent) ? PATIENCE_WITH_COPIES : 0;
}

/** What was made must not be taken for somebody else's where a list or a read shows it late; a field shows as it is. */
function mayHaveMade({ action, operations }: Intent): boolean {
  return action === 'create' || action === 'replace' || operations.some(({ part }) => part !== undefined);
}

interface Recorded {
  entry: InventoryEntry | undefined;
  /** Where it is recorded: under its old address, when it was to be moved. */
  from: Address;
}

/** The manifest was gone: deleted, switched off or let go. A delete needs nothing: what is not there is forgotten by the next plan. */
function removed(
  { address, intent, live, now }: OneInput,
  kind: Kind,
  entry: InventoryEntry | undefined,
): Outcome {
  if (intent.action !== 'deactivate' || entry === undefined || live === undefined) return nothing;
  if (isSwitchHidden(kind)) return unknown(address, entry, [switchOf(kind)]);
  if (live.canonical[kind.activeField] !== false) return nothing;
  const at = new Date(now).toISOString();
  const spec = { ...entry.spec, [kind.activeField]: false };
  const how = kind.deletable ? ('deactivate' as const) : ('disable' as const);
  return {
    recorded: { [address]: { ...entry, spec, released: { at, how } } },
    isRecognised: true,
    diagnostics: [],
  };
}

function applied(input: OneInput, kind: Kind, intended: InventoryEntry, { entry, from }: Recorded): Outcome {
  const { intent, live } = input;
  if (live === undefined) {
    const { remake } = intent;
    // Deleted to be made again: what the new one was to be is not forgotten.
    if (remake !== undefined && entry !== undefined && !input.isOldThere)
      return { ...nothing, recorded: { [from]: { ...entry, remake } } };
    // The old one may have been switched off by then, to make room.
    const isRenamed = entry !== undefined && entry.identity !== intent.identity && isSwitchHidden(kind);
    return isRenamed ? unknown(from, entry, [switchOf(kind)]) : nothing;
  }
  const isNew = live.id !== intent.before.id && !intent.before.parts.includes(live.id);
  if (makesAnew(intent, kind))
    return isNew ? whole({ ...input, live }, kind, intended, { entry, from }) : nothing;
  const isOther = isNew || (entry !== undefined && entry.id !== live.id);
  return isOther ? nothing : inPlace({ ...input, live }, kind, intended, { entry, from });
}

function makesAnew({ action }: Intent, { replace }: Kind): boolean {
  return action === 'create' || action === 'replace' || (action === 'adopt' && replace === 'usual');
}

type LiveInput = OneInput & { live: LiveResource };

/** An object that was to be made, and one that was not there before. */
function whole(input: LiveInput, kind: Kind, intended: InventoryEntry, { entry, from }: Recorded): Outcome {
  const { address, intent, sealer, live } = input;
  const wanted = baseOf(asMade(intended, intent), kind);
  const { canonical } = wanted.resource;
  // How many instances there are is the service's doing, the switch may have been moved since: it is ours all the same.
  const but = [
    kind.activeField,
    ...(kind.computed ?? []),
    ...(kind.instances === undefined ? [] : ['instances']),
  ];
  if (!isAsIntended({ intended: canonical, live: live.canonical, kind, sealer, but })) {
    const what = `${live.identity} (id ${live.id}) is there, but not as it was to become`;
    return { isRecognised: false, diagnostics: entry?.id === live.id ? [] : [unmatched(address, what)] };
  }
  // Recorded in part already, while the change went on.
  const known = entry?.id === live.id ? entry : undefined;
  const base = known === undefined ? undefined : baseOf(known, kind);
  const parts = recoverParts({ intent, intended, wanted, entry: known, base, live, kind, sealer });
  // A new one is switched on by itself; whether it was switched off after that, nobody can see.
  const isUncertain = isSwitchHidden(kind) && intended.spec[kind.activeField] === false;
  const made: InventoryEntry = {
    ...intended,
    id: live.id,
    // Those that are over were not to be made again: they stay remembered.
    parts: { ...partsWithIds(intended), ...parts.parts },
    ...computedIn(canonical, live.canonical, kind),
    ...(isUncertain ? { uncertain: [switchOf(kind)] } : {}),
  };
  return {
    recorded: { ...(from === address ? {} : { [from]: null }), [address]: made },
    isRecognised: true,
    diagnostics: parts.ambiguous.map((key) => ambiguous(address, key)),
  };
}

/** Under another identity it takes along what was not the manifest's. */
function asMade(intended: InventoryEntry, { remake }: Intent): InventoryEntry {
  if (remake === undefined) return intended;
  const parts = Object.entries(intended.parts).map(([key, part]): [string, InventoryPart] => [
    key,
    { ...part, spec: remake.parts[key]?.spec ?? part.spec },
  ]);
  return { ...intended, spec: remake.spec, parts: Object.fromEntries(parts) };
}

function partsWithIds({ parts }: InventoryEntry): InventoryEntry['parts'] {
  return Object.fromEntries(Object.entries(parts).filter(([, { id }]) => id !== ''));
}

/** An object that was there before, and was to be written. */
function inPlace(input: LiveInput, kind: Kind, intended: InventoryEntry, { entry, from }: Recorded): Outcome {
  const { address, intent, sealer, live } = input;
  const wanted = baseOf(intended, kind);
  const base = entry === undefined ? undefined : baseOf(entry, kind);
  const but = movedComputed(kind, live.canonical, base?.resource.canonical, entry?.effective);
  const { canonical } = wanted.resource;
  const isWritten = isAsIntended({
    intended: canonical,
    live: live.canonical,
    kind,
    sealer,
    but,
    before: base?.resource.canonical,
    reset: (pointer) => kind.resetValue(pointer, false, intent.identity),
  });
  // Not ours before, and not as it was to become: the next plan decides, as it would have without this apply.
  if (entry === undefined && !isWritten) return nothing;
  const parts = recoverParts({ intent, intended, wanted, entry, base, live, kind, sealer });
  const diagnostics = parts.ambiguous.map((key) => ambiguous(address, key));
  const own =
    entry === undefined || (isWritten && differsReadably(base?.resource.canonical, canonical, kind));
  const known = entry ?? intended;
  const uncertain = uncertainFields(intent, kind, base?.resource.canonical ?? {}, canonical);
  const isRecognised = own || parts.found.length > 0;
  if (!isRecognised && uncertain.length === 0) return { isRecognised, diagnostics };
  const { effective: _before, ...rest } = known;
  const now: InventoryEntry = {
    ...rest,
    id: live.id,
    spec: own ? keepUnreadable(intended.spec, known.spec, kind) : known.spec,
    parts: parts.parts,
    secrets: [...new Set([...known.secrets, ...intended.secrets])].sort(),
    ...(own ? computedIn(canonical, live.canonical, kind) : effectiveOf(entry)),
    ...(uncertain.length === 0 ? {} : { uncertain }),
  };
  return { recorded: { [from]: now }, isRecognised, diagnostics };
}

function differsReadably(base: JsonObject | undefined, wanted: JsonObject, kind: Kind): boolean {
  const hidden = kind.unreadable.map((pointer) => pointer.slice(1));
  const readable = (canonical: JsonObject): JsonObject =>
    Object.fromEntries(Object.entries(canonical).filter(([field]) => !hidden.includes(field)));
  return base === undefined || !equalJson(readable(base), readable(wanted));
}

function unknown(address: Address, entry: InventoryEntry, uncertain: readonly string[]): Outcome {
  return { recorded: { [address]: { ...entry, uncertain } }, isRecognised: false, diagnostics: [] };
}

function isSwitchHidden(kind: Kind): boolean {
  return kind.unreadable.includes(switchOf(kind));
}

function switchOf(kind: Kind): string {
  return `/${kind.activeField}`;
}

function effectiveOf(entry: InventoryEntry | undefined): Pick<InventoryEntry, 'effective'> {
  return entry?.effective === undefined ? {} : { effective: entry.effective };
}

/** What cannot be read is no evidence: it stays as it was recorded, and is marked. */
function keepUnreadable(
  intended: InventoryEntry['spec'],
  before: InventoryEntry['spec'],
  kind: Kind,
): InventoryEntry['spec'] {
  const spec = { ...intended };
  for (const field of kind.unreadable.map((pointer) => pointer.slice(1))) {
    const known: Json | undefined = before[field];
    if (known === undefined) delete spec[field];
    else spec[field] = known;
  }
  return spec;
}

function uncertainFields(
  intent: Intent,
  kind: Kind,
  before: InventoryEntry['spec'],
  wanted: InventoryEntry['spec'],
): string[] {
  const mayBeSent = intent.operations.some(({ status }) => status !== 'noop');
  if (!mayBeSent || intent.action !== 'update') return [];
  return kind.unreadable.filter((pointer) => !equalJson(before[pointer.slice(1)], wanted[pointer.slice(1)]));
}

function isRecent({ journal, intent, now }: OneInput, patience: number): boolean {
  return now - Date.parse(intent.since ?? journal.startedAt) < patience;
}

function unmatched(address: Address, what: string): Diagnostic {
  return {
    code: 'JOURNAL_UNMATCHED',
    severity: 'warning',
    message: `an interrupted apply was to make it; ${what}: it is not taken for ours`,
    remedy: 'Look at it in the service. To own it as it is, use policy.adopt; else delete it there.',
    address,
  };
}

function ambiguous(address: Address, key: string): Diagnostic {
  return {
    code: 'JOURNAL_UNMATCHED',
    severity: 'warning',
    message: `an interrupted apply was to make "${key}"; several live ones could be it: none is taken for ours`,
    remedy: 'Delete the superfluous ones in the service, or take one over with policy.adopt.',
    address,
  };
}

function keyOf({ kind, identity }: { kind: string; identity: string }): string {
  return `${kind}\n${identity}`;
}
