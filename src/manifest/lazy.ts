import { createRequire } from 'node:module';
import type * as Ajv from 'ajv/dist/2020.js';
import type * as FastJsonPatch from 'fast-json-patch';
import type * as Yaml from 'yaml';

// Most manifests are plain and right and have no patches: then none of these is needed, and loading them is dear.
const load = createRequire(import.meta.url);

export function loadAjv(): typeof Ajv {
  return load('ajv/dist/2020.js');
}

export function loadFastJsonPatch(): typeof FastJsonPatch {
  return load('fast-json-patch');
}

let yaml: typeof Yaml | undefined;

/** Asked for at every node of a document. */
export function loadYaml(): typeof Yaml {
  yaml ??= load('yaml') as typeof Yaml;
  return yaml;
}
