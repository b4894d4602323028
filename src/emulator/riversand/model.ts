import type { JsonRecord } from '../json.ts';

/** Something that the list does not show yet: until an instant (epoch ms), or for so many more lists. */
export interface Hidden {
  until?: number;
  lists?: number;
}

/** What a batch schedule is made from, as the caller sent it. */
export interface BatchRequest {
  appId: string;
  jobDefId: string;
  poolId: string;
  /** The ISO 8601 duration as sent. */
  recurrenceInterval: string;
  doNotRunUntil: string | undefined;
  jobInputPayload: JsonRecord;
}

/** A batch schedule that lives. Instants are epoch ms, intervals ms. */
export interface BatchSchedule extends BatchRequest {
  id: string;
  interval: number;
  /** First instant of the grid on which it runs. */
  anchor: number;
  enabled: boolean;
  /** Taken at the creation and kept. */
  appVersion: string;
  createdAt: number;
  nextDue: number;
  /** Until when its last run is active. */
  activeUntil: number;
  wakeAt: number | undefined;
  hidden: Hidden | undefined;
}

/** A schedule that is gone, but that the list still shows. */
export interface Ghost {
  schedule: Pick<BatchSchedule, 'id' | 'appId' | 'jobDefId' | 'poolId' | 'recurrenceInterval'>;
  hidden: Hidden;
}

/** A run of a batch schedule, or of none (`batch-create-job`). */
export interface BatchRun {
  runId: string;
  scheduleId: string | null;
  appId: string;
  jobDefId: string;
  appVersion: string;
  payload: JsonRecord;
  dueAt: number;
  /** null: it was due while another one was active, and dropped. */
  startedAt: number | null;
  endsAt: number | null;
  /** Ended by the deletion of its schedule. */
  terminated: boolean;
}

export interface App {
  appId: string;
  /** Deployed versions, the latest last. */
  versions: string[];
  /** undefined: any job definition is accepted. Ms of a run, where it differs from the settings. */
  jobDefinitions: Map<string, number | undefined> | undefined;
  /** Refuses `jobDefId: "_ALL"`. */
  refuseAll: boolean;
}

/** What a schedule object says about its time. */
export interface ObjectPlan {
  enabled: boolean;
  /** Ms. */
  interval: number;
  startTime: string | undefined;
  stopAt: number | undefined;
}

/** A schedule object that shows. */
export interface ScheduleObject extends ObjectPlan {
  id: string;
  /** The whole object, as `get` gives it. */
  body: JsonRecord;
  anchor: number;
  nextDue: number;
  wakeAt: number | undefined;
}

/** A change of a schedule object that was accepted and takes effect later. */
export interface PendingChange {
  order: number;
  at: number;
  kind: 'create' | 'update' | 'delete';
  /** Absent only for a delete by criteria. */
  id?: string;
  body?: JsonRecord;
  /** Properties that an object must have to be deleted. */
  criteria?: JsonRecord;
}

/** A run of a schedule object. */
export interface ObjectRun {
  runId: string;
  scheduleId: string;
  dueAt: number;
  url: string;
  /** null: no answer, or none yet. */
  httpStatus: number | null;
  text: string;
}

export interface RiversandTenant {
  tenantId: string;
  /** clientId → clientSecret */
  clients: Map<string, string>;
  /** userId → roles */
  users: Map<string, readonly string[]>;
  apps: Map<string, App>;
  /** No apps are listed in the seed: any name is one. */
  anyApp: boolean;
  /** `apps`: `appId: "_ALL"` is refused; true: `_ALL` is refused everywhere. */
  refuseAll: boolean | 'apps';
  /** In the order of their creation. */
  batch: Map<string, BatchSchedule>;
  ghosts: Ghost[];
  batchRuns: BatchRun[];
  /** The last timestamp that went into an id. */
  lastStamp: number;
  /** x-rdp-taskId → jobId */
  tasks: Map<string, string>;
  objects: Map<string, ScheduleObject>;
  pending: PendingChange[];
  /** Schedule object id → its last invocation. */
  invocations: Map<string, number>;
  objectRuns: ObjectRun[];
  nextValueId: number;
  nextChange: number;
}
