import { type Finding, type HttpExchange, ReconcileError } from '../core/errors.ts';

/** An error as plain data, ready to be rendered. */
export interface ErrorView {
  code: string;
  message: string;
  remedy?: string;
  exchange?: HttpExchange;
  findings: readonly Finding[];
  /** Messages of what lies beneath, the nearest first. */
  causes: string[];
  /** Where a bug happened; only for errors that are not ours. */
  stack?: string;
}

/** Makes plain data of whatever was thrown. Everything that is not a ReconcileError is a bug: `INTERNAL`. */
export function viewError(error: unknown): ErrorView {
  if (error instanceof ReconcileError) {
    return {
      code: error.code,
      message: error.message,
      ...(error.remedy === undefined ? {} : { remedy: error.remedy }),
      ...(error.exchange === undefined ? {} : { exchange: error.exchange }),
      findings: error.findings,
      causes: causesOf(error),
    };
  }
  return {
    code: 'INTERNAL',
    message: `This is a bug in reconcile: ${messageOf(error)}`,
    remedy: 'Please report it, with the output of the same command under --log-level debug.',
    findings: [],
    causes: causesOf(error),
    ...(error instanceof Error && error.stack !== undefined ? { stack: error.stack } : {}),
  };
}

function messageOf(error: unknown): string {
  if (error instanceof Error) return error.message === '' ? error.name : error.message;
  return typeof error === 'string' ? error : String(JSON.stringify(error));
}

/** Follows `cause`, and the errors inside an AggregateError; each only once. */
function causesOf(error: unknown): string[] {
  const seen = new Set<unknown>([error]);
  const messages: string[] = [];
  const visit = (cause: unknown): void => {
    if (cause === undefined || cause === null || seen.has(cause) || messages.length >= 20) return;
    seen.add(cause);
    const code =
      cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? `${cause.code}: ` : '';
    const message = messageOf(cause);
    messages.push(message.startsWith(code) ? message : code + message);
    if (cause instanceof AggregateError) for (const one of cause.errors) visit(one);
    if (cause instanceof Error) visit(cause.cause);
  };
  if (error instanceof Error) visit(error.cause);
  return messages;
}
