import { dirname, sep } from 'node:path';
import type { FileAccess, FolderEntry, ReadAnswer } from './file-access.ts';

/** Files that are read once, until somebody says that they have changed. */
export interface RememberedFiles extends FileAccess {
  /** Something happened at this path (absolute): a file was written, an entry came or went, a folder took another's place. */
  changed(path: string): void;
  /** Forgets everything. */
  forget(): void;
  /** Whether a link was seen. */
  readonly sawLinks: boolean;
}

/**
 * Remembers what `files` answered. For those who are told of changes, and who forget everything from time to time all the
 * same: notices get lost. As soon as a link is seen nothing is remembered any more: one change may then show at many paths.
 */
export function rememberFiles(files: FileAccess): RememberedFiles {
  const lists = new Map<string, Promise<FolderEntry[]>>();
  const reads = new Map<string, { limit: number; answer: Promise<ReadAnswer> }>();
  /** Every folder above something that is remembered. */
  const above = new Set<string>();
  let links = false;
  const forget = (): void => {
    lists.clear();
    reads.clear();
    above.clear();
  };
  const climb = (path: string): void => {
    for (let folder = dirname(path); !above.has(folder); folder = dirname(folder)) above.add(folder);
  };
  return {
    ...files,
    list(folder) {
      const known = lists.get(folder);
      if (known !== undefined) return known;
      const answer = files.list(folder).then((entries) => {
        if (entries.some(({ type }) => type === 'link')) {
          links = true;
          forget();
        }
        return entries;
      });
      if (!links) {
        climb(folder);
        keep(lists, folder, answer);
      }
      return answer;
    },
    read(path, limit) {
      const known = reads.get(path);
      if (known?.limit === limit) return known.answer;
      const answer = files.read(path, limit);
      if (!links) {
        const entry = { limit, answer };
        climb(path);
        reads.set(path, entry);
        answer.catch(() => {
          if (reads.get(path) === entry) reads.delete(path);
        });
      }
      return answer;
    },
    changed(path) {
      lists.delete(path);
      lists.delete(dirname(path));
      reads.delete(path);
      if (!above.has(path)) return;
      for (const known of [lists, reads]) {
        for (const key of known.keys()) if (key.startsWith(`${path}${sep}`)) known.delete(key);
      }
    },
    forget() {
      links = false;
      forget();
    },
    get sawLinks() {
      return links;
    },
  };
}

/** A failure is not remembered. */
function keep<Value>(known: Map<string, Promise<Value>>, key: string, answer: Promise<Value>): void {
  known.set(key, answer);
  answer.catch(() => {
    if (known.get(key) === answer) known.delete(key);
  });
}
