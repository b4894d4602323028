import type { Change, Impact, Operation, PartChange } from './change.ts';
import type { Diagnostic, Finding } from './errors.ts';
import type { Json, JsonObject } from './json.ts';
import type { Look } from './look.ts';
import type { Pointer } from './pointer.ts';
import type { LivePart, LiveResource, Normalized, Part } from './resource.ts';

/**
 * A kind of resource, pure: no network, no clock. The planner and the loader know kinds only through this.
 * Canonical forms are total: what cannot be read is kept as it is, so that odd live values stay comparable.
 */
export interface Kind {
  kind: string;
  /** File name below schemas/, e.g. `sap-job.schema.json`. */
  schemaFile: string;
  /** Where parts live in the spec (`schedules`), and what one is called (`schedule`). */
  parts?: { field: string; noun: string };
  /** The objects exist by themselves: no create, no delete, no adoption of the whole (SapTask, SapSettings). */
  preExisting: boolean;
  /** False: removal can only take out of service (Riversand batch). */
  deletable: boolean;
  /**
   * `guarded`: replacing the whole object needs `lifecycle.allowReplace` and counts as a deletion. `usual`: the service knows
   * no other update (Riversand batch), so that a replace is announced but not refused.
   */
  replace: 'guarded' | 'usual';
  /** The service keeps logs of the runs, and a deletion takes them along. */
  keepsRunLogs?: boolean;
  /** Fields that a write may fill with a value of the engine's own, of the resource and of parts (`startTime`); see OperationResult.effective. */
  computed?: readonly string[];
  /** Ids of all instances that the service keeps under one identity, where it may keep several; the canonical form counts them in `instances`. */
  instances?(live: LiveResource): readonly string[];
  /** Writes show only after a while: what is not there yet may still come. */
  eventual?: boolean;
  /** Fields that the service does not give back; compared desired against base. */
  unreadable: readonly Pointer[];
  /** Objects compared and written as one value (`/data`), relative to the object (resource or part). */
  atomic: readonly Pointer[];
  /** Fields of which exactly one is set (the modes of a schedule), relative to the object; ignoring one ignores all. */
  alternatives?: readonly Pointer[];
  /** Fields of live objects that no manifest has (`/instances`): left out by import. */
  derived?: readonly Pointer[];
  /** Secret by nature, relative to the whole spec. */
  secret: readonly Pointer[];
  /** The switch that policy.heal treats apart (`active`, `enabled`); same name for resource and parts. */
  activeField: string;
  /** The service's own value of a field that is taken out of a manifest again. `part`: the field is a part's. `identity`: of the resource. */
  resetValue(pointer: Pointer, part: boolean, identity: string): Json;
  /** Identity in the service. `spec` as written in the manifest. */
  identity(name: string, spec: JsonObject): string;
  /** Fills defaults, says everything in the vocabulary of manifests; both sides pass through it. Idempotent. */
  normalize(name: string, spec: JsonObject): Normalized & { parts: Part[] };
  /** Semantic rules beyond the JSON Schema. Pointers into the document (`/spec/…`). `now`: epoch ms, for hints only. */
  validate(name: string, spec: JsonObject, now: number): Finding[];
  /** Which live part is which key. */
  correlate(input: CorrelateInput): Correlation;
  /** What a difference needs. `pointers`: the changed fields; `part`: present when they belong to a part. */
  classify(input: {
    pointers: readonly Pointer[];
    part: boolean;
    from: JsonObject;
    to: JsonObject;
  }): Classification;
  /** Is this part (as written, with its resource) over for good at `now`? SEMANTICS 4. */
  settled(part: JsonObject, resource: JsonObject, now: number): Settled | undefined;
  /** Does this part run only once? The service switches such ones off, and takes them away in the end, by itself. */
  runsOnce?(part: JsonObject): boolean;
  /** What a part change does to the runs. `resource*`: the spec around it, before and after. */
  impact(input: ImpactInput): Impact | undefined;
  /** When it is due; absent for kinds that never run (settings). */
  runs?(input: RunsInput): number[];
  /**
   * What is known of the phase of one that is switched on. `assumed`: nothing tells it, and `runs` takes the beginning of the
   * stretch; `unknown`: nothing tells it, and `runs` gives none. Absent where it is known.
   */
  unsurePhase?(
    input: Pick<RunsInput, 'resource' | 'part' | 'facts' | 'due' | 'from'>,
  ): 'assumed' | 'unknown' | undefined;
  /** Operations in execution order. */
  operations(change: Change, now: number): Operation[];
  /** Advice about a valid manifest, for `lint`: what is allowed but better said otherwise. Pointers as for `validate`. */
  lint?(input: LintInput): Finding[];
  /** Codes of `lint`, and those of `validate` that are only warnings: what a user may switch off. */
  adviceCodes?: readonly string[];
  /** Warnings of `validate` that concern creating an object alone: what is about live objects leaves them to `outlook`. */
  creationCodes?: readonly string[];
  /** What the runs of a resource ask of the service, for rules over all resources of a target. */
  loads?(input: LintInput): Load[];
  /** What a change of the whole resource does to its own runs, and what to know before; for kinds whose runs are not those of parts. */
  outlook?(change: Omit<Change, 'operations'>, now: number, look?: Look): Outlook;
}

