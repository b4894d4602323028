import { type ErrorCategory, type Finding, ReconcileError } from '../core/errors.ts';

/** Values of the output `failure-reason`; documented in docs/github-action.md. */
export type FailureReason =
  | 'invalid-input'
  | 'event-not-allowed'
  | 'invalid'
  | 'missing-credentials'
  | 'no-approved-plan'
  | 'plan-changed'
  | 'refused'
  | 'changes'
  | 'drift'
  | 'stale'
  | 'locked'
  | 'partial'
  | 'failed'
  | 'internal';

/** A failure that only the Action knows: a wrong input, a wrong event, no approval. */
export class ActionFailure extends Error {
  readonly reason: FailureReason;
  readonly remedy: string | undefined;

  constructor(reason: FailureReason, message: string, remedy?: string) {
    super(message);
    this.name = 'ActionFailure';
    this.reason = reason;
    this.remedy = remedy;
  }
}

const byCategory: Record<ErrorCategory, FailureReason> = {
  invalid: 'invalid',
  refused: 'refused',
  stale: 'stale',
  locked: 'locked',
  transient: 'failed',
  rejected: 'failed',
  internal: 'failed',
};

const missing = new Set(['UNRESOLVED_SECRET', 'UNRESOLVED_ENV', 'UNRESOLVED_FILE']);

/** What to put into `failure-reason` for anything that was thrown. */
export function reasonOf(error: unknown): FailureReason {
  if (error instanceof ActionFailure) return error.reason;
  if (!(error instanceof ReconcileError)) return 'internal';
  return isMissingCredentials(error.findings) ? 'missing-credentials' : byCategory[error.category];
}

/** Nothing is wrong but that variables, secrets or files are not there. */
function isMissingCredentials(findings: readonly Finding[]): boolean {
  const errors = findings.filter(({ severity }) => severity === 'error');
  return errors.length > 0 && errors.every(({ code }) => missing.has(code));
}
