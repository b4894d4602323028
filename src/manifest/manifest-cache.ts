import { createHash } from 'node:crypto';
import type { ParsedText } from './parse-documents.ts';

export interface CachedFile extends ParsedText {
  text: string;
}

/** Parsed files by path and content, for those who load the same manifests again and again. */
export interface ManifestCache {
  get(path: string, hash: string): CachedFile | undefined;
  set(path: string, hash: string, file: CachedFile): void;
  /** Forgets all files but these. */
  keep(paths: ReadonlySet<string>): void;
  readonly size: number;
}

export function createManifestCache(): ManifestCache {
  const entries = new Map<string, { hash: string; file: CachedFile }>();
  return {
    get(path, hash) {
      const entry = entries.get(path);
      return entry?.hash === hash ? entry.file : undefined;
    },
    set: (path, hash, file) => void entries.set(path, { hash, file }),
    keep(paths) {
      for (const path of entries.keys()) if (!paths.has(path)) entries.delete(path);
    },
    get size() {
      return entries.size;
    },
  };
}

const known = new WeakMap<Uint8Array, string>();

/** Bytes that were read never change: hashed once each. */
export function hashBytes(bytes: Uint8Array): string {
  const before = known.get(bytes);
  if (before !== undefined) return before;
  const hash = createHash('sha256').update(bytes).digest('base64');
  known.set(bytes, hash);
  return hash;
}
