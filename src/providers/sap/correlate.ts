import { equalJson, type JsonObject } from '../../core/json.ts';
import type { CorrelateInput, Correlation } from '../../core/provider.ts';
import type { LivePart, Part } from '../../core/resource.ts';
import { MODES } from './modes.ts';

/**
 * Which live schedule is which key (SEMANTICS 2). The remembered id decides; then `movedFrom` and keys that were only
 * renamed; then what schedules mean and how they are described, each only if unambiguous. Keys that are gone from the
 * manifest keep the schedule they are remembered by, unless a new key took it over.
 */
export function correlateSchedules(input: CorrelateInput): Correlation {
  const desired = [...input.desired].sort(byKey);
  const live = new Map([...input.live].sort(byId).map((part) => [part.id, part]));
  const matching = new Matching(live);
  const gone = new Map(
    Object.entries(input.remembered).filter(
      ([key, id]) => live.has(id) && !desired.some((part) => part.key === key),
    ),
  );

  for (const part of desired) {
    const id = Object.hasOwn(input.remembered, part.key) ? input.remembered[part.key] : undefined;
    if (id !== undefined && live.has(id)) matching.match(part.key, id);
  }
  const open = () => desired.filter((part) => matching.isOpen(part.key));
  for (const part of open()) {
    const id = part.movedFrom === undefined ? undefined : gone.get(part.movedFrom);
    if (id !== undefined && part.movedFrom !== undefined) {
      matching.match(part.key, id);
      gone.delete(part.movedFrom);
    }
  }
  matchRenamed(open(), gone, input.base, matching);
  for (const [key, id] of gone) matching.match(key, id);

  // A remembered schedule that is gone may live on as its own replacement (a mode change that was cut short). Only
  // an exact likeness is believed then: it was ours, and others may share a description.
  for (const step of STEPS) {
    const parts = open().filter((part) => step.sure || !Object.hasOwn(input.remembered, part.key));
    matching.matchAlike(parts, step.alike);
  }
  return matching.result();
}

type Alike = (part: Part, live: LivePart) => boolean;

const STEPS: readonly { sure: boolean; alike: Alike }[] = [
  {
    sure: true,
    alike: (part, live) => sameMeaning(part, live) && sameActive(part, live) && sameText(part, live),
  },
  { sure: true, alike: (part, live) => sameMeaning(part, live) && sameText(part, live) },
  { sure: false, alike: (part, live) => sameMeaning(part, live) && sameActive(part, live) },
  { sure: false, alike: sameMeaning },
  { sure: false, alike: (part, live) => part.canonical['description'] !== '' && sameText(part, live) },
];

/** What it does and when: everything the manifest mentions but its description and its switch. */
function sameMeaning(part: Part, live: LivePart): boolean {
  return Object.keys(part.canonical).every(
    (field) =>
      field === 'description' ||
      field === 'active' ||
      equalJson(part.canonical[field], live.canonical[field]),
  );
}

function sameActive(part: Part, live: LivePart): boolean {
  return equalJson(part.canonical['active'], live.canonical['active']);
}

function sameText(part: Part, live: LivePart): boolean {
  return equalJson(part.canonical['description'], live.canonical['description']);
}

/** The matches so far, and what is left on both sides. */
class Matching {
  readonly #live: ReadonlyMap<string, LivePart>;
  readonly #matched = new Map<string, string>();
  readonly #taken = new Set<string>();
  readonly #ambiguous = new Map<string, readonly string[]>();

  constructor(live: ReadonlyMap<string, LivePart>) {
    this.#live = live;
  }

  isOpen(key: string): boolean {
    return !this.#matched.has(key) && !this.#ambiguous.has(key);
  }

  isTaken(id: string): boolean {
    return this.#taken.has(id);
  }

