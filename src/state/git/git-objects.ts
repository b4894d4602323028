import { ReconcileError } from '../../core/errors.ts';
import type { Git, GitAnswer, GitCall } from './git-run.ts';

/** What a new commit holds. */
export interface CommitContent {
  /** Files at the top of the tree by name. */
  files: Readonly<Record<string, string>>;
  parent: string | null;
  message: string;
  /** Epoch milliseconds. */
  at: number;
}

/** Reading and writing commits without a work tree: neither the index nor any checked-out file is touched. */
export interface GitObjects {
  write(content: CommitContent): Promise<string>;
  /** The files at the top of a commit's tree; null when `id` is no commit of this repository. */
  files(id: string): Promise<ReadonlyMap<string, string> | null>;
  /** The text of an object that `files` named. */
  text(blob: string): Promise<string>;
}

export function createObjects(git: Git, env: Readonly<Record<string, string | undefined>>): GitObjects {
  /** Commits do not change: while one waits for a lock, they need not be read again. */
  const trees = new Map<string, ReadonlyMap<string, string>>();
  let identity: Promise<Record<string, string>> | undefined;

  async function write({ files, parent, message, at }: CommitContent): Promise<string> {
    identity ??= identityOf(git, env);
    const entries: string[] = [];
    for (const [name, text] of Object.entries(files)) {
      const blob = await must(git, ['hash-object', '-w', '--stdin'], { input: text });
      entries.push(`100644 blob ${blob}\t${name}\n`);
    }
    const tree = await must(git, ['mktree'], { input: entries.join('') });
    const date = `@${Math.floor(at / 1000)} +0000`;
    return must(git, ['commit-tree', tree, ...(parent === null ? [] : ['-p', parent])], {
      input: message,
      env: { ...(await identity), GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date },
    });
  }

  return {
    write,
    async files(id) {
      const known = trees.get(id);
      if (known !== undefined) return known;
      const { code, out } = await git(['ls-tree', '--full-tree', '-z', `${id}^{commit}`]);
      if (code !== 0) return null;
      const found = out.split('\0').flatMap((line) => {
        const [, blob, name] = /^\d+ blob (\w+)\t(.*)$/s.exec(line) ?? [];
        return blob === undefined || name === undefined ? [] : [[name, blob] as const];
      });
      trees.set(id, new Map(found));
      return new Map(found);
    },
    async text(blob) {
      const answer = await git(['cat-file', 'blob', blob]);
      if (answer.code !== 0) throw gitFailed('an object cannot be read', answer);
      return answer.out;
    },
  };
}

/** As git would sign the commit; build servers often have no name, and then it is the tool's own. */
async function identityOf(
  git: Git,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Record<string, string>> {
  const configured = async (key: string): Promise<string | undefined> =>
    (await git(['config', '--get', key])).out.trim() || undefined;
  const name = (await configured('user.name')) ?? 'reconcile';
  const email = (await configured('user.email')) ?? 'reconcile@localhost';
  return {
    GIT_AUTHOR_NAME: env['GIT_AUTHOR_NAME'] || name,
    GIT_AUTHOR_EMAIL: env['GIT_AUTHOR_EMAIL'] || email,
    GIT_COMMITTER_NAME: env['GIT_COMMITTER_NAME'] || name,
    GIT_COMMITTER_EMAIL: env['GIT_COMMITTER_EMAIL'] || email,
  };
}

async function must(git: Git, args: readonly string[], call: GitCall): Promise<string> {
  const answer = await git(args, call);
  if (answer.code !== 0) throw gitFailed(`git ${args[0]} failed`, answer);
  return answer.out.trim();
}

/** Something went wrong inside the repository on this machine. */
export function gitFailed(what: string, { err }: GitAnswer): ReconcileError {
  return new ReconcileError(`The repository with the state: ${what}: ${err || 'git gave no reason'}`, {
    code: 'STATE_GIT_FAILED',
    category: 'internal',
    remedy: 'Check free space and permissions of the repository, and its health with `git fsck`.',
  });
}
