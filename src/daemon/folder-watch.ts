import { sep } from 'node:path';
import { watch as watchFiles } from 'chokidar';
import type { DaemonClock } from './clock.ts';

/** Editors and ConfigMaps change several entries for one save: they are one change after this much quiet, ms. */
const QUIET = 60;
/** A folder that never comes to rest is read all the same, ms. */
const LATEST = 2_000;
const ignored = new Set(['.git', '.reconcile', 'node_modules']);

export interface FolderWatchOptions {
  /** Absolute. */
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
 * arrive as noise: the paths say what to read again, not what happened there.
 */
export function watchFolder(options: FolderWatchOptions): () => Promise<void> {
  const { folder, clock, onNoise, onChange, onError } = options;
  let first: number | undefined;
  let cancel = (): void => undefined;
  const fire = (): void => {
    first = undefined;
    onChange();
  };
  const noise = (): void => {
    first ??= clock.now();
    cancel();
    const quiet = Math.min(QUIET, Math.max(0, first + LATEST - clock.now()));
    cancel = clock.after(quiet, fire);
  };
  const watcher = watchFiles(folder, {
    ignoreInitial: true,
    followSymlinks: true,
    atomic: false,
    ignored: (path) =>
      path
        .slice(folder.length)
        .split(sep)
        .some((name) => ignored.has(name)),
  });
  watcher.on('all', (_event, path) => {
    onNoise(path);
    noise();
  });
  watcher.on('error', (error) => onError(error instanceof Error ? error.message : String(error)));
  return async () => {
    cancel();
    await watcher.close();
  };
}
