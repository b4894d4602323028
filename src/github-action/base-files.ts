import { execFile, execFileSync } from 'node:child_process';
import { relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { type FileAccess, nodeFileAccess } from '../manifest/index.ts';
import { ActionFailure } from './failure.ts';

const run = promisify(execFile);
const largest = 64 * 1024 * 1024;

/**
 * The files as of a commit, for config and credentials on a pull request: what is under review must not decide where
 * secrets are sent. Files that git does not know (a key that the workflow wrote) are read from the folder.
 */
export async function baseFiles(folder: string, commit: string): Promise<FileAccess> {
  const root = (await git(folder, ['rev-parse', '--show-toplevel'])).trim();
  await ensureCommit(root, commit);
  const inBase = new Map<string, string>();
  for (const line of (await git(root, ['ls-tree', '-r', '-z', '--full-tree', commit])).split('\0')) {
    const [, mode, id, path] = /^(\d+) blob (\S+)\t(.*)$/s.exec(line) ?? [];
    // Links are not followed: what they lead to may be in the folder, and changed.
    if (mode !== undefined && id !== undefined && path !== undefined)
      inBase.set(path, mode === '120000' ? '' : id);
  }
  const inHead = new Set((await git(root, ['ls-files', '-z'])).split('\0'));
  const folders = new Set([...inBase.keys()].flatMap(foldersOf));

  /** The id of the blob; '' when the base has no such file; undefined when git has no say. */
  const blobOf = (path: string): string | undefined => {
    const name = relative(root, path).split(sep).join('/');
    if (name.startsWith('../') || name === '') return undefined;
    const id = inBase.get(name);
    if (id !== undefined) return id;
    return inHead.has(name) ? '' : undefined;
  };

  return {
    list: nodeFileAccess.list,
    resolve: nodeFileAccess.resolve,
    async type(path) {
      const id = blobOf(path);
      if (id === undefined) return nodeFileAccess.type(path);
      return id === '' ? undefined : 'file';
    },
    async read(path, limit) {
      const id = blobOf(path);
      if (id === undefined) return nodeFileAccess.read(path, limit);
      if (id === '') throw new Error('not there as of the base commit');
      const bytes = readBlob(root, id);
      return bytes.length > limit ? { tooLarge: bytes.length } : { bytes };
    },
    readText(path) {
      const id = blobOf(path);
      if (id === undefined) return nodeFileAccess.readText(path);
      return id === '' ? undefined : readBlob(root, id).toString('utf8');
    },
    resolveNow(path) {
      const id = blobOf(path);
      if (id === undefined) {
        const name = relative(root, path).split(sep).join('/');
        return folders.has(name) ? path : nodeFileAccess.resolveNow(path);
      }
      return id === '' ? undefined : path;
    },
  };
}

function foldersOf(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

/** A shallow checkout holds only the merge commit; the base is one small fetch away. */
async function ensureCommit(root: string, commit: string): Promise<void> {
  if (!/^[0-9a-f]{40,64}$/.test(commit)) throw unavailable(commit);
  if (await holds(root, commit)) return;
  try {
    await git(root, ['fetch', '--quiet', '--no-tags', '--depth=1', 'origin', commit]);
  } catch {
    throw unavailable(commit);
  }
  if (!(await holds(root, commit))) throw unavailable(commit);
}

async function holds(root: string, commit: string): Promise<boolean> {
  try {
    await git(root, ['cat-file', '-e', `${commit}^{commit}`]);
    return true;
  } catch {
    return false;
  }
}

function unavailable(commit: string): ActionFailure {
  return new ActionFailure(
    'failed',
    `The base commit ${commit} of the pull request is not in the checkout and cannot be fetched; targets and credentials are read from it.`,
    'Check the repository out with actions/checkout and `fetch-depth: 0`.',
  );
}

async function git(folder: string, args: readonly string[]): Promise<string> {
  try {
    const { stdout } = await run('git', [...gitOptions, ...args], { cwd: folder, maxBuffer: largest });
    return stdout;
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') {
      throw new ActionFailure(
        'failed',
        'git is not installed here.',
        'Install git in the container of the job.',
      );
    }
    if (args[0] !== 'rev-parse') throw cause;
    throw new ActionFailure(
      'failed',
      `${folder} is not in a git repository.`,
      'Let actions/checkout run before this step.',
    );
  }
}

/** In a container job the checkout belongs to another user, which git refuses otherwise. */
const gitOptions = ['-c', 'safe.directory=*'];

function readBlob(root: string, id: string): Buffer {
  return execFileSync('git', [...gitOptions, 'cat-file', 'blob', id], { cwd: root, maxBuffer: largest });
}
