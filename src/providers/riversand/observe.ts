import { counted } from '../../core/counted.ts';
import type { Diagnostic } from '../../core/errors.ts';
import { equalJson } from '../../core/json.ts';
import type { KnownObject } from '../../core/provider.ts';
import type { LiveResource } from '../../core/resource.ts';
import { type RiversandClient, unsound } from './client.ts';
import { lastInvocations, toLiveBatch, toLiveObject } from './mapping.ts';
import { canonicalObject } from './normalize.ts';
import { ALL, identityInId, type Pair, pairIdentity, pairOf, pairText } from './pairs.ts';
import { isRefusal } from './refusal.ts';
import type { WireBatchSchedule } from './wire.ts';

export interface Observed {
  resources: LiveResource[];
  diagnostics: Diagnostic[];
}

/** Pairs by identity, as far as manifests or the state name them. */
export type Pairs = ReadonlyMap<string, Pair>;

export function pairsOf(known: readonly KnownObject[]): Map<string, Pair> {
  const pairs = new Map<string, Pair>();
  for (const { kind, identity, spec } of known) {
    const pair = kind === 'RiversandBatchJob' ? pairOf(spec) : undefined;
    if (pair !== undefined && pairIdentity(pair) === identity) pairs.set(identity, pair);
  }
  return pairs;
}

/** All batch schedules with one list; app by app, then pair by pair, where the tenant refuses that. */
export async function observeBatch(
  client: RiversandClient,
  tenantId: string,
  pairs: Pairs,
  known: readonly KnownObject[],
): Promise<Observed> {
  const { rows, diagnostics } = await listBatch(client, pairs);
  const resources = groupBatch(rows, tenantId, pairs);
  return {
    resources,
    diagnostics: [...diagnostics, ...resources.flatMap(duplicates), ...collisions(resources, known)],
  };
}

interface Listed {
  rows: WireBatchSchedule[];
  diagnostics: Diagnostic[];
}

async function listBatch(client: RiversandClient, pairs: Pairs): Promise<Listed> {
  const all = await unlessRefused(client.batchSchedules({ appId: ALL, jobDefId: ALL }));
  if (all !== undefined) return { rows: all, diagnostics: [] };
  const apps = [...new Set([...pairs.values()].map(({ appId }) => appId))].sort();
  const lists = await Promise.all(apps.map((appId) => listApp(client, appId, pairs)));
  // Names that share their beginning may show each other's schedules.
  const rows = new Map(lists.flat().map((row) => [row.id, row]));
  return {
    rows: [...rows.values()],
    diagnostics: [
      {
        code: 'RIVERSAND_NO_ALL',
        severity: 'info',
        message: `the tenant refuses to list all batch schedules at once; ${counted(apps.length, 'app')} ${apps.length === 1 ? 'was' : 'were'} listed one by one, and schedules of other apps were not seen`,
      },
    ],
  };
}

async function listApp(client: RiversandClient, appId: string, pairs: Pairs): Promise<WireBatchSchedule[]> {
  const whole = await unlessRefused(client.batchSchedules({ appId, jobDefId: ALL }));
  if (whole !== undefined) return whole;
  const own = [...pairs.values()].filter((pair) => pair.appId === appId);
  return (await Promise.all(own.map((pair) => client.batchSchedules(pair)))).flat();
}

async function unlessRefused<T>(promise: Promise<T>): Promise<T | undefined> {
  return promise.catch((error: unknown) => {
    if (isRefusal(error)) return undefined;
    throw error;
  });
}

/** One resource for each known pair that shows, one for each other id. */
function groupBatch(rows: readonly WireBatchSchedule[], tenantId: string, pairs: Pairs): LiveResource[] {
  const groups = new Map<string, WireBatchSchedule[]>();
  for (const row of rows) {
    const named = identityInId(row.id, tenantId);
    const isKnown = named !== undefined && pairs.has(named);
    if (!isKnown) refuseOtherTenant(row.id, tenantId, pairs);
    const identity = isKnown ? named : row.id;
    groups.set(identity, [...(groups.get(identity) ?? []), row]);
  }
  return [...groups].map(([identity, group]) => toLiveBatch(identity, group, pairs.get(identity)));
}

