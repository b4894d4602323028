import type { Alias, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import { loadYaml } from '../lazy.ts';

// The guards of the yaml package, without loading it before there is a node.
type Any = unknown;

export function isAlias(node: Any): node is Alias {
  return loadYaml().isAlias(node);
}

export function isMap(node: Any): node is YAMLMap {
  return loadYaml().isMap(node);
}

export function isScalar(node: Any): node is Scalar {
  return loadYaml().isScalar(node);
}

export function isSeq(node: Any): node is YAMLSeq {
  return loadYaml().isSeq(node);
}