export interface Outlook {
  impact?: Impact;
  warnings: readonly string[];
}

/** A schedule and the stretch of time that is asked about. */
export interface RunsInput {
  /** The resource, as written or as live. */
  resource: JsonObject;
  /** The part, as written or as live; absent for kinds without parts. */
  part?: JsonObject;
  /** What is read only about the part (or resource): `nextRunAt` is the phase of an interval. */
  facts?: JsonObject;
  /** The next run, where it is known from elsewhere (a plan), epoch ms: the phase of an interval, and nothing before it. */
  due?: number;
  /** Epoch ms; runs in [from, until) are given, in order, at most `limit`. */
  from: number;
  until: number;
  limit: number;
}

export interface LintInput {
  name: string;
  /** As written, with references filled in. */
  spec: JsonObject;
  /** Epoch ms. */
  now: number;
}

/** One schedule, seen as load. */
export interface Load {
  /** Into the document: where the rhythm is written (`/spec/schedules/daily/cron`). */
  pointer: Pointer;
  /** For people: `schedule daily`. */
  label: string;
  /** What a run calls: two loads with the same text share an endpoint. */
  endpoint: string;
  /** What a run says to it; compared, never shown. */
  payload: string;
  /** Two loads with the same text run at the same times. */
  rhythm: string;
  /** Runs in each minute that has one. */
  perMinute: number;
  /** The minutes (epoch ms) in [from, until) that have runs, in order. */
  minutes(from: number, until: number): number[];
  /** What to write to have the runs at a less busy time: `cron: "* * * * 6 12 17"`. */
  better?: string;
}

export interface Settled {
  /** `past`: one-time and over; `ended`: end time passed; `never`: no future date. */
  why: 'past' | 'ended' | 'never';
  /** For people. */
  text: string;
}

export interface CorrelateInput {
  live: readonly LivePart[];
  /** Remembered ids by key. */
  remembered: Readonly<Record<string, string>>;
  desired: readonly Part[];
  /** Base parts whose key is gone from the manifest but that may reappear under a new key: key → canonical last applied. */
  base: Readonly<Record<string, JsonObject>>;
}

export interface Correlation {
  /** key → id of the live part. */
  matched: ReadonlyMap<string, string>;
  /** Keys that could be one of several live parts; never guessed. */
  ambiguous: readonly { key: string; ids: readonly string[] }[];
}

export type Classification = { how: 'in-place' } | { how: 'replace' } | { how: 'impossible'; why: string };

export interface ImpactInput {
  action: PartChange['action'];
  /** Tells a new part from one that is put back (`missing`). */
  reason?: PartChange['reason'];
  before?: LivePart;
  /** The part after the write, as written (PartChange.target). */
  after?: JsonObject;
  /** The resource around the part before (live) and after (target); absent before a create, after a delete. */
  resourceBefore?: JsonObject;
  resourceAfter?: JsonObject;
  fields: readonly Pointer[];
  now: number;
  /** How far to look; `defaultLook` when absent. */
  look?: Look;
}

/** What may be read: the whole list is in the provider's `reads` table. */
export interface ReadRule {
  id: string;
  method: string;
  /** Matched against the whole path without query. */
  path: RegExp;
  /** Where reads are POSTs: the JSON pointer into the body and the values it may have there. */
  verb?: { pointer: Pointer; values: readonly string[] };
}

export interface HttpRequest {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'PATCH';
  /** Below the base URL, beginning with `/`, without query. */
  path: string;
  query?: Readonly<Record<string, string | number | boolean>>;
  headers?: Readonly<Record<string, string>>;
  body?: Json;
  /** Statuses besides 2xx that the caller deals with (404 for "is it gone?"); all others become a ReconcileError. */
  accept?: readonly number[];
  /** Pointers into the body whose values are secret: never shown in errors or logs, not even short ones. */
  secrets?: readonly Pointer[];
}

export interface HttpAnswer {
  status: number;
  headers: Readonly<Record<string, string>>;
  /** Parsed JSON, or undefined for an empty body. */
  body: Json | undefined;
  /** The service's clock from its `Date` header, epoch ms. */
  serverTime?: number;
}

/** Sends reads only; refuses everything that the provider's table does not list. Retries by itself. */
export interface Reader {
  read(request: HttpRequest): Promise<HttpAnswer>;
  /** Requests sent so far, retries included. */
  readonly requests: number;
}

/** Sends writes, once. Never retries what is not safe to repeat. */
export interface Writer {
  write(request: HttpRequest): Promise<HttpAnswer>;
}

