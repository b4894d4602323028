import { setImmediate } from 'node:timers/promises';
import type { Finding } from '../core/errors.ts';
import { isObject, type Json, type JsonObject } from '../core/json.ts';
import type { Pointer } from '../core/pointer.ts';
import type { Place } from '../core/resource.ts';
import { kindSchemas } from '../generated/registry.ts';
import { defaultLimits, type Limits } from './limits.ts';
import type { LoadedManifest } from './loaded-manifest.ts';
import { createLocator } from './locate.ts';
import type { LoadedFile, ManifestCache } from './manifest-cache.ts';
import { decodeText } from './parse/decode-text.ts';
import { shorten } from './parse/node-to-json.ts';
import { parseDocuments } from './parse/parse-documents.ts';
import type { ParsedDocument } from './parse/parsed-document.ts';
import type { ManifestSource, SourceFile } from './source/source.ts';
import { suggest } from './suggest.ts';

export interface LoadOptions {
  /** Default: every kind that has a schema. */
  knownKinds?: readonly string[];
  limits?: Partial<Limits>;
  cache?: ManifestCache;
}

export interface LoadResult {
  manifests: LoadedManifest[];
  /** In the order of their places. */
  findings: Finding[];
  source: { commit?: string; dirty?: boolean };
}

const apiVersion = 'reconcile/v1';
/** So many bytes take about a tenth of a second. */
const PARSED_AT_ONCE = 500_000;

/** Reads and parses all files of a source. Every trouble is a finding; nothing is thrown for what somebody wrote. */
export async function loadManifests(source: ManifestSource, options: LoadOptions = {}): Promise<LoadResult> {
  const limits = { ...defaultLimits, ...options.limits };
  const knownKinds = options.knownKinds ?? kindSchemas.map(({ kind }) => kind);
  const listing = await source.list();
  const findings = [...listing.findings];
  const manifests: LoadedManifest[] = [];
  let parsed = 0;
  for (const file of listing.files) {
    const known = options.cache?.get(file);
    const loaded = known ?? parseFile(file, limits, knownKinds);
    if (known === undefined) {
      options.cache?.set(file, loaded);
      parsed += file.bytes.length;
    }
    // A daemon answers its probes meanwhile.
    if (parsed > PARSED_AT_ONCE) {
      parsed = 0;
      await setImmediate();
    }
    manifests.push(...loaded.manifests);
    findings.push(...loaded.findings);
  }
  if ((options.cache?.size ?? 0) > listing.files.length)
    options.cache?.keep(new Set(listing.files.map(({ path }) => path)));
  const { commit, dirty } = listing;
  return {
    manifests,
    findings: sortFindings(findings),
    source: { ...(commit !== undefined && { commit }), ...(dirty !== undefined && { dirty }) },
  };
}

function parseFile({ path, bytes }: SourceFile, limits: Limits, knownKinds: readonly string[]): LoadedFile {
  const decoded = decodeText(path, bytes);
  if ('finding' in decoded) return { manifests: [], findings: [decoded.finding], text: '' };
  const { text } = decoded;
  const { documents, findings: syntax } = parseDocuments(path, text, limits);
  const findings = documents.length === 0 && syntax.length === 0 ? [emptyFile(path)] : [...syntax];
  const locate = createLocator(path, text);
  const manifests = documents.flatMap(
    (document) => toManifest(path, document, locate, knownKinds, findings) ?? [],
  );
  return { manifests, findings, text };
}

function toManifest(
  file: string,
  document: ParsedDocument,
  locateInFile: ReturnType<typeof createLocator>,
  knownKinds: readonly string[],
  findings: Finding[],
): LoadedManifest | undefined {
  const { index, value, line, col } = document;
  const place: Place = { file, line, col };
  const locate: LoadedManifest['locate'] = (pointer, options) => locateInFile(index, pointer, options);
  const report = (finding: Omit<Finding, 'severity'>, pointer?: Pointer) =>
    void findings.push({
      ...finding,
      severity: 'error',
      place: pointer === undefined ? place : locate(pointer),
      ...(pointer !== undefined && { pointer }),
    });
  if (!isObject(value)) {
    report({
      code: 'WRONG_TYPE',
      message: 'The document is not a map.',
      expected: `a map with apiVersion: ${apiVersion}, kind, metadata and spec`,
    });
    return undefined;
  }
  const { kind } = value;
  // The config may lie where the patterns match.
  if (kind === 'Config') return undefined;
  const versionOk = value['apiVersion'] === apiVersion;
  if (!versionOk) reportVersion(value, report);
  if (typeof kind !== 'string') {
    report({
      code: 'MISSING_KIND',
      message: kind === undefined ? 'The document has no kind.' : 'The kind is not text.',
      expected: `one of ${knownKinds.join(', ')}`,
      remedy: 'Add `kind`.',
    });
    return undefined;
  }
  if (!knownKinds.includes(kind)) {
    const near = suggest(kind, knownKinds);
    report(
      {
        code: 'UNKNOWN_KIND',
        message: `There is no kind "${shorten(kind)}".`,
        expected: `one of ${knownKinds.join(', ')}`,
        ...(near !== undefined && { remedy: `Did you mean "${near}"?` }),
      },
      '/kind',
    );
    return undefined;
  }
  if (!versionOk) return undefined;
  return { kind, name: nameOf(value), value, place, locate };
}

function reportVersion(
  value: JsonObject,
  report: (finding: Omit<Finding, 'severity'>, pointer?: Pointer) => void,
): void {
  const version: Json | undefined = value['apiVersion'];
  if (version === undefined) {
    report({
      code: 'WRONG_API_VERSION',
      message: 'The document has no apiVersion.',
      expected: apiVersion,
      remedy: `Add \`apiVersion: ${apiVersion}\`.`,
    });
    return;
  }
  const text = typeof version === 'string' ? `"${shorten(version)}"` : 'not text';
  report(
    {
      code: 'WRONG_API_VERSION',
      message: `The apiVersion is ${text}.`,
      expected: apiVersion,
      remedy: 'Correct it, or keep files of other programs out of `manifests`.',
    },
    '/apiVersion',
  );
}

function nameOf(value: JsonObject): string | undefined {
  const { metadata } = value;
  const name = isObject(metadata) ? metadata['name'] : undefined;
  return typeof name === 'string' ? name : undefined;
}

function emptyFile(path: string): Finding {
  return {
    code: 'EMPTY_FILE',
    severity: 'warning',
    message: 'The file holds no document.',
    remedy: 'Remove it, or write a manifest into it.',
    place: { file: path, line: 1, col: 1 },
  };
}

/** By place, then code; findings without a place come first. The order of reading does not show. */
export function sortFindings<T extends Finding>(findings: readonly T[]): T[] {
  return [...findings].sort(
    (a, b) =>
      compare(a.place?.file ?? '', b.place?.file ?? '') ||
      (a.place?.line ?? 0) - (b.place?.line ?? 0) ||
      (a.place?.col ?? 0) - (b.place?.col ?? 0) ||
      compare(a.code, b.code) ||
      compare(a.message, b.message),
  );
}

/** The same remark about the same place is made once, though several targets share the manifest. */
export function uniqueFindings(findings: readonly Finding[]): Finding[] {
  const seen = new Set<string>();
  return findings.filter((finding) => {
    const { place } = finding;
    const key = JSON.stringify([finding.code, finding.message, place?.file, place?.line, place?.col]);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
