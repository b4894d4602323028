import { readFileSync, realpathSync } from 'node:fs';
import { open, readdir, realpath, stat } from 'node:fs/promises';

export interface FolderEntry {
  name: string;
  type: 'file' | 'folder' | 'link' | 'other';
}

/** What reading a file gave. `tooLarge` is its size in bytes. */
export type ReadAnswer = { bytes: Uint8Array } | { tooLarge: number };

/** The files of this machine, as far as manifests and config need them. Paths are absolute. */
export interface FileAccess {
  /** Entries of a folder; rejects when it cannot be read. */
  list(folder: string): Promise<FolderEntry[]>;
  /** The path with all links resolved; rejects when there is nothing. */
  resolve(path: string): Promise<string>;
  type(path: string): Promise<FolderEntry['type'] | undefined>;
  /** The whole file, or its size when that is over `limit` bytes (then it is not read). */
  read(path: string, limit: number): Promise<ReadAnswer>;
  /** Small text files (keys, secrets); undefined when there is none. */
  readText(path: string): string | undefined;
  /** The path with all links resolved, or undefined when there is nothing. */
  resolveNow(path: string): string | undefined;
}

export const nodeFileAccess: FileAccess = {
  async list(folder) {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.map((entry) => ({ name: entry.name, type: typeOf(entry) }));
  },
  resolve: (path) => realpath(path),
  async type(path) {
    try {
      return typeOf(await stat(path));
    } catch {
      return undefined;
    }
  },
  read: readLimited,
  readText(path) {
    try {
      return readFileSync(path, 'utf8');
    } catch {
      return undefined;
    }
  },
  resolveNow(path) {
    try {
      return realpathSync(path);
    } catch {
      return undefined;
    }
  },
};

function typeOf(entry: {
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
}): FolderEntry['type'] {
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return 'folder';
  return entry.isSymbolicLink() ? 'link' : 'other';
}

/** Reads at most one byte more than allowed: a file may grow between asking for its size and reading it. */
async function readLimited(path: string, limit: number): Promise<ReadAnswer> {
  const handle = await open(path, 'r');
  try {
    const { size } = await handle.stat();
    if (size > limit) return { tooLarge: size };
    let buffer = new Uint8Array(size + 1);
    let length = 0;
    while (length <= limit) {
      const { bytesRead } = await handle.read(buffer, length, buffer.length - length, length);
      if (bytesRead === 0) return { bytes: buffer.subarray(0, length) };
      length += bytesRead;
      if (length === buffer.length) {
        const larger = new Uint8Array(Math.min(limit + 1, length * 2));
        larger.set(buffer.subarray(0, larger.length));
        if (larger.length > length) buffer = larger;
      }
    }
    return { tooLarge: length };
  } finally {
    await handle.close();
  }
}
