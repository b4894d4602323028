import type { InventoryEntry } from '../core/inventory.ts';
import { equalJson, type Json } from '../core/json.ts';
import type { PlanContext } from '../core/plan-context.ts';
import { recordApplied } from '../core/record.ts';
import { sourceVersion } from '../core/source-version.ts';
import { formatInstant } from '../time/index.ts';
import type { StateWriter } from './state-writer.ts';
import type { PlannedTarget } from './types.ts';

/**
 * Resources that are in step need no write to the service, but what the manifest says by now has to be remembered:
 * newly mentioned fields, other spellings of the same meaning, the lifecycle. One state write at most, none when nothing moved.
 */
export async function refreshEntries(
  planned: PlannedTarget,
  writer: StateWriter,
  context: PlanContext,
): Promise<void> {
  const changed = new Set(planned.changes.map((change) => change.address));
  const entries: Record<string, InventoryEntry> = {};
  for (const desired of planned.input.resources) {
    const before = writer.entry(desired.address);
    if (before === undefined || before.released !== undefined || changed.has(desired.address)) continue;
    if (planned.input.selects?.(desired.address) === false) continue;
    const entry = recordApplied({
      desired,
      kind: context.kind(desired.kind),
      id: before.id,
      partIds: new Map(),
      effective: {},
      written: [],
      before,
      sealer: context.sealer,
      now: formatInstant(context.now),
      source: sourceVersion(planned.input),
    });
    if (equalButForVersion(entry, before)) continue;
    entries[desired.address] = entry;
  }
  if (Object.keys(entries).length > 0 || planned.instanceMoved) {
    await writer.record(entries);
  }
}

function equalButForVersion(a: InventoryEntry, b: InventoryEntry): boolean {
  const plain = (entry: InventoryEntry): Json =>
    JSON.parse(JSON.stringify({ ...entry, commit: null, dirty: null })) as Json;
  return equalJson(plain(a), plain(b));
}
