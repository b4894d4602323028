import type { Surroundings } from '../../core/provider.ts';

/** How long to look again and again, in ms: the first wait doubles up to the longest, until so much was waited in all. */
export interface Patience {
  first: number;
  longest: number;
  whole: number;
}

/** Batch schedules show soon. */
export const batchPatience: Patience = { first: 500, longest: 5000, whole: 30_000 };
/** After a refusal: long enough to see whether it came before or after the delete. */
export const refusedPatience: Patience = { first: 500, longest: 2000, whole: 5000 };
/** "Submitted … check back after 1 min", says the service. */
export const objectPatience: Patience = { first: 1000, longest: 10_000, whole: 180_000 };

/** After a refusal of what an earlier apply may have sent: as long as the service says, and some more. Ms. */
export const REFUSED_OBJECT_PATIENCE = 75_000;

/** Looks at once and then with back-off, until `look` gives a value or patience ends. Waits count, not the clock. */
export async function poll<T>(
  { sleep, signal }: Pick<Surroundings, 'sleep' | 'signal'>,
  { first, longest, whole }: Patience,
  look: () => Promise<T | undefined>,
): Promise<T | undefined> {
  let waited = 0;
  let wait = first;
  for (;;) {
    const found = await look();
    if (found !== undefined || waited >= whole) return found;
    await sleep(wait, signal);
    waited += wait;
    wait = Math.min(longest, wait * 2);
  }
}
