import type { Finding } from '../core/errors.ts';
import { equalJson, isObject, type Json, type JsonObject } from '../core/json.ts';
import { getAt, isAtOrBelow, type Pointer } from '../core/pointer.ts';
import type { Kind } from '../core/provider.ts';
import {
  defaultLifecycle,
  formatAddress,
  type Lifecycle,
  type Place,
  type Resource,
} from '../core/resource.ts';
import { kindSchemas } from '../generated/registry.ts';
import { allowAsFound } from './as-found.ts';
import { checkPointers } from './check-pointers.ts';
import { interpolate, type Lookup } from './interpolate.ts';
import type { LoadedManifest } from './loaded-manifest.ts';
import type { LocateOptions } from './locate.ts';
import { causeOf, type Overlaid, type Overlay, type Touch } from './overlay.ts';
import type { PointedFinding } from './schema-errors.ts';
import { validatorFor } from './schema-validator.ts';

export interface BuildContext {
  targetName: string;
  overlay: Overlay;
  lookup: Lookup;
  redact(secret: string): void;
  now: number;
  /** Pointers are relative to the target. */
  placeInConfig(pointer: Pointer, options?: LocateOptions): Place | undefined;
}

export interface Built {
  /** After overlay and interpolation; undefined when there is none. */
  name: string | undefined;
  /** Absent when there are errors. */
  resource?: Resource;
  findings: Finding[];
}

/** One manifest of one target: overlay, interpolation, schema, rules of the kind, normal form. */
export function buildResource(manifest: LoadedManifest, kind: Kind, context: BuildContext): Built {
  const overlaid = context.overlay.apply(manifest.value, manifest.kind, manifest.name ?? '');
  const filled = interpolate(overlaid.value, context.lookup);
  const document = filled.value as JsonObject;
  const name = nameOf(document);
  const secrets = secretPointers(document, filled.secrets, kind);
  // Before any check, so that no message of a rule can give one away.
  for (const secret of secrets) redactBelow(getAt(document, `/spec${secret}`), context.redact);
  const isUnknown = (pointer: Pointer) => filled.unknown.some((unknown) => isAtOrBelow(pointer, unknown));
  const isSecret = (pointer: Pointer) =>
    secrets.some((secret) => isAtOrBelow(pointer, `/spec${secret}`)) ||
    filled.secrets.some((secret) => isAtOrBelow(pointer, secret));
  const references = [...filled.findings, ...secretsOutsideSpec(filled.secrets)];
  const { findings: checked, asFound } = allowAsFound(
    document,
    check(document, name ?? '', kind, (pointer) => !isSecret(pointer), context.now).filter(
      (finding) =>
        !isUnknown(finding.pointer) && !references.some(({ pointer }) => pointer === finding.pointer),
    ),
  );
  const origin: Origin = { manifest, overlaid, document, context };
  const address = name === undefined ? {} : { address: formatAddress(manifest.kind, name) };
  const findings = [
    ...overlaid.findings.map((finding) => patchFinding(finding, manifest, context)),
    ...references.map((finding) => ({ ...placeFinding(finding, origin, true), ...address })),
    ...checked.map((finding) => ({ ...placeFinding(finding, origin, false), ...address })),
  ];
  if (name === undefined || findings.some(({ severity }) => severity === 'error')) {
    return { name, findings };
  }
  const resource = toResource(manifest, document, name, kind, secrets);
  return { name, findings, resource: asFound.length === 0 ? resource : { ...resource, asFound } };
}

function toResource(
  manifest: LoadedManifest,
  document: JsonObject,
  name: string,
  kind: Kind,
  secrets: readonly Pointer[],
): Resource {
  const spec = document['spec'] as JsonObject;
  const metadata = document['metadata'] as { labels?: Record<string, string> };
  const moved = document['moved'] as { from: string } | undefined;
  const { spec: written, canonical, parts } = kind.normalize(name, spec);
  return {
    kind: manifest.kind,
    name,
    address: formatAddress(manifest.kind, name),
    identity: kind.identity(name, spec),
    labels: metadata.labels ?? {},
    lifecycle: lifecycleOf(document),
    ...(moved !== undefined && { movedFrom: moved.from }),
    spec: written,
    canonical,
    parts,
    secrets,
    place: manifest.place,
  };
}

/** As far as the planner and the state have to know it: `asFound` is settled by now. */
function lifecycleOf(document: JsonObject): Lifecycle {
  const { asFound: _asFound, ...lifecycle } = (document['lifecycle'] ?? {}) as JsonObject;
  return { ...defaultLifecycle, ...lifecycle };
}

/** Relative to spec: filled-in secrets, `lifecycle.sensitive`, and what is secret by nature. */
function secretPointers(document: JsonObject, filledIn: readonly Pointer[], kind: Kind): Pointer[] {
  const lifecycle = isObject(document['lifecycle']) ? document['lifecycle'] : {};
  const listed = Array.isArray(lifecycle['sensitive']) ? lifecycle['sensitive'] : [];
  const sensitive = listed.filter((item) => typeof item === 'string' && item.startsWith('/')) as Pointer[];
  const inSpec = filledIn
    .filter((pointer) => pointer.startsWith('/spec/'))
    .map((p) => p.slice('/spec'.length));
  return [...new Set([...inSpec, ...sensitive, ...kind.secret])].sort();
}

