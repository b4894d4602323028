import type { JsonObject } from '../../core/json.ts';

/** App and job definition: what the service knows a batch schedule by. */
export interface Pair {
  appId: string;
  jobDefId: string;
}

/** Stands for all apps, or all job definitions of an app, in lists. */
export const ALL = '_ALL';

/** Creation time at the end of an id. Never holds a `_`, which is what makes ids readable from behind. */
const STAMP = /^\d[0-9A-Za-z:.+-]*$/;

/**
 * The pair as the service writes it into ids. Pairs such as (`a_b`, `c`) and (`a`, `b_c`) share it: the service's lists cannot
 * tell them apart, so they are one object here, too.
 */
export function pairIdentity({ appId, jobDefId }: Pair): string {
  return `${appId}_${jobDefId}`;
}

export function pairOf(spec: JsonObject): Pair | undefined {
  const { appId, jobDefId } = spec;
  if (typeof appId !== 'string' || typeof jobDefId !== 'string') return undefined;
  return { appId, jobDefId };
}

/** For people. */
export function pairText({ appId, jobDefId }: Pair): string {
  return `app "${appId}", job "${jobDefId}"`;
}

/** `{tenant}_{app}_{jobDef}_{timestamp}` without tenant and timestamp; undefined for ids of another form or tenant. */
export function identityInId(id: string, tenantId: string): string | undefined {
  const begin = tenantId.length + 1;
  const end = id.lastIndexOf('_');
  if (!id.startsWith(`${tenantId}_`) || end <= begin || !STAMP.test(id.slice(end + 1))) return undefined;
  return id.slice(begin, end);
}

/** Oldest first: by creation time as far as it can be read, then by the text. */
export function compareIds(a: string, b: string): number {
  const [first, second] = [stampOf(a), stampOf(b)];
  const bothNumbers = /^\d+$/.test(first) && /^\d+$/.test(second);
  const byTime = bothNumbers ? Number(first) - Number(second) : first < second ? -1 : first > second ? 1 : 0;
  return byTime !== 0 ? byTime : a < b ? -1 : a > b ? 1 : 0;
}

function stampOf(id: string): string {
  return id.slice(id.lastIndexOf('_') + 1);
}
