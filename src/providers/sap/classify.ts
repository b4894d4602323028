import type { JsonObject } from '../../core/json.ts';
import { type Pointer, parsePointer } from '../../core/pointer.ts';
import type { Classification } from '../../core/provider.ts';
import { isMode, modeOf } from './modes.ts';

/** The service changes a schedule's values in place, but never its mode: that needs a new schedule. */
export function classifySchedule(
  pointers: readonly Pointer[],
  from: JsonObject,
  to: JsonObject,
): Classification {
  const touchesMode = pointers.some((pointer) => isMode(parsePointer(pointer)[0] ?? ''));
  if (!touchesMode) return { how: 'in-place' };
  const [before, after] = [modeOf(from), modeOf(to)];
  return before !== undefined && before === after ? { how: 'in-place' } : { how: 'replace' };
}

/** Everything about a job changes in place but its name, which is its identity. */
export function classifyJob(pointers: readonly Pointer[]): Classification {
  return pointers.includes('/metadata/name') ? { how: 'replace' } : { how: 'in-place' };
}