function secretsOutsideSpec(secrets: readonly Pointer[]): PointedFinding[] {
  return secrets
    .filter((pointer) => !pointer.startsWith('/spec/'))
    .map((pointer) => ({
      code: 'SECRET_OUTSIDE_SPEC',
      severity: 'error',
      message: `${pointer} holds a secret, but only spec can keep one.`,
      remedy: 'Use a variable or plain text.',
      pointer,
    }));
}

/** Schema and rules. What the schema has already said about a value, the rules do not say again. */
function check(
  document: JsonObject,
  name: string,
  kind: Kind,
  shows: (pointer: Pointer) => boolean,
  now: number,
): PointedFinding[] {
  const entry = kindSchemas.find((candidate) => candidate.kind === kind.kind);
  const findings: PointedFinding[] = entry === undefined ? [] : validatorFor(entry.schema)(document, shows);
  const spec = document['spec'];
  if (!isObject(spec)) return findings;
  if (entry !== undefined) {
    const properties = entry.schema['properties'] as JsonObject;
    findings.push(...checkPointers(document, properties['spec'] as JsonObject, entry.schema));
  }
  const isNew = (finding: PointedFinding) =>
    !findings.some(
      (other) =>
        other.severity === 'error' &&
        (isAtOrBelow(finding.pointer, other.pointer) || isAtOrBelow(other.pointer, finding.pointer)),
    );
  const semantic = runRules(kind, name, spec, now, findings.length > 0).map((finding) => ({
    ...finding,
    pointer: finding.pointer ?? '/spec',
  }));
  return [...findings, ...semantic.filter(isNew)];
}

/** Rules may expect the shape that the schema promises; without it, their failure is no news. */
function runRules(kind: Kind, name: string, spec: JsonObject, now: number, tolerant: boolean): Finding[] {
  if (!tolerant) return kind.validate(name, spec, now);
  try {
    return kind.validate(name, spec, now);
  } catch {
    return [];
  }
}

interface Origin {
  manifest: LoadedManifest;
  overlaid: Overlaid;
  document: JsonObject;
  context: BuildContext;
}

/**
 * Where a finding stands: in the manifest, or in the patch that put the value there. `asWritten`: the finding is about
 * the text with its references; an offset into a filled-in text says nothing about the place in the file.
 */
function placeFinding(
  { at, absent, ...finding }: PointedFinding,
  origin: Origin,
  asWritten: boolean,
): Finding {
  const { manifest, overlaid, document, context } = origin;
  const { pointer } = finding;
  const patched = getAt(overlaid.value, pointer);
  const isFilledIn = typeof patched === 'string' && patched !== getAt(document, pointer);
  const offset = asWritten || !isFilledIn ? finding.offset : undefined;
  const options: LocateOptions = { ...(at !== undefined && { at }), ...(offset !== undefined && { offset }) };
  const result: Finding = { ...finding };
  if (isFilledIn && !asWritten) {
    const note = `from ${JSON.stringify(patched)} for target "${context.targetName}"`;
    result.message = withNote(result.message, note);
  }
  const touch = blame(overlaid, manifest.value, pointer, absent);
  if (touch === undefined) return { ...result, place: manifest.locate(pointer, options) };
  const below = isAtOrBelow(pointer, touch.pointer) ? pointer.slice(touch.pointer.length) : '';
  const value = touch.source.startsWith('/patch/') ? '/value' : '';
  const place = context.placeInConfig(`/patches/${touch.index}${touch.source}${value}${below}`, options);
  result.message = withNote(
    result.message,
    `in ${manifest.place.file}:${manifest.place.line} after patch ${touch.index + 1} of target "${context.targetName}"`,
  );
  return { ...result, place: place ?? manifest.locate(pointer, options) };
}

/** The patch that a finding is about; undefined when the manifest itself says so. */
function blame(
  { value, touches }: Overlaid,
  written: JsonObject,
  pointer: Pointer,
  absent: Pointer | undefined,
): Touch | undefined {
  const about = absent ?? pointer;
  const before = getAt(written, about);
  const changed = before === undefined || !equalJson(before, getAt(value, about));
  if (absent === undefined) return changed ? causeOf(touches, pointer) : undefined;
  // What never was there is only a patch's fault when the patch put in what lacks it.
  if (before === undefined) return touches.findLast((touch) => isAtOrBelow(pointer, touch.pointer));
  return causeOf(touches, absent);
}

function patchFinding(
  finding: Finding & { pointer: Pointer },
  manifest: LoadedManifest,
  context: BuildContext,
): Finding {
  const place = context.placeInConfig(finding.pointer);
  const { file, line } = manifest.place;
  return {
    ...finding,
    message: withNote(finding.message, `manifest ${file}:${line}, target "${context.targetName}"`),
    place: place ?? manifest.place,
  };
}

function withNote(message: string, note: string): string {
  return `${message.replace(/\.$/, '')} (${note}).`;
}

function nameOf(document: JsonObject): string | undefined {
  const { metadata } = document;
  const name = isObject(metadata) ? metadata['name'] : undefined;
  return typeof name === 'string' && name !== '' ? name : undefined;
}

function redactBelow(value: Json | undefined, redact: (secret: string) => void): void {
  if (typeof value === 'string') redact(value);
  else if (typeof value === 'object' && value !== null)
    for (const item of Object.values(value)) redactBelow(item, redact);
}
