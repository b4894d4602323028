import { readFileSync } from 'node:fs';
import { kinds as allKinds, providers as allProviders } from './schema-parts.mjs';

const base = 'urn:reconcile-jobs:v1';
const partsFolder = new URL('../schemas/parts/', import.meta.url);

/** A reference such as `${var:x}` may stand where another type results; only the editor schemas know this. */
const reference = {
  description: 'A reference that is filled in before the value is checked.',
  type: 'string',
  pattern: '^\\$\\{(var|env|secret|file):[^}]*\\}$',
};

/** @param {string} name */
function readPart(name) {
  return JSON.parse(readFileSync(new URL(`${name}.json`, partsFolder), 'utf8'));
}

/** @param {string} file @param {object} schema */
function publish(file, schema) {
  return { $schema: 'https://json-schema.org/draft/2020-12/schema', $id: `${base}:${file}`, ...schema };
}

/** One whole document of a kind. @param {(typeof allKinds)[number]} entry */
function composeKind(entry) {
  const spec = readPart(entry.part);
  const envelope = readPart('manifest-envelope');
  const { apiVersion, kind, metadata, lifecycle, moved } = envelope.properties;
  const definitions = entry.shared === undefined ? {} : readPart(entry.shared);
  return publish(entry.file, {
    title: entry.type,
    description: spec.description,
    ...envelope,
    properties: {
      apiVersion,
      kind: { const: entry.kind, ...kind },
      metadata,
      lifecycle,
      moved,
      spec: { title: `${entry.type}Spec`, ...spec },
    },
    ...(Object.keys(definitions).length > 0 && { $defs: usedDefinitions(spec, definitions) }),
  });
}

/** Only the definitions that the schema refers to, so that none is dead. */
function usedDefinitions(schema, definitions) {
  const used = new Set();
  const queue = [schema];
  while (queue.length > 0) {
    const text = JSON.stringify(queue.pop());
    for (const [, name] of text.matchAll(/"#\/\$defs\/([^"]+)"/g)) {
      if (used.has(name)) continue;
      used.add(name);
      queue.push(definitions[name]);
    }
  }
  return Object.fromEntries(Object.entries(definitions).filter(([name]) => used.has(name)));
}

/** The union of all kinds, for editors. */
function composeManifest(documents) {
  const definitions = {};
  for (const { entry, schema } of documents) {
    const { $schema: _schema, $id: _id, $defs, ...document } = structuredClone(schema);
    for (const [name, definition] of Object.entries($defs ?? {}))
      definitions[name] = allowReferences(definition);
    definitions[entry.kind] = {
      ...document,
      properties: { ...document.properties, spec: allowReferences(document.properties.spec) },
    };
  }
  return publish('manifest', {
    title: 'Manifest',
    description: 'One resource. The kind decides what `spec` may hold.',
    type: 'object',
    required: ['apiVersion', 'kind', 'metadata', 'spec'],
    properties: {
      kind: { description: 'What the document describes.', enum: documents.map(({ entry }) => entry.kind) },
    },
    allOf: documents.map(({ entry }) => ({
      if: { required: ['kind'], properties: { kind: { const: entry.kind } } },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
      then: { $ref: `#/$defs/${entry.kind}` },
    })),
    $defs: definitions,
  });
}

/** @param {any} schema */
function allowReferences(schema) {
  if (Array.isArray(schema) || typeof schema !== 'object' || schema === null) return schema;
  const copy = { ...schema };
  if (copy.properties !== undefined) copy.properties = mapValues(copy.properties, allowReferenceAt);
  if (typeof copy.additionalProperties === 'object')
    copy.additionalProperties = allowReferences(copy.additionalProperties);
  return copy;
}

/** @param {any} property */
function allowReferenceAt(property) {
  const inner = allowReferences(property);
  const takesText = inner.type === 'string' || inner.const !== undefined || inner.anyOf !== undefined;
  if (takesText) return inner;
  const { description, default: standard, ...rest } = inner;
  return {
    description,
    ...(standard !== undefined && { default: standard }),
    anyOf: [rest, { ...reference }],
  };
}

function mapValues(object, change) {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
}

/** The config with what each provider wants below `credentials` and `tenant`. */
function composeConfig(providers) {
  const config = readPart('config');
  const { target, ...definitions } = config.$defs;
  const parts = {};
  const conditions = providers.map(({ provider, credentials, tenant }) => {
    parts[credentials] = readPart(credentials);
    if (tenant !== undefined) parts[tenant] = readPart(tenant);
    return {
      if: { required: ['provider'], properties: { provider: { const: provider } } },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
      then: {
        properties: {
          credentials: { $ref: `#/$defs/${credentials}` },
          ...(tenant !== undefined && { tenant: { $ref: `#/$defs/${tenant}` } }),
        },
      },
    };
  });
  target.properties.provider = {
    ...target.properties.provider,
    enum: providers.map(({ provider }) => provider),
  };
  return publish('config', {
    ...config,
    $defs: { target: { ...target, allOf: conditions }, ...definitions, ...parts },
  });
}

/**
 * All published schemas of these kinds and providers.
 * @param {typeof allKinds} [kinds]
 * @param {typeof allProviders} [providers]
 * @returns {{ file: string, schema: any, type?: string }[]}
 */
export function composeSchemas(kinds = allKinds, providers = allProviders) {
  const documents = kinds.map((entry) => ({ entry, schema: composeKind(entry) }));
  const access = providers.flatMap(({ credentials, tenant }) => [credentials, ...(tenant ? [tenant] : [])]);
  return [
    ...documents.map(({ entry, schema }) => ({ file: entry.file, schema })),
    { file: 'manifest', schema: composeManifest(documents) },
    { file: 'config', schema: composeConfig(providers) },
    { file: 'plan', schema: publish('plan', readPart('plan')) },
    ...access.map((name) => ({ file: name, schema: publish(name, readPart(name)) })),
  ];
}
