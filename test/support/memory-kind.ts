import type { Change, Operation, PartChange } from '../../src/core/change.ts';
import type { Json, JsonObject } from '../../src/core/json.ts';
import type { CorrelateInput, Correlation, Kind } from '../../src/core/provider.ts';
import type { LivePart, LiveResource, Normalized, Part } from '../../src/core/resource.ts';

/**
 * A small kind of its own, so that core and engine are tested without any real service: a job with `description`, `url`,
 * `active`, `data` and schedules `{ description, active, every | at, data }`. `every` counts in minutes and may be written
 * "60" or 60; `at` is an instant. `payload` cannot be read back.
 */
export const memoryKind: Kind = {
  kind: 'MemoryJob',
  schemaFile: 'none',
  parts: { field: 'schedules', noun: 'schedule' },
  preExisting: false,
  deletable: true,
  replace: 'guarded',
  unreadable: ['/payload'],
  atomic: ['/data', '/payload'],
  alternatives: ['/every', '/at'],
  secret: [],
  activeField: 'active',
  resetValue: (pointer) => (pointer === '/active' ? true : pointer === '/description' ? '' : null),
  identity: (name) => name,
  normalize,
  validate: () => [],
  correlate,
  classify: ({ pointers, part, from, to }) => {
    if (!part)
      return pointers.includes('/frozen')
        ? { how: 'impossible', why: '/frozen never changes' }
        : { how: pointers.includes('/solid') ? 'replace' : 'in-place' };
    const mode = (spec: JsonObject): string => ((spec['at'] ?? null) === null ? 'every' : 'at');
    return { how: mode(from) === mode(to) ? 'in-place' : 'replace' };
  },
  settled: (part, _resource, now) => {
    const at = part['at'];
    if (typeof at !== 'string' || Date.parse(at) > now) return undefined;
    return { why: 'past', text: `its time ${at} is over` };
  },
  impact: ({ action, after }) => ({
    before: [],
    after: [],
    missed: [],
    extra: [],
    immediate: action === 'update' && after?.['every'] === 666,
    runLogsLost: action === 'delete' || action === 'replace',
  }),
  operations,
};

/** The same, but the objects exist by themselves. */
export const preExistingKind: Kind = { ...memoryKind, kind: 'MemoryTask', preExisting: true };

const defaults: JsonObject = { description: '', active: true };

function normalize(_name: string, spec: JsonObject): Normalized & { parts: Part[] } {
  const { schedules, ...own } = spec;
  const parts = Object.entries((schedules ?? {}) as Record<string, JsonObject>).map(
    ([key, written]): Part => {
      const { movedFrom, ...rest } = written;
      const part = { description: key, active: true, ...rest };
      return { key, ...forms(part, true), ...(typeof movedFrom === 'string' ? { movedFrom } : {}) };
    },
  );
  return { ...forms({ ...defaults, ...own }, false), parts: parts.sort((a, b) => (a.key < b.key ? -1 : 1)) };
}

/** Live objects have every readable field. */
export function liveForms(spec: JsonObject): Normalized {
  return forms(spec, 'every' in spec || 'at' in spec);
}

function forms(spec: JsonObject, part: boolean): Normalized {
  const canonical = { ...spec };
  if (typeof canonical['every'] === 'string') canonical['every'] = Number(canonical['every']);
  if (typeof canonical['at'] === 'string') canonical['at'] = new Date(canonical['at']).toISOString();
  if (part) {
    canonical['every'] ??= null;
    canonical['at'] ??= null;
  }
  return { spec, canonical };
}

function meaning(canonical: JsonObject): string {
  const { description: _d, active: _a, ...rest } = canonical;
  return JSON.stringify(
    Object.entries(rest)
      .filter(([, value]) => value !== null)
      .sort(),
  );
}

function correlate({ live, remembered, desired }: CorrelateInput): Correlation {
  const matched = new Map<string, string>();
  const ambiguous: { key: string; ids: string[] }[] = [];
  const free = new Map(live.map((part) => [part.id, part]));
  for (const [key, id] of Object.entries(remembered)) {
    if (free.delete(id)) matched.set(key, id);
  }
  const tests: ((part: Part, candidate: LivePart) => boolean)[] = [
    (part, candidate) =>
      meaning(part.canonical) === meaning(candidate.canonical) &&
      part.canonical['description'] === candidate.canonical['description'],
    (part, candidate) => meaning(part.canonical) === meaning(candidate.canonical),
    (part, candidate) => part.canonical['description'] === candidate.canonical['description'],
  ];
  for (const test of tests) {
    for (const part of desired) {
      if (
        matched.has(part.key) ||
        remembered[part.key] !== undefined ||
        ambiguous.some((item) => item.key === part.key)
      )
        continue;
      const candidates = [...free.values()].filter((candidate) => test(part, candidate));
      if (candidates.length > 1)
        ambiguous.push({ key: part.key, ids: candidates.map((candidate) => candidate.id) });
      const [only] = candidates;
      if (candidates.length !== 1 || only === undefined) continue;
      matched.set(part.key, only.id);
      free.delete(only.id);
    }
  }
  return { matched, ambiguous };
}

function operations(change: Change): Operation[] {
  const list: Operation[] = [];
  const add = (
    step: string,
    part: PartChange | undefined,
    destructive = false,
    after: string[] = [],
  ): string => {
    const id = `${change.address}#${part?.path ?? ''}:${step}`;
    list.push({
      id,
      step,
      summary: `${step} ${part === undefined ? change.address : part.path}`,
      method: 'POST',
      path: `/${step}`,
      after,
      destructive,
      ...(part === undefined ? {} : { part: part.key }),
    });
    return id;
  };
  if (change.action === 'create') add('create', undefined);
  else if (change.action === 'delete') add('delete', undefined, true);
  else if (change.action === 'deactivate') add('update', undefined);
  else {
    if (change.action === 'replace') add('replace', undefined, true);
    else if (change.fields.some((field) => field.healed)) add('update', undefined);
    for (const part of change.parts) {
      if (part.action === 'create') add('create-part', part);
      if (part.action === 'update' || part.action === 'deactivate') add('update-part', part);
      if (part.action === 'delete') add('delete-part', part, true);
      if (part.action === 'replace')
        add('activate-part', part, false, [add('delete-part', part, true, [add('create-inactive', part)])]);
    }
  }
  return list;
}

export function livePart(id: string, spec: JsonObject): LivePart {
  return { id, ...liveForms({ description: id, active: true, data: null, ...spec }), facts: {} };
}

export function liveJob(
  identity: string,
  spec: JsonObject = {},
  parts: readonly LivePart[] = [],
  kind = 'MemoryJob',
): LiveResource {
  return {
    kind,
    identity,
    id: `id-${identity}`,
    ...liveForms({ ...defaults, url: null, data: null, ...spec }),
    parts,
    facts: {},
  };
}

export function jsonCopy<T extends Json>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
