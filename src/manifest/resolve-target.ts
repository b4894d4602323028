import { difference } from '../core/difference.ts';
import type { Finding } from '../core/errors.ts';
import type { Json, JsonObject } from '../core/json.ts';
import type { Pointer } from '../core/pointer.ts';
import type { Kind } from '../core/provider.ts';
import { formatAddress, type Place, type Resource } from '../core/resource.ts';
import { type BuildContext, type Built, buildResource } from './build-resource.ts';
import { type Candidate, findDuplicates } from './duplicates.ts';
import { createLookup, type Environment, type LookupRules, resolveVariables } from './environment.ts';
import { sortFindings, uniqueFindings } from './load-manifests.ts';
import type { LoadedManifest } from './loaded-manifest.ts';
import type { LocateOptions } from './locate.ts';
import { createOverlay, type OverlayPatch } from './overlay.ts';
import { type ResolveMemo, watchLookup } from './resolve-memo.ts';

/** What a target says about manifests. `TargetConfig` of the config fits. */
export interface TargetRules {
  name: string;
  /** As written: not filled in yet. */
  variables: JsonObject;
  select: { labels: Readonly<Record<string, string>> };
  patches: readonly OverlayPatch[];
  /** Environment variables that manifests may use. */
  allowEnv: readonly string[];
  /** Where something stands in the config; pointers are relative to the target. */
  locate?(pointer: Pointer, options?: LocateOptions): Place;
}

export interface ResolveInput {
  manifests: readonly LoadedManifest[];
  target: TargetRules;
  /** The provider's kinds; manifests of others do not belong to the target. */
  kinds: readonly Kind[];
  environment: Environment;
  /** Called with every secret value. */
  redact(secret: string): void;
  /** Epoch ms, for hints only. */
  now: number;
  /**
   * True (offline validation): missing secrets and environment variables are no errors; what depends on them is not
   * checked. Such resources are good for nothing else.
   */
  placeholders?: boolean;
  /** For those who resolve the same documents again and again, always for the same target. */
  memo?: ResolveMemo;
}

export interface ResolvedTarget {
  /** In the order of their addresses; those with errors are left out. */
  resources: Resource[];
  findings: Finding[];
}

/** The manifests of one target as resources: selected, overlaid, filled in, checked and normalised. */
export function resolveTarget(input: ResolveInput): ResolvedTarget {
  const { target, environment, redact, placeholders = false } = input;
  const overlay = createOverlay(target.patches);
  const findings: Finding[] = [];
  const variables = resolveVariables(target.variables, { environment, redact, placeholders });
  for (const finding of variables.findings) {
    findings.push({ ...finding, ...placeInConfig(target, `/variables${finding.pointer}`, finding.offset) });
  }
  const rules: LookupRules = {
    environment,
    variables: {
      values: variables.value as JsonObject,
      secrets: variables.secrets,
      unknown: variables.unknown,
    },
    allowEnv: target.allowEnv,
    allowFiles: false,
    redact,
    placeholders,
  };
  const lookup = createLookup(rules);
  const context: Omit<BuildContext, 'lookup'> = {
    targetName: target.name,
    overlay,
    redact,
    now: input.now,
    placeInConfig: (pointer, options) => target.locate?.(pointer, options),
  };
  const { memo } = input;
  memo?.rules({
    kinds: input.kinds.map(({ kind }) => kind),
    patches: target.patches as unknown as Json,
    allowEnv: [...target.allowEnv],
    variables: variables.value,
    secrets: variables.secrets,
    placeholders,
    labels: { ...target.select.labels },
  });
  const build = (manifest: LoadedManifest, kind: Kind): Built => {
    const known = memo?.get(manifest.value);
    if (known !== undefined) {
      overlay.touch(manifest.kind, manifest.name ?? '');
      return known;
    }
    const watched = watchLookup(lookup);
    const built = buildResource(manifest, kind, { ...context, lookup: watched.lookup });
    memo?.keep(manifest.value, built, watched);
    return built;
  };
  const kinds = new Map(input.kinds.map((kind) => [kind.kind, kind]));
  const labels = Object.entries(target.select.labels);
  const selectedKind = (manifest: LoadedManifest): Kind | undefined =>
    hasLabels(manifest.value, labels) ? kinds.get(manifest.kind) : undefined;
  const again =
    memo && findings.length === 0 ? resolveAgain(memo, input.manifests, { selectedKind, build }) : undefined;
  if (again !== undefined) return { resources: again, findings: [] };
  const candidates: Candidate[] = [];
  for (const manifest of input.manifests) {
    const kind = selectedKind(manifest);
    if (kind === undefined) continue;
    const built = build(manifest, kind);
    findings.push(...built.findings);
    if (built.name !== undefined) {
      const { name, resource } = built;
      const address = resource?.address ?? formatAddress(manifest.kind, name);
      candidates.push({ address, manifest, resource });
    }
  }
  findings.push(...unusedPatches(target, overlay.unused()), ...findDuplicates(candidates));
  const resources = candidates.flatMap(({ resource }) => (resource === undefined ? [] : [resource]));
  resources.sort((a, b) => (a.address < b.address ? -1 : a.address > b.address ? 1 : 0));
  const isWhole = findings.length === 0 && candidates.every(({ manifest }) => memo?.get(manifest.value));
  if (memo !== undefined) memo.whole = isWhole ? { manifests: input.manifests, resources } : undefined;
  return { resources, findings: uniqueFindings(sortFindings(findings)) };
}

