import { dirname, join } from 'node:path';
import { type FileAccess, nodeFileAccess } from '../manifest/index.ts';

export const configFileName = 'reconcile.yaml';

/** Absolute path of the nearest config in `folder` or above; undefined when there is none. */
export async function findConfig(
  folder: string,
  files: Pick<FileAccess, 'type'> = nodeFileAccess,
): Promise<string | undefined> {
  for (let at = folder; ; at = dirname(at)) {
    const path = join(at, configFileName);
    if ((await files.type(path)) === 'file') return path;
    if (dirname(at) === at) return undefined;
  }
}
