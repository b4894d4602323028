/**
 * Chooses one of the options by a text: always the same one for the same text, and different ones for different texts
 * as evenly as may be, so that not everybody moves to the same moment. FNV-1a, 32 bits.
 */
export function choose(options: readonly number[], text: string): number | undefined {
  if (options.length === 0) return undefined;
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0;
  }
  // The low bits of neighbours such as report1 and report2 differ too little by themselves.
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b) >>> 0;
  hash = (hash ^ (hash >>> 13)) >>> 0;
  return options[hash % options.length];
}
