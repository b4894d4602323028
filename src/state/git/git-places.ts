import { join, resolve } from 'node:path';
import { ReconcileError } from '../../core/errors.ts';
import { localRefs } from './git-local-refs.ts';
import type { RefHost } from './git-refs.ts';
import { remoteRefs } from './git-remote-refs.ts';
import type { Git } from './git-run.ts';

/** The refs and files that belong to one target. */
export interface GitPlaces {
  target: string;
  host: RefHost;
  /** On the host: one commit per apply. */
  state: string;
  /** On the host: lock, intent and state of the apply under way. */
  lock: string;
  /** In this repository: what the host's `state` was when it was last looked at. */
  copy: string;
  /** In this repository: the end of an apply that could not be pushed. */
  unpushed: string;
  /** Folder in the git directory: how far the apply under way has got. */
  progress: string;
}

/** What stands for the name of the target in `state.ref`. */
const placeholder = '<target>';

export interface RepositoryOptions {
  git: Git;
  folder: string;
  /** As configured: a ref, or the name of a branch. */
  ref?: string;
  /** As configured. */
  remote?: string;
  sleep(ms: number): Promise<void>;
}

/** Finds repository and remote, once; then says for each target where its things are. */
export async function openRepository(
  options: RepositoryOptions,
): Promise<(target: string) => Promise<GitPlaces>> {
  const { git, folder, sleep } = options;
  const found = await git(['rev-parse', '--git-common-dir']);
  if (found.code !== 0) throw noRepository(folder, found.err);
  const directory = resolve(folder, found.out.trim());
  const remote = await chooseRemote(git, options.remote);
  const host = remote === undefined ? localRefs(git, sleep) : remoteRefs(git, remote, sleep);
  return async (target) => {
    const state = stateRef(options.ref, target);
    const { code } = await git(['check-ref-format', state]);
    if (code !== 0 || state.startsWith('refs/tags/') || state.endsWith('-lock'))
      throw badRef(options.ref ?? state);
    const short = state.replace(/^refs\/(reconcile\/state\/)?/, '');
    return {
      target,
      host,
      state,
      lock: state.startsWith('refs/reconcile/state/')
        ? state.replace('refs/reconcile/state/', 'refs/reconcile/lock/')
        : `${state}-lock`,
      copy:
        remote !== undefined && state.startsWith('refs/heads/')
          ? state.replace('refs/heads/', `refs/remotes/${remote}/`)
          : state,
      unpushed: `refs/reconcile/unpushed/${short}`,
      progress: join(directory, 'reconcile', encodeURIComponent(short)),
    };
  };
}

function stateRef(ref: string | undefined, target: string): string {
  if (ref === undefined) return `refs/reconcile/state/${target}`;
  const named = ref.replaceAll(placeholder, target);
  return named.startsWith('refs/') ? named : `refs/heads/${named}`;
}

/** The one that is configured, else origin, else the only one; none at all: the repository is on its own. */
async function chooseRemote(git: Git, configured: string | undefined): Promise<string | undefined> {
  const remotes = (await git(['remote'])).out.split('\n').filter((name) => name !== '');
  const wanted = configured ?? (remotes.length > 1 ? 'origin' : remotes[0]);
  if (wanted === undefined || remotes.includes(wanted)) return wanted;
  throw new ReconcileError(
    configured === undefined
      ? 'The repository has several remotes; which one is to hold the state?'
      : `The repository has no remote "${configured}", which is to hold the state.`,
    {
      code: 'STATE_REMOTE',
      category: 'invalid',
      remedy: `Set state.remote in the config to one of: ${remotes.join(', ') || '(there is none)'}.`,
    },
  );
}

function noRepository(folder: string, why: string): ReconcileError {
  return new ReconcileError(
    `The state is to be kept in git, but git finds no repository at ${folder}: ${why}`,
    {
      code: 'STATE_NO_REPOSITORY',
      category: 'invalid',
      remedy: 'Put the config into the git repository of the manifests, or use state: {backend: file}.',
    },
  );
}

function badRef(ref: string): ReconcileError {
  return new ReconcileError(`"${ref}" cannot hold the state.`, {
    code: 'STATE_REF',
    category: 'invalid',
    remedy:
      'Set state.ref to the name of a branch or to a full name such as refs/reconcile/state/<target>; no tag, and nothing that ends in -lock.',
  });
}
