import type { Block, Change, PartChange } from './change.ts';
import { counted } from './counted.ts';
import type { Diagnostic } from './errors.ts';
import type { InventoryEntry } from './inventory.ts';
import type { JsonObject } from './json.ts';
import type { PlanContext } from './plan-context.ts';
import type { Kind } from './provider.ts';
import type { Lifecycle, LivePart, LiveResource } from './resource.ts';

interface PartRemovalInput {
  context: PlanContext;
  kind: Kind;
  address: string;
  lifecycle: Lifecycle;
  key: string;
  path: string;
  livePart: LivePart | undefined;
  /** The resource around the part. */
  resourceSpec: JsonObject;
}

/** A part whose key went out of the manifest: deleting it needs `prune`, counts in the limits and honours `protect`. */
export function planPartRemoval(input: PartRemovalInput): { change?: PartChange; diagnostics: Diagnostic[] } {
  const { context, kind, lifecycle, key, path, livePart, address } = input;
  const change = { key, path, reason: 'removed' as const, fields: [], warnings: [] };
  if (livePart === undefined) return { change: { ...change, action: 'forget' }, diagnostics: [] };
  if (!context.policy.prune) return { diagnostics: [pruneOff(address, path)] };
  if (lifecycle.onRemove === 'keep')
    return {
      change: { ...change, action: 'forget', live: livePart, warnings: ['left in the service'] },
      diagnostics: [],
    };
  const action = lifecycle.onRemove === 'deactivate' ? ('deactivate' as const) : ('delete' as const);
  const target = action === 'deactivate' ? { ...livePart.spec, [kind.activeField]: false } : undefined;
  const impact = kind.impact({
    action,
    before: livePart,
    ...(target === undefined ? {} : { after: target }),
    resourceBefore: input.resourceSpec,
    resourceAfter: input.resourceSpec,
    fields: [],
    now: context.now,
    ...(context.look === undefined ? {} : { look: context.look }),
  });
  const planned: PartChange = {
    ...change,
    action,
    live: livePart,
    ...(target === undefined ? {} : { target }),
    ...(impact === undefined ? {} : { impact }),
  };
  if (action === 'delete' && lifecycle.protect)
    return { change: { ...planned, blocked: protectedDelete() }, diagnostics: [] };
  return { change: planned, diagnostics: [] };
}

interface RemovalInput {
  context: PlanContext;
  kind: Kind;
  address: string;
  entry: InventoryEntry;
  live: LiveResource | undefined;
}

/** A resource that we own and no manifest wants any more. */
export function planRemoval({ context, kind, address, entry, live }: RemovalInput): {
  change?: Omit<Change, 'operations'>;
  diagnostics: Diagnostic[];
} {
  if (entry.released !== undefined) return { diagnostics: [] };
  const change = {
    address,
    kind: kind.kind,
    reason: 'removed' as const,
    fields: [],
    parts: [],
    base: entry,
    warnings: [] as string[],
  };
  if (live === undefined) return { change: { ...change, action: 'forget' }, diagnostics: [] };
  if (!context.policy.prune) return { diagnostics: [pruneOff(address)] };
  if (entry.lifecycle.onRemove === 'keep' || kind.preExisting) {
    return {
      change: { ...change, action: 'forget', live, warnings: ['left in the service as it is'] },
      diagnostics: [],
    };
  }
  const ours = new Set(
    Object.values(entry.parts)
      .filter((part) => part.released === undefined)
      .map((part) => part.id),
  );
  const field = kind.parts?.field ?? '';
  const onlyOff = entry.lifecycle.onRemove === 'deactivate' || !kind.deletable;
  const action = onlyOff ? ('deactivate' as const) : ('delete' as const);
  const target = onlyOff ? { ...live.spec, [kind.activeField]: false } : undefined;
  const parts = live.parts
    .filter((part) => ours.has(part.id))
    .map((part): PartChange => {
      const key = Object.keys(entry.parts).find((name) => entry.parts[name]?.id === part.id) ?? part.id;
      const impact = kind.impact({
        action,
        before: part,
        ...(onlyOff ? { after: part.spec } : {}),
        resourceBefore: live.spec,
        ...(target === undefined ? {} : { resourceAfter: target }),
        fields: [],
        now: context.now,
        ...(context.look === undefined ? {} : { look: context.look }),
      });
      return {
        key,
        path: `/${field}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`,
        action,
        reason: 'removed',
        fields: [],
        live: part,
        ...(impact === undefined ? {} : { impact }),
        warnings: [],
      };
    });
  const planned: Omit<Change, 'operations'> = {
    ...change,
    action,
    live,
    parts,
    ...(target === undefined ? {} : { target }),
  };
  const blocked = action === 'delete' ? deleteBlock(address, entry, live, ours) : undefined;
  return { change: blocked === undefined ? planned : { ...planned, blocked }, diagnostics: [] };
}

function deleteBlock(
  address: string,
  entry: InventoryEntry,
  live: LiveResource,
  ours: ReadonlySet<string>,
): Block | undefined {
  if (entry.lifecycle.protect) return protectedDelete(address);
  const others = live.parts.filter((part) => !ours.has(part.id));
  if (others.length === 0 || entry.lifecycle.exclusive) return undefined;
  return {
    code: 'UNOWNED_PARTS',
    message: `deleting it would also delete ${counted(others.length, 'schedule')} that ${others.length === 1 ? 'is' : 'are'} not ours (${others.map((part) => part.id).join(', ')})`,
    override: 'lifecycle.exclusive: true (in the manifest, applied once before it is removed)',
  };
}

/** With `address` its manifest is gone, so that only the state remembers the protection. */
function protectedDelete(address?: string): Block {
  const inManifest = 'lifecycle.protect: false in its manifest';
  return {
    code: 'PROTECTED',
    message: 'deleting it is refused: the resource is protected',
    override:
      address === undefined
        ? inManifest
        : `reconcile unprotect ${address}, or ${inManifest}, applied once before it is removed`,
  };
}

function pruneOff(address: string, path?: string): Diagnostic {
  return {
    code: 'PRUNE_OFF',
    severity: 'info',
    message: `no longer in a manifest; it stays, because pruning is switched off`,
    remedy: 'Set policy.prune: true to remove it.',
    address,
    ...(path === undefined ? {} : { path }),
  };
}
