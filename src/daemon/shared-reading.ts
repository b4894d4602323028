import type { Reading } from './source.ts';

/**
 * Lets passes that begin together share one reading of the source. Nobody gets a reading that began before it was asked
 * for: it might not have the change that is the reason for asking.
 */
export function shareReading(read: () => Promise<Reading>): () => Promise<Reading> {
  let running: Promise<Reading> | undefined;
  let next: Promise<Reading> | undefined;
  const begin = (): Promise<Reading> => {
    const reading = read().finally(() => {
      if (running === reading) running = undefined;
    });
    running = reading;
    return reading;
  };
  return () => {
    if (running === undefined) return begin();
    next ??= running
      .catch(() => undefined)
      .then(() => {
        next = undefined;
        return begin();
      });
    return next;
  };
}
