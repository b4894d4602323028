import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { isObject, type Json, type JsonObject } from '../../src/core/json.ts';
import { quickCheck } from '../../src/core/quick-check.ts';
import { kindSchemas, providerSchemas } from '../../src/generated/registry.ts';
import { configSchema } from '../../src/generated/schemas/config.ts';
import { planSchema } from '../../src/generated/schemas/plan.ts';
import * as riversandWire from '../../src/providers/riversand/wire.ts';
import * as sapWire from '../../src/providers/sap/wire.ts';

const wire = Object.entries({ ...sapWire, ...riversandWire })
  .filter((entry): entry is [string, JsonObject] => isObject(entry[1]))
  .map(([name, schema]) => [`answers: ${name}`, schema] as const);
const schemas: (readonly [string, JsonObject])[] = [
  ...kindSchemas.map(({ kind, schema }) => [kind, schema] as const),
  ...providerSchemas.flatMap(({ provider, credentials, tenant }) => [
    [`credentials: ${provider}`, credentials] as const,
    ...(tenant === undefined ? [] : [[`tenant: ${provider}`, tenant] as const]),
  ]),
  ['config', configSchema],
  ['plan', planSchema],
  ...wire,
];

const examples = fileURLToPath(new URL('../../examples', import.meta.url));
const documents = readdirSync(examples, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.yaml'))
  .flatMap((file) => parseAllDocuments(readFileSync(`${examples}/${file}`, 'utf8')))
  .map((document) => document.toJS() as Json)
  .filter(isObject);

/** ajv as the validators that explain use it. */
function full(schema: JsonObject): (value: Json) => boolean {
  const options = { strict: false, validateFormats: false, ownProperties: true, logger: false } as const;
  return new Ajv2020(options).compile(schema) as (value: Json) => boolean;
}

/** Names and values that the schema itself mentions, so that random values come near to what fits. */
function vocabulary(schema: JsonObject): { names: string[]; values: Json[] } {
  const names = new Set<string>(['x', 'toString', 'constructor']);
  const values: Json[] = [
    null,
    true,
    false,
    0,
    1,
    -1,
    1.5,
    Number.POSITIVE_INFINITY,
    '',
    'a',
    '17',
    '😀',
    'é'.repeat(64),
    [],
    {},
    ['a', 'a'],
  ];
  const visit = (part: Json | undefined): void => {
    if (Array.isArray(part)) for (const item of part) visit(item);
    if (!isObject(part)) return;
    for (const name of Object.keys(isObject(part['properties']) ? part['properties'] : {})) names.add(name);
    for (const keyword of ['const', 'default', 'enum', 'minimum', 'maximum', 'examples']) {
      const value = part[keyword];
      if (value !== undefined) values.push(...(Array.isArray(value) ? value : [value]));
    }
    for (const item of Object.values(part)) visit(item);
  };
  visit(schema);
  return { names: [...names], values };
}

type Edit = { at: number; name: string; value: Json; remove: boolean };

/** The document with one thing in it put in, replaced or taken out. */
function edited(root: Json, { at, name, value, remove }: Edit): Json {
  const copy = structuredClone(root);
  const holders: (JsonObject | Json[])[] = [];
  const visit = (part: Json): void => {
    if (typeof part !== 'object' || part === null) return;
    holders.push(part);
    for (const item of Object.values(part)) visit(item);
  };
  visit(copy);
  const holder = holders[at % Math.max(1, holders.length)];
  if (holder === undefined) return value;
  if (Array.isArray(holder)) {
    if (remove) holder.pop();
    else holder.push(value);
    return copy;
  }
  const keys = Object.keys(holder);
  const key = at % 3 === 0 || keys.length === 0 ? name : (keys[at % keys.length] ?? name);
  if (remove) delete holder[key];
  else holder[key] = value;
  return copy;
}

describe('the quick check decides as the full validator does', () => {
  it.each(schemas)('%s', (_name, schema) => {
    const quick = quickCheck(schema);
    if (quick === undefined) throw new Error('the schema uses a keyword that the quick check does not know');
    const accepts = full(schema);
    const { names, values } = vocabulary(schema);
    const near = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        { weight: 2, arbitrary: fc.constantFrom(...values) },
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom(...names), tie('value'), { maxKeys: 5, noNullPrototype: true }),
      ),
    })).value as fc.Arbitrary<Json>;
    const edit: fc.Arbitrary<Edit> = fc.record({
      at: fc.nat(),
      name: fc.constantFrom(...names),
      value: near,
      remove: fc.boolean(),
    });
    const start = fc.constantFrom<Json>(...documents, ...documents.map((document) => document['spec'] ?? {}));
    const changed = fc
      .tuple(start, fc.array(edit, { maxLength: 3 }))
      .map(([document, edits]) => edits.reduce(edited, document));
    fc.assert(
      fc.property(fc.oneof(near, changed), (value) => {
        expect(quick(value)).toBe(accepts(value));
      }),
      { numRuns: 200 },
    );
  });

  it('for every example', () => {
    const fitting = documents.filter((document) =>
      schemas.some(([name, schema]) => name === document['kind'] && quickCheck(schema)?.(document) === true),
    );
    expect(fitting.length).toBeGreaterThan(3);
  });
});

const list: JsonObject = {
  $ref: '#/$defs/list',
  $defs: { list: { type: 'array', items: { $ref: '#/$defs/list' } } },
};

describe('the quick check', () => {
  it.each<[string, JsonObject, Json, boolean]>([
    ['a name of the prototype is not there', { required: ['toString'] }, {}, false],
    ['characters are counted, not units', { minLength: 2 }, '😀', false],
    ['a long text of few characters', { maxLength: 1 }, '😀', true],
    ['a definition that refers to itself', list, [[[]]], true],
    ['a definition that refers to itself, deep down', list, [[[1]]], false],
    ['exactly one of', { oneOf: [{ type: 'integer' }, { minimum: 3 }] }, 4, false],
    ['one thing twice', { uniqueItems: true }, [{ a: [1] }, { a: [1] }], false],
    ['else', { if: { type: 'string' }, else: { type: 'null' } }, 1, false],
  ])('%s', (_what, schema, value, expected) => {
    expect(quickCheck(schema)?.(value)).toBe(expected);
    expect(full(schema)(value)).toBe(expected);
  });

  it.each<[string, JsonObject]>([
    ['an unknown keyword', { properties: { a: { not: {} } } }],
    ['an unknown type', { type: 'date' }],
    ['a reference elsewhere', { $ref: 'other.json' }],
    ['a definition that is missing', { $ref: '#/$defs/none' }],
    ['lists by place', { prefixItems: [{}], items: {} }],
  ])('has no opinion about %s', (_what, schema) => {
    expect(quickCheck(schema)).toBeUndefined();
  });
});