/** A known pair under another tenant's name: with a wrong tenantId everything would look missing, and be created. */
function refuseOtherTenant(id: string, tenantId: string, pairs: Pairs): void {
  if (id.startsWith(`${tenantId}_`)) return;
  const rest = id.slice(0, Math.max(0, id.lastIndexOf('_')));
  const found = [...pairs.keys()].find((identity) => rest.endsWith(`_${identity}`));
  if (found === undefined) return;
  throw unsound(
    `${id} looks like a schedule of "${found}", but does not begin with the tenantId of the credentials ("${tenantId}")`,
  );
}

/** Written for one pair, and wanted for another one that the service's ids write alike: nobody could tell the two apart. */
function collisions(resources: readonly LiveResource[], known: readonly KnownObject[]): Diagnostic[] {
  const live = new Set(resources.map(({ identity }) => identity));
  return known.flatMap(({ kind, identity, spec, applied }): Diagnostic[] => {
    const wanted = kind === 'RiversandBatchJob' && live.has(identity) ? pairOf(spec) : undefined;
    const written = pairOf(applied ?? {});
    if (wanted === undefined || written === undefined || equalJson({ ...wanted }, { ...written })) return [];
    return [
      {
        code: 'RIVERSAND_PAIRS_COLLIDE',
        severity: 'error',
        message: `the manifest wants ${pairText(wanted)}, the live schedule was written for ${pairText(written)}: the service's ids write both as "${identity}", so that they cannot be told apart`,
        remedy: `Go back to ${pairText(written)}, or give the job definition another name. If the old schedule was removed in the service, plan again.`,
      },
    ];
  });
}

function duplicates({ facts, identity }: LiveResource): Diagnostic[] {
  const ids = Array.isArray(facts['ids']) ? facts['ids'] : [];
  if (ids.length < 2) return [];
  return [
    {
      code: 'RIVERSAND_DUPLICATES',
      severity: 'warning',
      message: `${identity} has ${ids.length} schedules at once (${ids.join(', ')}): creates have raced`,
      remedy: 'If it is ours, the next apply puts it right with one more create.',
    },
  ];
}

/** One pair by itself; all of them where it is not known which app and job its name is made of. */
export async function readBatch(
  client: RiversandClient,
  tenantId: string,
  identity: string,
  pairs: Pairs,
): Promise<LiveResource | null> {
  const pair = pairs.get(identity);
  const rows = await client.batchSchedules(pair ?? { appId: ALL, jobDefId: ALL });
  const own = rows.filter((row) => row.id === identity || identityInId(row.id, tenantId) === identity);
  return own.length === 0 ? null : toLiveBatch(identity, own, pair);
}

/**
 * All schedule objects with one `get`. Only when one of ours is about to change a second call asks when the objects ran last:
 * nothing depends on it, so that its failure is no more than a note.
 */
export async function observeObjects(
  client: RiversandClient,
  known: readonly KnownObject[],
): Promise<Observed> {
  const objects = await client.objects();
  const ours = new Map(
    known.filter(({ kind }) => kind === 'RiversandSchedule').map((object) => [object.identity, object]),
  );
  const resources = objects.map((object) => toLiveObject(object));
  if (!resources.some((live) => isLeavingOrMoving(ours.get(live.identity), live)))
    return { resources, diagnostics: [] };
  const infos = await unlessRefused(client.infos());
  if (infos === undefined) {
    const message = 'the service does not tell when the schedule objects ran last';
    return { resources, diagnostics: [{ code: 'RIVERSAND_NO_LAST_RUN', severity: 'info', message }] };
  }
  const last = lastInvocations(infos);
  return { resources: objects.map((object) => toLiveObject(object, last)), diagnostics: [] };
}

/** To be removed, another one than wanted, or with a field that left its manifest. */
function isLeavingOrMoving(known: KnownObject | undefined, live: LiveResource): boolean {
  if (known === undefined) return false;
  if (!known.wanted) return true;
  const { spec, applied = {} } = known;
  const wanted = canonicalObject(spec);
  return (
    Object.keys(applied).some((field) => !Object.hasOwn(spec, field)) ||
    Object.entries(wanted).some(([field, value]) => !equalJson(live.canonical[field], value))
  );
}
