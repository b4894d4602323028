import { ReconcileError } from '../../core/errors.ts';
import { encodeState } from '../document.ts';
import { holdLock, stateConflict } from '../lock.ts';
import type { HistoryRecord, LockInfo, StateLock, StoreClock, TargetState } from '../store.ts';
import { movedOn, notPushed, pushFailed, pushRefused } from './git-errors.ts';
import { lockCommit } from './git-lock-document.ts';
import { recordMessage } from './git-message.ts';
import type { GitObjects } from './git-objects.ts';
import type { GitPlaces } from './git-places.ts';
import { type Progress, removeProgress, writeProgress } from './git-progress.ts';
import type { Moved, RefUpdate } from './git-refs.ts';
import type { Git } from './git-run.ts';

export interface GitLockInput {
  git: Git;
  objects: GitObjects;
  places: GitPlaces;
  clock: StoreClock;
  info: LockInfo;
  /** Of the lock ref, with `info` in it. */
  commit: string;
  /** Of the state ref. */
  base: string | null;
  /** What was read, the progress of an abandoned apply included. */
  current: TargetState | null;
  progress: Progress | null;
}

/** ms for a renewal: well within what is left of the term when one has failed. */
const renewalLimit = 20_000;
/** ms between attempts to push the end of an apply. */
const backOff = [1000, 2000, 4000, 8000, 15_000];