export interface Observation {
  resources: readonly LiveResource[];
  /** The service's clock minus ours, ms; 0 when it gave none. */
  skew: number;
  diagnostics: readonly Diagnostic[];
}

export interface OperationResult {
  /** The server's id of the resource, when the operation made it known. */
  id?: string;
  /** Ids of parts that came into being: key → id. */
  partIds?: Readonly<Record<string, string>>;
  /** Values sent of the engine's own accord: key of the part → { startTime }. The empty key is the resource itself. */
  effective?: Readonly<Record<string, JsonObject>>;
  /** False: by the time of the write there was nothing left to do. */
  wrote: boolean;
}

export interface ExecuteContext {
  change: Change;
  /** The same change as it was shown and approved. */
  planned?: Change;
  /** Read just before the change's first write. */
  live: LiveResource | undefined;
  /** Results so far, by operation id. */
  results: ReadonlyMap<string, OperationResult>;
  /** The service's clock, epoch ms, read at each call. */
  now(): number;
  /** Waits until this instant (epoch ms) of the service's clock, and says what for. */
  pause?(until: number, what: string): Promise<void>;
  reader: Reader;
  /** An apply that was cut short may have sent this already, without its effect being visible yet. */
  mayBeSent?: boolean;
}

/** An object that a manifest or the state names. */
export interface KnownObject {
  kind: string;
  identity: string;
  /** As in the manifest, else as last applied (secrets sealed): for services whose identities cannot be taken apart again. */
  spec: JsonObject;
  /** False: only the state names it, so that it is to be removed. */
  wanted: boolean;
  /** What the state has under this identity, as last applied (secrets sealed). */
  applied?: JsonObject;
}

/** A connection of a provider to one target. Opened for reading alone (plan), or for writing too (apply). */
export interface Session {
  /** Identity of the service instance: base URL + token claims, else client id or user. Never a secret. */
  instance(): Promise<string>;
  reader: Reader;
  /** Every live resource of the kinds, or an error; never a partial list. */
  /** `known`: what is wanted or ours, for services whose ids can only be recognised by it. */
  observe(kinds: readonly string[], known?: readonly KnownObject[]): Promise<Observation>;
  /** One object itself, not a search. `null` only after the service's own 404. */
  read(ref: { kind: string; identity: string; id?: string }): Promise<LiveResource | null>;
  /** The run logs of a part (or of a resource without parts), newest first; absent where the service keeps none. */
  runLogs?(ref: { kind: string; id: string; partId?: string }): AsyncIterable<JsonObject>;
  /**
   * When each of these ran last: id of the object or its part → ISO instant. What never ran, and what the service does not
   * tell of, is missing.
   */
  lastRuns?(resources: readonly LiveResource[]): Promise<ReadonlyMap<string, string>>;
  /** The fields that name an object in a manifest, where its own values do not: one for each reading that is possible. */
  identify?(live: LiveResource): Promise<readonly JsonObject[]>;
  /** How many run logs there are, by one request; undefined when the service does not say. */
  countRunLogs?(ref: { kind: string; id: string; partId: string }): Promise<number | undefined>;
  /** Present only when the session was opened for writing. */
  execute?(operation: Operation, context: ExecuteContext): Promise<OperationResult>;
  close(): Promise<void>;
}

/** What a target's config gives a provider; credentials are resolved and secret. */
export interface Connection {
  target: string;
  url?: string;
  tenant?: JsonObject;
  credentials: JsonObject;
  /** Credentials read again from their sources, for a 401 after rotation. */
  reload?(): Promise<JsonObject>;
}

/** Passed in by entry points: what a session may not take for itself. */
export interface Surroundings {
  now(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  random(): number;
  log(level: 'debug' | 'info' | 'warn', message: string, data?: JsonObject): void;
  /** Adds values to the one redactor of all outputs. `passing`: a token that is soon another one. */
  redact(secret: string, passing?: boolean): void;
  /** Proxy variables (`HTTPS_PROXY`, `NO_PROXY`, …) from the environment. */
  env: Readonly<Record<string, string | undefined>>;
  concurrency: number;
  /** "waiting 12 s: the service asked for it" and pages read so far. */
  progress?(message: string): void;
  /** A wait of more than seconds begins, and for what: `schedule object "x": …`. Said wherever somebody may wonder, also in logs. */
  waiting?(message: string): void;
  signal?: AbortSignal;
  /** Called before each request that writes; throws when no write may be sent any more (the lock is lost). */
  beforeWrite?(): void;
}

export interface Provider {
  name: string;
  kinds: readonly Kind[];
  /** JSON Schema (2020-12) of `credentials` in the config. */
  credentialsSchema: JsonObject;
  /** JSON Schema of `tenant`, if the provider has tenants. */
  tenantSchema?: JsonObject;
  reads: readonly ReadRule[];
  open(connection: Connection, mode: 'read' | 'write', surroundings: Surroundings): Promise<Session>;
}
