import { relative } from 'node:path';
import { compileGlobs } from '../glob.ts';
import { defaultLimits } from '../limits.ts';
import type { FileAccess } from './file-access.ts';
import { displayOf, type FolderSourceOptions, folderSource, toSlashes } from './folder-source.ts';
import { gitStatus } from './git-status.ts';
import { type RememberedFiles, rememberFiles } from './remember-files.ts';
import { isSkipped, type ManifestSource, type SourceFile, type SourceListing } from './source.ts';

/** A folder that is read again and again by those who are told what changes in it. */
export interface RememberedFolder {
  /** The files as `folderSource` lists them; opens only what has changed since the last list. */
  source(options: Omit<FolderSourceOptions, 'files'>): ManifestSource;
  /** Something happened at this path (absolute, no link in it): a file was written, or an entry came or went. */
  changed(path: string): void;
  /** Forgets everything: notices get lost. */
  forget(): void;
}

/** The last list, if nothing was wrong with it and no link leads anywhere. */
interface Known {
  options: string;
  root: string;
  listing: SourceListing;
  /** Where each file stands in the list, by the path that findings name it with. */
  positions: ReadonlyMap<string, number>;
}

/** With more notices than this the folder is walked. */
const MOST_CHANGES = 100;

export function rememberFolder(access: FileAccess): RememberedFolder {
  const files = rememberFiles(access);
  const noticed = new Set<string>();
  let known: Known | undefined;
  let turn: Promise<unknown> = Promise.resolve();

  async function list(options: FolderSourceOptions): Promise<SourceListing> {
    // Cleanness is about all files: it takes a walk, and is seldom asked for.
    if (options.git !== 'commit' && options.git !== false) return folderSource({ ...options, files }).list();
    const key = JSON.stringify(options);
    const before = known?.options === key ? known : undefined;
    const paths = [...noticed];
    noticed.clear();
    known = undefined;
    const again = before && (await listAgain(before, paths, options, files));
    if (before !== undefined && again !== undefined) {
      known = { ...before, listing: again };
      return again;
    }
    let sawLink = false;
    const resolve = async (path: string): Promise<string> => {
      const real = await files.resolve(path);
      // The folder of a pattern may be a link itself.
      if (real !== path && path !== options.root) sawLink = true;
      return real;
    };
    const listing = await folderSource({ ...options, files: { ...files, resolve } }).list();
    if (listing.findings.length > 0 || sawLink || files.sawLinks) return listing;
    const positions = new Map(listing.files.map(({ path }, index) => [path, index]));
    known = { options: key, root: await files.resolve(options.root), listing, positions };
    return listing;
  }

  return {
    source: (options) => ({
      list() {
        // One after the other: a second list must not miss what the first one has been told of.
        const listing = turn.then(() => list(options));
        turn = listing.catch(() => undefined);
        return listing;
      },
    }),
    changed(path) {
      files.changed(path);
      noticed.add(path);
    },
    forget() {
      files.forget();
      noticed.clear();
      known = undefined;
    },
  };
}

/** The last list with what was noticed read anew; undefined when a file may have come or gone. */
async function listAgain(
  { root, listing, positions }: Known,
  noticed: readonly string[],
  options: FolderSourceOptions,
  files: RememberedFiles,
): Promise<SourceListing | undefined> {
  if (noticed.length > MOST_CHANGES) return undefined;
  const { patterns, skip = [], maxFileBytes = defaultLimits.fileBytes } = options;
  const display = displayOf(options);
  const matches = compileGlobs(patterns);
  const skipped = new Set(skip.map((path) => toSlashes(relative(options.root, path))));
  const read: { position: number; file: SourceFile }[] = [];
  for (const path of noticed) {
    const inside = toSlashes(relative(root, path));
    if (inside === '' || inside.startsWith('../')) return undefined;
    if (inside.split('/').some(isSkipped)) continue;
    const shown = display(inside);
    const position = positions.get(shown);
    const real = await files.resolve(path).catch(() => undefined);
    if (real === undefined) {
      // It may be a link that leads nowhere.
      const isManifest = position !== undefined || matches(inside);
      if (isManifest || listing.files.some((file) => file.path.startsWith(`${shown}/`))) return undefined;
      continue;
    }
    if (real !== path || (await files.type(path)) !== 'file') return undefined;
    if (position === undefined) {
      if (matches(inside) && !skipped.has(inside)) return undefined;
      continue;
    }
    const answer = await files.read(path, maxFileBytes).catch(() => undefined);
    if (answer === undefined || 'tooLarge' in answer) return undefined;
    read.push({ position, file: { path: shown, bytes: answer.bytes } });
  }
  const status =
    options.git === false ? {} : await gitStatus(options.root, { commitOnly: true, counts: () => false });
  const now = [...listing.files];
  for (const { position, file } of read) now[position] = file;
  return { files: now, findings: [], ...status };
}
