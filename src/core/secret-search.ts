/** Where secrets were found: half-open ranges `[from, to)`, ordered and not overlapping. */
export type Range = readonly [from: number, to: number];

/** Shorter values are not searched for: they would hide ordinary words. */
export const shortestSecret = 8;

const block = 3;
const tableSize = 1 << 16;

function hash(text: string, at: number): number {
  return (
    (Math.imul(text.charCodeAt(at), 961) + Math.imul(text.charCodeAt(at + 1), 31) + text.charCodeAt(at + 2)) &
    (tableSize - 1)
  );
}

/**
 * Finds any of many texts in one pass (Wu and Manber's method): most positions are skipped, because no needle has the
 * three characters found there. Overlapping finds are joined, so that no piece of a second secret stays visible.
 * Needles shorter than `shortestSecret` are ignored.
 */
export function buildSecretSearch(needles: Iterable<string>): (text: string) => Range[] {
  const known = [...new Set(needles)].filter((needle) => needle.length >= shortestSecret);
  const farthest = shortestSecret - block + 1;
  const shifts = new Uint8Array(tableSize).fill(farthest);
  const ending = new Map<number, string[]>();
  for (const needle of known) {
    for (let at = 0; at <= shortestSecret - block; at++) {
      const key = hash(needle, at);
      shifts[key] = Math.min(shifts[key] ?? 0, shortestSecret - block - at);
    }
    const key = hash(needle, shortestSecret - block);
    const bucket = ending.get(key);
    if (bucket === undefined) ending.set(key, [needle]);
    else bucket.push(needle);
  }
  for (const bucket of ending.values()) bucket.sort((a, b) => b.length - a.length);

  return (text) => {
    const found: [number, number][] = [];
    if (known.length === 0) return found;
    let at = shortestSecret - block;
    while (at + block <= text.length) {
      const key = hash(text, at);
      const shift = shifts[key] ?? 1;
      if (shift > 0) {
        at += shift;
        continue;
      }
      const start = at - (shortestSecret - block);
      const hit = ending.get(key)?.find((needle) => text.startsWith(needle, start));
      if (hit !== undefined) addRange(found, start, start + hit.length);
      at += 1;
    }
    return found;
  };
}

function addRange(ranges: [number, number][], from: number, to: number): void {
  const last = ranges.at(-1);
  if (last === undefined || from > last[1]) ranges.push([from, to]);
  else last[1] = Math.max(last[1], to);
}
