import { randomBytes } from 'node:crypto';
import { existsSync, realpathSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { ReconcileError } from '../core/errors.ts';
import type { PlacedFile } from '../manifest/import/index.ts';

/** `--into` as a folder of the project, with `/`. `path` is relative to the working directory. */
export function folderInProject(path: string, cwd: string, root: string): string {
  const way = relative(root, resolve(cwd, path));
  if (isAbsolute(way) || way === '..' || way.startsWith(`..${sep}`)) throw outside(path);
  return way.split(sep).join('/');
}

/** Refuses files that are there, all at once, and folders that lead out of the project by a link. */
export function assertFree(root: string, files: readonly PlacedFile[], force: boolean): void {
  for (const folder of new Set(files.map(({ path }) => dirname(join(root, path))))) {
    const way = relative(realpathSync(root), realpathSync(nearest(folder)));
    if (isAbsolute(way) || way === '..' || way.startsWith(`..${sep}`)) throw outside(folder);
  }
  const there = files.map(({ path }) => path).filter((path) => existsSync(join(root, path)));
  if (there.length === 0 || force) return;
  const shown = there.slice(0, 5).join(', ');
  throw new ReconcileError(
    `${there.length === 1 ? 'A file is' : `${there.length} files are`} there already: ${shown}${there.length > 5 ? ', …' : ''}.`,
    {
      code: 'IMPORT_FILE_EXISTS',
      category: 'refused',
      remedy: 'Nothing was written. Choose another --into, or overwrite them with --force.',
    },
  );
}

/** Writes all files or none: what was made is taken away again when one fails. */
export async function writeFiles(root: string, files: readonly PlacedFile[], force: boolean): Promise<void> {
  const made: string[] = [];
  try {
    for (const { path, text } of files) {
      const file = join(root, path);
      await mkdir(dirname(file), { recursive: true });
      if (force) await replaceFile(file, text);
      else {
        await writeFile(file, text, { flag: 'wx' });
        made.push(file);
      }
    }
  } catch (cause) {
    await Promise.all(made.map((file) => rm(file, { force: true })));
    throw new ReconcileError(
      `The manifests cannot be written: ${cause instanceof Error ? cause.message : ''}`,
      {
        code: 'OUTPUT_UNWRITABLE',
        category: 'invalid',
        remedy: 'Check the folder, its permissions and the space that is left.',
        cause,
      },
    );
  }
}

/** A link in the way is replaced, never followed. */
async function replaceFile(file: string, text: string): Promise<void> {
  const temporary = `${file}.${randomBytes(4).toString('hex')}.tmp`;
  await writeFile(temporary, text, { flag: 'wx' });
  await rename(temporary, file);
}

/** The folder itself, or the nearest one above it that is there. */
function nearest(folder: string): string {
  const above = dirname(folder);
  return existsSync(folder) || above === folder ? folder : nearest(above);
}

function outside(path: string): ReconcileError {
  return new ReconcileError(`${path} is not in the folder of the config.`, {
    code: 'IMPORT_OUTSIDE',
    category: 'invalid',
    remedy: 'Manifests lie below the folder of reconcile.yaml: choose an --into there. Nothing was written.',
  });
}