/**
 * The last result with the resources of edited manifests in their places. Undefined when a name or an identity is another
 * one: that may concern other manifests.
 */
function resolveAgain(
  memo: ResolveMemo,
  manifests: readonly LoadedManifest[],
  how: {
    selectedKind(manifest: LoadedManifest): Kind | undefined;
    build(manifest: LoadedManifest, kind: Kind): Built;
  },
): Resource[] | undefined {
  const { whole } = memo;
  if (whole === undefined) return undefined;
  const { gone, fresh } = difference(whole.manifests, manifests);
  if (gone.length !== fresh.length) return undefined;
  const resources = [...whole.resources];
  for (const [index, manifest] of fresh.entries()) {
    const old = gone[index];
    const kind = how.selectedKind(manifest);
    if (kind === undefined && old !== undefined && how.selectedKind(old) === undefined) continue;
    const before = old && memo.get(old.value)?.resource;
    if (kind === undefined || before === undefined) return undefined;
    const now = how.build(manifest, kind).resource;
    const isKept = memo.get(manifest.value) !== undefined;
    if (now === undefined || !isKept || !takesPlaceOf(now, before)) return undefined;
    resources[resources.indexOf(before)] = now;
  }
  memo.whole = { manifests, resources };
  return resources;
}

function takesPlaceOf(now: Resource, before: Resource): boolean {
  const isMoved = now.movedFrom !== undefined || before.movedFrom !== undefined;
  return !isMoved && now.address === before.address && now.identity === before.identity;
}

function hasLabels(document: JsonObject, wanted: readonly (readonly [string, string])[]): boolean {
  if (wanted.length === 0) return true;
  const metadata = document['metadata'];
  const labels =
    typeof metadata === 'object' && metadata !== null && 'labels' in metadata ? metadata['labels'] : {};
  return wanted.every(
    ([key, value]) =>
      typeof labels === 'object' &&
      labels !== null &&
      !Array.isArray(labels) &&
      Object.hasOwn(labels, key) &&
      labels[key] === value,
  );
}

function unusedPatches(target: TargetRules, unused: readonly number[]): Finding[] {
  return unused.map((index) => ({
    code: 'PATCH_MATCHES_NOTHING',
    severity: 'warning',
    message: `Patch ${index + 1} of target "${target.name}" matches no manifest of the target.`,
    remedy: 'Check kind and name in `match`, or remove the patch.',
    ...placeInConfig(target, `/patches/${index}/match`),
  }));
}

function placeInConfig(
  target: TargetRules,
  pointer: Pointer,
  offset?: number,
): { pointer: Pointer; place?: Place } {
  const place = target.locate?.(pointer, offset === undefined ? {} : { offset });
  return { pointer, ...(place !== undefined && { place }) };
}
