import { createHash } from 'node:crypto';
import type { Finding } from '../core/errors.ts';
import type { LoadedManifest } from './loaded-manifest.ts';
import type { SourceFile } from './source/source.ts';

/** What a file says, and what is wrong with it. */
export interface LoadedFile {
  manifests: readonly LoadedManifest[];
  findings: readonly Finding[];
  text: string;
}

/** Files by path and content, for those who load the same manifests again and again, always with the same options. */
export interface ManifestCache {
  get(file: SourceFile): LoadedFile | undefined;
  set(file: SourceFile, loaded: LoadedFile): void;
  /** Forgets all files but these. */
  keep(paths: ReadonlySet<string>): void;
  readonly size: number;
}

export function createManifestCache(): ManifestCache {
  const entries = new Map<string, { bytes: Uint8Array; hash: string; loaded: LoadedFile }>();
  return {
    get({ path, bytes }) {
      const entry = entries.get(path);
      if (entry === undefined || entry.bytes === bytes) return entry?.loaded;
      if (entry.hash !== hashOf(bytes)) return undefined;
      // Bytes that were read never change: the next time it is enough that they are the same ones.
      entry.bytes = bytes;
      return entry.loaded;
    },
    set: ({ path, bytes }, loaded) => void entries.set(path, { bytes, hash: hashOf(bytes), loaded }),
    keep(paths) {
      for (const path of entries.keys()) if (!paths.has(path)) entries.delete(path);
    },
    get size() {
      return entries.size;
    },
  };
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('base64');
}
