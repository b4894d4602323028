/** The coming runs of one schedule. */
export interface Lane {
  /** `SapJob/salesReportJob` */
  address: string;
  /** The key of the schedule; empty for kinds that have none. */
  schedule: string;
  /** Epoch ms, in order, within the stretch. */
  runs: readonly number[];
  /** `assumed`: it repeats, and nothing tells from when; `unknown`: so much so that no run is shown. Absent: known. */
  phase?: 'assumed' | 'unknown';
}

/** What every rendering of a calendar starts from. Nothing in it is secret any more. */
export interface Calendar {
  /** What it shows, for the title: `target dev`, `target dev, as live`. */
  title: string;
  /** Epoch ms: [from, until). */
  from: number;
  until: number;
  lanes: readonly Lane[];
}

/** How many of the busiest are named. */
export interface Top {
  jobs: number;
  peaks: number;
}
