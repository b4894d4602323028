import { type ErrorCategory, ReconcileError } from '../core/errors.ts';

/** The exit codes of the program; documented in docs/cli.md. */
export const exitCodes = {
  done: 0,
  failed: 1,
  differences: 2,
  invalid: 3,
  refused: 4,
  stale: 5,
  locked: 6,
  partial: 7,
  /** Stopped by a signal before anything was written; the shell's own number for it. */
  interrupted: 130,
} as const;

const byCategory: Record<ErrorCategory, number> = {
  invalid: exitCodes.invalid,
  refused: exitCodes.refused,
  stale: exitCodes.stale,
  locked: exitCodes.locked,
  transient: exitCodes.failed,
  rejected: exitCodes.failed,
  internal: exitCodes.failed,
};

/** An error that came after an earlier target had been written to: reported as itself, but the exit code says "in part". */
export class AppliedInPart extends Error {
  constructor(cause: unknown) {
    super('applied in part', { cause });
  }
}

/** The exit code of a thrown error; whatever is not ours is a bug. */
export function exitCodeOfError(error: unknown): number {
  if (error instanceof AppliedInPart) return exitCodes.partial;
  return error instanceof ReconcileError ? byCategory[error.category] : exitCodes.failed;
}
