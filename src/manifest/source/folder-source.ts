import { join, relative, sep } from 'node:path';
import type { Finding } from '../../core/errors.ts';
import { isInside } from '../environment.ts';
import { compileGlob, compileGlobs, globBase } from '../glob.ts';
import { defaultLimits } from '../limits.ts';
import { type FileAccess, type FolderEntry, nodeFileAccess } from './file-access.ts';
import { gitStatus } from './git-status.ts';
import {
  byPath,
  isSkipped,
  type ManifestSource,
  noFiles,
  outsideFinding,
  outsidePatterns,
  type SourceFile,
  type SourceListing,
  tooLarge,
} from './source.ts';

export interface FolderSourceOptions {
  /** Absolute path of the folder that the patterns are relative to. */
  root: string;
  /** Globs; a leading `!` takes files out again. */
  patterns: readonly string[];
  /** Absolute path that findings name files relative to. Default: `root`. */
  displayRoot?: string;
  /** Files that are no manifests: absolute paths (the config itself). */
  skip?: readonly string[];
  /** Bytes of a file that are read at most. */
  maxFileBytes?: number;
  /** Ask git for the commit and whether the folder differs from it, or for the commit alone. Default: true. */
  git?: boolean | 'commit';
  files?: FileAccess;
}

const parallelReads = 64;

/** Manifests in a folder. Hidden files and folders and `node_modules` are skipped; links may not lead outside. */
export function folderSource(options: FolderSourceOptions): ManifestSource {
  return { list: () => listFolder(options) };
}

/** How findings name a path that is relative to the root. */
export function displayOf({ root, displayRoot = root }: FolderSourceOptions): (path: string) => string {
  return (path) =>
    displayRoot === root && path !== '' ? path : toSlashes(relative(displayRoot, join(root, path)));
}

interface Walk {
  files: FileAccess;
  root: string;
  display(path: string): string;
  matches(path: string): boolean;
  /** Real paths by those relative to the root, with `/`. */
  found: Map<string, string>;
  /** Where links to files and folders lead, relative to the root: an edit there is one of a manifest. */
  linked: Set<string>;
  findings: Finding[];
}

async function listFolder(options: FolderSourceOptions): Promise<SourceListing> {
  const { root, patterns, files = nodeFileAccess, maxFileBytes = defaultLimits.fileBytes } = options;
  const display = displayOf(options);
  const outside = outsidePatterns(patterns);
  const inside = patterns.filter((pattern) => !outside.includes(pattern));
  const findings = outside.map(outsideFinding);
  const realRoot = await files.resolve(root).catch(() => undefined);
  if (realRoot === undefined) {
    findings.push(unreadable(root, 'it is not there'));
    return { files: [], findings };
  }
  const walk: Walk = {
    files,
    root: realRoot,
    display,
    matches: compileGlobs(inside),
    found: new Map(),
    linked: new Set(),
    findings,
  };
  for (const base of topFolders(inside)) {
    const start = base === '' ? realRoot : join(realRoot, base);
    const real = await files.resolve(start).catch(() => undefined);
    if (real === undefined) continue;
    if (base !== '' && !isInside(realRoot, real)) findings.push(outsideLink(display(base)));
    else if ((await files.type(real)) === 'folder') await walkFolder(real, base, [real], walk);
  }
  const skipped = new Set((options.skip ?? []).map((path) => toSlashes(relative(root, path))));
  const paths = [...walk.found.keys()].filter((path) => !skipped.has(path)).sort();
  for (const pattern of inside.filter((text) => !text.startsWith('!'))) {
    const matches = compileGlob(pattern);
    if (!paths.some(matches)) findings.push(noFiles(pattern));
  }
  // Git works in a process of its own meanwhile.
  const [status, read] = await Promise.all([
    options.git === false
      ? {}
      : gitStatus(root, { commitOnly: options.git === 'commit', counts: countsIn(walk, skipped) }),
    readAll(paths, walk, maxFileBytes),
  ]);
  return {
    files: read.files.sort(byPath),
    findings: [...findings, ...read.findings],
    ...status,
  };
}

/**
 * Which edits make the manifests others than those of the commit: of a file that matches, whether it is there or not, of the
 * config, of what a link leads to, and of a repository within that holds manifests.
 */
