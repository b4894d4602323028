import { dirname, relative, resolve } from 'node:path';
import type { Finding } from '../core/errors.ts';
import { isObject, type Json } from '../core/json.ts';
import { formatPointer, type Pointer } from '../core/pointer.ts';
import { configSchema } from '../generated/schemas/config.ts';
import type { ConfigDocument } from '../generated/types/config.ts';
import { defaultLimits, type FileAccess, nodeFileAccess, sortFindings } from '../manifest/index.ts';
import { createLocator, type Locate } from '../manifest/locate.ts';
import { decodeText } from '../manifest/parse/decode-text.ts';
import { parseDocuments } from '../manifest/parse/parse-documents.ts';
import type { PointedFinding } from '../manifest/schema-errors.ts';
import { validatorFor } from '../manifest/schema-validator.ts';
import { outsideFinding, outsidePatterns, tooLarge } from '../manifest/source/source.ts';
import { checkState } from './check-state.ts';
import { checkWindows } from './check-windows.ts';
import type { Config } from './config.ts';
import { configFileName, findConfig } from './find-config.ts';
import { toConfig } from './to-config.ts';

export interface LoadConfigInput {
  /** Absolute path of the folder to start from; findings name files relative to it. */
  cwd: string;
  /** `--config`: path of the file, relative to `cwd` or absolute. */
  file?: string;
  files?: FileAccess;
}

export interface LoadedConfig {
  /** Absent when there are errors. */
  config?: Config;
  /** Where the manifests are, though the rest of the config has errors: so that all findings can be shown at once. */
  manifests?: Pick<Config, 'root' | 'file' | 'manifests'>;
  findings: Finding[];
}

/** Finds, reads and checks the config. Credentials are looked at, but not filled in: that needs no secrets. */
export async function loadConfig(input: LoadConfigInput): Promise<LoadedConfig> {
  const { cwd, files = nodeFileAccess } = input;
  const path = input.file === undefined ? await findConfig(cwd, files) : resolve(cwd, input.file);
  if (path === undefined) return { findings: [notFound(cwd)] };
  const shown = relative(cwd, path) || path;
  const read = await files.read(path, defaultLimits.fileBytes).catch(() => undefined);
  if (read === undefined) return { findings: [unreadable(shown)] };
  if ('tooLarge' in read) return { findings: [tooLarge(shown, read.tooLarge, defaultLimits.fileBytes)] };
  return parseConfig(read.bytes, path, shown);
}

/** The config from its bytes. `shown`: how findings name the file. */
export function parseConfig(bytes: Uint8Array, path: string, shown: string): LoadedConfig {
  const decoded = decodeText(shown, bytes);
  if ('finding' in decoded) return { findings: [decoded.finding] };
  const { documents, findings } = parseDocuments(shown, decoded.text);
  if (findings.length > 0) return { findings };
  const [document, second] = documents;
  const locate = createLocator(shown, decoded.text);
  if (document === undefined || second !== undefined) return { findings: [notOneDocument(shown, second)] };
  const place = (finding: PointedFinding) => placeFinding(finding, locate, document.index);
  const invalid = check(document.value).map(place);
  if (invalid.some(({ severity }) => severity === 'error')) {
    return { ...salvage(document.value, path, invalid), findings: sortFindings(invalid) };
  }
  const config = toConfig(document.value as unknown as ConfigDocument, {
    file: path,
    root: dirname(path),
    locate: (pointer, options) => locate(document.index, pointer, options),
  });
  return { config, findings: sortFindings(invalid) };
}

function salvage(document: Json, file: string, invalid: readonly Finding[]): Pick<LoadedConfig, 'manifests'> {
  const patterns = isObject(document) ? document['manifests'] : undefined;
  const sound = Array.isArray(patterns) && patterns.every((pattern) => typeof pattern === 'string');
  if (!sound || invalid.some(({ pointer }) => pointer?.startsWith('/manifests') === true)) return {};
  return { manifests: { root: dirname(file), file, manifests: patterns } };
}

