// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references look like that
import { existsSync, readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
// @ts-expect-error a plain script without types
import { composeSchemas } from '../../scripts/compose-schemas.mjs';
// @ts-expect-error a plain script without types
import { renderAll } from '../../scripts/generate-schemas.mjs';
import { isObject, type Json, type JsonObject } from '../../src/core/json.ts';
import { kindSchemas, providerSchemas } from '../../src/generated/registry.ts';

const schemas: { file: string; schema: JsonObject }[] = composeSchemas();
const root = new URL('../../', import.meta.url);

function compile(schema: JsonObject) {
  return new Ajv2020({ strict: true, strictRequired: false, allErrors: true }).compile(schema);
}

/** Pointers of properties that no description explains; a reference is explained by what it refers to. */
function unexplained(schema: Json | undefined, path: string, whole: JsonObject): string[] {
  if (Array.isArray(schema))
    return schema.flatMap((item, index) => unexplained(item, `${path}/${index}`, whole));
  if (!isObject(schema)) return [];
  return Object.entries(schema).flatMap(([key, value]) => {
    if (key !== 'properties' || !isObject(value)) return unexplained(value, `${path}/${key}`, whole);
    // Conditions repeat properties that are explained elsewhere.
    if (/\/(if|then)$/.test(path)) return [];
    return Object.entries(value).flatMap(([name, property]) => {
      const below = unexplained(property, `${path}/properties/${name}`, whole);
      const target = isObject(property) ? (followReference(property, whole) ?? property) : property;
      const own = isObject(property) && typeof property['description'] === 'string';
      const referred = isObject(target) && typeof target['description'] === 'string';
      return own || referred ? below : [`${path}/properties/${name}`, ...below];
    });
  });
}

function followReference(schema: JsonObject, whole: JsonObject): Json | undefined {
  const reference = schema['$ref'];
  const definitions = whole['$defs'];
  if (typeof reference !== 'string' || !isObject(definitions)) return undefined;
  return definitions[reference.replace('#/$defs/', '')];
}

describe('the published schemas', () => {
  it('cover every kind, the union, the config, the plan and the credentials', () => {
    expect(schemas.map(({ file }) => file)).toEqual([
      'sap-job',
      'sap-task',
      'sap-settings',
      'riversand-batch-job',
      'riversand-schedule',
      'manifest',
      'config',
      'plan',
      'credentials-sap',
      'tenant-sap',
      'credentials-riversand',
    ]);
  });

  it.each(schemas)('$file compiles in strict mode', ({ schema }) => {
    expect(() => compile(schema)).not.toThrow();
  });

  it.each(schemas)('$file explains every property', ({ schema }) => {
    expect(unexplained(schema, '', schema)).toEqual([]);
    expect(schema['description']).toEqual(expect.any(String));
  });

  it('and everything generated from them are current', async () => {
    const files: Map<string, string> = await renderAll();
    const stale = [...files].filter(([path, text]) => {
      const url = new URL(path, root);
      return !existsSync(url) || readFileSync(url, 'utf8') !== text;
    });
    expect(stale.map(([path]) => path)).toEqual([]);
    expect(files.size).toBeGreaterThan(20);
  });

  it('are what the program validates with', () => {
    for (const { schemaFile, schema } of kindSchemas) {
      const published = JSON.parse(readFileSync(new URL(`schemas/${schemaFile}`, root), 'utf8'));
      expect(schema).toEqual(published);
    }
    expect(providerSchemas.map(({ provider }) => provider)).toEqual(['sap', 'riversand']);
  });
});

describe('another provider', () => {
  it('is one more line: its kinds join the union, its credentials the config', () => {
    const kinds = [
      {
        kind: 'SapJob',
        provider: 'sap',
        part: 'sap-job',
        file: 'sap-job',
        shared: 'sap-schedule',
        type: 'SapJob',
      },
      { kind: 'OtherThing', provider: 'other', part: 'sap-settings', file: 'other', type: 'OtherThing' },
    ];
    const providers = [
      { provider: 'sap', credentials: 'credentials-sap', tenant: 'tenant-sap' },
      { provider: 'other', credentials: 'tenant-sap' },
    ];
    const composed: { file: string; schema: JsonObject }[] = composeSchemas(kinds, providers);
    const find = (file: string) => compile(composed.find((entry) => entry.file === file)?.schema ?? {});
    const config = (provider: string, credentials: JsonObject) => ({
      apiVersion: 'reconcile/v1',
      kind: 'Config',
      manifests: ['x'],
      targets: { a: { provider, credentials } },
    });
    expect(find('config')(config('sap', { token: 't' }))).toBe(true);
    expect(find('config')(config('other', { subdomain: 's' }))).toBe(true);
    expect(find('config')(config('other', { token: 't' }))).toBe(false);
    const thing = {
      apiVersion: 'reconcile/v1',
      kind: 'OtherThing',
      metadata: { name: 'a' },
      spec: { asyncExecTimeout: 5 },
    };
    expect(find('manifest')(thing)).toBe(true);
    expect(find('manifest')({ ...thing, kind: 'SapJob' })).toBe(false);
  });
});

function job(spec: JsonObject): JsonObject {
  return { apiVersion: 'reconcile/v1', kind: 'SapJob', metadata: { name: 'a' }, spec };
}

function schemaOf(file: string) {
  const found = schemas.find((entry) => entry.file === file);
  if (found === undefined) throw new Error(`no schema ${file}`);
  return compile(found.schema);
}

describe('the schema for editors', () => {
  const editor = schemaOf('manifest');
  const strict = schemaOf('sap-job');
  const reference = '${var:on}';

  it.each([
    ['a boolean', job({ action: 'x', active: reference })],
    ['an enum', job({ action: 'x', httpMethod: reference })],
    ['a map', job({ action: 'x', schedules: reference })],
    [
      'one schedule field',
      job({ action: 'x', schedules: { d: { cron: 'c', active: reference, data: reference } } }),
    ],
  ])('accepts a reference where %s stands, unlike the strict one', (_what, document) => {
    expect(editor(document)).toBe(true);
    expect(strict(document)).toBe(false);
  });

  it.each([
    ['text that is no reference', job({ action: 'x', active: 'yes' })],
    ['an unknown property', job({ action: 'x', activ: true })],
    ['two modes', job({ action: 'x', schedules: { d: { cron: 'c', time: 't' } } })],
    ['an unknown kind', { ...job({ action: 'x' }), kind: 'Nope' }],
    ['the spec of another kind', { ...job({ action: 'x' }), kind: 'SapSettings' }],
  ])('refuses %s', (_what, document) => {
    expect(editor(document)).toBe(false);
  });
});

describe('the schema of a job', () => {
  const validate = schemaOf('sap-job');

  it.each<[string, JsonObject]>([
    ['a minimal one', { action: 'https://x' }],
    ['no schedules', { action: 'https://x', schedules: {} }],
    [
      'any text as a key',
      { action: 'x', schedules: { 'Daily, 6 am (UTC)': { cron: 'c' }, '1': { repeatAt: '6am' } } },
    ],
    ['dates as text, map or null', { action: 'x', startTime: { date: 'd', format: 'f' }, endTime: null }],
    ['a one-time schedule', { action: 'x', schedules: { d: { time: { date: 'd' } } } }],
    ['notifications', { action: 'x', ansConfig: { onDelay: true }, calmConfig: { enabled: false } }],
    [
      'crontab and a moved schedule',
      { action: 'x', schedules: { d: { crontab: '0 6 * * *', movedFrom: 'old' } } },
    ],
  ])('accepts %s', (_what, spec) => {
    expect(validate(job(spec))).toBe(true);
  });

  it.each<[string, JsonObject]>([
    ['no action', {}],
    ['a list of schedules', { action: 'x', schedules: [{ cron: 'c' }] }],
    ['a schedule without a mode', { action: 'x', schedules: { d: { active: true } } }],
    ['time: null', { action: 'x', schedules: { d: { time: null } } }],
    ['data as text', { action: 'x', schedules: { d: { cron: 'c', data: '' } } }],
    ['PATCH', { action: 'x', httpMethod: 'PATCH' }],
    ['a calmConfig that says nothing', { action: 'x', calmConfig: {} }],
  ])('refuses %s', (_what, spec) => {
    expect(validate(job(spec))).toBe(false);
  });
});
