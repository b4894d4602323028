/** A version 4 GUID of numbers in [0, 1). */
export function makeGuid(random: () => number): string {
  const digit = (): number => Math.min(15, Math.floor(random() * 16));
  return 'xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx'.replace(/[xy]/g, (place) =>
    (place === 'x' ? digit() : (digit() & 3) | 8).toString(16),
  );
}
