/**
 * Commit and cleanness of the work tree below `folder`; nothing when it is not in a git repository. `commitOnly`: without
 * the cleanness, for which git looks at every file.
 */
export async function gitStatus(
  folder: string,
  { commitOnly = false } = {},
): Promise<{ commit?: string; dirty?: boolean }> {
  try {
    const { simpleGit } = await import('simple-git');
    const git = simpleGit({ baseDir: folder });
    const commit = (await git.raw(['rev-parse', '--verify', 'HEAD'])).trim();
    if (commit === '') return {};
    if (commitOnly) return { commit };
    const changes = await git.raw(['status', '--porcelain', '--untracked-files=all', '--', '.']);
    return { commit, dirty: changes.trim() !== '' };
  } catch {
    return {};
  }
}
