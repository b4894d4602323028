/** Commit and cleanness of the work tree below `folder`; nothing when it is not in a git repository. */
export async function gitStatus(folder: string): Promise<{ commit?: string; dirty?: boolean }> {
  try {
    const { simpleGit } = await import('simple-git');
    const git = simpleGit({ baseDir: folder });
    const commit = (await git.raw(['rev-parse', '--verify', 'HEAD'])).trim();
    if (commit === '') return {};
    const changes = await git.raw(['status', '--porcelain', '--untracked-files=all', '--', '.']);
    return { commit, dirty: changes.trim() !== '' };
  } catch {
    return {};
  }
}
