import type { ErrorObject } from 'ajv';
import type { Finding } from '../core/errors.ts';
import { isObject, type Json, type JsonObject } from '../core/json.ts';
import { formatPointer, type Pointer } from '../core/pointer.ts';
import { shorten } from './parse/node-to-json.ts';
import { suggest } from './suggest.ts';

/** A finding that knows whether it is about a key or about its value. */
export interface PointedFinding extends Finding {
  pointer: Pointer;
  at?: 'key' | 'value';
  /** The value that should be there and is not. */
  absent?: Pointer;
}

/** Readable findings instead of a validator's errors: one per mistake. `shows`: may this value be printed? */
export function explainErrors(
  errors: readonly ErrorObject[],
  root: JsonObject,
  shows: (pointer: Pointer) => boolean,
): PointedFinding[] {
  return withoutNoise(errors, root).map((error) => explain(error, root, shows));
}

/** Leaves one error where `anyOf`, `oneOf`, `if` and `propertyNames` report several for one mistake. */
function withoutNoise(errors: readonly ErrorObject[], root: JsonObject): ErrorObject[] {
  let kept: ErrorObject[] = [];
  for (const error of errors) {
    if (error.keyword === 'if') continue;
    if (error.keyword === 'propertyNames') {
      kept = kept.filter((other) => other.propertyName !== error.params['propertyName']);
    }
    if (error.keyword === 'oneOf') kept = kept.filter((other) => !isBranchOf(other, error));
    if (error.keyword === 'anyOf') {
      const inside = kept.filter((other) => isWithin(other, error));
      const fitting = inside.filter(
        (other) => !(other.keyword === 'type' && other.instancePath === error.instancePath),
      );
      kept = kept.filter((other) => !isWithin(other, error));
      // A branch of the right type says what is wrong inside; without one, the types are what is wrong.
      if (fitting.length > 0 && hasFittingBranch(error, root)) {
        kept.push(...fitting);
        continue;
      }
    }
    kept.push(error);
  }
  return kept;
}

function isBranchOf(other: ErrorObject, union: ErrorObject): boolean {
  return (
    other.keyword === 'required' &&
    other.instancePath === union.instancePath &&
    /\/oneOf\/\d+\/required$/.test(other.schemaPath)
  );
}

function isWithin(other: ErrorObject, union: ErrorObject): boolean {
  return other.instancePath === union.instancePath || other.instancePath.startsWith(`${union.instancePath}/`);
}

function branchTypes(error: ErrorObject, root: JsonObject): string[] {
  const branches = error.parentSchema?.['anyOf'];
  if (!Array.isArray(branches)) return [];
  return branches.map((branch: JsonObject) => {
    const reference = branch['$ref'];
    const definitions = root['$defs'];
    const name = typeof reference === 'string' ? reference.replace('#/$defs/', '') : '';
    const target = isObject(definitions) && isObject(definitions[name]) ? definitions[name] : branch;
    return String(target['type']);
  });
}

function hasFittingBranch(error: ErrorObject, root: JsonObject): boolean {
  return branchTypes(error, root).includes(typeOf(error.data as Json));
}

function typeOf(value: Json | undefined): string {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value;
}

const typeWords: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  object: 'a map',
  array: 'a list',
  null: 'null',
};

function words(type: string): string {
  return typeWords[type] ?? type;
}

function explain(error: ErrorObject, root: JsonObject, shows: (pointer: Pointer) => boolean): PointedFinding {
  const pointer = error.instancePath;
  const where = pointer === '' ? 'the document' : pointer;
  const params: Readonly<Record<string, unknown>> = error.params;
  const data = error.data as Json;
  const found = shows(pointer) ? describe(data) : words(typeOf(data));
  const base = { severity: 'error' as const, pointer };
  switch (error.keyword) {
    case 'additionalProperties':
    case 'unevaluatedProperties':
      return unknownProperty(error, base);
    case 'required':
    case 'dependentRequired':
      return missingProperty(error, base, where);
    case 'type':
      return wrongType(base, where, String(params['type']).split(',').map(words), data, found);
    case 'anyOf':
      return wrongType(base, where, branchTypes(error, root).map(words), data, found);
    case 'oneOf':
      return exactlyOne(error, base, where);
    case 'const':
      return {
        ...base,
        code: pointer === '/apiVersion' ? 'WRONG_API_VERSION' : 'WRONG_VALUE',
        message: `${where} is ${found}.`,
        expected: JSON.stringify(params['allowedValue']),
      };
    case 'enum': {
      const allowed = (params['allowedValues'] as Json[]).map((value) => JSON.stringify(value));
      const near = typeof data === 'string' ? suggest(JSON.stringify(data), allowed) : undefined;
      return {
        ...base,
        code: 'WRONG_VALUE',
        message: `${where} is ${found}.`,
        expected: `one of ${allowed.join(', ')}`,
        ...(near !== undefined && { remedy: `Did you mean ${near}?` }),
      };
    }
    case 'minimum':
    case 'maximum': {
      const bound = `${params['comparison']} ${params['limit']}`;
      return {
        ...base,
        code: 'OUT_OF_RANGE',
        message: `${where} is ${found}.`,
        expected: `a number ${rangeWords(error.parentSchema) ?? bound}`,
      };
    }
    case 'minLength':
    case 'minItems':
    case 'minProperties':
      return {
        ...base,
        code: 'EMPTY',
        message: `${where} is empty.`,
        expected: 'at least one entry or character',
      };
    case 'maxLength':
      return {
        ...base,
        code: 'TOO_LONG',
        message: `${where} is longer than ${params['limit']} characters.`,
        expected: `at most ${params['limit']} characters`,
      };
    case 'uniqueItems':
      return {
        ...base,
        code: 'DUPLICATE_ITEM',
        message: `${where} lists the same value twice.`,
        expected: 'each value once',
      };
    case 'pattern':
      return {
        ...base,
        code: 'BAD_FORMAT',
        message: `${where} is ${found}.`,
        expected: `text like ${params['pattern']}`,
      };
    case 'propertyNames': {
      const name = String(params['propertyName']);
      return {
        ...base,
        code: 'BAD_NAME',
        message: `"${shorten(name)}" cannot be a key of ${where}.`,
        expected: `a key like ${namePattern(error.parentSchema)}`,
        pointer: `${pointer}${formatPointer([name])}`,
        at: 'key',
      };
    }
    default:
      return { ...base, code: 'INVALID', message: `${where} ${error.message ?? 'is not valid'}.` };
  }
}

