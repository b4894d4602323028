import type { Change } from '../../core/change.ts';
import type { JsonObject } from '../../core/json.ts';

/** Fields of a batch schedule that the service shows. */
const READABLE = ['poolId', 'recurrenceInterval'] as const;

/**
 * A batch schedule as it is to be sent: the manifest's, with live values for what is left to others or not healed. What cannot
 * be read can only be the manifest's.
 */
export function batchTarget({
  desired,
  target,
  live,
}: Pick<Change, 'desired' | 'target' | 'live'>): JsonObject {
  const values = { ...desired?.spec };
  if (live === undefined || live.identity !== desired?.identity) return values;
  for (const field of READABLE) {
    const value = target?.[field];
    if (typeof value === 'string') values[field] = value;
  }
  return values;
}
