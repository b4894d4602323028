import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isObject, type Json } from '../../core/json.ts';
import { replaceFile } from '../files.ts';

/** How far an apply has got: the state that is not on the state's ref yet. */
export interface Progress {
  /** Id of the lock under which it was written. */
  by: string;
  /** It counts on top of this commit of the state only. */
  base: string | null;
  /** The encoded state. */
  text: string;
  /** The commit that ends the apply, when all that is left to do is to push it. */
  commit?: string;
}

/**
 * Kept in the git directory, one file per lock: written after each change, where a commit each would fill the repository.
 * Others learn the same from the lock ref, a heartbeat later.
 */
export async function writeProgress(folder: string, progress: Progress): Promise<void> {
  const { text, ...head } = progress;
  await mkdir(folder, { recursive: true });
  await replaceFile(
    pathOf(folder, progress.by),
    `${JSON.stringify({ formatVersion: '1', ...head })}\n${text}`,
  );
}

/** undefined when there is none, or none that can be read: the lock ref then says as much as is needed. */
export async function readProgress(folder: string, by: string): Promise<Progress | undefined> {
  const whole = await readFile(pathOf(folder, by), 'utf8').catch(() => '');
  const end = whole.indexOf('\n');
  if (end < 0) return undefined;
  let head: Json;
  try {
    head = JSON.parse(whole.slice(0, end)) as Json;
  } catch {
    return undefined;
  }
  if (!isObject(head) || head['formatVersion'] !== '1' || head['by'] !== by) return undefined;
  const { base, commit } = head;
  if (base !== null && typeof base !== 'string') return undefined;
  return { by, base, text: whole.slice(end + 1), ...(typeof commit === 'string' ? { commit } : {}) };
}

/** Without `by`: of all locks there ever were; for the one who has ended an apply. */
export async function removeProgress(folder: string, by?: string): Promise<void> {
  await rm(by === undefined ? folder : pathOf(folder, by), { recursive: true, force: true });
}

function pathOf(folder: string, by: string): string {
  return join(folder, `${encodeURIComponent(by)}.json`);
}
