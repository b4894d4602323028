import type { DaemonClock } from '../daemon/clock.ts';
import type { Io } from './io.ts';

/** The longest that a timer of Node waits, ms; longer ones fire at once. */
const LONGEST = 2 ** 31 - 1;

/** Time of this process for the daemon. */
export function daemonClock({ now, random }: Pick<Io, 'now' | 'random'>): DaemonClock {
  return {
    now,
    random,
    after(ms, task) {
      let timer: NodeJS.Timeout;
      const wait = (left: number): void => {
        const step = Math.min(Math.max(0, left), LONGEST);
        timer = setTimeout(() => (left > step ? wait(left - step) : task()), step);
      };
      wait(ms);
      return () => clearTimeout(timer);
    },
  };
}
