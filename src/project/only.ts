import { ReconcileError } from '../core/errors.ts';
import { compileGlobs } from '../manifest/index.ts';

/** `--only`: which addresses to plan, and whether there were any. */
export interface Only {
  patterns: readonly string[];
  selects(address: string): boolean;
  matched(): boolean;
}

/** Globs over addresses: a pattern without a slash is one for the name alone, of any kind. */
export function addressGlobs(patterns: readonly string[]): string[] {
  return patterns.map((pattern) => (pattern.includes('/') ? pattern : `*/${pattern}`));
}

export function createOnly(patterns: readonly string[]): Only | undefined {
  if (patterns.length === 0) return undefined;
  if (patterns.some((pattern) => pattern === '' || pattern.startsWith('!'))) {
    throw new ReconcileError('--only takes globs of what is wanted; leaving out is not possible.', {
      code: 'USAGE_ONLY',
      category: 'invalid',
      remedy: 'Give an address such as SapJob/salesReportJob, or a glob such as "SapJob/report*".',
    });
  }
  const matches = compileGlobs(addressGlobs(patterns));
  let matched = false;
  return {
    patterns,
    selects: (address) => {
      if (!matches(address)) return false;
      matched = true;
      return true;
    },
    matched: () => matched,
  };
}
