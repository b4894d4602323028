import { posix } from 'node:path';
import type { SimpleGit } from 'simple-git';
import { ReconcileError } from '../../core/errors.ts';
import { compileGlob, compileGlobs } from '../glob.ts';
import { defaultLimits } from '../limits.ts';
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

export interface GitSourceOptions {
  /** Absolute path of the folder in the work tree that the patterns are relative to. */
  root: string;
  patterns: readonly string[];
  /** Commit, tag or branch. */
  ref: string;
  /** Files that are no manifests, relative to `root`. */
  skip?: readonly string[];
  maxFileBytes?: number;
}

interface Blob {
  /** Relative to the root. */
  path: string;
  id: string;
  size: number;
  link: boolean;
}

/** Blobs per `git show`: an argument list of about 16 KB. */
const batchSize = 400;

/** Manifests as of a commit, read from the repository without touching the work tree. */
export function gitSource(options: GitSourceOptions): ManifestSource {
  return { list: () => listCommit(options) };
}

async function listCommit(options: GitSourceOptions): Promise<SourceListing> {
  const { root, patterns, ref, maxFileBytes = defaultLimits.fileBytes } = options;
  const { simpleGit } = await import('simple-git');
  const git = simpleGit({ baseDir: root });
  const commit = await resolveCommit(git, ref, root);
  const outside = outsidePatterns(patterns);
  const inside = patterns.filter((pattern) => !outside.includes(pattern));
  const findings = outside.map(outsideFinding);
  const matches = compileGlobs(inside);
  const skipped = new Set(options.skip ?? []);
  const tree = await readTree(git, commit);
  const wanted = new Map<string, Blob>();
  for (const blob of tree.values()) {
    if (!matches(blob.path) || skipped.has(blob.path) || blob.path.split('/').some(isSkipped)) continue;
    const real = blob.link ? await followLink(git, blob, tree) : blob;
    if (real === undefined) {
      findings.push({
        code: 'LINK_OUTSIDE',
        severity: 'error',
        message: `${blob.path} is a link that leads out of the folder of the config, or nowhere.`,
        expected: 'manifests inside the folder',
        remedy: 'Copy the file into the folder.',
        place: { file: blob.path, line: 1, col: 1 },
      });
    } else if (real.size > maxFileBytes) findings.push(tooLarge(blob.path, real.size, maxFileBytes));
    else wanted.set(blob.path, real);
  }
  for (const pattern of inside.filter((text) => !text.startsWith('!'))) {
    const matchesOne = compileGlob(pattern);
    if (![...wanted.keys()].some(matchesOne)) findings.push(noFiles(pattern));
  }
  return { files: (await readBlobs(git, wanted)).sort(byPath), findings, commit, dirty: false };
}

async function resolveCommit(git: SimpleGit, ref: string, root: string): Promise<string> {
  let cause: unknown;
  try {
    // git answers "there is none" with an empty output, and takes what begins with a dash for an option.
    const answer = ref.startsWith('-')
      ? ''
      : await git.raw(['rev-parse', '--verify', '--quiet', `${ref}^{commit}`]);
    const commit = answer.trim();
    if (/^[0-9a-f]{40,64}$/.test(commit)) return commit;
  } catch (error) {
    cause = error;
  }
  throw new ReconcileError(`"${ref}" is not a commit of the repository at ${root}.`, {
    code: 'UNKNOWN_COMMIT',
    category: 'invalid',
    remedy: 'Name a commit, tag or branch that is there; fetch it first if need be.',
    cause,
  });
}

/** Everything below the root. `ls-tree` in a subfolder lists that folder alone, with paths relative to it. */
async function readTree(git: SimpleGit, commit: string): Promise<Map<string, Blob>> {
  const listing = await git.raw(['ls-tree', '-r', '-l', '-z', commit]);
  const blobs = new Map<string, Blob>();
  for (const line of listing.split('\0')) {
    const [, mode, type, id, size, path] = /^(\d+) (\w+) (\w+) +(\S+)\t(.*)$/s.exec(line) ?? [];
    if (type !== 'blob' || id === undefined || path === undefined) continue;
    blobs.set(path, { path, id, size: Number(size), link: mode === '120000' });
  }
  return blobs;
}

/** The file that a link in the tree stands for; undefined when that is not a file of the tree. */
async function followLink(
  git: SimpleGit,
  link: Blob,
  tree: ReadonlyMap<string, Blob>,
): Promise<Blob | undefined> {
  let blob: Blob | undefined = link;
  for (let hops = 0; blob?.link === true && hops < 10; hops += 1) {
    const target: string = (await git.raw(['cat-file', 'blob', blob.id])).toString();
    if (target.startsWith('/')) return undefined;
    blob = tree.get(posix.normalize(posix.join(posix.dirname(blob.path), target)));
  }
  return blob?.link === true ? undefined : blob;
}

/** `git show` prints the blobs one after the other; their sizes tell them apart. */
async function readBlobs(git: SimpleGit, wanted: ReadonlyMap<string, Blob>): Promise<SourceFile[]> {
  const sizes = new Map([...wanted.values()].map(({ id, size }) => [id, size]));
  const contents = new Map<string, Uint8Array>();
  const ids = [...sizes.keys()];
  for (let start = 0; start < ids.length; start += batchSize) {
    const batch = ids.slice(start, start + batchSize);
    const bytes: Uint8Array = await git.showBuffer(batch);
    let at = 0;
    for (const id of batch) {
      const size = sizes.get(id) ?? 0;
      contents.set(id, bytes.subarray(at, at + size));
      at += size;
    }
    if (at !== bytes.length) {
      throw new ReconcileError('git gave back other bytes than it had announced.', {
        code: 'GIT_READ_FAILED',
        category: 'internal',
        remedy: 'Check the repository with `git fsck`.',
      });
    }
  }
  return [...wanted].map(([path, { id }]) => ({ path, bytes: contents.get(id) ?? new Uint8Array() }));
}
