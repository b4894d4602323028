import type { Action } from './change.ts';
import type { Finding, HttpExchange } from './errors.ts';

export type OutcomeStatus = 'succeeded' | 'noop' | 'failed' | 'blocked' | 'notAttempted';

/** What became of one operation. */
export interface OperationOutcome {
  id: string;
  summary: string;
  method: string;
  /** As far as it is known before: ids of things still to be created show as `{jobId}`. */
  path: string;
  /** How long it took, with the reads around its write, ms; absent when it was not attempted. */
  durationMs?: number;
  /** `noop`: read again just before the write, and there was nothing left to do. */
  status: OutcomeStatus;
  error?: OutcomeError;
}

export interface OutcomeError {
  code: string;
  message: string;
  remedy?: string;
  exchange?: HttpExchange;
  /** All of them, when the error stands for several. */
  findings?: readonly Finding[];
}

/** What became of one planned change. A separate type from what was planned. */
export interface ChangeOutcome {
  address: string;
  action: Action;
  status: OutcomeStatus;
  operations: OperationOutcome[];
  error?: OutcomeError;
}

export interface TargetOutcome {
  name: string;
  outcomes: ChangeOutcome[];
  requests: number;
  writes: number;
  /** Set when the target as a whole could not be applied (refused, unreachable). */
  error?: OutcomeError;
}

export interface OutcomeDocument {
  formatVersion: '1';
  tool: { name: string; version: string };
  /** What stopped the command before its first target. */
  error?: OutcomeError;
  targets: readonly TargetOutcome[];
  summary: Record<OutcomeStatus, number>;
}
