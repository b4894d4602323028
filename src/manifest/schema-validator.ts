import type { ValidateFunction } from 'ajv/dist/2020.js';
import type { Json, JsonObject } from '../core/json.ts';
import type { Pointer } from '../core/pointer.ts';
import { quickCheck } from '../core/quick-check.ts';
import { loadAjv } from './lazy.ts';
import { explainErrors, type PointedFinding } from './schema-errors.ts';

/** Checks a value against one schema. `hidden`: pointers whose values must not be printed. */
export type SchemaValidator = (value: Json, shows?: (pointer: Pointer) => boolean) => PointedFinding[];

const maxErrors = 100;
const compiled = new WeakMap<JsonObject, SchemaValidator>();

/**
 * The validator of a schema (JSON Schema 2020-12). What the quick check finds fit needs no more; ajv, which explains, is
 * loaded and compiled at the first value that does not fit. The same object is compiled once.
 */
export function validatorFor(schema: JsonObject): SchemaValidator {
  const known = compiled.get(schema);
  if (known !== undefined) return known;
  const fits = quickCheck(schema);
  let validate: ValidateFunction | undefined;
  const validator: SchemaValidator = (value, shows = () => true) => {
    if (fits?.(value) === true) return [];
    validate ??= compile(schema);
    if (validate(value)) return [];
    return explainErrors((validate.errors ?? []).slice(0, maxErrors), schema, shows);
  };
  compiled.set(schema, validator);
  return validator;
}

function compile(schema: JsonObject): ValidateFunction {
  const { Ajv2020 } = loadAjv();
  const ajv = new Ajv2020({
    strict: true,
    strictRequired: false,
    allErrors: true,
    verbose: true,
    logger: false,
    // Our own schemas are checked against the meta-schema by a test; doing it at every start costs more than all the rest.
    validateSchema: false,
    meta: false,
    // A property that the prototype has (`toString`) is not there unless the document has it.
    ownProperties: true,
  });
  return ajv.compile(schema);
}
