import { relative, resolve } from 'node:path';
import { findConfig } from '../config/find-config.ts';
import { type FileAccess, nodeFileAccess } from '../manifest/index.ts';
import { baseFiles } from './base-files.ts';
import type { Session } from './session.ts';

/** Which config counts for what is checked out. */
export type ReviewedConfig =
  /** The one in the folder: it is on the branch that is deployed. */
  | { from: 'folder' }
  /** The one of the base commit. `differs`: the pull request changes it. */
  | { from: 'base'; files: FileAccess; differs: boolean }
  /** The base has none yet; so there is nobody who said where secrets may go. */
  | { from: 'nowhere' };

const largest = 8 * 1024 * 1024;

/** On a pull request targets and credentials come from the base commit, manifests from what is checked out. */
export async function reviewedConfig({ event, inputs, cwd }: Session): Promise<ReviewedConfig> {
  if (event.baseSha === undefined) return { from: 'folder' };
  const files = await baseFiles(cwd, event.baseSha);
  const find = (access: FileAccess): Promise<string | undefined> =>
    inputs.config === undefined ? findConfig(cwd, access) : Promise.resolve(resolve(cwd, inputs.config));
  const base = await readConfig(await find(files), files, cwd);
  if (base === undefined) return { from: 'nowhere' };
  const head = await readConfig(await find(nodeFileAccess), nodeFileAccess, cwd);
  return { from: 'base', files, differs: head !== base };
}

/** Path and text in one, so that a config that moved counts as changed. */
async function readConfig(
  path: string | undefined,
  files: FileAccess,
  cwd: string,
): Promise<string | undefined> {
  if (path === undefined) return undefined;
  const answer = await files.read(path, largest).catch(() => undefined);
  if (answer === undefined || 'tooLarge' in answer) return undefined;
  return `${relative(cwd, path)}\n${Buffer.from(answer.bytes).toString('utf8')}`;
}
