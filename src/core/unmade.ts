import type { Change } from './change.ts';
import type { InventoryEntry } from './inventory.ts';
import type { JsonObject } from './json.ts';
import { getAt, type Pointer, setAt } from './pointer.ts';
import type { Kind } from './provider.ts';
import type { Remake } from './remake.ts';
import { isSealed, type LiveResource, partPath, type Resource } from './resource.ts';
import { pointersWithin } from './scope.ts';
import { type Sealer, sealAt } from './seal.ts';

/** For the journal. Undefined where the manifest alone says what is made. */
export function remakeOf(change: Change, kind: Kind, sealer: Sealer): Remake | undefined {
  const { action, base, live, target, desired } = change;
  if (action === 'create') return base?.remake;
  if (action !== 'replace' || kind.replace === 'usual' || live === undefined) return undefined;
  const secrets = [...(desired?.secrets ?? []), ...(base?.secrets ?? []), ...kind.secret];
  const seal = (spec: JsonObject, path: Pointer) => sealAt(spec, pointersWithin(secrets, path), sealer);
  const parts = change.parts.flatMap(({ action, key, path, live: old, target: made }) =>
    action === 'replace' && old !== undefined && made !== undefined
      ? [[key, { id: old.id, spec: seal(made, path), facts: old.facts }] as const]
      : [],
  );
  return { spec: seal(target ?? {}, ''), parts: Object.fromEntries(parts) };
}

/** The object that a replace was to make, as if it were there: what is wanted is held against it like against a live one. */
export function unmade({ remake, id, name }: InventoryEntry, resource: Resource, kind: Kind): LiveResource {
  const field = kind.parts?.field;
  const { spec = {}, parts = {} } = remake ?? {};
  const specs = Object.fromEntries(
    Object.entries(parts).map(([key, part]) => {
      const wanted = resource.parts.find((other) => other.key === key)?.spec;
      return [
        key,
        unsealed(part.spec, wanted ?? {}, pointersWithin(resource.secrets, partPath(field ?? '', key))),
      ];
    }),
  );
  const own = unsealed(spec, resource.spec, pointersWithin(resource.secrets, ''));
  const normalized = kind.normalize(name, field === undefined ? own : { ...own, [field]: specs });
  return {
    kind: resource.kind,
    identity: resource.identity,
    id,
    spec: normalized.spec,
    canonical: normalized.canonical,
    parts: normalized.parts.map(({ key, spec: made, canonical }) => ({
      spec: made,
      canonical,
      id: parts[key]?.id ?? '',
      facts: parts[key]?.facts ?? {},
    })),
    facts: {},
  };
}

/** A seal cannot be sent: the manifest's secret stands in its place, and what only the old object knew is lost. */
function unsealed(made: JsonObject, wanted: JsonObject, secrets: readonly Pointer[]): JsonObject {
  const filled = secrets.reduce((spec, pointer) => {
    const value = getAt(wanted, pointer);
    return pointer === '' || value === undefined || !isSealed(getAt(spec, pointer))
      ? spec
      : setAt(spec, pointer, value);
  }, made);
  const whole = secrets.includes('') ? { ...filled, ...wanted } : filled;
  return Object.fromEntries(Object.entries(whole).filter(([, value]) => !isSealed(value)));
}
