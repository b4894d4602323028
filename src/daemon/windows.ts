import { Cron } from 'croner';
import type { WatchWindow } from '../config/index.ts';

/** When changes may be applied to a target. Pure: every question names its instant (epoch ms). */
export interface Windows {
  isOpen(at: number): boolean;
  /** The next instant at which any window opens or closes; undefined when none ever does. */
  nextEdge(at: number): number | undefined;
  /** The next instant from `at` on at which changes may be applied; undefined when there is none in sight. */
  nextOpening(at: number): number | undefined;
}

/** Windows that overlap themselves without end (an hour long, every minute) are followed no further than this. */
const CHAIN = 400;
const EDGES = 500;

/**
 * A deny window wins over an allow window; with any allow window, nothing is applied outside of one.
 * A window is open from its instant of the cron up to, and without, the end of its duration.
 */
export function createWindows(windows: readonly WatchWindow[]): Windows {
  const all = windows.map((window) => ({ type: window.type, stretch: createStretch(window) }));
  const allows = all.filter(({ type }) => type === 'allow').map(({ stretch }) => stretch);
  const denies = all.filter(({ type }) => type === 'deny').map(({ stretch }) => stretch);
  const isOpen = (at: number): boolean =>
    !denies.some((stretch) => stretch.covers(at)) &&
    (allows.length === 0 || allows.some((stretch) => stretch.covers(at)));
  const nextEdge = (at: number): number | undefined => {
    const edges = all.flatMap(({ stretch }) => stretch.nextEdge(at) ?? []);
    return edges.length === 0 ? undefined : Math.min(...edges);
  };
  return {
    isOpen,
    nextEdge,
    nextOpening(at) {
      let from: number | undefined = at;
      for (let edge = 0; from !== undefined && edge < EDGES; edge += 1) {
        if (isOpen(from)) return from;
        from = nextEdge(from);
      }
      return undefined;
    },
  };
}

interface Stretch {
  covers(at: number): boolean;
  nextEdge(at: number): number | undefined;
}

function createStretch({ cron, duration, timeZone }: WatchWindow): Stretch {
  const openings = new Cron(cron, { timezone: timeZone, mode: '5-part', legacyMode: true });
  const next = (after: number): number | undefined => openings.nextRun(new Date(after))?.getTime();
  /** The latest opening that still covers `at` begins after this. */
  const covers = (at: number): boolean => {
    // croner answers in whole seconds, strictly after what it is given.
    const opening = next(at - duration);
    return opening !== undefined && opening <= at;
  };
  return {
    covers,
    nextEdge(at) {
      if (!covers(at)) return next(at);
      let end = at;
      let opening = next(at - duration);
      for (let count = 0; opening !== undefined && opening <= Math.max(end, at); count += 1) {
        end = opening + duration;
        // A window that never closes has no edge.
        if (count > CHAIN) return undefined;
        opening = next(opening);
      }
      return end;
    },
  };
}
