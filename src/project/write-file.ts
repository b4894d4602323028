import { randomBytes } from 'node:crypto';
import { access, constants, rename, stat, unlink, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ReconcileError } from '../core/errors.ts';

/** A file that a result goes to. */
export interface ResultFile {
  /** Absolute. */
  path: string;
  /** As the user named it. */
  name: string;
  /** The option or input that named it, for the advice. */
  option: string;
}

/**
 * Throws OUTPUT_UNWRITABLE when it is plain before the work that the result could not be written. That it can be is only
 * known afterwards.
 */
export async function checkResult(file: ResultFile): Promise<void> {
  try {
    await access(dirname(file.path), constants.W_OK);
    if (!(await stat(file.path)).isDirectory()) return;
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT' && (await isFolder(dirname(file.path)))) return;
    throw unwritable(file, codeOf(cause), cause);
  }
  throw unwritable(file, 'isFolder');
}

/** Writes a result to a file, whole or not at all. */
export async function writeResult(file: ResultFile, text: string): Promise<void> {
  const temporary = `${file.path}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    await writeFile(temporary, text, { flag: 'wx' });
    await rename(temporary, file.path);
  } catch (cause) {
    await unlink(temporary).catch(() => undefined);
    throw unwritable(file, codeOf(cause), cause);
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'its folder does not exist',
  ENOTDIR: 'what stands for its folder is a file',
  isFolder: 'it is a folder',
  EACCES: 'access is denied',
  EPERM: 'access is denied',
  EROFS: 'the file system can only be read',
  ENOSPC: 'no space is left',
  EDQUOT: 'no space is left',
  ENAMETOOLONG: 'its name is too long',
};

/** The system's own text would name the temporary file. */
function unwritable({ name, option }: ResultFile, code: string, cause?: unknown): ReconcileError {
  const why = reasons[code] ?? `writing failed${code === '' ? '' : ` with ${code}`}`;
  return new ReconcileError(`${name} cannot be written: ${why}.`, {
    code: 'OUTPUT_UNWRITABLE',
    category: 'invalid',
    remedy: `Give ${option} a file in an existing folder that you may write to.`,
    ...(cause === undefined ? {} : { cause }),
  });
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() === true;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