function check(document: Json): PointedFinding[] {
  // Credentials are never printed, not even wrong ones.
  const shows = (pointer: Pointer) => !/^\/targets\/[^/]*\/credentials(\/|$)/.test(pointer);
  const findings = validatorFor(configSchema)(document, shows).map(nameTargets);
  if (!isObject(document)) return findings;
  return [
    ...findings,
    ...checkPatterns(document['manifests']),
    ...checkState(document),
    ...findIdleReferences(document, []).filter(({ pointer }) => !withinUnknown(pointer, findings)),
    ...checkWindows(document),
  ];
}

/** A misspelt `credentials` is told once; advice about the references in it would only mislead. */
function withinUnknown(pointer: Pointer, findings: readonly PointedFinding[]): boolean {
  return findings.some(
    ({ code, pointer: at }) =>
      code === 'UNKNOWN_PROPERTY' && (pointer === at || pointer.startsWith(`${at}/`)),
  );
}

function nameTargets(finding: PointedFinding): PointedFinding {
  if (finding.code !== 'BAD_NAME' || !finding.pointer.startsWith('/targets/')) return finding;
  return {
    ...finding,
    code: 'BAD_TARGET_NAME',
    expected: 'at most 63 characters: a-z, 0-9 and `-`, not beginning with `-`',
    remedy: 'Rename the target.',
  };
}

function checkPatterns(patterns: Json | undefined): PointedFinding[] {
  if (!Array.isArray(patterns)) return [];
  return patterns.flatMap((pattern, index) =>
    typeof pattern === 'string' && outsidePatterns([pattern]).length > 0
      ? [{ ...outsideFinding(pattern), pointer: `/manifests/${index}` }]
      : [],
  );
}

const filledIn = /^\/targets\/[^/]+\/(url|tenant|credentials|variables|patches)(\/|$)/;

/** References where nothing fills them in would be taken literally. */
function findIdleReferences(value: Json, path: readonly (string | number)[]): PointedFinding[] {
  const pointer = formatPointer(path);
  if (filledIn.test(pointer)) return [];
  if (typeof value === 'string') {
    const offset = value.search(/\$\{(var|env|secret|file):/);
    if (offset === -1) return [];
    return [
      {
        code: 'REFERENCE_NOT_ALLOWED',
        severity: 'error',
        message: `${pointer} holds a reference, but nothing is filled in here.`,
        expected: 'references in url, tenant, credentials, variables and patches of a target',
        remedy: 'Write the value itself.',
        pointer,
        offset,
      },
    ];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => findIdleReferences(item, [...path, key]));
}

function placeFinding(
  { at, offset, absent: _absent, ...finding }: PointedFinding,
  locate: Locate,
  index: number,
): Finding {
  const options = { ...(at !== undefined && { at }), ...(offset !== undefined && { offset }) };
  return { ...finding, place: locate(index, finding.pointer, options) };
}

function notFound(cwd: string): Finding {
  return {
    code: 'NO_CONFIG',
    severity: 'error',
    message: `There is no ${configFileName} in ${cwd} or above.`,
    remedy: 'Run `reconcile init`, or name the file with --config.',
  };
}

function unreadable(file: string): Finding {
  return {
    code: 'UNREADABLE_FILE',
    severity: 'error',
    message: `The config ${file} cannot be read.`,
    remedy: 'Check that the file is there, and its permissions.',
    place: { file, line: 1, col: 1 },
  };
}

function notOneDocument(file: string, second: { line: number; col: number } | undefined): Finding {
  return {
    code: second === undefined ? 'EMPTY_FILE' : 'MANY_DOCUMENTS',
    severity: 'error',
    message: second === undefined ? 'The config is empty.' : 'The config holds more than one document.',
    expected: 'one document with kind: Config',
    remedy: second === undefined ? 'Run `reconcile init` for a start.' : 'Keep one; targets are a map.',
    place: { file, line: second?.line ?? 1, col: second?.col ?? 1 },
  };
}