function countsIn({ matches, found, linked }: Walk, config: ReadonlySet<string>): (path: string) => boolean {
  const folders = new Set([...found.keys()].flatMap(foldersOf));
  return (path) =>
    matches(path) ||
    config.has(path) ||
    folders.has(path) ||
    linked.has(path) ||
    foldersOf(path).some((folder) => linked.has(folder));
}

/** `a/b/c` → `a`, `a/b`. */
function foldersOf(path: string): string[] {
  const names = path.split('/').slice(0, -1);
  return names.map((_, index) => names.slice(0, index + 1).join('/'));
}

/** The folders to walk, none within another. */
function topFolders(patterns: readonly string[]): string[] {
  const bases = [...new Set(patterns.filter((text) => !text.startsWith('!')).map(globBase))];
  return bases
    .filter(
      (base) => !bases.some((other) => other !== base && (other === '' || base.startsWith(`${other}/`))),
    )
    .sort();
}

async function walkFolder(real: string, path: string, above: readonly string[], walk: Walk): Promise<void> {
  let entries: FolderEntry[];
  try {
    entries = await walk.files.list(real);
  } catch {
    walk.findings.push(unreadable(walk.display(path), 'access is denied'));
    return;
  }
  for (const entry of entries) {
    if (isSkipped(entry.name)) continue;
    const entryPath = path === '' ? entry.name : `${path}/${entry.name}`;
    const entryReal = join(real, entry.name);
    if (entry.type === 'link') await followLink(entryReal, entryPath, above, walk);
    else if (entry.type === 'folder') await walkFolder(entryReal, entryPath, [...above, entryReal], walk);
    else if (entry.type === 'file' && walk.matches(entryPath)) walk.found.set(entryPath, entryReal);
  }
}

async function followLink(link: string, path: string, above: readonly string[], walk: Walk): Promise<void> {
  const real = await walk.files.resolve(link).catch(() => undefined);
  const type = real === undefined ? undefined : await walk.files.type(real);
  if (real === undefined || type === undefined) {
    if (walk.matches(path)) walk.findings.push(unreadable(walk.display(path), 'the link leads nowhere'));
    return;
  }
  if (real !== walk.root && !isInside(walk.root, real)) {
    if (type === 'folder' || walk.matches(path)) walk.findings.push(outsideLink(walk.display(path)));
    return;
  }
  if (type === 'file' && !walk.matches(path)) return;
  walk.linked.add(toSlashes(relative(walk.root, real)));
  if (type === 'file') walk.found.set(path, real);
  // A link to a folder that holds it would go round for ever.
  if (type === 'folder' && !above.includes(real)) await walkFolder(real, path, [...above, real], walk);
}

async function readAll(
  paths: readonly string[],
  { files, found, root, display }: Walk,
  limit: number,
): Promise<{ files: SourceFile[]; findings: Finding[] }> {
  const read: SourceFile[] = [];
  const findings: Finding[] = [];
  const queue = paths.values();
  async function work(): Promise<void> {
    for (const path of queue) {
      const shown = display(path);
      try {
        // By the real path: what is remembered of a file must not depend on where a link led at that time.
        const answer = await files.read(found.get(path) ?? join(root, path), limit);
        if ('tooLarge' in answer) findings.push(tooLarge(shown, answer.tooLarge, limit));
        else read.push({ path: shown, bytes: answer.bytes });
      } catch (error) {
        findings.push(unreadable(shown, reasonOf(error)));
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(parallelReads, paths.length) }, work));
  return { files: read, findings };
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'EACCES' || code === 'EPERM') return 'access is denied';
  if (code === 'ENOENT') return 'it is not there any more';
  return code === '' ? 'reading failed' : `reading failed with ${code}`;
}

function unreadable(path: string, why: string): Finding {
  return {
    code: 'UNREADABLE_FILE',
    severity: 'error',
    message: `${path} cannot be read: ${why}.`,
    remedy: 'Check the file and its permissions.',
    place: { file: path, line: 1, col: 1 },
  };
}

function outsideLink(path: string): Finding {
  return {
    code: 'LINK_OUTSIDE',
    severity: 'error',
    message: `${path} is a link that leads out of the folder of the config.`,
    expected: 'manifests inside the folder',
    remedy: 'Copy the files into the folder.',
    place: { file: path, line: 1, col: 1 },
  };
}

export function toSlashes(path: string): string {
  return sep === '/' ? path : path.split(sep).join('/');
}
