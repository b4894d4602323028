export interface Difference<Item> {
  /** In the first list alone. */
  gone: Item[];
  /** In the second list alone. */
  fresh: Item[];
}

/**
 * What two lists do not share, object by object, each in its order. Two versions of a long list mostly begin and end alike:
 * there nothing is looked at but the references.
 */
export function difference<Item extends object>(
  before: readonly Item[],
  now: readonly Item[],
): Difference<Item> {
  const shorter = Math.min(before.length, now.length);
  let head = 0;
  while (head < shorter && before[head] === now[head]) head++;
  let tail = 0;
  while (tail < shorter - head && before.at(-1 - tail) === now.at(-1 - tail)) tail++;
  const gone = new Set(before.slice(head, before.length - tail));
  const fresh = now.slice(head, now.length - tail).filter((item) => !gone.delete(item));
  return { gone: [...gone], fresh };
}
