import { isRecord } from '../json.ts';

/** How the emulated service behaves where its documentation leaves it open, or where tests want it otherwise. */
export interface RiversandSettings {
  /** False: any headers will do; an unknown tenant is the first one. Default true. */
  checkHeaders: boolean;
  /** Roles of which one must be named to write; none: any role may. Default none. */
  writeRoles: readonly string[];
  /** HTTP status of an answer whose `response.status` is `error`. Default 200. */
  errorStatus: number;
  /** Ms a batch run is active, where the job definition says nothing else. Default 0. */
  runDuration: number;
  /** What becomes of a run that is due while another one of its schedule is active. Default `delay`. */
  overrun: 'delay' | 'drop';
  /** A deleted schedule takes its active run with it. Default false. */
  deleteEndsRuns: boolean;
  /** `phase`: an enabled schedule goes on at its next due time; `now`: a run missed meanwhile is made up at once. */
  onEnable: 'phase' | 'now';
  /** Ms until the list shows a new batch schedule. Default 0. */
  listDelay: number;
  /** How the list writes an interval. Default as it was sent. */
  intervals: 'asSent' | 'canonical';
  /** A repeated `x-rdp-taskId` gets the first answer again, and nothing is done. Default false. */
  idempotentTasks: boolean;
  /** Ms until a change of a schedule object takes effect and shows. Default 60 000. */
  visibilityDelay: number;
  /** `later`: a create of what exists, an update or delete of what does not, is accepted, and nothing happens. */
  objectChecks: 'atOnce' | 'later';
  /** Most schedule objects in one answer. Default 2000. */
  maxRecords: number;
}

export const DEFAULT_SETTINGS: RiversandSettings = {
  checkHeaders: true,
  writeRoles: [],
  errorStatus: 200,
  runDuration: 0,
  overrun: 'delay',
  deleteEndsRuns: false,
  onEnable: 'phase',
  listDelay: 0,
  intervals: 'asSent',
  idempotentTasks: false,
  visibilityDelay: 60_000,
  objectChecks: 'atOnce',
  maxRecords: 2_000,
};

type Check = (value: unknown) => boolean;
const isFlag: Check = (value) => typeof value === 'boolean';
const isMs: Check = (value) => typeof value === 'number' && Number.isFinite(value) && value >= 0;
const oneOf =
  (...texts: readonly string[]): Check =>
  (value) =>
    texts.includes(value as string);

const CHECKS: Record<keyof RiversandSettings, Check> = {
  checkHeaders: isFlag,
  writeRoles: (value) => Array.isArray(value) && value.every((role) => typeof role === 'string'),
  errorStatus: (value) => Number.isInteger(value) && Number(value) >= 200 && Number(value) <= 599,
  runDuration: isMs,
  overrun: oneOf('delay', 'drop'),
  deleteEndsRuns: isFlag,
  onEnable: oneOf('phase', 'now'),
  listDelay: isMs,
  intervals: oneOf('asSent', 'canonical'),
  idempotentTasks: isFlag,
  visibilityDelay: isMs,
  objectChecks: oneOf('atOnce', 'later'),
  maxRecords: (value) => Number.isInteger(value) && Number(value) > 0,
};

/** Reads some settings; throws an Error that says what is wrong. */
export function readSettings(value: unknown): Partial<RiversandSettings> {
  if (!isRecord(value))
    throw new Error('riversand.settings: an object such as {"runDuration": 1000} is expected');
  for (const [key, entry] of Object.entries(value)) {
    const check = Object.hasOwn(CHECKS, key) ? CHECKS[key as keyof RiversandSettings] : undefined;
    if (check === undefined) {
      throw new Error(`riversand.settings: unknown key ${key}; known are ${Object.keys(CHECKS).join(', ')}`);
    }
    if (!check(entry)) throw new Error(`riversand.settings.${key} cannot be ${JSON.stringify(entry)}`);
  }
  return value as Partial<RiversandSettings>;
}
