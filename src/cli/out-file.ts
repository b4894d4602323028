import { resolve } from 'node:path';
import { checkResult, type ResultFile } from '../project/write-file.ts';

/** The file that `--out` names, if it is given. Throws OUTPUT_UNWRITABLE where it is plain that it cannot be written. */
export async function openOutFile(
  { cwd }: { cwd: string },
  name: string | undefined,
): Promise<ResultFile | undefined> {
  if (name === undefined) return undefined;
  const file = { path: resolve(cwd, name), name, option: '--out' };
  await checkResult(file);
  return file;
}