type Base = { severity: 'error'; pointer: Pointer };

function unknownProperty(error: ErrorObject, base: Base): PointedFinding {
  const name = String(error.params['additionalProperty'] ?? error.params['unevaluatedProperty']);
  const known = Object.keys(error.parentSchema?.['properties'] ?? {});
  const near = suggest(name, known);
  const title = error.parentSchema?.['title'];
  const owner = base.pointer === '' ? (title ?? 'the document') : base.pointer;
  return {
    ...base,
    code: 'UNKNOWN_PROPERTY',
    message: `"${shorten(name)}" is not a property of ${owner}.`,
    expected: `one of ${known.join(', ')}`,
    remedy: near === undefined ? 'Remove it.' : `Did you mean "${near}"?`,
    pointer: `${base.pointer}${formatPointer([name])}`,
    at: 'key',
  };
}

function missingProperty(error: ErrorObject, base: Base, where: string): PointedFinding {
  const name = String(error.params['missingProperty']);
  const because =
    error.keyword === 'dependentRequired' ? `, because there is "${error.params['property']}"` : '';
  const schema = (error.parentSchema?.['properties'] as JsonObject | undefined)?.[name];
  const meaning =
    isObject(schema) && typeof schema['description'] === 'string' ? schema['description'] : undefined;
  return {
    ...base,
    code: 'MISSING_PROPERTY',
    message: `${where} lacks "${name}"${because}.`,
    ...(meaning !== undefined && { expected: `${name}: ${meaning}` }),
    remedy: `Add "${name}".`,
    at: 'key',
    absent: `${base.pointer}${formatPointer([name])}`,
  };
}

function wrongType(
  base: Base,
  where: string,
  wanted: readonly string[],
  data: Json,
  found: string,
): PointedFinding {
  const expected = [...new Set(wanted)];
  const remedy = quotingRemedy(expected, data);
  return {
    ...base,
    code: 'WRONG_TYPE',
    message: `${where} is ${found}.`,
    expected: expected.join(' or '),
    ...(remedy !== undefined && { remedy }),
  };
}

function quotingRemedy(expected: readonly string[], data: Json): string | undefined {
  if (expected.includes('text') && (typeof data === 'number' || typeof data === 'boolean')) {
    return 'Write it in quotes.';
  }
  if (typeof data !== 'string') return undefined;
  const isBoolean = expected.includes('true or false') && /^(true|false)$/i.test(data);
  const isNumber = expected.some((word) => word.endsWith('number')) && /^-?\d+(\.\d+)?$/.test(data);
  return isBoolean || isNumber ? 'Write it without quotes.' : undefined;
}

function exactlyOne(error: ErrorObject, base: Base, where: string): PointedFinding {
  const branches = error.parentSchema?.['oneOf'];
  const names: string[] = Array.isArray(branches)
    ? branches.flatMap((branch: { required?: string[] }) => branch.required ?? [])
    : [];
  const data = error.data as Json;
  const present = isObject(data) ? names.filter((name) => Object.hasOwn(data, name)) : [];
  const message =
    present.length === 0
      ? `${where} has none of ${names.join(', ')}.`
      : `${where} has ${present.join(' and ')} at once.`;
  const second = present[1];
  return {
    ...base,
    code: 'EXACTLY_ONE',
    message,
    expected: `exactly one of ${names.join(', ')}`,
    remedy: present.length === 0 ? 'Add one of them.' : 'Keep one of them and remove the rest.',
    ...(second !== undefined && { pointer: `${base.pointer}${formatPointer([second])}` }),
    at: 'key',
  };
}

function rangeWords(schema: unknown): string | undefined {
  const { minimum, maximum } = (schema ?? {}) as { minimum?: number; maximum?: number };
  if (minimum === undefined || maximum === undefined) return undefined;
  return `from ${minimum} to ${maximum}`;
}

function namePattern(schema: unknown): string {
  const names = (schema as { propertyNames?: { pattern?: string } } | undefined)?.propertyNames;
  return names?.pattern ?? 'plain text';
}

function describe(value: Json | undefined): string {
  if (typeof value === 'string') return `the text ${JSON.stringify(shorten(value))}`;
  if (typeof value === 'object' && value !== null) return words(typeOf(value));
  return value === undefined ? 'nothing' : `the value ${JSON.stringify(value)}`;
}
