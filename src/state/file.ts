import { randomBytes } from 'node:crypto';
import { copyFile, mkdir, open, readFile, rename, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ReconcileError } from '../core/errors.ts';
import { decodeState, encodeState } from './document.ts';
import type { StateStore, TargetState } from './store.ts';

/** States as files below `<root>/.reconcile/state/`, replaced atomically. `root`: the folder of reconcile.yaml. */
export function fileStore({ root }: { root: string }): StateStore {
  const backedUp = new Set<string>();
  const pathOf = (target: string): string => join(root, '.reconcile', 'state', `${target}.json`);

  async function read(target: string): Promise<TargetState | null> {
    const path = pathOf(target);
    const text = await readText(path);
    return text === undefined ? null : decodeState(text, target, path);
  }

  async function write(state: TargetState): Promise<void> {
    const path = pathOf(state.target);
    await mkdir(dirname(path), { recursive: true });
    const there = await headOf(path);
    if (
      (there?.serial ?? 0) !== state.serial - 1 ||
      (there !== undefined && there.lineage !== state.lineage)
    ) {
      throw new ReconcileError(`the state of ${state.target} was changed by somebody else meanwhile`, {
        code: 'STATE_CONFLICT',
        category: 'locked',
        remedy: 'Run the command again: it plans against the new state.',
      });
    }
    if (there !== undefined && !backedUp.has(path)) await copyFile(path, `${path}.bak`);
    backedUp.add(path);
    await replaceFile(path, encodeState(state));
  }

  return { read, write };
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw new ReconcileError(`cannot read the state file ${path}`, {
      code: 'STATE_UNREADABLE',
      category: 'internal',
      remedy: 'Check that the file is readable for this user.',
      cause: error,
    });
  }
}

/** Lineage and serial stand in the first lines, so that a compare-and-swap need not parse the whole file. */
async function headOf(path: string): Promise<{ lineage: string; serial: number } | undefined> {
  let file: Awaited<ReturnType<typeof open>>;
  try {
    file = await open(path, 'r');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4096), 0, 4096, 0);
    const head = buffer.toString('utf8', 0, bytesRead);
    const serial = /"serial":\s*(\d+)/.exec(head)?.[1];
    const lineage = /"lineage":\s*"([^"]*)"/.exec(head)?.[1];
    return { serial: Number(serial ?? Number.NaN), lineage: lineage ?? '' };
  } finally {
    await file.close();
  }
}

async function replaceFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  const file = await open(temporary, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } catch (error) {
    await file.close();
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
  await file.close();
  await rename(temporary, path);
  await syncFolder(dirname(path));
}

/** The rename itself must survive a power cut; some platforms cannot open folders, and then there is nothing to do. */
async function syncFolder(path: string): Promise<void> {
  try {
    const folder = await open(path, 'r');
    await folder.sync().finally(() => folder.close());
  } catch {
    return;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
