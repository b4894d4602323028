import type { SourceVersion } from '../../core/source-version.ts';

interface GitStatusOptions {
  /** Without the cleanness, for which git looks at every file. */
  commitOnly?: boolean;
  /** Is this one of the files that the commit is named for? Path relative to the folder; a folder's is git's word for all in it. */
  counts(path: string): boolean;
}

/** Commit of the work tree at `folder`, and whether files that count differ from it; nothing when it is not in a git repository. */
export async function gitStatus(
  folder: string,
  { commitOnly = false, counts }: GitStatusOptions,
): Promise<SourceVersion> {
  try {
    const { simpleGit } = await import('simple-git');
    const git = simpleGit({ baseDir: folder });
    const [prefix = '', commit = ''] = (await git.raw(['rev-parse', '--show-prefix', 'HEAD'])).split('\n');
    if (commit === '') return {};
    if (commitOnly) return { commit };
    const status = await git.raw([
      'status',
      '--porcelain',
      '-z',
      '--no-renames',
      '--untracked-files=all',
      '--',
      '.',
    ]);
    const changed = status.split('\0').filter((line) => line !== '');
    // Two letters and a space, then the path from the top of the repository.
    const dirty = changed.some((line) => counts(line.slice(3 + prefix.length).replace(/\/$/, '')));
    return { commit, dirty };
  } catch {
    return {};
  }
}