/** A target locked by a commit on its lock ref. Every move of a ref names the commit that is expected there. */
export function gitLock(input: GitLockInput): StateLock {
  const { git, objects, places, clock, base } = input;
  const { host, target } = places;
  let { commit, progress } = input;
  let last: Pick<TargetState, 'lineage' | 'serial'> | null = input.current;
  let over = false;
  /** Pushes whose answer was lost may have arrived: these commits are ours. */
  const tried = new Set([commit]);
  const inTurn = createTurns();

  const holding = holdLock(input.info, clock, (next) =>
    inTurn(async () => {
      const moved = await put(next, progress, renewalLimit);
      if (moved.status === 'conflict') return false;
      if (moved.status !== 'done') throw new Error(moved.why);
      return true;
    }),
  );

  async function put(lock: LockInfo | null, carried: Progress | null, limit?: number): Promise<Moved> {
    for (;;) {
      const next = await objects.write(lockCommit(target, lock, carried, commit, clock.now()));
      tried.add(next);
      const moved = await host.move([{ ref: places.lock, old: commit, next }], limit);
      if (moved.status === 'done') commit = next;
      if (!isOurs(moved)) return moved;
    }
  }

  /** A conflict with a push of our own whose answer was lost is none: from now on that commit is expected. */
  function isOurs(moved: Moved): boolean {
    if (moved.status !== 'conflict' || moved.ref !== places.lock) return false;
    if (moved.found === null || moved.found === commit || !tried.has(moved.found)) return false;
    commit = moved.found;
    return true;
  }

  function assertNext({ lineage, serial }: TargetState): void {
    if (serial !== (last?.serial ?? 0) + 1 || (last !== null && lineage !== last.lineage))
      throw stateConflict(target);
  }

  async function conflict({ ref, found }: Extract<Moved, { status: 'conflict' }>): Promise<Error> {
    if (found !== null) await host.read([ref]).catch(() => undefined);
    return movedOn(places, ref, found, await describe(git, found));
  }

  async function begin(state: TargetState): Promise<void> {
    holding.assertHeld();
    assertNext(state);
    const next = { by: holding.info.id, base, text: encodeState(state) };
    await inTurn(async () => {
      const there = (await host.read([places.state])).get(places.state) ?? null;
      if (there !== base) throw await conflict({ status: 'conflict', ref: places.state, found: there });
      const moved = await put(holding.info, next);
      if (moved.status === 'unreachable') throw pushFailed(places, moved.why);
      if (moved.status === 'refused') throw pushRefused(places, moved, 'Nothing was written to the service.');
      if (moved.status === 'conflict') {
        holding.lose('somebody else has it by now');
        holding.assertHeld();
      }
      await writeProgress(places.progress, next);
      progress = next;
      last = state;
    });
  }

  async function save(state: TargetState): Promise<void> {
    holding.assertHeld();
    assertNext(state);
    const next = { by: holding.info.id, base, text: encodeState(state) };
    // Not in turn: a heartbeat on a slow network must not hold up the work.
    progress = next;
    last = state;
    await writeProgress(places.progress, next);
  }

  async function finish(state: TargetState, record: HistoryRecord): Promise<void> {
    assertNext(state);
    await holding.stop();
    await inTurn(async () => {
      const text = encodeState(state);
      const message = recordMessage(record);
      const end = await objects.write({
        files: { 'state.json': text },
        parent: base,
        message,
        at: clock.now(),
      });
      // Kept before it is pushed, so that a push that fails for good loses nothing.
      await git(['update-ref', places.unpushed, end]);
      await writeProgress(places.progress, { by: holding.info.id, base, text, commit: end });
      over = true;
      last = state;
      try {
        await pushEnd(end);
      } catch (error) {
        // Others have gone on without it; theirs is the truth now.
        const isLost = error instanceof ReconcileError && error.category === 'locked';
        if (isLost) {
          await removeProgress(places.progress, holding.info.id);
          await host.move([{ ref: places.lock, old: commit, next: null }]).catch(() => undefined);
        }
        throw error;
      }
      await git(['update-ref', places.copy, end]);
      await git(['update-ref', '-d', places.unpushed]);
      await removeProgress(places.progress);
    });
  }

  /** Both refs at once where the host can; else the state first: a lock that stays behind expires. */
  async function pushEnd(end: string): Promise<void> {
    const ended: RefUpdate = { ref: places.state, old: base, next: end };
    let free: string | null = null;
    for (let attempt = 0; ; ) {
      const moved = await host.move([ended, { ref: places.lock, old: commit, next: free }]);
      if (moved.status === 'done') return;
      if (isOurs(moved)) continue;
      if (moved.status === 'conflict' && moved.ref === places.lock) {
        holding.lose(await describe(git, moved.found));
        holding.assertHeld();
      }
      if (moved.status === 'conflict') throw await conflict(moved);
      if (moved.status === 'refused') {
        if (free !== null)
          throw pushRefused(
            places,
            moved,
            `The changes were made; their record is kept here as ${places.unpushed}.`,
          );
        // Some hosts let refs grow but not go.
        free = await objects.write(lockCommit(target, null, null, commit, clock.now()));
        continue;
      }
      const wait = backOff[attempt];
      if (wait === undefined) throw notPushed(places, moved.why);
      attempt += 1;
      await clock.sleep(wait);
    }
  }

  async function release(): Promise<void> {
    if (over) return;
    over = true;
    await holding.stop();
    await inTurn(async () => {
      // What cannot be given back now expires by itself.
      if (await giveBack().catch(() => false)) await removeProgress(places.progress, holding.info.id);
    });
  }

  async function giveBack(): Promise<boolean> {
    if (progress !== null) return (await put(null, progress)).status === 'done';
    for (;;) {
      const moved = await host.move([{ ref: places.lock, old: commit, next: null }]);
      if (moved.status === 'done') return true;
      if (moved.status === 'refused') return (await put(null, null)).status === 'done';
      if (!isOurs(moved)) return false;
    }
  }

  return {
    get info() {
      return holding.info;
    },
    assertHeld: () => holding.assertHeld(),
    begin,
    save,
    finish,
    release,
  };
}

/** What a commit says of itself, for people. */
async function describe(git: Git, commit: string | null): Promise<string> {
  if (commit === null) return '';
  return (await git(['log', '-1', '--format=%s (%an)', commit])).out.trim();
}

/** Runs tasks one after the other: two pushes of ours must not race. */
function createTurns(): <T>(task: () => Promise<T>) => Promise<T> {
  let before: Promise<unknown> = Promise.resolve();
  return (task) => {
    const run = before.then(task);
    before = run.catch(() => undefined);
    return run;
  };
}
