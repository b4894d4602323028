/** The four ways a schedule can say when it runs. */
export const MODES = ['cron', 'time', 'repeatInterval', 'repeatAt'] as const;
export type Mode = (typeof MODES)[number];

export const HTTP_METHODS = ['GET', 'POST', 'PUT', 'DELETE'] as const;
export type HttpMethod = (typeof HTTP_METHODS)[number];

export type JobType = 'HTTP_ENDPOINT' | 'CF_TASK';

/** A date as a client sent it, with the instant (epoch ms) it stands for. */
export interface SentDate {
  raw: unknown;
  at: number;
}

/** When a schedule runs, read once, when the call arrived. */
export interface Timing {
  mode: Mode;
  raw: unknown;
  /** `time`: the instant. */
  at?: number;
  /** `time`: the text was relative to the moment of the call. */
  relative?: boolean;
  /** `repeatInterval`: ms. */
  interval?: number;
  /** `repeatAt`: ms since midnight UTC. */
  timeOfDay?: number;
  /** `repeatAt`: nobody could read it, so the service takes it for "now". */
  unreadable?: boolean;
}

export type RunStatus = 'SCHEDULED' | 'RUNNING' | 'COMPLETED';
export type RunState =
  | ''
  | 'TRIGGERED'
  | 'ACK_RECVD'
  | 'ACK_NOT_RECVD'
  | 'SUCCESS'
  | 'ERROR'
  | 'REQUEST_ERROR'
  | 'UNKNOWN';

/** One run in a schedule's log; instants are epoch ms. */
export interface Run {
  runId: string;
  scheduledAt: number;
  executedAt: number | null;
  completedAt: number | null;
  httpStatus: number | null;
  status: RunStatus;
  state: RunState;
  text: string;
  /** Until when an asynchronous run may call back. */
  deadline?: number;
}

export interface Schedule {
  scheduleId: string;
  job: Job;
  /** undefined: none was ever sent. */
  description: string | null | undefined;
  data: unknown;
  active: boolean;
  timing: Timing;
  start: SentDate | undefined;
  end: SentDate | undefined;
  createdAt: number;
  modifiedAt: number;
  /** Start of the last run. */
  lastRunAt: number | undefined;
  nextRunAt: number | undefined;
  /** When the service looks at this schedule again: a run, its end, or its deletion. */
  wakeAt: number | undefined;
  /** Since when its endpoint has not answered. */
  unreachableSince: number | undefined;
  /** Oldest first. */
  runs: Run[];
}

export interface Job {
  id: number;
  name: string;
  description: string;
  action: string;
  active: boolean;
  httpMethod: HttpMethod;
  jobType: JobType;
  start: SentDate | undefined;
  end: SentDate | undefined;
  ansConfig: Record<string, boolean> | undefined;
  calmConfig: { enabled: boolean } | undefined;
  createdAt: number;
  modifiedAt: number;
  tenantId: string;
  subdomain: string;
  schedules: Schedule[];
}

/** Who calls: told from the token or the user. */
export interface Caller {
  clientId: string;
  tenantId: string;
  subdomain: string;
  /** The provider sees every tenant's jobs. */
  provider: boolean;
  method: 'xsuaa' | 'ias' | 'basic';
  instanceId: string;
}
