import { resolve } from 'node:path';
import { createEnvironment, type Environment, isInside } from '../manifest/environment.ts';
import { type FileAccess, nodeFileAccess } from '../manifest/index.ts';
import type { Resolved } from '../manifest/interpolate.ts';
import type { Config } from './config.ts';

/**
 * What references may be filled in from under this config: environment variables, the folder RECONCILE_SECRETS_DIR, and
 * files of the project or listed in `allowFiles`.
 */
export function createConfigEnvironment(
  config: Pick<Config, 'root' | 'allowFiles'>,
  env: Readonly<Record<string, string | undefined>>,
  files: FileAccess = nodeFileAccess,
): Environment {
  return {
    ...createEnvironment(env, files),
    readProjectFile: (path) => readProjectFile(path, config, files),
  };
}

/** Links are resolved on both sides, so that none leads out. Like a secret: what is read is never shown. */
function readProjectFile(
  path: string,
  config: Pick<Config, 'root' | 'allowFiles'>,
  files: FileAccess,
): Resolved {
  const wanted = resolve(config.root, path);
  const root = files.resolveNow(config.root) ?? config.root;
  const real = files.resolveNow(wanted);
  const allowed = new Set(
    config.allowFiles.flatMap((file) => {
      const listed = resolve(config.root, file);
      return [listed, files.resolveNow(listed) ?? listed];
    }),
  );
  const isListed = allowed.has(wanted) || (real !== undefined && allowed.has(real));
  if (!isListed && !isInside(root, real ?? resolve(root, path))) {
    return {
      problem: {
        code: 'FILE_NOT_ALLOWED',
        message: `The file ${path} lies outside of the project.`,
        expected: 'a file inside the folder of the config, or one listed in `allowFiles`',
        remedy: 'List it in `allowFiles` of the config.',
      },
    };
  }
  const text = real === undefined ? undefined : files.readText(real);
  if (text === undefined) {
    return {
      problem: {
        code: 'UNRESOLVED_FILE',
        message: `The file ${path} cannot be read.`,
        remedy: 'Check that it is there, and its permissions. Paths are relative to the config.',
      },
    };
  }
  return { value: text.replace(/\r?\n$/, '') };
}
