import type { Finding } from '../../core/errors.ts';
import type { SourceVersion } from '../../core/source-version.ts';

/** One manifest file. `path` is how findings name it. */
export interface SourceFile {
  path: string;
  bytes: Uint8Array;
}

export interface SourceListing extends SourceVersion {
  /** In the order of their paths. */
  files: SourceFile[];
  /** What could not be read, and why. */
  findings: Finding[];
}

/** Where manifests come from: a folder, or a commit of a git repository. */
export interface ManifestSource {
  list(): Promise<SourceListing>;
}

export function tooLarge(path: string, size: number, limit: number): Finding {
  return {
    code: 'FILE_TOO_LARGE',
    severity: 'error',
    message: `The file has ${size} bytes.`,
    expected: `at most ${limit} bytes`,
    remedy: 'Split it into several files.',
    place: { file: path, line: 1, col: 1 },
  };
}

/** Files and folders that hold no manifests whatever the patterns say. */
export function isSkipped(name: string): boolean {
  return name.startsWith('.') || name === 'node_modules';
}

/** Patterns that would leave the project. */
export function outsidePatterns(patterns: readonly string[]): string[] {
  return patterns.filter((pattern) => {
    const plain = pattern.replace(/^!/, '');
    return plain.startsWith('/') || /^[A-Za-z]:/.test(plain) || plain.split('/').includes('..');
  });
}

export function outsideFinding(pattern: string): Finding {
  return {
    code: 'PATTERN_OUTSIDE',
    severity: 'error',
    message: `The pattern "${pattern}" leaves the folder of the config.`,
    expected: 'a pattern relative to the config, without `..`',
    remedy: 'Move the config up to a folder that holds all manifests.',
  };
}

export function noFiles(pattern: string): Finding {
  return {
    code: 'NO_FILES',
    severity: 'warning',
    message: `No file matches the pattern "${pattern}".`,
    remedy: 'Check `manifests` in the config.',
  };
}

export function byPath(a: { path: string }, b: { path: string }): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}
