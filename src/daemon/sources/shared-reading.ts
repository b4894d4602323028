import type { Reading } from './source.ts';

type Read = (how: { thorough: boolean }) => Promise<Reading>;

/**
 * Lets passes that begin together share one reading of the source, thorough if one of them wants it so. Nobody gets a
 * reading that began before it was asked for: it might not have the change that is the reason for asking.
 */
export function shareReading(read: Read): Read {
  let running: Promise<Reading> | undefined;
  let next: { reading: Promise<Reading>; thorough: boolean } | undefined;
  const begin = (thorough: boolean): Promise<Reading> => {
    const reading = read({ thorough }).finally(() => {
      if (running === reading) running = undefined;
    });
    running = reading;
    return reading;
  };
  return ({ thorough }) => {
    if (running === undefined) return begin(thorough);
    if (next !== undefined) {
      next.thorough ||= thorough;
      return next.reading;
    }
    const reading = running
      .catch(() => undefined)
      .then(() => {
        const wish = next?.thorough ?? true;
        next = undefined;
        return begin(wish);
      });
    next = { reading, thorough };
    return reading;
  };
}
