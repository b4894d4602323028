import { dirname, join } from 'node:path';
import { decodeState, encodeState } from './document.ts';
import { createFileLocks, type FileHolding } from './file-locks.ts';
import { appendLine, createFile, keepCopy, makeFolder, readHead, readText, replaceFile } from './files.ts';
import { decodeHistory } from './history.ts';
import { isHolderGone, stateConflict, waitForLock } from './lock.ts';
import type { HistoryRecord, StateLock, StateStore, StoreClock, TargetState } from './store.ts';

export interface FileStoreOptions {
  /** The folder of reconcile.yaml. */
  root: string;
  clock: StoreClock;
}

/** States as files below `<root>/.reconcile/state/`, replaced atomically. */
export function fileStore({ root, clock }: FileStoreOptions): StateStore {
  const folder = join(root, '.reconcile', 'state');
  const pathOf = (target: string): string => join(folder, `${target}.json`);
  const historyPath = (target: string): string => join(folder, `${target}.history.ndjson`);
  const locks = createFileLocks(folder, clock);

  async function read(target: string): Promise<TargetState | null> {
    const path = pathOf(target);
    const text = await readText(path);
    return text === undefined ? null : decodeState(text, target, path);
  }

  async function history(target: string, limit: number): Promise<HistoryRecord[]> {
    const text = (await readText(historyPath(target))) ?? '';
    return decodeHistory(text).slice(-limit).reverse();
  }

  function open(holding: FileHolding): StateLock {
    let backedUp = false;

    async function write(state: TargetState): Promise<void> {
      holding.assertHeld();
      const path = pathOf(state.target);
      await assertFits(path, state);
      if (!backedUp && state.serial > 1) await keepCopy(path, `${path}.bak`);
      backedUp = true;
      await replaceFile(path, encodeState(state));
    }

    return {
      get info() {
        return holding.info;
      },
      assertHeld: () => holding.assertHeld(),
      begin: write,
      save: write,
      async finish(state, record) {
        holding.assertHeld();
        await assertFits(pathOf(state.target), state);
        // Before the state: a record too many after a crash is better than a change that nobody knows of.
        await appendLine(historyPath(state.target), JSON.stringify(record));
        await write(state);
        await holding.release();
      },
      release: () => holding.release(),
    };
  }

  return {
    read,
    async lock(target, claim) {
      // A state is of one place: committed by mistake and checked out elsewhere, it would be old there.
      if (await makeFolder(folder)) await createFile(join(dirname(folder), '.gitignore'), '*\n');
      return open(await waitForLock(claim, clock, () => locks.take(target, claim)));
    },
    readLock: (target) => locks.read(target),
    isHolderGone: (held, machine) => isHolderGone(held, machine, clock),
    breakLock: (target, id) => locks.remove(target, id),
    history,
  };
}

/** Lineage and serial stand in the first lines, so that a compare-and-swap need not parse the whole file. */
async function assertFits(path: string, state: TargetState): Promise<void> {
  const head = await readHead(path, 4096);
  if (head === undefined) {
    if (state.serial !== 1) throw stateConflict(state.target);
    return;
  }
  const serial = Number(/"serial":\s*(\d+)/.exec(head)?.[1] ?? Number.NaN);
  const lineage = /"lineage":\s*"([^"]*)"/.exec(head)?.[1];
  if (serial !== state.serial - 1 || lineage !== state.lineage) throw stateConflict(state.target);
}
