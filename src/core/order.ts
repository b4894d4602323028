import type { Change } from './change.ts';

/** The same plan always in the same order: by address, and what destroys comes last. */
export function orderChanges(changes: readonly Change[]): Change[] {
  return [...changes].sort((a, b) => rank(a) - rank(b) || (a.address < b.address ? -1 : 1));
}

function rank(change: Change): number {
  if (change.action === 'delete') return 2;
  return change.action === 'deactivate' ? 1 : 0;
}
