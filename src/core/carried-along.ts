import type { Change, PartChange } from './change.ts';

/** Is this part listed only because its runs move with the resource around it? Then nothing is written to it. */
export function isCarriedAlong(
  part: Pick<PartChange, 'key' | 'action' | 'fields' | 'blocked'>,
  operations: Change['operations'],
): boolean {
  return (
    part.action === 'update' &&
    part.fields.length === 0 &&
    part.blocked === undefined &&
    !operations.some((operation) => operation.part === part.key)
  );
}
