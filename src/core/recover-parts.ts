import type { Base } from './base.ts';
import type { InventoryEntry, InventoryPart } from './inventory.ts';
import type { Intent } from './journal.ts';
import { equalJson, type JsonObject } from './json.ts';
import { computedIn, isAsIntended, movedComputed } from './likeness.ts';
import type { Pointer } from './pointer.ts';
import type { Kind } from './provider.ts';
import type { LivePart, LiveResource } from './resource.ts';
import type { Sealer } from './seal.ts';

export interface RecoverPartsInput {
  intent: Intent;
  intended: InventoryEntry;
  /** The intended entry in both forms. */
  wanted: Base;
  /** What is recorded; undefined when the object was to be made. */
  entry: InventoryEntry | undefined;
  /** The recorded entry in both forms. */
  base: Base | undefined;
  live: LiveResource;
  kind: Kind;
  sealer: Sealer;
}

export interface RecoveredParts {
  parts: Record<string, InventoryPart>;
  /** Keys that were recognised. */
  found: string[];
  /** Keys of which several live parts could be the one; never guessed. */
  ambiguous: string[];
}

/**
 * What became of the parts of a change that was cut short. A part that was to be made is recognised by what it means, among
 * those that were not there before; one that was to be written is taken as written when it is as it was to become.
 */
export function recoverParts(input: RecoverPartsInput): RecoveredParts {
  const { intended, entry } = input;
  const parts: Record<string, InventoryPart> = { ...entry?.parts };
  const made = matchNew(input);
  const found: string[] = [];
  for (const [key, part] of Object.entries(intended.parts)) {
    const recovered =
      part.id === '' ? newPart(input, key, part, made.matched.get(key)) : writtenPart(input, key, part);
    if (recovered === undefined) continue;
    parts[recovered.key] = recovered.part;
    found.push(key);
  }
  return { parts, found, ambiguous: made.ambiguous };
}

interface Recovered {
  key: string;
  part: InventoryPart;
}

function newPart(
  input: RecoverPartsInput,
  key: string,
  part: InventoryPart,
  live: LivePart | undefined,
): Recovered | undefined {
  const { entry, kind, wanted } = input;
  const known = entry?.parts[key];
  if (live === undefined) {
    // Recorded while the change went on: it has its new id already.
    return known !== undefined && !wasThere(input.intent, known.id)
      ? writtenPart(input, key, { ...part, id: known.id })
      : undefined;
  }
  const old = [known?.id, ...(known?.superseded ?? [])].filter((id) => id !== undefined && id !== live.id);
  const left = old.filter((id) => input.live.parts.some((other) => other.id === id));
  const { superseded: _before, ...rest } = part;
  return {
    key,
    part: {
      ...rest,
      id: live.id,
      spec: isStepwise(input.intent, key)
        ? { ...part.spec, [kind.activeField]: live.canonical[kind.activeField] ?? null }
        : part.spec,
      ...computedIn(wanted.parts.get(key)?.canonical ?? {}, live.canonical, kind),
      ...(left.length === 0 ? {} : { superseded: left.filter((id) => id !== undefined) }),
    },
  };
}

/** A part that was there before (or is recorded by now) and was to be written in place. */
function writtenPart(input: RecoverPartsInput, key: string, part: InventoryPart): Recovered | undefined {
  const { entry, base, live, kind, sealer, wanted } = input;
  const seen = live.parts.find(({ id }) => id === part.id);
  if (seen === undefined) return undefined;
  // A renamed key is the next plan's business: what is recorded keeps its key.
  const recordedAs = Object.keys(entry?.parts ?? {}).find((name) => entry?.parts[name]?.id === part.id);
  const known = recordedAs === undefined ? undefined : entry?.parts[recordedAs];
  const intendedNow = wanted.parts.get(key)?.canonical ?? {};
  if (part.released !== undefined) {
    const isOff = part.released.how === 'deactivate' && seen.canonical[kind.activeField] === false;
    return isOff ? { key: recordedAs ?? key, part } : undefined;
  }
  const before = recordedAs === undefined ? undefined : base?.parts.get(recordedAs)?.canonical;
  const but = movedComputed(kind, seen.canonical, before, known?.effective);
  const reset = (pointer: Pointer) => kind.resetValue(pointer, true, input.intent.identity);
  if (!isAsIntended({ intended: intendedNow, live: seen.canonical, kind, sealer, but, before, reset }))
    return undefined;
  if (recordedAs !== undefined && known !== undefined) {
    if (equalJson(before, intendedNow) && recordedAs === key) return undefined;
    const left = (known.superseded ?? []).filter((id) => live.parts.some((other) => other.id === id));
    const { superseded: _gone, ...rest } = part;
    return {
      key: recordedAs,
      part: {
        ...rest,
        ownedSince: known.ownedSince,
        ...computedIn(intendedNow, seen.canonical, kind),
        ...(left.length === 0 ? {} : { superseded: left }),
      },
    };
  }
  return { key, part: { ...part, ...computedIn(intendedNow, seen.canonical, kind) } };
}

/** Made in steps, switched off at first: then being off says nothing about what others did. */
function isStepwise({ operations }: Intent, key: string): boolean {
  return operations.filter(({ part }) => part === key).length > 1;
}

function wasThere({ before }: Intent, id: string): boolean {
  return before.parts.includes(id);
}

interface Matches {
  matched: Map<string, LivePart>;
  ambiguous: string[];
}

/** Parts that were to be made, held against what was not there before. Twins in equal number may be paired in any order. */
function matchNew({ intent, intended, wanted, entry, live, kind, sealer }: RecoverPartsInput): Matches {
  const recorded = new Set(Object.values(entry?.parts ?? {}).map(({ id }) => id));
  const fresh = live.parts.filter(({ id }) => !wasThere(intent, id) && !recorded.has(id));
  const candidates = new Map<string, LivePart[]>();
  for (const [key, { id }] of Object.entries(intended.parts)) {
    const known = entry?.parts[key];
    if (
      id !== '' ||
      (known !== undefined && !wasThere(intent, known.id) && known.id !== '' && isThere(live, known.id))
    )
      continue;
    const canonical: JsonObject = wanted.parts.get(key)?.canonical ?? {};
    const but = [kind.activeField, ...(kind.computed ?? [])];
    const alike = fresh.filter((part) =>
      isAsIntended({ intended: canonical, live: part.canonical, kind, sealer, but }),
    );
    if (alike.length > 0) candidates.set(key, alike);
  }
  const matched = new Map<string, LivePart>();
  const ambiguous: string[] = [];
  for (const [key, alike] of [...candidates].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const rivals = [...candidates].filter(([, others]) => others.some((part) => alike.includes(part)));
    const isTwins = rivals.every(([, others]) => equalIds(others, alike)) && rivals.length === alike.length;
    const free = alike
      .filter((part) => ![...matched.values()].includes(part))
      .sort((a, b) => (a.id < b.id ? -1 : 1));
    const [first] = free;
    if (isTwins && first !== undefined) matched.set(key, first);
    else ambiguous.push(key);
  }
  return { matched, ambiguous };
}

function isThere(live: LiveResource, id: string): boolean {
  return live.parts.some((part) => part.id === id);
}

function equalIds(a: readonly LivePart[], b: readonly LivePart[]): boolean {
  return a.length === b.length && a.every((part) => b.includes(part));
}
