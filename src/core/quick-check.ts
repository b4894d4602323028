import { equalJson, isObject, type Json, type JsonObject } from './json.ts';

/** Does the value fit the schema? */
export type QuickCheck = (value: Json) => boolean;

interface Schema {
  /** The one with `$defs`. */
  root: JsonObject;
  definitions: Map<string, { check?: QuickCheck }>;
}

type Build = (argument: Json, beside: JsonObject, schema: Schema) => QuickCheck;

/**
 * Decides whether values fit a JSON Schema (2020-12) and explains nothing. Almost everything fits, and loading and
 * compiling a validator that explains is dear: that is only needed for what does not. Undefined when the schema uses a
 * keyword that is not known here.
 */
export function quickCheck(root: JsonObject): QuickCheck | undefined {
  try {
    return build(root, { root, definitions: new Map() });
  } catch (error) {
    if (error instanceof UnknownKeyword) return undefined;
    throw error;
  }
}

class UnknownKeyword extends Error {}

function build(part: Json | undefined, schema: Schema): QuickCheck {
  if (part === true) return () => true;
  if (part === false) return () => false;
  if (!isObject(part)) throw new UnknownKeyword();
  const checks: QuickCheck[] = [];
  for (const [keyword, argument] of Object.entries(part)) {
    if (remarks.has(keyword)) continue;
    const make = Object.hasOwn(keywords, keyword) ? keywords[keyword] : undefined;
    if (make === undefined) throw new UnknownKeyword();
    checks.push(make(argument, part, schema));
  }
  return all(checks);
}

function all(checks: readonly QuickCheck[]): QuickCheck {
  const [first, second, third] = checks;
  if (first === undefined) return () => true;
  if (second === undefined) return first;
  if (third === undefined) return (value) => first(value) && second(value);
  return (value) => checks.every((check) => check(value));
}

/** What says nothing about values by itself. */
const remarks: ReadonlySet<string> = new Set(
  '$schema $id $defs title description default examples then else'.split(' '),
);

const keywords: Readonly<Record<string, Build>> = {
  $ref: (reference, _beside, schema) => {
    const name = /^#\/\$defs\/([^/~%]+)$/.exec(String(reference))?.[1];
    if (name === undefined) throw new UnknownKeyword();
    const known = schema.definitions.get(name);
    const definition: { check?: QuickCheck } = known ?? {};
    if (known === undefined) {
      schema.definitions.set(name, definition);
      const { $defs } = schema.root;
      definition.check = build(isObject($defs) ? $defs[name] : undefined, schema);
    }
    // Definitions may refer to themselves: the check is there by the time it is asked.
    return (value) => definition.check?.(value) === true;
  },
  type: (names) => {
    const checks = (Array.isArray(names) ? names : [names]).map((name) => {
      const check = Object.hasOwn(types, String(name)) ? types[String(name)] : undefined;
      if (check === undefined) throw new UnknownKeyword();
      return check;
    });
    const [only, other] = checks;
    return only !== undefined && other === undefined ? only : (value) => checks.some((check) => check(value));
  },
  const: (wanted) => (value) => equalJson(value, wanted),
  enum: (allowed) => {
    const values = toList(allowed);
    return (value) => values.some((wanted) => equalJson(value, wanted));
  },
  minimum: (limit) => (value) => typeof value !== 'number' || value >= toNumber(limit),
  maximum: (limit) => (value) => typeof value !== 'number' || value <= toNumber(limit),
  minLength: (limit) => (value) =>
    typeof value !== 'string' || value.length >= 2 * toNumber(limit) || length(value) >= toNumber(limit),
  maxLength: (limit) => (value) =>
    typeof value !== 'string' || value.length <= toNumber(limit) || length(value) <= toNumber(limit),
  pattern: (source) => {
    const pattern = new RegExp(String(source), 'u');
    return (value) => typeof value !== 'string' || pattern.test(value);
  },
  minItems: (limit) => (value) => !Array.isArray(value) || value.length >= toNumber(limit),
  uniqueItems: (wanted) => (value) =>
    wanted !== true ||
    !Array.isArray(value) ||
    value.every((item, index) => !value.slice(index + 1).some((other) => equalJson(item, other))),
  items: (argument, beside, schema) => {
    if (beside['prefixItems'] !== undefined) throw new UnknownKeyword();
    const check = build(argument, schema);
    return (value) => !Array.isArray(value) || value.every(check);
  },
  minProperties: (limit) => (value) => !isObject(value) || Object.keys(value).length >= toNumber(limit),
  required: (names) => {
    const wanted = toList(names).map(String);
    return (value) => !isObject(value) || wanted.every((name) => Object.hasOwn(value, name));
  },
  dependentRequired: (rules) => {
    const entries = Object.entries(isObject(rules) ? rules : {});
    return (value) =>
      !isObject(value) ||
      entries.every(
        ([name, others]) =>
          !Object.hasOwn(value, name) || toList(others).every((other) => Object.hasOwn(value, String(other))),
      );
  },
  propertyNames: (argument, _beside, schema) => {
    const check = build(argument, schema);
    return (value) => !isObject(value) || Object.keys(value).every(check);
  },
  properties: (argument, { additionalProperties = true }, schema) => {
    const known = new Map(
      Object.entries(isObject(argument) ? argument : {}).map(([name, part]) => [name, build(part, schema)]),
    );
    const other = build(additionalProperties, schema);
    return (value) => {
      if (!isObject(value)) return true;
      for (const name of Object.keys(value)) {
        if (!(known.get(name) ?? other)(value[name] ?? null)) return false;
      }
      return true;
    };
  },
  additionalProperties: (argument, beside, schema) => {
    // Decided together with the properties that are named.
    if (beside['properties'] !== undefined) return () => true;
    const check = build(argument, schema);
    return (value) => !isObject(value) || Object.values(value).every(check);
  },
  allOf: (parts, _beside, schema) => all(toList(parts).map((part) => build(part, schema))),
  anyOf: (parts, _beside, schema) => {
    const checks = toList(parts).map((part) => build(part, schema));
    return (value) => checks.some((check) => check(value));
  },
  oneOf: (parts, _beside, schema) => {
    const checks = toList(parts).map((part) => build(part, schema));
    return (value) => checks.filter((check) => check(value)).length === 1;
  },
  if: (condition, beside, schema) => {
    const applies = build(condition, schema);
    const { then = true, else: otherwise = true } = beside;
    const [yes, no] = [build(then, schema), build(otherwise, schema)];
    return (value) => (applies(value) ? yes : no)(value);
  },
};

const types: Readonly<Record<string, QuickCheck>> = {
  null: (value) => value === null,
  boolean: (value) => typeof value === 'boolean',
  number: (value) => typeof value === 'number' && Number.isFinite(value),
  integer: (value) => Number.isInteger(value),
  string: (value) => typeof value === 'string',
  array: (value) => Array.isArray(value),
  object: isObject,
};

/** In characters: some of them are two units. */
function length(text: string): number {
  let count = text.length;
  for (let at = 0; at < text.length - 1; at += 1) if ((text.codePointAt(at) ?? 0) > 0xffff) count -= 1;
  return count;
}

function toList(value: Json): readonly Json[] {
  if (!Array.isArray(value)) throw new UnknownKeyword();
  return value;
}

function toNumber(value: Json): number {
  return Number(value);
}
