import { ReconcileError } from '../core/errors.ts';
import { pushFailed, pushRefused } from './git/git-errors.ts';
import { lockCommit } from './git/git-lock-document.ts';
import { type Look, lookAt, readLock } from './git/git-look.ts';
import { parseRecord } from './git/git-message.ts';
import { createObjects, gitFailed } from './git/git-objects.ts';
import { type GitPlaces, openRepository } from './git/git-places.ts';
import { createGit } from './git/git-run.ts';
import { takeLock } from './git/git-take.ts';
import { isHolderGone, lockChanged, waitForLock } from './lock.ts';
import type { HistoryRecord, StateStore, StoreClock } from './store.ts';

export interface GitStoreOptions {
  /** Absolute path of the folder of reconcile.yaml, inside the repository of the manifests. */
  root: string;
  /** Environment of the process: git finds its settings and credentials by it. */
  env: Readonly<Record<string, string | undefined>>;
  clock: StoreClock;
  /** `state.ref`: a ref, or the name of a branch; `<target>` in it stands for the target. */
  ref?: string;
  /** `state.remote` */
  remote?: string;
  /** Ends what only reads from the remote. A push goes on: what others may have seen has to be known. */
  signal?: AbortSignal;
  /** Given by commands that only look: called with the reason when the remote cannot be reached and the local copy is taken instead. */
  onOffline?(reason: string): void;
}

/**
 * States as commits on a ref of the manifests' repository and its remote: one commit for each apply, so that `git log` is the
 * audit log. Every move of a ref is a push with an explicit lease; lock and intent have a ref of their own.
 */
export function gitStore(options: GitStoreOptions): StateStore {
  const { root, env, clock } = options;
  const git = createGit({ folder: root, env });
  const objects = createObjects(git, env);
  const { ref, remote, signal } = options;
  const stoppable = signal === undefined ? {} : { signal };
  const sleep = (ms: number): Promise<void> => clock.sleep(ms);
  /** What the copies are at, so that the refs are not written again and again. */
  const copies = new Map<string, string>();
  const known = new Map<string, GitPlaces>();
  let repository: ReturnType<typeof openRepository> | undefined;

  async function find(target: string): Promise<GitPlaces> {
    repository ??= openRepository({
      git,
      folder: root,
      sleep,
      ...(ref === undefined ? {} : { ref }),
      ...(remote === undefined ? {} : { remote }),
    });
    try {
      const found = known.get(target) ?? (await (await repository)(target));
      known.set(target, found);
      return found;
    } catch (error) {
      // A daemon may ask again when the reason is gone.
      repository = undefined;
      throw error;
    }
  }

  async function readRefs(
    places: GitPlaces,
    refs: readonly string[],
    depth?: number,
  ): Promise<ReadonlyMap<string, string>> {
    try {
      return await places.host.read(refs, { ...(depth === undefined ? {} : { depth }), ...stoppable });
    } catch (error) {
      if (options.onOffline === undefined || !(error instanceof ReconcileError)) throw error;
      if (error.code !== 'STATE_UNREACHABLE') throw error;
      options.onOffline(error.message);
      const { code, out } = await git(['rev-parse', '--verify', '--quiet', `${places.copy}^{commit}`]);
      return code === 0 ? new Map([[places.state, out.trim()]]) : new Map();
    }
  }

  /** So that `git log` works without the network; another process may be doing the same at this moment. */
  async function keepCopy({ host, copy }: GitPlaces, commit: string): Promise<void> {
    if (!host.remote || copies.get(copy) === commit) return;
    await git(['update-ref', copy, commit]);
    copies.set(copy, commit);
  }

  async function look(places: GitPlaces): Promise<Look> {
    const refs = await readRefs(places, [places.state, places.lock]);
    const seen = await lookAt({ git, objects, places, refs });
    // Only what can be read: over junk that somebody pushed, the copy of this clone may be the last good one.
    if (seen.base !== null) await keepCopy(places, seen.base);
    return seen;
  }

  async function breakLock(target: string, id: string): Promise<void> {
    const places = await find(target);
    const refs = await readRefs(places, [places.state, places.lock]);
    const { lockCommit: commit, lock, pushed } = await readLock({ git, objects, places, refs });
    if (commit === null || lock?.lock?.id !== id) throw lockChanged(target);
    // What an apply had begun is kept for the next one.
    const kept = pushed ?? null;
    const free = await objects.write(lockCommit(target, null, kept, commit, clock.now()));
    const next = kept === null ? null : free;
    let moved = await places.host.move([{ ref: places.lock, old: commit, next }]);
    if (moved.status === 'refused' && next === null) {
      moved = await places.host.move([{ ref: places.lock, old: commit, next: free }]);
    }
    if (moved.status === 'conflict') throw lockChanged(target);
    if (moved.status === 'refused') throw pushRefused(places, moved, 'The lock is still there.');
    if (moved.status === 'unreachable') throw pushFailed(places, moved.why);
  }

  async function history(target: string, limit: number): Promise<HistoryRecord[]> {
    const places = await find(target);
    const at = (await readRefs(places, [places.state], limit)).get(places.state);
    if (at === undefined) return [];
    const format = '--format=%H%x1f%an%x1f%aI%x1f%B';
    const answer = await git(['log', '-z', '--first-parent', `--max-count=${limit}`, format, at]);
    if (answer.code !== 0) throw gitFailed('its history cannot be read', answer);
    return answer.out.split('\0').flatMap((entry) => {
      const [id, author, instant, ...message] = entry.split('\x1f');
      if (id === undefined || author === undefined || instant === undefined) return [];
      const commitAt = new Date(instant).toISOString();
      return [parseRecord({ id, author, at: commitAt, message: message.join('\x1f') }, target)];
    });
  }

  return {
    read: async (target) => (await look(await find(target))).state,
    async lock(target, claim) {
      const places = await find(target);
      return waitForLock(claim, clock, () =>
        takeLock({ git, objects, places, clock, claim, look: () => look(places) }),
      );
    },
    async readLock(target) {
      const places = await find(target);
      const refs = await readRefs(places, [places.state, places.lock]);
      return (await readLock({ git, objects, places, refs })).lock?.lock ?? null;
    },
    isHolderGone: (held, machine) => isHolderGone(held, machine, clock),
    breakLock,
    history,
  };
}
