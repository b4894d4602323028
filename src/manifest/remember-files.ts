import { dirname } from 'node:path';
import type { FileAccess, FolderEntry, ReadAnswer } from './file-access.ts';

/** Files that are read once, until somebody says that they have changed. */
export interface RememberedFiles extends FileAccess {
  /** Something happened at this path (absolute): a file was written, or an entry came or went. */
  changed(path: string): void;
  /** Forgets everything. */
  forget(): void;
}

/**
 * Remembers what `files` answered. For those who are told of changes, and who forget everything from time to time all the
 * same: notices get lost. As soon as a link is seen nothing is remembered any more: one change may then show at many paths.
 */
export function rememberFiles(files: FileAccess): RememberedFiles {
  const lists = new Map<string, Promise<FolderEntry[]>>();
  const reads = new Map<string, { limit: number; answer: Promise<ReadAnswer> }>();
  let links = false;
  const forget = (): void => {
    lists.clear();
    reads.clear();
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
      if (!links) keep(lists, folder, answer);
      return answer;
    },
    read(path, limit) {
      const known = reads.get(path);
      if (known?.limit === limit) return known.answer;
      const answer = files.read(path, limit);
      if (!links) {
        const entry = { limit, answer };
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
    },
    forget() {
      links = false;
      forget();
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
