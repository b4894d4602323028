import { type Attempt, isStale, newLock } from '../lock.ts';
import type { LockClaim, LockInfo, StateLock, StoreClock } from '../store.ts';
import { movedOn, pushFailed, pushRefused } from './git-errors.ts';
import { gitLock } from './git-lock.ts';
import { lockCommit } from './git-lock-document.ts';
import type { Look } from './git-look.ts';
import type { GitObjects } from './git-objects.ts';
import type { GitPlaces } from './git-places.ts';
import { type Progress, removeProgress } from './git-progress.ts';
import type { Moved } from './git-refs.ts';
import type { Git } from './git-run.ts';

export interface TakeInput {
  git: Git;
  objects: GitObjects;
  places: GitPlaces;
  clock: StoreClock;
  claim: LockClaim;
  /** Reads what is there now. */
  look(): Promise<Look>;
}

/** Tries once to take a target: a new commit on its lock ref, pushed with a lease on what was there. */
export async function takeLock(input: TakeInput): Promise<Attempt<StateLock>> {
  const { objects, places, clock, claim, look } = input;
  const { target, host, lock: ref } = places;
  for (let attempt = 1; ; attempt += 1) {
    const seen = await look();
    const held = seen.lock?.lock ?? null;
    if (held !== null && !isStale(held, claim.machine, clock)) return { held };
    const info = newLock(target, claim, clock);
    // What an abandoned apply left is carried on: whoever takes over may be cut short, too.
    const next = await objects.write(lockCommit(target, info, seen.progress, seen.lockCommit, clock.now()));
    const moved = await host.move([{ ref, old: seen.lockCommit, next }]);
    if (moved.status === 'done') return { got: await open(input, info, next, seen.progress) };
    // Somebody was faster. Who it is, the next look tells.
    if (moved.status !== 'conflict' || attempt === 10) throw notTaken(places, moved);
  }
}

async function open(
  input: TakeInput,
  info: LockInfo,
  commit: string,
  carried: Progress | null,
): Promise<StateLock> {
  const { git, objects, places, clock } = input;
  try {
    // Between the look and the push somebody may have come and gone: what counts is what is there under our lock.
    const { base, progress, state } = await input.look();
    const common = { git, objects, places, clock, info, current: state };
    if (progress?.commit === undefined) return gitLock({ ...common, commit, base, progress });
    const pushed = await pushKept(input, { info, commit, base, end: progress.commit, by: progress });
    return gitLock({ ...common, commit: pushed, base: progress.commit, progress: null });
  } catch (error) {
    // Should this fail as well, the lock expires.
    await giveBack(input, commit, carried).catch(() => undefined);
    throw error;
  }
}

async function giveBack(
  { objects, places, clock }: TakeInput,
  commit: string,
  carried: Progress | null,
): Promise<void> {
  const free = lockCommit(places.target, null, carried, commit, clock.now());
  const next = carried === null ? null : await objects.write(free);
  await places.host.move([{ ref: places.lock, old: commit, next }]);
}

interface Kept {
  info: LockInfo;
  commit: string;
  base: string | null;
  end: string;
  by: Progress;
}

/** The last apply of this clone ended, but could not push its end: that comes first. Returns the commit of the lock ref. */
async function pushKept(
  { git, objects, places, clock }: TakeInput,
  { info, commit, base, end, by }: Kept,
): Promise<string> {
  const { host, target } = places;
  const next = await objects.write(lockCommit(target, info, null, commit, clock.now()));
  const moved = await host.move([
    { ref: places.state, old: base, next: end },
    { ref: places.lock, old: commit, next },
  ]);
  if (moved.status !== 'done') throw notTaken(places, moved);
  await git(['update-ref', places.copy, end]);
  await git(['update-ref', '-d', places.unpushed]);
  await removeProgress(places.progress, by.by);
  return next;
}

function notTaken(places: GitPlaces, moved: Exclude<Moved, { status: 'done' }>): Error {
  if (moved.status === 'unreachable') return pushFailed(places, moved.why);
  if (moved.status === 'refused') return pushRefused(places, moved, 'Nothing was written to the service.');
  return movedOn(places, moved.ref, moved.found, '');
}
