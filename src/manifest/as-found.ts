import { isObject, type JsonObject } from '../core/json.ts';
import { isAtOrBelow, type Pointer } from '../core/pointer.ts';
import type { AsFound } from '../core/resource.ts';
import { NAME_POINTER } from './check-pointers.ts';
import type { PointedFinding } from './schema-errors.ts';

interface Allowed {
  findings: PointedFinding[];
  /** What was let through; the planner holds it against the live object. */
  asFound: AsFound[];
}

/**
 * Errors about values that `lifecycle.asFound` names become warnings: the service holds such a value, so that it may stand,
 * but it is never sent anew (core/as-found.ts sees to that).
 */
export function allowAsFound(document: JsonObject, findings: readonly PointedFinding[]): Allowed {
  const lifecycle = isObject(document['lifecycle']) ? document['lifecycle'] : {};
  const list = Array.isArray(lifecycle['asFound']) ? lifecycle['asFound'] : [];
  const pointers = list.filter((item): item is Pointer => typeof item === 'string' && item.startsWith('/'));
  if (pointers.length === 0) return { findings: [...findings], asFound: [] };
  const asFound: AsFound[] = [];
  const softened = findings.map((finding): PointedFinding => {
    const pointer = pointers.find((candidate) => isAtOrBelow(finding.pointer, inDocument(candidate)));
    if (finding.severity !== 'error' || pointer === undefined) return finding;
    asFound.push({ pointer, why: finding.message });
    const message = `${finding.message.replace(/\.$/, '')} (it stands only as long as the service has it so).`;
    return { ...finding, severity: 'warning', message };
  });
  return { findings: softened, asFound };
}

function inDocument(pointer: Pointer): Pointer {
  return pointer === NAME_POINTER ? pointer : `/spec${pointer}`;
}
