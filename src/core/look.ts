const DAY = 86_400_000;

/** How far a plan looks at the coming runs of what it changes. */
export interface Look {
  /** So many runs are listed before and after. */
  runs: number;
  /** Runs are looked for up to so far ahead, ms. */
  horizon: number;
}

export const defaultLook: Look = { runs: 5, horizon: 366 * DAY };
