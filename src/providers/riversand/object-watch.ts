import { ReconcileError } from '../../core/errors.ts';
import type { Surroundings } from '../../core/provider.ts';
import type { RiversandClient } from './client.ts';
import type { Patience } from './polling.ts';
import { isRefusal } from './refusal.ts';
import type { WireObject } from './wire.ts';

/** What a schedule object looks like now, for everybody who has written one and waits until it shows. */
export interface ObjectWatch {
  /**
   * Looks again and again, until `isThere` or patience (`whole`, ms; default: the watch's) ends; gives whether it is there, and what was seen last. All who wait at
   * a time are served by one look.
   */
  until(id: string, isThere: (object: WireObject | null) => boolean, whole?: number): Promise<Sight>;
  /** What the look that ended the wait for an object saw: given once, for the read that verifies the write. */
  take(id: string): WireObject | undefined;
}

export interface Sight {
  isThere: boolean;
  seen: WireObject | null;
}

interface Waiter {
  id: string;
  isThere(object: WireObject | null): boolean;
  /** Ms spent waiting so far; waits count, not the clock. */
  waited: number;
  /** Ms */
  whole: number;
  /** Whether it was said that it is waited for. */
  said?: true;
  resolve(sight: Sight): void;
  reject(error: unknown): void;
}

/** So many are named in one line. */
const MOST_NAMED = 5;

/** One watch for a session. A single waiter asks for its object alone, several ask for the whole list. */
export function createObjectWatch(
  client: RiversandClient,
  { sleep, signal, waiting }: Pick<Surroundings, 'sleep' | 'signal' | 'waiting'>,
  patience: Patience,
): ObjectWatch {
  const waiters = new Set<Waiter>();
  const shown = new Map<string, WireObject>();
  let watching = false;

  async function look(batch: readonly Waiter[]): Promise<(id: string) => WireObject | null> {
    const [only] = batch;
    if (batch.length === 1 && only !== undefined) {
      const object = await client.object(only.id);
      return () => object;
    }
    const whole = await client.objects().catch((error: unknown) => {
      // Too many objects for one list, or no right to see them all: each by itself, then.
      if (isRefusal(error) || (error instanceof ReconcileError && error.code === 'LISTING_UNSOUND'))
        return undefined;
      throw error;
    });
    if (whole !== undefined) {
      const byId = new Map(whole.map((object) => [object.id, object]));
      return (id) => byId.get(id) ?? null;
    }
    const single = await Promise.all(batch.map(async ({ id }) => [id, await client.object(id)] as const));
    const byId = new Map(single);
    return (id) => byId.get(id) ?? null;
  }

  async function serve(batch: readonly Waiter[]): Promise<void> {
    const objectOf = await look(batch);
    for (const waiter of batch) {
      const seen = objectOf(waiter.id);
      const isThere = waiter.isThere(seen);
      if (!isThere && waiter.waited < waiter.whole) continue;
      waiters.delete(waiter);
      if (isThere && seen !== null) shown.set(waiter.id, seen);
      waiter.resolve({ isThere, seen });
    }
  }

  /** Once for each write: the service takes its time, and a log that stands still looks like a hang. */
  function say(batch: readonly Waiter[]): void {
    const fresh = batch.filter(({ said }) => said !== true);
    if (fresh.length === 0) return;
    for (const waiter of fresh) waiter.said = true;
    const names = fresh.slice(0, MOST_NAMED).map(({ id }) => `"${id}"`);
    const more = fresh.length - names.length;
    const named = `${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
    waiting?.(
      `schedule object${fresh.length === 1 ? '' : 's'} ${named}: the service shows a change about a minute after it took it`,
    );
  }

  async function watch(): Promise<void> {
    while (waiters.size > 0) {
      const batch = [...waiters];
      try {
        await serve(batch);
        const left = [...waiters];
        if (left.length === 0) break;
        say(left);
        // The pace is that of the one who came last; those who came before it are looked at more often than they need.
        const wait = paceOf(Math.min(...left.map(({ waited }) => waited)), patience);
        await sleep(wait, signal);
        for (const waiter of left) waiter.waited += wait;
      } catch (error) {
        for (const waiter of batch) {
          if (waiters.delete(waiter)) waiter.reject(error);
        }
      }
    }
    watching = false;
  }

  return {
    until(id, isThere, whole = patience.whole) {
      shown.delete(id);
      return new Promise((resolve, reject) => {
        waiters.add({ id, isThere, waited: 0, whole, resolve, reject });
        if (watching) return;
        watching = true;
        void watch();
      });
    },
    take(id) {
      const seen = shown.get(id);
      shown.delete(id);
      return seen;
    },
  };
}

/** Doubling: as long again as was waited so far, up to the longest. */
function paceOf(waited: number, { first, longest }: Patience): number {
  return Math.min(longest, Math.max(first, waited));
}