  match(key: string, id: string): void {
    if (this.#taken.has(id)) return;
    this.#matched.set(key, id);
    this.#taken.add(id);
  }

  doubt(key: string, ids: readonly string[]): void {
    this.#ambiguous.set(key, ids);
  }

  /** Pairs what is alike and could be nothing else; twins on both sides in equal number may be paired in any order. */
  matchAlike(parts: readonly Part[], alike: Alike): void {
    const candidates = new Map(
      parts.map((part) => [
        part.key,
        [...this.#live.values()].filter((live) => !this.#taken.has(live.id) && alike(part, live)),
      ]),
    );
    for (const group of groups(parts, candidates)) {
      if (group.live.length === 0) continue;
      if (isSettledGroup(group, candidates)) {
        group.parts.forEach((part, index) => {
          const live = group.live[index];
          if (live !== undefined) this.match(part.key, live.id);
        });
      } else {
        for (const part of group.parts) this.doubt(part.key, (candidates.get(part.key) ?? []).map(idOf));
      }
    }
  }

  result(): Correlation {
    return {
      matched: this.#matched,
      ambiguous: [...this.#ambiguous].map(([key, ids]) => ({ key, ids })),
    };
  }
}

interface Group {
  parts: Part[];
  live: LivePart[];
}

/** Keys and live schedules that compete with each other, directly or through others. */
function groups(parts: readonly Part[], candidates: ReadonlyMap<string, LivePart[]>): Group[] {
  const open = new Set(parts);
  const found: Group[] = [];
  for (const part of parts) {
    if (!open.delete(part)) continue;
    const group: Group = { parts: [part], live: [...(candidates.get(part.key) ?? [])] };
    const isRival = (other: Part) =>
      (candidates.get(other.key) ?? []).some((live) => group.live.includes(live));
    for (let rival = [...open].find(isRival); rival !== undefined; rival = [...open].find(isRival)) {
      open.delete(rival);
      group.parts.push(rival);
      for (const live of candidates.get(rival.key) ?? [])
        if (!group.live.includes(live)) group.live.push(live);
    }
    found.push({ parts: group.parts.sort(byKey), live: group.live.sort(byId) });
  }
  return found;
}

function isSettledGroup(group: Group, candidates: ReadonlyMap<string, LivePart[]>): boolean {
  const [part, ...otherParts] = group.parts;
  const [live, ...otherLive] = group.live;
  if (part === undefined || live === undefined || otherParts.length !== otherLive.length) return false;
  return (
    group.parts.every(({ key }) => candidates.get(key)?.length === group.live.length) &&
    otherParts.every((other) => equalBut(other.canonical, part.canonical, ['description'])) &&
    otherLive.every((other) => equalBut(other.canonical, live.canonical, []))
  );
}

/** A new key with the meaning of a key that is gone keeps its schedule; a defaulted description may follow the key. */
function matchRenamed(
  parts: readonly Part[],
  gone: Map<string, string>,
  base: CorrelateInput['base'],
  matching: Matching,
): void {
  const origins = (part: Part) =>
    [...gone.keys()]
      .filter((key) => Object.hasOwn(base, key) && isRenamed(key, base[key] ?? {}, part))
      .sort();
  const candidates = new Map(parts.map((part) => [part.key, origins(part)]));
  for (const [key, keys] of candidates) {
    const [origin] = keys;
    if (origin === undefined) continue;
    const rivals = [...candidates].filter(([, others]) => others.includes(origin)).map(([rival]) => rival);
    // As many new keys as old ones, all with one meaning: any pairing is as good as any other.
    const from = rivals.length === keys.length ? keys[rivals.indexOf(key)] : undefined;
    const id = from === undefined ? undefined : gone.get(from);
    if (from === undefined || id === undefined) {
      matching.doubt(
        key,
        keys.map((name) => gone.get(name) ?? ''),
      );
      continue;
    }
    matching.match(key, id);
  }
  for (const keys of candidates.values()) {
    for (const from of keys) if (matching.isTaken(gone.get(from) ?? '')) gone.delete(from);
  }
}

function isRenamed(oldKey: string, base: JsonObject, part: Part): boolean {
  const followed = base['description'] === oldKey && part.canonical['description'] === part.key;
  return equalBut(base, part.canonical, followed ? ['description'] : []);
}

/** Equal in all fields but some; null and missing are the same. */
function equalBut(a: JsonObject, b: JsonObject, but: readonly string[]): boolean {
  return [...new Set([...Object.keys(a), ...Object.keys(b), ...MODES])].every(
    (field) => but.includes(field) || equalJson(a[field], b[field]),
  );
}

function byId(a: LivePart, b: LivePart): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

function byKey(a: Part, b: Part): number {
  return a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
}

function idOf(live: LivePart): string {
  return live.id;
}
