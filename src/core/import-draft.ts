import { equalJson, isObject, type Json, type JsonObject } from './json.ts';
import { formatPointer, type Pointer } from './pointer.ts';
import type { Kind } from './provider.ts';
import type { LivePart, LiveResource, Part } from './resource.ts';

/** What a manifest of a live object says: only what differs from the defaults. */
export interface ImportDraft {
  kind: string;
  name: string;
  /** The server's id. */
  id: string;
  /** With its parts. */
  spec: JsonObject;
  /** The live part behind each key. */
  parts: ReadonlyMap<string, LivePart>;
  live: LiveResource;
}

/** A key longer than this is no name but a text. */
const LONGEST_KEY = 60;

/**
 * The manifest of a live object, without secrets and comments in mind. `identity`: the fields that name the object where
 * its own values do not. Pure: the same object gives the same draft.
 */
export function draftManifest(live: LiveResource, kind: Kind, identity: JsonObject = {}): ImportDraft {
  const written = { ...live.spec, ...identity };
  const name = kind.identity(live.identity, written);
  const canonicalOf = (spec: JsonObject): JsonObject => kind.normalize(name, spec).canonical;
  const derived = kind.derived ?? [];
  const shown = Object.fromEntries(
    Object.entries(live.spec).filter(([field]) => !derived.includes(formatPointer([field]))),
  );
  const own = withoutDefaults(shown, live.canonical, canonicalOf, (pointer) =>
    kind.resetValue(pointer, false, name),
  );
  const field = kind.parts?.field;
  const keyed = new Map(field === undefined ? [] : partKeys(live.parts, kind));
  const parts = [...keyed].map(([key, part]): [string, JsonObject] => [
    key,
    draftPart(key, part, kind, name),
  ]);
  const spec: JsonObject = { ...identity, ...own };
  if (field !== undefined && parts.length > 0) spec[field] = Object.fromEntries(parts);
  return { kind: kind.kind, name, id: live.id, spec, parts: keyed, live };
}

function draftPart(key: string, part: LivePart, kind: Kind, name: string): JsonObject {
  const field = kind.parts?.field ?? '';
  const canonicalOf = (spec: JsonObject): JsonObject => {
    const [normalized] = kind.normalize(name, { [field]: { [key]: spec } }).parts as (Part | undefined)[];
    return normalized?.canonical ?? {};
  };
  return withoutDefaults(timingFirst(part.spec, kind), part.canonical, canonicalOf, (pointer) =>
    kind.resetValue(pointer, true, name),
  );
}

/** Below the description, when it runs comes first: that is what people look for. */
function timingFirst(spec: JsonObject, { alternatives = [] }: Kind): JsonObject {
  const rank = ([field]: [string, Json]): number =>
    field === 'description' ? 0 : alternatives.includes(formatPointer([field])) ? 1 : 2;
  return Object.fromEntries(Object.entries(spec).sort((a, b) => rank(a) - rank(b)));
}

/** A field goes when the manifest means the same without it: a default fills it in, or it has the service's own value. */
function withoutDefaults(
  spec: JsonObject,
  canonical: JsonObject,
  canonicalOf: (spec: JsonObject) => JsonObject,
  resetValue: (pointer: Pointer) => Json,
): JsonObject {
  const given = Object.fromEntries(
    Object.entries(spec).filter(([field, value]) => value !== null && Object.hasOwn(canonical, field)),
  );
  let kept = given;
  for (const field of Object.keys(given)) {
    const { [field]: value, ...without } = kept;
    const filledIn = canonicalOf(without);
    const means = canonical[field] ?? null;
    const implied = Object.hasOwn(filledIn, field) ? filledIn[field] : undefined;
    const spare = implied === undefined || implied === null ? resetValue(formatPointer([field])) : implied;
    if (equalJson(spare, means)) kept = without;
    else if (isObject(value)) kept = { ...kept, [field]: withoutResets(value, [field], resetValue) };
  }
  return kept;
}

/** `{onError: true}` of `{onSuccess: false, onError: true}`: groups of fields, not free-form data. */
function withoutResets(
  value: JsonObject,
  path: readonly string[],
  resetValue: (pointer: Pointer) => Json,
): JsonObject {
  const group = resetValue(formatPointer(path));
  if (!isObject(group) || Object.keys(group).length === 0) return value;
  return Object.fromEntries(
    Object.entries(value).filter(
      ([field, item]) => !equalJson(item, resetValue(formatPointer([...path, field]))),
    ),
  );
}

/** A key for each part: its description where that is a name, else what it runs by; in the order of the keys. */
function partKeys(parts: readonly LivePart[], kind: Kind): [string, LivePart][] {
  const taken = new Set<string>();
  const keyed = [...parts]
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map((part): [string, LivePart] => {
      const key = free(stemOf(part, kind), taken);
      taken.add(key);
      return [key, part];
    });
  return keyed.sort(([a], [b]) => (a < b ? -1 : 1));
}

function stemOf(part: LivePart, kind: Kind): string {
  const description = part.spec['description'];
  if (typeof description === 'string' && isName(description)) return description;
  const mode = (kind.alternatives ?? []).find((pointer) => (part.spec[pointer.slice(1)] ?? null) !== null);
  return mode?.slice(1) ?? kind.parts?.noun ?? 'part';
}

/** Names that objects have by themselves, and the mark of a part that is being replaced, are no good as keys. */
function isName(text: string): boolean {
  return (
    text.trim() !== '' &&
    text.length <= LONGEST_KEY &&
    /^[\x20-\x7e\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\uffef]*$/.test(text) &&
    !(text in {}) &&
    text !== 'prototype' &&
    text !== '<<' &&
    !text.endsWith(' (replaced)')
  );
}

function free(stem: string, taken: ReadonlySet<string>): string {
  if (!taken.has(stem)) return stem;
  for (let number = 2; ; number++) {
    const key = `${stem} ${number}`;
    if (!taken.has(key)) return key;
  }
}
