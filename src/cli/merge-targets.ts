import type { Finding } from '../core/errors.ts';

interface OfTarget {
  target: string;
  findings: readonly Finding[];
}

/** What depends on all that a target holds: with several targets, it says which. */
const TOGETHER: ReadonlySet<string> = new Set(['LINT_OVERLAP', 'LINT_PEAK', 'LINT_SAME_REQUEST']);

/** The findings of all targets. What is the same in all of them is said once; what is not names its targets. */
export function mergeTargets(results: readonly OfTarget[]): Finding[] {
  const merged = new Map<string, { finding: Finding; targets: string[] }>();
  for (const { target, findings } of results) {
    for (const finding of findings) {
      const { code, message, place } = finding;
      const key = JSON.stringify([code, message, place?.file, place?.line, place?.col]);
      const entry = merged.get(key);
      if (entry === undefined) merged.set(key, { finding, targets: [target] });
      else if (!entry.targets.includes(target)) entry.targets.push(target);
    }
  }
  return [...merged.values()].map(({ finding, targets }) => {
    if (!TOGETHER.has(finding.code) || targets.length === results.length) return finding;
    const names = targets.map((name) => `"${name}"`).join(', ');
    return {
      ...finding,
      message: `${finding.message.replace(/\.$/, '')} (target ${names}).`,
    };
  });
}
