const MOST = 10_000;
const LONGEST = 200;

/**
 * The same pure function of a text, with a memory: manifests, state and service say the same few expressions again and
 * again. What is remembered is shared, and so it is frozen. The memory starts anew when it is full; long texts stay out.
 */
export function remembering<Result extends object>(
  compute: (text: string) => Result,
): (text: string) => Result {
  const memory = new Map<string, Result>();
  return (text) => {
    const known = memory.get(text);
    if (known !== undefined) return known;
    const result = Object.freeze(compute(text));
    if (text.length > LONGEST) return result;
    if (memory.size >= MOST) memory.clear();
    memory.set(text, result);
    return result;
  };
}
