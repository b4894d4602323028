import type { Finding } from '../core/errors.ts';
import { isObject, type Json, type JsonObject } from '../core/json.ts';
import { formatPointer, type Pointer } from '../core/pointer.ts';

/** What a reference such as `${secret:X}` stands for. */
export type Resolved =
  | {
      value: Json;
      /** Pointers into `value` that hold secrets; `''` for all of it. */
      secrets?: readonly Pointer[];
    }
  | { problem: Pick<Finding, 'code' | 'message' | 'expected' | 'remedy'> }
  /** Not known now, and that is fine: shown as it is, and not checked. */
  | { unknown: string };

const forms = {
  var: 'var:name',
  env: 'env:NAME',
  secret: 'secret:NAME',
  file: 'file:path',
} as const;

/** What references may be about in one place. */
export interface Lookup {
  find(source: string, name: string): Resolved;
  /** What may be referred to here: offered in place of what is no reference. */
  allowed: readonly (keyof typeof forms)[];
}

export interface Interpolated {
  value: Json;
  /** Pointers of values that hold a secret. */
  secrets: Pointer[];
  /** Pointers of values that stand for something unknown. */
  unknown: Pointer[];
  /** With pointer and offset. */
  findings: (Finding & { pointer: Pointer })[];
}

const escapeOrReference = /\$\$\{|\$\{([^{}]*)(\}?)/g;
const referenceForm = /^(var|env|secret|file):(.*)$/s;

/**
 * Fills in `${source:name}` in all string values below `value`; never in keys, and never in what was filled in.
 * A string that is exactly one reference becomes the value itself, so that its type stays. `$${` gives `${`.
 */
export function interpolate(value: Json, lookup: Lookup): Interpolated {
  const result: Interpolated = { value, secrets: [], unknown: [], findings: [] };
  if (!hasReferences(value)) return result;
  result.value = walk(value, [], lookup, result);
  return result;
}

/** Most values have none, and stay as they are. */
function hasReferences(value: Json): boolean {
  if (typeof value === 'string') return value.includes('${');
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.some(hasReferences);
  for (const key of Object.keys(value)) if (hasReferences(value[key] ?? null)) return true;
  return false;
}

function walk(value: Json, path: (string | number)[], lookup: Lookup, result: Interpolated): Json {
  if (typeof value === 'string') return hasReferences(value) ? fillIn(value, path, lookup, result) : value;
  if (Array.isArray(value)) {
    const items = value.map((item, index) => walk(item, [...path, index], lookup, result));
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  if (!isObject(value)) return value;
  let copy: JsonObject | undefined;
  for (const [key, item] of Object.entries(value)) {
    const filled = walk(item, [...path, key], lookup, result);
    if (filled === item) continue;
    copy ??= { ...value };
    copy[key] = filled;
  }
  return copy ?? value;
}

function fillIn(
  text: string,
  path: readonly (string | number)[],
  lookup: Lookup,
  result: Interpolated,
): Json {
  const pointer = formatPointer(path);
  const whole = /^\$\{([^{}]*)\}$/.exec(text);
  if (whole !== null) {
    const resolved = resolve(whole[1] ?? '', lookup);
    const value = take(resolved, pointer, 0, result);
    return value === undefined ? text : value;
  }
  return text.replaceAll(escapeOrReference, (match, inner: string | undefined, close, offset: number) => {
    if (match === '$${') return '${';
    const resolved: Resolved = close === '}' ? resolve(inner ?? '', lookup) : { problem: unclosed() };
    const value = take(resolved, pointer, offset, result);
    if (value === undefined) return match;
    if (typeof value !== 'object') return String(value);
    result.findings.push({
      code: 'NOT_TEXT',
      severity: 'error',
      message: `${match} is ${value === null ? 'null' : Array.isArray(value) ? 'a list' : 'a map'} and cannot stand inside a text.`,
      remedy: 'Make it the whole value, or use a variable that is text.',
      pointer,
      offset,
    });
    return match;
  });
}

function resolve(inner: string, lookup: Lookup): Resolved {
  const [, source, name] = referenceForm.exec(inner) ?? [];
  if (source !== undefined && name !== undefined && name !== '') return lookup.find(source, name);
  const offered = lookup.allowed.map((one) => `\${${forms[one]}}`);
  return {
    problem: {
      code: 'BAD_REFERENCE',
      message: `"\${${inner}}" is not a reference.`,
      expected: [offered.slice(0, -1).join(', '), ...offered.slice(-1)].join(' or '),
      remedy: 'Mend it, or write $${ for the characters as such.',
    },
  };
}

function unclosed(): { code: string; message: string; remedy: string } {
  return {
    code: 'BAD_REFERENCE',
    message: 'A reference that begins with ${ is not closed.',
    remedy: 'Close it with }, or write $${ for the characters as such.',
  };
}

/** The value, or undefined when the text stays as it is. */
function take(resolved: Resolved, pointer: Pointer, offset: number, result: Interpolated): Json | undefined {
  if ('problem' in resolved) {
    result.findings.push({ ...resolved.problem, severity: 'error', pointer, offset });
    return undefined;
  }
  if ('unknown' in resolved) {
    result.unknown.push(pointer);
    return resolved.unknown;
  }
  for (const secret of resolved.secrets ?? []) {
    const at = typeof resolved.value === 'object' ? pointer + secret : pointer;
    if (!result.secrets.includes(at)) result.secrets.push(at);
  }
  return resolved.value;
}
