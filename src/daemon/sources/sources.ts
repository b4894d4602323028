import type { DaemonClock } from '../clock.ts';
import { watchFolder } from './folder-watch.ts';
import type { GitMirror } from './git-mirror.ts';
import type { Reading, Source } from './source.ts';

export interface FolderSourceOptions {
  /** Absolute path of the project. */
  folder: string;
  clock: DaemonClock;
  read(how: { thorough: boolean }): Promise<Reading>;
  /** Something happened at this path. */
  changed(path: string): void;
  warn(message: string): void;
}

/** A project in a folder, read again when a file changes. */
export function folderProject({ folder, clock, read, changed, warn }: FolderSourceOptions): Source {
  return {
    title: folder,
    read,
    watch: (onChange) =>
      watchFolder({ folder, clock, onNoise: changed, onChange: () => onChange('files'), onError: warn }),
  };
}

export interface GitSourceOptions {
  mirror: Pick<GitMirror, 'update' | 'remoteCommit'>;
  /** Without credentials. */
  title: string;
  clock: DaemonClock;
  /** ms between two looks at the remote. */
  interval: number;
  /** Reads the project as of a commit. */
  read(commit: string, how: { thorough: boolean }): Promise<Reading>;
}

/** A project in a git repository, read again when its branch moves. */
export function gitProject(options: GitSourceOptions): Source {
  const { mirror, clock, interval } = options;
  let known = '';
  return {
    title: options.title,
    async read(how) {
      const commit = await mirror.update();
      known = commit;
      const reading = await options.read(commit, how);
      return { ...reading, commit };
    },
    watch(onChange) {
      let stopped = false;
      let cancel = (): void => undefined;
      let looking = Promise.resolve();
      const look = async (): Promise<void> => {
        // What cannot be asked is found out, and said, by the next pass.
        const commit = await mirror.remoteCommit().catch(() => known);
        if (!stopped && commit !== known) {
          known = commit;
          onChange('git');
        }
      };
      const plan = (): void => {
        // Many daemons shall not ask at the same moment.
        const ms = Math.round(interval * (0.9 + 0.2 * clock.random()));
        cancel = clock.after(ms, () => {
          looking = look().finally(() => {
            if (!stopped) plan();
          });
        });
      };
      plan();
      return async () => {
        stopped = true;
        cancel();
        await looking;
      };
    },
  };
}
