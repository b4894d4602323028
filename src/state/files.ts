import { randomBytes } from 'node:crypto';
import { copyFile, link, mkdir, open, readFile, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ReconcileError } from '../core/errors.ts';

/** The text of a file, or undefined when there is none. */
export async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw new ReconcileError(`cannot read the state file ${path}`, {
      code: 'STATE_UNREADABLE',
      category: 'internal',
      remedy: 'Check that the file is readable for this user.',
      cause: error,
    });
  }
}

/** Makes sure that a folder is there; true when it is new. */
export async function makeFolder(path: string): Promise<boolean> {
  return writing(path, async () => (await mkdir(path, { recursive: true })) !== undefined);
}

/** Keeps a second copy of a file. */
export async function keepCopy(path: string, copy: string): Promise<void> {
  await writing(copy, () => copyFile(path, copy));
}

/** Puts a whole new version in place of a file: at no moment it is half written, and it survives a power cut. */
export async function replaceFile(path: string, text: string): Promise<void> {
  await writing(path, async () => {
    await rename(await writeBeside(path, text), path);
    await syncFolder(dirname(path));
  });
}

/** Creates a file that nobody has created yet, whole from the first moment on; false when there is one. */
export async function createFile(path: string, text: string): Promise<boolean> {
  return writing(path, () => createWhole(path, text));
}

async function createWhole(path: string, text: string): Promise<boolean> {
  const temporary = await writeBeside(path, text);
  try {
    await link(temporary, path);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    // Some file systems know no links. Then a reader may meet it empty, for a moment.
    if (hasCode(error, 'EPERM') || hasCode(error, 'ENOTSUP') || hasCode(error, 'ENOSYS'))
      return createInPlace(path, text);
    throw error;
  } finally {
    await removeFile(temporary);
  }
}

async function createInPlace(path: string, text: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx', 0o600);
    await file.writeFile(text).finally(() => file.close());
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

export async function removeFile(path: string): Promise<void> {
  await writing(path, async () => {
    try {
      await unlink(path);
    } catch (error) {
      if (!hasCode(error, 'ENOENT')) throw error;
    }
  });
}

/** Adds one line at the end and flushes it to disk. A line that was cut short before it stays a line of its own. */
export async function appendLine(path: string, line: string): Promise<void> {
  await writing(path, () => append(path, line));
}

async function append(path: string, line: string): Promise<void> {
  const file = await open(path, 'a+', 0o600);
  try {
    const { size } = await file.stat();
    const last =
      size === 0 ? '\n' : (await file.read(Buffer.alloc(1), 0, 1, size - 1)).buffer.toString('utf8');
    await file.writeFile(`${last === '\n' ? '' : '\n'}${line}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** The first bytes of a file as text, or undefined when there is none. */
export async function readHead(path: string, bytes: number): Promise<string | undefined> {
  let file: Awaited<ReturnType<typeof open>>;
  try {
    file = await open(path, 'r');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}

async function writeBeside(path: string, text: string): Promise<string> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  const file = await open(temporary, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } catch (error) {
    await file.close();
    await removeFile(temporary);
    throw error;
  }
  await file.close();
  return temporary;
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

/** A folder that is read-only or a disk that is full is nothing that we did wrong: it is said so, with the path. */
async function writing<T>(path: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof ReconcileError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new ReconcileError(`cannot write ${path}: ${why}`, {
      code: 'STATE_UNWRITABLE',
      category: 'internal',
      remedy:
        'Check permissions and free space there. What is done in the service already is found again by the next apply.',
      cause: error,
    });
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
