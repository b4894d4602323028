import type { Place } from './resource.ts';

/**
 * What went wrong, seen from the user's side. The exit code follows from it:
 * invalid → 3 · refused → 4 · stale → 5 · locked → 6 · transient, rejected, internal → 1.
 */
export type ErrorCategory =
  | 'invalid'
  | 'refused'
  | 'stale'
  | 'locked'
  | 'transient'
  | 'rejected'
  | 'internal';

export interface ErrorDetails {
  /** Stable, UPPER_SNAKE; documented in docs/errors.md. */
  code: string;
  category: ErrorCategory;
  /** What to do about it, in one or two sentences. */
  remedy?: string;
  /** All findings, when the error stands for several. */
  findings?: readonly Finding[];
  /** The service's own words and the request that was refused; already redacted. */
  exchange?: HttpExchange;
  /** The answer to a read was refused or unusable: that says nothing about writes before it. */
  reading?: boolean;
  /** A try before the one that was refused may have taken effect. */
  triedBefore?: boolean;
  cause?: unknown;
}

export interface HttpExchange {
  method: string;
  url: string;
  status?: number;
  /** Redacted request body, if any. */
  request?: string;
  /** Redacted, shortened answer. */
  response?: string;
}

/** The one error class of the project: a message for people, a stable code for programs, always a cause if there was one. */
export class ReconcileError extends Error {
  readonly code: string;
  readonly category: ErrorCategory;
  readonly remedy: string | undefined;
  readonly findings: readonly Finding[];
  readonly exchange: HttpExchange | undefined;
  readonly reading: boolean;
  readonly triedBefore: boolean;

  constructor(message: string, details: ErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'ReconcileError';
    this.code = details.code;
    this.category = details.category;
    this.remedy = details.remedy;
    this.findings = details.findings ?? [];
    this.exchange = details.exchange;
    this.reading = details.reading ?? false;
    this.triedBefore = details.triedBefore ?? false;
  }
}

export type Severity = 'error' | 'warning' | 'info';

/** One remark about what the user wrote. `place` is filled in by the loader from `pointer`. */
export interface Finding {
  code: string;
  severity: Severity;
  message: string;
  expected?: string;
  remedy?: string;
  /** JSON pointer into the document (`/spec/schedules/daily/cron`). */
  pointer?: string;
  /** Characters into the string value at `pointer` where the trouble starts. */
  offset?: number;
  place?: Place;
  address?: string;
}

/** A remark of the planner or of a provider about a target. */
export interface Diagnostic {
  code: string;
  severity: Severity;
  message: string;
  remedy?: string;
  address?: string;
  /** `/schedules/daily` */
  path?: string;
}
