import { randomBytes } from 'node:crypto';
import { rename, unlink, writeFile } from 'node:fs/promises';
import { ReconcileError } from '../core/errors.ts';

/** Writes a result to a file, whole or not at all. */
export async function writeResult(path: string, text: string): Promise<void> {
  const temporary = `${path}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    await writeFile(temporary, text, { flag: 'wx' });
    await rename(temporary, path);
  } catch (cause) {
    await unlink(temporary).catch(() => undefined);
    throw new ReconcileError(`Cannot write ${path}: ${cause instanceof Error ? cause.message : ''}`, {
      code: 'OUTPUT_UNWRITABLE',
      category: 'invalid',
      remedy: 'Give --out a path in an existing folder that you may write to.',
      cause,
    });
  }
}
