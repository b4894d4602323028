import type { JsonObject } from '../../core/json.ts';
import type { LiveResource } from '../../core/resource.ts';
import type { RiversandClient } from './client.ts';
import { idsOf } from './mapping.ts';
import { identityInId, type Pair, pairOf } from './pairs.ts';
import { isRefusal } from './refusal.ts';

/**
 * The pairs of app and job that a batch schedule may belong to. Its id joins them with `_`, which either may hold: where
 * several readings are possible, the service is asked for each. None for ids of another form or tenant.
 */
export async function identifyBatch(
  client: RiversandClient,
  tenantId: string,
  live: LiveResource,
): Promise<JsonObject[]> {
  const known = pairOf(live.spec);
  if (known !== undefined) return [{ ...known }];
  const named = identityInId(live.id, tenantId);
  const readings = named === undefined ? [] : readingsOf(named);
  if (readings.length < 2) return readings.map((pair) => ({ ...pair }));
  const confirmed = await Promise.all(readings.map((pair) => shows(client, pair, live)));
  return readings.filter((_, index) => confirmed[index] === true).map((pair) => ({ ...pair }));
}

function readingsOf(identity: string): Pair[] {
  const parts = identity.split('_');
  return parts
    .slice(1)
    .map((_, index) => ({
      appId: parts.slice(0, index + 1).join('_'),
      jobDefId: parts.slice(index + 1).join('_'),
    }))
    .filter(({ appId, jobDefId }) => appId !== '' && jobDefId !== '');
}

/** A refusal is a no: the service knows no such app. */
async function shows(client: RiversandClient, pair: Pair, live: LiveResource): Promise<boolean> {
  const rows = await client.batchSchedules(pair).catch((error: unknown) => {
    if (isRefusal(error)) return [];
    throw error;
  });
  return rows.some(({ id }) => idsOf(live).includes(id));
}
