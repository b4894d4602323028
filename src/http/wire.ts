import type { ErrorObject, ValidateFunction } from 'ajv/dist/2020.js';
import { ReconcileError } from '../core/errors.ts';
import type { Json, JsonObject } from '../core/json.ts';
import { formatPointer, getAt } from '../core/pointer.ts';
import { type QuickCheck, quickCheck } from '../core/quick-check.ts';
import { shorten } from './service-error.ts';

/** Gives the body back as what the schema says it is, or throws WIRE_SCHEMA naming the pointer and what was expected. */
export type WireValidator<T> = (body: Json | undefined) => Promise<T>;

/**
 * Checks answers against a JSON Schema (2020-12): what a service sends is not trusted before that (SEMANTICS 10).
 * ajv is loaded at the first answer that does not fit, to say what is wrong. `what` names the answer in errors: "the list of jobs".
 */
export function createWireValidator<T>(schema: JsonObject, what: string): WireValidator<T> {
  let fits: QuickCheck | undefined;
  let compiled: Promise<ValidateFunction> | undefined;
  return async (body) => {
    fits ??= quickCheck(schema);
    if (body !== undefined && fits?.(body) === true) return body as T;
    compiled ??= compile(schema);
    const validate = await compiled;
    if (body !== undefined && validate(body)) return body as T;
    throw wireError(body, validate.errors ?? [], what);
  };
}

async function compile(schema: JsonObject): Promise<ValidateFunction> {
  const { Ajv2020 } = await import('ajv/dist/2020.js');
  return new Ajv2020({
    strict: true,
    strictRequired: false,
    strictTypes: false,
    allowUnionTypes: true,
    validateFormats: false,
    // Our own schemas: checked by the tests, not at every start.
    validateSchema: false,
    meta: false,
  }).compile(schema);
}

function wireError(body: Json | undefined, errors: readonly ErrorObject[], what: string): ReconcileError {
  // Branches of anyOf report too; the deepest remark is the one that helps.
  const error = [...errors].sort((a, b) => b.instancePath.length - a.instancePath.length)[0];
  const missing: unknown = error?.params['missingProperty'];
  const pointer = (error?.instancePath ?? '') + (typeof missing === 'string' ? formatPointer([missing]) : '');
  const expected = body === undefined ? 'must be JSON' : expectation(error);
  const found = kindOf(body === undefined ? undefined : getAt(body, pointer));
  return notAsDocumented(
    what,
    `${pointer === '' ? 'it' : shorten(pointer, 200)} ${expected}; found ${found}`,
  );
}

/** An answer that cannot be true, whatever its shape. `what` names it, `problem` says what is wrong. */
export function notAsDocumented(what: string, problem: string): ReconcileError {
  return new ReconcileError(`The service's answer (${what}) is not as documented: ${problem}.`, {
    code: 'WIRE_SCHEMA',
    category: 'rejected',
    reading: true,
    remedy:
      'Nothing was decided on this answer. If the service changed, this tool has to learn it: please report it.',
  });
}

function expectation(error: ErrorObject | undefined): string {
  if (error?.keyword === 'required') return 'must be there';
  const allowed: unknown = error?.params['allowedValues'];
  if (Array.isArray(allowed)) return `must be one of ${JSON.stringify(allowed)}`;
  return error?.message ?? 'must be otherwise';
}

/** Kinds, not values: an answer may hold what must not be shown. */
function kindOf(value: Json | undefined): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
