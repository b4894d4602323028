import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ReconcileError } from '../../core/errors.ts';
import type { Git } from '../../state/git/git-run.ts';

export interface GitMirrorOptions {
  /** git, running in `folder`. */
  git: Git;
  /** Absolute path of the folder that holds the mirror; made when it is not there. */
  folder: string;
  url: string;
  /** Branch, or another ref of the remote. */
  ref: string;
  /** Path of the config file in the repository. */
  configFile: string;
  /** Follow the branch also when its history was rewritten. */
  allowRewind: boolean;
}

/** The commit that was last taken over. */
const ACCEPTED = 'refs/reconcile/watch/accepted';

/**
 * A shallow mirror of one branch. Only the config file is written to the folder; manifests are read from the objects, so
 * that there is no work tree to go wrong.
 */
export class GitMirror {
  readonly #options: GitMirrorOptions;
  #opened = false;

  constructor(options: GitMirrorOptions) {
    this.#options = options;
  }

  /** What the branch points to at the remote, without fetching anything. */
  async remoteCommit(): Promise<string> {
    await this.#open();
    const { ref } = this.#options;
    const answer = await this.#ask(['ls-remote', 'origin', ref, `refs/heads/${ref}`]);
    const lines = answer.split('\n').map((line) => line.split('\t'));
    const found = lines.find(([, name]) => name === `refs/heads/${ref}`) ?? lines.find(([id]) => id !== '');
    if (found?.[0]) return found[0];
    throw new ReconcileError(`the remote has no branch "${ref}"`, {
      code: 'GIT_REF_MISSING',
      category: 'invalid',
      remedy: 'Check --ref.',
    });
  }

  /** Fetches what is new and gives the commit that counts. Throws when the branch was rewritten, keeping the last one. */
  async update(): Promise<string> {
    await this.#open();
    const accepted = await this.#accepted();
    const remote = await this.remoteCommit();
    if (accepted === remote) return this.#take(remote);
    const depth = accepted === undefined ? ['--depth=1'] : [];
    const { ref } = this.#options;
    await this.#ask([
      'fetch',
      '--no-tags',
      '--no-write-fetch-head',
      ...depth,
      'origin',
      `+${ref}:refs/reconcile/watch/fetched`,
    ]);
    const fetched = (await this.#ask(['rev-parse', 'refs/reconcile/watch/fetched^{commit}'])).trim();
    if (accepted !== undefined && !this.#options.allowRewind) await this.#assertForward(accepted, fetched);
    return this.#take(fetched);
  }

  async #take(commit: string): Promise<string> {
    const { folder, configFile } = this.#options;
    const text = await this.#ask(['show', `${commit}:${configFile}`]);
    const path = join(folder, configFile);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
    await this.#ask(['update-ref', ACCEPTED, commit]);
    return commit;
  }

  async #assertForward(from: string, to: string): Promise<void> {
    const { code } = await this.#options.git(['merge-base', '--is-ancestor', from, to]);
    if (code === 0) return;
    throw new ReconcileError(
      `the branch was rewritten: ${to.slice(0, 12)} does not follow ${from.slice(0, 12)}`,
      {
        code: 'GIT_REWOUND',
        category: 'refused',
        remedy: 'The last good commit is kept. If the rewrite was meant, start with --allow-rewind once.',
      },
    );
  }

  async #accepted(): Promise<string | undefined> {
    const { code, out } = await this.#options.git([
      'rev-parse',
      '--verify',
      '--quiet',
      `${ACCEPTED}^{commit}`,
    ]);
    return code === 0 ? out.trim() : undefined;
  }

  async #open(): Promise<void> {
    if (this.#opened) return;
    const { folder, url } = this.#options;
    await mkdir(folder, { recursive: true });
    // git keeps the address there, and people put tokens into addresses.
    await chmod(folder, 0o700);
    await this.#ask(['init', '--quiet']);
    const remotes = await this.#ask(['remote']);
    const verb = remotes.split('\n').includes('origin') ? 'set-url' : 'add';
    await this.#ask(['remote', verb, 'origin', url]);
    this.#opened = true;
  }

  async #ask(args: readonly string[]): Promise<string> {
    const { code, out, err } = await this.#options.git(args);
    if (code === 0) return out;
    throw new ReconcileError(`git ${args[0]} failed: ${err || 'without a word'}`, {
      code: 'GIT_FAILED',
      category: 'transient',
      remedy: 'Check the address of the repository, the network and the credentials that git uses.',
    });
  }
}
