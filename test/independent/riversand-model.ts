export type Fields = Record<string, unknown>;

/** What the service does in ways that its documentation leaves open. */
export interface RiversandDialect {
  /** How the creation time at the end of an id is written. */
  stamp(now: number, serial: number): string;
  /** Whether lists may ask for all apps and all jobs. */
  all: 'both' | 'per app' | 'none';
  /** Errors come with this HTTP status. */
  errorStatus: number;
  /** How an interval is given back: as it was sent, or in seconds. */
  intervals: 'echo' | 'seconds';
  /** Lists of batch schedules know a change only after so many ms. */
  listsAfter: number;
  /** Schedule objects show a change only after so many ms. */
  objectsAfter: number;
  /** A single object that is not there: an empty answer, or an error. */
  missing: 'empty' | 'no list' | 'error';
  /** Switches and numbers of schedule objects come back as texts. */
  asText: boolean;
  /** Newest first, and with fields that nobody documented. */
  odd: boolean;
  /** Whether type `scheduleinfo` may be asked for. */
  infos: boolean;
}

export const usual: RiversandDialect = {
  stamp: (now, serial) => String(now + serial),
  all: 'both',
  errorStatus: 200,
  intervals: 'echo',
  listsAfter: 0,
  objectsAfter: 0,
  missing: 'empty',
  asText: false,
  odd: false,
  infos: true,
};

export interface Batch {
  id: string;
  appId: string;
  jobDefId: string;
  poolId: string;
  recurrenceInterval: string;
  /** Epoch ms. */
  first: number;
  payload: unknown;
  enabled: boolean;
  createdAt: number;
  appVersion: number;
}

export interface Run {
  pair: string;
  at: number;
  payload: unknown;
}

/** The call means nothing, or is not allowed. */
export class Refused extends Error {}

export function refuse(message: string): never {
  throw new Refused(message);
}

const duration = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;

export function intervalMs(text: string): number {
  const [, weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = duration.exec(text) ?? [];
  const hoursInAll = (Number(weeks) * 7 + Number(days)) * 24 + Number(hours);
  return ((hoursInAll * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
}

/** The state of one tenant: batch schedules that fire, and schedule objects that show late. */
export class RiversandModel {
  now: number;
  batch: Batch[] = [];
  objects = new Map<string, Fields>();
  lastRuns = new Map<string, number>();
  runs: Run[] = [];
  /** A new version of every app is deployed by adding one. */
  appVersion = 1;
  private serial = 0;
  private readonly dialect: RiversandDialect;
  private readonly late: { at: number; take: () => void }[] = [];
  private readonly gone: { row: Batch; at: number }[] = [];

  constructor(now: number, dialect: RiversandDialect) {
    this.now = now;
    this.dialect = dialect;
  }

  /** Time passes: what is due runs, what was submitted shows. */
  pass(ms: number): void {
    const until = this.now + ms;
    for (const one of this.batch.filter(({ enabled }) => enabled)) {
      const step = intervalMs(one.recurrenceInterval);
      const skipped = Math.max(0, Math.floor((this.now - one.first) / step) + 1);
      for (let at = one.first + skipped * step; at <= until; at += step) {
        this.runs.push({ pair: `${one.appId}/${one.jobDefId}`, at, payload: one.payload });
      }
    }
    this.now = until;
    this.settle();
  }

  settle(): void {
    for (const due of this.late.filter(({ at }) => at <= this.now)) {
      this.late.splice(this.late.indexOf(due), 1);
      due.take();
    }
  }

  of(appId: string, jobDefId: string): Batch[] {
    return this.batch.filter((one) => one.appId === appId && one.jobDefId === jobDefId);
  }

  remove(appId: string, jobDefId: string): void {
    for (const row of this.of(appId, jobDefId)) this.gone.push({ row, at: this.now });
    this.batch = this.batch.filter((one) => one.appId !== appId || one.jobDefId !== jobDefId);
  }

  add(tenant: string, more: Partial<Batch> & Pick<Batch, 'appId' | 'jobDefId'>): Batch {
    this.serial += 1;
    const made: Batch = {
      id: `${tenant}_${more.appId}_${more.jobDefId}_${this.dialect.stamp(this.now, this.serial)}`,
      poolId: 'rsbatch',
      recurrenceInterval: 'PT1H',
      first: this.now,
      payload: {},
      enabled: true,
      createdAt: this.now,
      appVersion: this.appVersion,
      ...more,
    };
    this.batch.push(made);
    // Without a start, or with one that is over, the first run is now.
    if (made.first <= this.now) {
      made.first = this.now;
      this.runs.push({ pair: `${made.appId}/${made.jobDefId}`, at: this.now, payload: made.payload });
    }
    return made;
  }

  /** The rows that a list knows of by now. */
  listed(): Batch[] {
    const { listsAfter } = this.dialect;
    const stillThere = this.gone.filter(({ at }) => at + listsAfter > this.now).map(({ row }) => row);
    const shown = this.batch.filter(({ createdAt }) => createdAt + listsAfter <= this.now);
    return [...stillThere, ...shown];
  }

  submit(take: () => void): void {
    this.late.push({ at: this.now + this.dialect.objectsAfter, take });
    this.settle();
  }
}
