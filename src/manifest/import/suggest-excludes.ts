import type { ImportDraft } from '../../core/import-draft.ts';
import type { Kind } from '../../core/provider.ts';
import { formatAddress } from '../../core/resource.ts';
import { compileGlob } from '../glob.ts';

export interface ExcludeSuggestion {
  /** For `--exclude`. */
  pattern: string;
  count: number;
}

/** Fewer that look alike are no pattern. */
const FEWEST = 3;

/**
 * Jobs that applications seem to make for themselves: nothing but one-time runs that are over, and names that differ in
 * numbers alone. Only suggested, and never with a pattern that would take others along.
 */
export function suggestExcludes(
  drafts: readonly ImportDraft[],
  kind: (name: string) => Kind,
  now: number,
): ExcludeSuggestion[] {
  const isOver = (draft: ImportDraft): boolean =>
    draft.live.parts.length > 0 &&
    draft.live.parts.every(
      (part) => kind(draft.kind).settled(part.spec, draft.live.spec, now)?.why === 'past',
    );
  const groups = new Map<string, number>();
  const others: string[] = [];
  for (const draft of drafts) {
    const address = formatAddress(draft.kind, draft.name);
    if (!isOver(draft)) others.push(address);
    else {
      const pattern = `${draft.kind}/${patternOf(draft.name)}`;
      groups.set(pattern, (groups.get(pattern) ?? 0) + 1);
    }
  }
  return [...groups]
    .filter(([pattern, count]) => count >= FEWEST && pattern.includes('*') && !/\/\**$/.test(pattern))
    .filter(([pattern]) => !others.some(compileGlob(pattern)))
    .map(([pattern, count]) => ({ pattern, count }))
    .sort((a, b) => b.count - a.count || (a.pattern < b.pattern ? -1 : 1));
}

/** `invoice-*-run` of `invoice-4711-run`; what a glob would take for its own is escaped. */
function patternOf(name: string): string {
  return name
    .replaceAll(/[\\*?[\]{}!/]/g, (character) => (character === '/' ? '/' : `\\${character}`))
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi, '*')
    .replaceAll(/\d+/g, '*')
    .replaceAll(/\*[*\-_.:T]*\*/g, '*');
}
