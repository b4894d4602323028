import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gitStore } from '../../src/state/git.ts';
import type { StateStore, StoreClock } from '../../src/state/store.ts';

/** Of nobody: what the machine's user has configured must not matter. */
export const gitEnv = {
  PATH: process.env['PATH'],
  HOME: '/nonexistent',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
} satisfies Record<string, string | undefined>;

export function git(folder: string, ...args: string[]): string {
  return execFileSync('git', args, { cwd: folder, env: gitEnv, encoding: 'utf8', stdio: 'pipe' }).trim();
}

/** A bare repository with one commit of sources, and clones of it. */
export interface GitFolders {
  root: string;
  bare: string;
  /** A fresh clone each; with options as `git clone` makes it. */
  clone(...options: string[]): string;
  remove(): void;
}

export function gitFolders(): GitFolders {
  const made = templates();
  const root = mkdtempSync(join(tmpdir(), 'git-state-'));
  const bare = join(root, 'bare.git');
  cpSync(made.bare, bare, { recursive: true });
  let clones = 0;
  return {
    root,
    bare,
    clone(...options) {
      clones += 1;
      const path = join(root, `clone-${clones}`);
      if (options.length > 0) {
        git(root, 'clone', '--quiet', ...options, `file://${bare}`, path);
        return path;
      }
      cpSync(made.clone, path, { recursive: true });
      const config = join(path, '.git', 'config');
      writeFileSync(config, readFileSync(config, 'utf8').replaceAll(made.bare, bare));
      return path;
    },
    remove: () => rmSync(root, { recursive: true, force: true, maxRetries: 5 }),
  };
}

let made: { bare: string; clone: string } | undefined;

/** Made once: copying files is much faster than cloning. */
function templates(): { bare: string; clone: string } {
  if (made !== undefined) return made;
  const root = mkdtempSync(join(tmpdir(), 'git-template-'));
  process.on('exit', () => rmSync(root, { recursive: true, force: true }));
  const bare = join(root, 'bare.git');
  git(root, 'init', '--quiet', '--bare', '--template=', '--initial-branch=main', bare);
  git(sourceRepository(join(root, 'first')), 'push', '--quiet', bare, 'main');
  git(root, 'clone', '--quiet', '--template=', `file://${bare}`, 'clone');
  made = { bare, clone: join(root, 'clone') };
  return made;
}

/** A repository with a commit of a manifest, and no remote. */
export function sourceRepository(path: string): string {
  execFileSync('git', ['init', '--quiet', '--template=', '--initial-branch=main', path], { env: gitEnv });
  writeFileSync(join(path, 'job.yaml'), 'kind: SapJob\n');
  git(path, 'add', '.');
  git(path, '-c', 'user.name=Test', '-c', 'user.email=test@example.com', 'commit', '--quiet', '-m', 'A job');
  return path;
}

type Options = Omit<Parameters<typeof gitStore>[0], 'root' | 'env' | 'clock'>;

export function storeIn(
  root: string,
  clock: StoreClock,
  options: Options & { env?: Record<string, string> } = {},
): StateStore {
  const { env, ...rest } = options;
  return gitStore({ root, env: { ...gitEnv, ...env }, clock, ...rest });
}
