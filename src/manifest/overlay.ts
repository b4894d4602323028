import type { Operation } from 'fast-json-patch';
import type { Finding } from '../core/errors.ts';
import { isObject, type Json, type JsonObject } from '../core/json.ts';
import { formatPointer, isAtOrBelow, type Pointer, parsePointer } from '../core/pointer.ts';
import { compileGlob } from './glob.ts';
import { loadFastJsonPatch } from './lazy.ts';
import { mergePatch } from './merge-patch.ts';
import { forbiddenKeys } from './parse/node-to-json.ts';

/** One patch of a target: `merge` (RFC 7396) or `patch` (RFC 6902). */
export interface OverlayPatch {
  match: { kind?: string; name?: string };
  merge?: JsonObject;
  patch?: readonly JsonObject[];
}

/** A value that a patch of the target put there: patch `index`, and the pointer within the patch. */
export interface Touch {
  pointer: Pointer;
  index: number;
  /** Relative to the patch: `/merge/spec/active`, `/patch/0/value`. */
  source: Pointer;
}

export interface Overlaid {
  value: JsonObject;
  touches: Touch[];
  /** `pointer` is relative to the target in the config: `/patches/1/patch/0`. */
  findings: (Finding & { pointer: Pointer })[];
}

export interface Overlay {
  apply(value: JsonObject, kind: string, name: string): Overlaid;
  /** Counts the patches that match as used, without applying them. */
  touch(kind: string, name: string): void;
  /** Patches that matched nothing so far. */
  unused(): number[];
}

/** The patches of one target, in order. Matching looks at kind and name as written in the manifest. */
export function createOverlay(patches: readonly OverlayPatch[]): Overlay {
  const prepared = patches.map((patch) => ({
    patch,
    matchesKind: compileGlob(patch.match.kind ?? '*'),
    matchesName: patch.match.name === undefined ? () => true : compileGlob(patch.match.name),
    used: false,
  }));
  return {
    apply(value, kind, name) {
      const result: Overlaid = { value, touches: [], findings: [] };
      for (const [index, entry] of prepared.entries()) {
        if (!entry.matchesKind(kind) || !entry.matchesName(name)) continue;
        entry.used = true;
        if (entry.patch.merge !== undefined) applyMerge(entry.patch.merge, index, result);
        if (entry.patch.patch !== undefined) applyOperations(entry.patch.patch, index, result);
      }
      checkIdentity(value, result);
      return result;
    },
    touch(kind, name) {
      for (const entry of prepared) if (entry.matchesKind(kind) && entry.matchesName(name)) entry.used = true;
    },
    unused: () => prepared.flatMap((entry, index) => (entry.used ? [] : [index])),
  };
}

function applyMerge(merge: JsonObject, index: number, result: Overlaid): void {
  const merged = mergePatch(result.value, merge);
  if (isObject(merged)) result.value = merged;
  for (const path of leaves(merge, [])) {
    const pointer = formatPointer(path);
    result.touches.push({ pointer, index, source: `/merge${pointer}` });
  }
}

function leaves(value: Json, path: readonly string[]): string[][] {
  if (!isObject(value) || Object.keys(value).length === 0) return [[...path]];
  return Object.entries(value).flatMap(([key, item]) => leaves(item, [...path, key]));
}

function applyOperations(operations: readonly JsonObject[], index: number, result: Overlaid): void {
  for (const [step, operation] of operations.entries()) {
    const source = `/patch/${step}`;
    const failure = applyOperation(operation, result);
    if (failure !== undefined) {
      result.findings.push({ ...failure, severity: 'error', pointer: `/patches/${index}${source}` });
      return;
    }
    const pointer = String(operation['path']);
    const from = typeof operation['from'] === 'string' ? operation['from'] : undefined;
    result.touches.push({ pointer, index, source });
    if (operation['op'] === 'move' && from !== undefined)
      result.touches.push({ pointer: from, index, source });
  }
}

type Failure = Pick<Finding, 'code' | 'message' | 'remedy'>;

function applyOperation(operation: JsonObject, result: Overlaid): Failure | undefined {
  const { op, path, from } = operation;
  const pointers = [path, from].filter((pointer) => typeof pointer === 'string');
  if (pointers.some((pointer) => parsePointer(pointer).some((token) => forbiddenKeys.has(token)))) {
    return {
      code: 'FORBIDDEN_KEY',
      message: `The operation ${String(op)} ${String(path)} goes through a key that is not allowed anywhere.`,
      remedy: 'Use another path.',
    };
  }
  try {
    // Typed as the library's union; its own validation (third argument) checks the shape.
    const step = operation as unknown as Operation;
    const { newDocument } = loadFastJsonPatch().applyPatch(result.value, [step], true, false, true);
    if (!isObject(newDocument)) {
      return {
        code: 'PATCH_FAILED',
        message: `The operation ${String(op)} ${String(path)} leaves no map behind.`,
        remedy: 'Patch a field instead of the whole manifest.',
      };
    }
    result.value = newDocument;
    return undefined;
  } catch (error) {
    return explainFailure(String(op), String(path), error);
  }
}

function explainFailure(op: string, path: string, error: unknown): Failure {
  const name = error instanceof Error ? error.name : '';
  if (name === 'TEST_OPERATION_FAILED') {
    return {
      code: 'PATCH_TEST_FAILED',
      message: `The test of ${path} failed: the manifest has another value there.`,
      remedy: 'Adapt the test, or remove it.',
    };
  }
  const reason = reasons[name];
  return {
    code: 'PATCH_FAILED',
    message: `The operation ${op} ${path} cannot be applied${reason === undefined ? '' : `: ${reason}`}.`,
    remedy: 'Check the path against the manifest.',
  };
}

const reasons: Readonly<Record<string, string>> = {
  OPERATION_PATH_UNRESOLVABLE: 'there is nothing at its path',
  OPERATION_FROM_UNRESOLVABLE: 'there is nothing at its `from`',
  OPERATION_PATH_CANNOT_ADD: 'there is nothing to add it to',
  OPERATION_PATH_ILLEGAL_ARRAY_INDEX: 'a list is indexed by whole numbers',
  OPERATION_VALUE_OUT_OF_BOUNDS: 'the index is beyond the end of the list',
  OPERATION_VALUE_REQUIRED: 'it needs a `value`',
  OPERATION_FROM_REQUIRED: 'it needs a `from`',
};

/** A patch may change everything but what the document is. */
function checkIdentity(before: JsonObject, result: Overlaid): void {
  for (const key of ['apiVersion', 'kind']) {
    if (result.value[key] === before[key]) continue;
    const touch = causeOf(result.touches, `/${key}`);
    result.findings.push({
      code: 'PATCH_FORBIDDEN',
      severity: 'error',
      message: `A patch changes ${key} of a manifest.`,
      remedy: 'Write another manifest instead.',
      pointer: touch === undefined ? '/patches' : `/patches/${touch.index}${touch.source}`,
    });
  }
}

/** The last patch that had a hand in the value at `pointer`, or in something below it. */
export function causeOf(touches: readonly Touch[], pointer: Pointer): Touch | undefined {
  return (
    touches.findLast((touch) => isAtOrBelow(pointer, touch.pointer)) ??
    touches.findLast((touch) => isAtOrBelow(touch.pointer, pointer))
  );
}
