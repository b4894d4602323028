import { ReconcileError } from '../../core/errors.ts';
import { decodeState } from '../document.ts';
import type { TargetState } from '../store.ts';
import { foreignRef, lockDamaged, refGone } from './git-errors.ts';
import { decodeLock, type LockDocument } from './git-lock-document.ts';
import type { GitObjects } from './git-objects.ts';
import type { GitPlaces } from './git-places.ts';
import { type Progress, readProgress } from './git-progress.ts';
import type { Git } from './git-run.ts';

/** What is known of one target. */
export interface Look {
  /** Commit of the state ref. */
  base: string | null;
  /** Commit of the lock ref. */
  lockCommit: string | null;
  lock: LockDocument | null;
  /** Of an apply that is under way or was cut short. */
  progress: Progress | null;
  /** With the progress, if there is any. */
  state: TargetState | null;
}

export interface LookInput {
  git: Git;
  objects: GitObjects;
  places: GitPlaces;
  /** Where the refs are. */
  refs: ReadonlyMap<string, string>;
}

/** Commits that are looked through for the last good state when the newest one is damaged. */
const searched = 50;

/** Reads state and lock from commits that are in this repository. Damaged, foreign and newer ones are errors. */
export async function lookAt(input: LookInput): Promise<Look> {
  const { places, refs } = input;
  const base = refs.get(places.state) ?? null;
  const recorded = base === null ? null : await readState(input, base);
  const { lockCommit, lock, pushed } = await readLock(input);
  // What the same apply saved here after its last heartbeat is newer than what it pushed.
  const ids = new Set([pushed?.by, lock?.lock?.id].filter((id) => id !== undefined));
  const kept = await Promise.all([...ids].map((id) => readProgress(places.progress, id)));
  let best: { progress: Progress | null; state: TargetState | null } = { progress: null, state: recorded };
  for (const progress of [pushed, ...kept]) {
    if (progress === undefined || progress.base !== base) continue;
    const from = progress === pushed ? `${places.lock}:state.json` : `${places.progress}/${progress.by}.json`;
    const state = decode(progress.text, places.target, from, goodBase(places, base));
    const ahead = state.serial - (best.state?.serial ?? 0);
    // The same state, but with the commit that only waits to be pushed, says more.
    const saysMore = ahead > 0 || (ahead === 0 && best.progress !== null && progress.commit !== undefined);
    if (saysMore && (recorded === null || state.lineage === recorded.lineage)) best = { progress, state };
  }
  if (best.state === null) await assertNeverThere(input);
  return { base, lockCommit, lock, ...best };
}

/** The lock alone: also for states that cannot be read. */
export async function readLock({ objects, places, refs }: LookInput): Promise<{
  lockCommit: string | null;
  lock: LockDocument | null;
  pushed?: Progress;
}> {
  const lockCommit = refs.get(places.lock) ?? null;
  if (lockCommit === null) return { lockCommit, lock: null };
  const files = await objects.files(lockCommit);
  const blob = files?.get('lock.json');
  if (files === null || blob === undefined)
    throw foreignRef(places, places.lock, 'there is no lock.json in it');
  const text = await objects.text(blob);
  const lock = decodeLock(text, places.target, (why, cause) => lockDamaged(places, why, cause));
  if (lock.progress === null) return { lockCommit, lock };
  const stateBlob = files.get('state.json');
  if (stateBlob === undefined) throw lockDamaged(places, 'the state of the apply under way is missing');
  return { lockCommit, lock, pushed: { ...lock.progress, text: await objects.text(stateBlob) } };
}

async function readState(input: LookInput, commit: string): Promise<TargetState> {
  const { objects, places } = input;
  const path = `${places.state}:state.json (commit ${commit.slice(0, 12)})`;
  const files = await objects.files(commit);
  const blob = files?.get('state.json');
  if (files === null || blob === undefined || files.size > 1) {
    const foreign = foreignRef(places, places.state, 'its commit does not hold state.json and nothing else');
    const kept = await keptCopy(input, commit);
    throw kept === undefined ? foreign : withRemedy(foreign, kept);
  }
  const text = await objects.text(blob);
  try {
    return decodeState(text, places.target, path);
  } catch (error) {
    if (!(error instanceof ReconcileError) || error.code !== 'STATE_DAMAGED') throw error;
    throw withRemedy(error, await goBack(input, commit));
  }
}

function decode(text: string, target: string, path: string, remedy: string): TargetState {
  try {
    return decodeState(text, target, path);
  } catch (error) {
    if (!(error instanceof ReconcileError) || error.code !== 'STATE_DAMAGED') throw error;
    throw withRemedy(error, remedy);
  }
}

function goodBase({ host, lock }: GitPlaces, base: string | null): string {
  const remove = host.remote ? `git push ${host.name} :${lock}` : `git update-ref -d ${lock}`;
  const good = base === null ? 'There is no older one' : `The last good one is commit ${base.slice(0, 12)}`;
  return `${good}. To go on without the record of the apply that was cut short: ${remove}; objects it made may then show up as not owned.`;
}

/** Names the newest older commit that can be read, and how to go back to it. */
async function goBack(input: LookInput, commit: string): Promise<string> {
  const { git, objects, places } = input;
  const { host, state } = places;
  const older = await git(['rev-list', '--first-parent', `--max-count=${searched}`, '--skip=1', commit]);
  for (const id of older.out.split('\n').filter((line) => line !== '')) {
    const blob = (await objects.files(id))?.get('state.json');
    if (blob === undefined || !isGood(await objects.text(blob), places.target)) continue;
    const restore = host.remote
      ? `git push --force-with-lease=${state}:${commit} ${host.name} ${id}:${state}`
      : `git update-ref ${state} ${id} ${commit}`;
    return `The last good copy is commit ${id.slice(0, 12)}. Look at it with: git show ${id.slice(0, 12)}:state.json. To go back to it: ${restore}`;
  }
  const kept = await keptCopy(input, commit);
  if (kept !== undefined) return kept;
  return `No good copy is among the last ${searched} commits of ${state}. Without one, delete the ref and use policy.adopt: equal to own again what matches.`;
}

/** How to put back the copy of this clone, if that one is good. */
async function keptCopy({ git, objects, places }: LookInput, commit: string): Promise<string | undefined> {
  const { host, state, copy, target } = places;
  if (!host.remote) return undefined;
  const id = (await git(['rev-parse', '--verify', '--quiet', `${copy}^{commit}`])).out.trim();
  const blob = id === '' || id === commit ? undefined : (await objects.files(id))?.get('state.json');
  if (blob === undefined || !isGood(await objects.text(blob), target)) return undefined;
  return `Somebody has put something else there. This clone has the last good state that it has seen: ${copy} at ${id.slice(0, 12)}. To put it back: git push --force-with-lease=${state}:${commit} ${host.name} ${copy}:${state}`;
}

function isGood(text: string, target: string): boolean {
  try {
    decodeState(text, target, '');
    return true;
  } catch {
    return false;
  }
}

/** A ref that was there once must not read as "no state yet". */
async function assertNeverThere({ git, places }: LookInput): Promise<void> {
  if (!places.host.remote) return;
  const { code, out } = await git(['rev-parse', '--verify', '--quiet', `${places.copy}^{commit}`]);
  if (code === 0) throw refGone(places, out.trim());
}

function withRemedy(error: ReconcileError, remedy: string): ReconcileError {
  const { message, code, category, cause } = error;
  return new ReconcileError(message, { code, category, remedy, ...(cause === undefined ? {} : { cause }) });
}
