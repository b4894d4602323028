import type { Pointer } from '../../core/pointer.ts';
import type { Classification } from '../../core/provider.ts';

/** Batch schedules are switched on and off in place; there is no other update, so all else deletes and creates. */
export function classifyBatch(pointers: readonly Pointer[]): Classification {
  return pointers.every((pointer) => pointer === '/enabled') ? { how: 'in-place' } : { how: 'replace' };
}
