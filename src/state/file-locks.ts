import { join } from 'node:path';
import { ReconcileError } from '../core/errors.ts';
import { isObject, type Json } from '../core/json.ts';
import { createFile, readText, removeFile, replaceFile } from './files.ts';
import { type Attempt, type Holding, holdLock, isStale, LOCK_MARGIN, lockChanged, newLock } from './lock.ts';
import { isLockOf, newerLock } from './lock-shape.ts';
import type { LockClaim, LockInfo, StoreClock } from './store.ts';

const FORMAT = '1';

export interface FileHolding extends Holding {
  /** Gives it back; may be called again. */
  release(): Promise<void>;
}

export interface FileLocks {
  read(target: string): Promise<LockInfo | null>;
  take(target: string, claim: LockClaim): Promise<Attempt<FileHolding>>;
  hold(target: string, info: LockInfo): FileHolding;
  remove(target: string, id: string): Promise<void>;
}

/** Locks as files `<target>.lock` in a folder: created exclusively, renewed by replacing them. */
export function createFileLocks(folder: string, clock: StoreClock): FileLocks {
  const pathOf = (target: string): string => join(folder, `${target}.lock`);

  async function read(target: string): Promise<LockInfo | null> {
    const path = pathOf(target);
    const text = await readText(path);
    return text === undefined ? null : decodeLock(text, target, path);
  }

  function hold(target: string, info: LockInfo): FileHolding {
    const path = pathOf(target);
    const holding = holdLock(info, clock, async (next) => {
      if ((await read(target))?.id !== info.id) return false;
      await replaceFile(path, encodeLock(next));
      return true;
    });
    let released: Promise<void> | undefined;
    const release = async (): Promise<void> => {
      await holding.stop();
      const isOurs = isHeld(holding) && (await read(target))?.id === info.id;
      holding.lose('it was given back');
      if (isOurs) await removeFile(path);
    };
    return {
      get info() {
        return holding.info;
      },
      assertHeld: () => holding.assertHeld(),
      lose: holding.lose,
      stop: holding.stop,
      release: () => {
        released ??= release();
        return released;
      },
    };
  }

  async function take(target: string, claim: LockClaim): Promise<Attempt<FileHolding>> {
    const path = pathOf(target);
    const held = await read(target);
    if (held !== null) {
      if (!isStale(held, claim.machine, clock)) return { held };
      const next = newLock(target, claim, clock);
      const got = await alone(held, async () => replaceFile(path, encodeLock(next)));
      return got ? { got: hold(target, next) } : { held };
    }
    const info = newLock(target, claim, clock);
    if (await createFile(path, encodeLock(info))) return { got: hold(target, info) };
    return { held: (await read(target)) ?? info };
  }

  /**
   * Does something to a lock of somebody else, unless it is another one by now. Of all who try at once only one may: the one who
   * creates `<target>.lock.<its id>.<n>`. When that one died in the act, the next number is free after a while.
   */
  async function alone(held: LockInfo, act: () => Promise<void>): Promise<boolean> {
    const prefix = `${pathOf(held.target)}.${held.id}`;
    for (let turn = 1; ; turn++) {
      const path = `${prefix}.${turn}`;
      const started = clock.now();
      if (!(await createFile(path, String(started)))) {
        const since = Number((await readText(path)) ?? started);
        if (clock.now() - since > LOCK_MARGIN) continue;
        return false;
      }
      const isStill = (await read(held.target))?.id === held.id;
      const acts = isStill && clock.now() - started < LOCK_MARGIN;
      if (acts) await act();
      for (let earlier = 1; earlier <= turn; earlier++) await removeFile(`${prefix}.${earlier}`);
      return acts;
    }
  }

  async function remove(target: string, id: string): Promise<void> {
    const held = await read(target);
    const isGone = held?.id === id && (await alone(held, () => removeFile(pathOf(target))));
    if (!isGone) throw lockChanged(target);
  }

  return { read, take, hold, remove };
}

function isHeld(holding: Holding): boolean {
  try {
    holding.assertHeld();
    return true;
  } catch {
    return false;
  }
}

function encodeLock(info: LockInfo): string {
  return `${JSON.stringify({ formatVersion: FORMAT, ...info }, null, 1)}\n`;
}

/** Reads a lock document. A damaged one is an error: nobody may take it over, as nobody can say whose it is. */
function decodeLock(text: string, target: string, path: string): LockInfo {
  const value = parse(text);
  // The first versions wrote none.
  const { formatVersion = FORMAT, ...info } = isObject(value) ? value : {};
  if (formatVersion !== FORMAT) throw newerLock(path, formatVersion);
  if (isLockOf(info, target)) return info;
  throw new ReconcileError(`${path}: the lock is damaged: it cannot be told whose it is`, {
    code: 'LOCK_DAMAGED',
    category: 'locked',
    remedy: 'Make sure that no apply is at work on this target, then delete the file.',
  });
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
