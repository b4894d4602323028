import type { Finding } from '../core/errors.ts';
import { isObject, type Json, type JsonObject } from '../core/json.ts';
import { type Pointer, parsePointer } from '../core/pointer.ts';

type PointerFinding = Finding & { pointer: Pointer };

/** What `lifecycle.asFound` may name besides values in spec. */
export const NAME_POINTER: Pointer = '/metadata/name';

/** Findings about the pointers in `lifecycle` (`ignore`, `sensitive`, `asFound`): what is no pointer, and what names nothing. */
export function checkPointers(
  document: JsonObject,
  specSchema: JsonObject,
  root: JsonObject,
): PointerFinding[] {
  const lifecycle = isObject(document['lifecycle']) ? document['lifecycle'] : {};
  const findings: PointerFinding[] = [];
  for (const field of ['ignore', 'sensitive', 'asFound']) {
    const list = lifecycle[field];
    if (!Array.isArray(list)) continue;
    for (const [index, pointer] of list.entries()) {
      if (typeof pointer !== 'string' || (field === 'asFound' && pointer === NAME_POINTER)) continue;
      const finding = checkPointer(pointer, document['spec'], specSchema, root);
      if (finding !== undefined) findings.push({ ...finding, pointer: `/lifecycle/${field}/${index}` });
    }
  }
  return findings;
}

function checkPointer(
  pointer: string,
  spec: Json | undefined,
  schema: JsonObject,
  root: JsonObject,
): Omit<Finding, 'pointer'> | undefined {
  if (!/^\/([^~]|~[01])*$/s.test(pointer)) {
    return {
      code: 'BAD_POINTER',
      severity: 'error',
      message: `"${pointer}" is not a JSON pointer into spec.`,
      expected: 'something like /schedules/daily/active',
      remedy: 'Begin with `/`; write `~1` for a slash and `~0` for a tilde within a name.',
    };
  }
  const tokens = parsePointer(pointer);
  if (names(tokens, spec, schema, root)) return undefined;
  return {
    code: 'POINTER_NAMES_NOTHING',
    severity: 'warning',
    message: `"${pointer}" names nothing in spec.`,
    remedy:
      tokens[0] === 'spec'
        ? 'Pointers start below spec: leave out `/spec`.'
        : 'Check the names in it, or remove it.',
  };
}

/** A field that the schema knows may be absent; the key of a map and what lies in free-form data must be there. */
function names(
  tokens: readonly string[],
  value: Json | undefined,
  schema: JsonObject,
  root: JsonObject,
): boolean {
  const [token, ...rest] = tokens;
  if (token === undefined) return true;
  const { properties, additionalProperties } = resolveSchema(schema, root);
  const below = childOf(value, token);
  const known = isObject(properties) && Object.hasOwn(properties, token) ? properties[token] : undefined;
  if (isObject(known)) return names(rest, below, known, root);
  if (below === undefined) return false;
  return names(rest, below, isObject(additionalProperties) ? additionalProperties : {}, root);
}

function childOf(value: Json | undefined, token: string): Json | undefined {
  if (Array.isArray(value)) return /^\d+$/.test(token) ? value[Number(token)] : undefined;
  return isObject(value) && Object.hasOwn(value, token) ? value[token] : undefined;
}

function resolveSchema(schema: JsonObject, root: JsonObject): JsonObject {
  const reference = schema['$ref'];
  const definitions = root['$defs'];
  if (typeof reference !== 'string' || !isObject(definitions)) return schema;
  const target = definitions[reference.replace('#/$defs/', '')];
  return isObject(target) ? target : schema;
}
