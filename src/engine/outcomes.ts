import type { Change, Operation } from '../core/change.ts';
import { ReconcileError } from '../core/errors.ts';
import type { ChangeOutcome, OperationOutcome, OutcomeError, OutcomeStatus } from '../core/outcome.ts';

export function errorOf(error: unknown): OutcomeError {
  if (error instanceof ReconcileError) {
    return {
      code: error.code,
      message: error.message,
      ...(error.remedy === undefined ? {} : { remedy: error.remedy }),
      ...(error.exchange === undefined ? {} : { exchange: error.exchange }),
      ...(error.findings.length === 0 ? {} : { findings: error.findings }),
    };
  }
  return { code: 'INTERNAL', message: error instanceof Error ? error.message : String(error) };
}

export function operationOutcome(
  operation: Operation,
  status: OutcomeStatus,
  error?: unknown,
): OperationOutcome {
  return {
    id: operation.id,
    summary: operation.summary,
    method: operation.method,
    path: operation.path,
    status,
    ...(error === undefined ? {} : { error: errorOf(error) }),
  };
}

export function notAttempted(change: Change): ChangeOutcome {
  return {
    address: change.address,
    action: change.action,
    status: 'notAttempted',
    operations: change.operations.map((operation) => operationOutcome(operation, 'notAttempted')),
  };
}
