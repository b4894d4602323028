import { type FSWatcher, lstatSync, readdirSync, watch as watchNode } from 'node:fs';
import { basename, join, sep } from 'node:path';
import type { DaemonClock } from '../clock.ts';

/** Editors and ConfigMaps change several entries for one save: they are one change after this much quiet, ms. */
const QUIET = 60;
/** A folder that never comes to rest is read all the same, ms. */
const LATEST = 2_000;
/** A folder that is gone is looked for this often, ms. */
const LOOK_FOR = 2_000;
const ignored = new Set(['.git', '.reconcile', 'node_modules']);

export interface FolderWatchOptions {
  /** Absolute, without links. */
  folder: string;
  clock: DaemonClock;
  /** At once, for each notice: something happened at this path. */
  onNoise(path: string): void;
  /** When it is quiet again. */
  onChange(): void;
  onError(message: string): void;
}

/**
 * Says that something below a folder may have changed. Rename-and-replace and the swap of a mounted ConfigMap (`..data`)
 * arrive as noise: the paths say what to read again, not what happened there. Folders are watched, not files: a notice
 * costs the same however many files lie beside. Links need no watch of their own, as they may not lead outside.
 */
export function watchFolder(options: FolderWatchOptions): () => Promise<void> {
  const { folder, clock, onNoise, onChange, onError } = options;
  const watchers = new Map<string, FSWatcher>();
  let stopped = false;
  let first: number | undefined;
  let cancelQuiet = (): void => undefined;
  let cancelLook = (): void => undefined;

  function noise(path: string): void {
    onNoise(path);
    first ??= clock.now();
    cancelQuiet();
    const quiet = Math.min(QUIET, Math.max(0, first + LATEST - clock.now()));
    cancelQuiet = clock.after(quiet, () => {
      first = undefined;
      onChange();
    });
  }

  /** Watches first and lists then: what comes in between is in the list, or noticed. */
  function add(path: string): void {
    try {
      const watcher = watchNode(path);
      watcher.on('change', (event, name) => happened(path, event, name === null ? undefined : String(name)));
      watcher.on('error', () => drop(path));
      watchers.set(path, watcher);
      for (const entry of readdirSync(path, { withFileTypes: true })) {
        if (entry.isDirectory() && !ignored.has(entry.name)) add(join(path, entry.name));
      }
    } catch (error) {
      drop(path);
      if (!isGone(error)) onError(`${path} cannot be watched: ${messageOf(error)}`);
    }
  }

  function drop(path: string): void {
    for (const [at, watcher] of watchers) {
      if (at !== path && !at.startsWith(path + sep)) continue;
      watchers.delete(at);
      watcher.close();
    }
  }

  function happened(at: string, event: string, name: string | undefined): void {
    if (stopped || (name !== undefined && ignored.has(name))) return;
    // The folder itself was moved away, deleted or put in place again.
    const isWhole = at === folder && name === basename(folder) && event === 'rename';
    if (isWhole) begin();
    const path = name === undefined || isWhole ? at : join(at, name);
    if (event === 'rename' && path !== folder) {
      // Another folder may be there under the same name.
      drop(path);
      if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true) add(path);
    }
    noise(path);
  }

  function begin(): void {
    drop(folder);
    add(folder);
    cancelLook();
    if (watchers.has(folder)) return;
    cancelLook = clock.after(LOOK_FOR, () => {
      begin();
      if (watchers.has(folder)) noise(folder);
    });
  }

  begin();
  return async () => {
    stopped = true;
    cancelQuiet();
    cancelLook();
    drop(folder);
  };
}

function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && ['ENOENT', 'ENOTDIR'].includes(String(error.code));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
