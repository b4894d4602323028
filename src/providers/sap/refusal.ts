import { type HttpExchange, ReconcileError } from '../../core/errors.ts';

/** The status with which the service refused, if this error stands for a refusal. */
export function refusedStatus(error: unknown): number | undefined {
  return exchangeOf(error)?.status;
}

/** `400 … Invalid Page Size`: the page asked for is larger than this service gives. */
export function isPageSizeRefused(error: unknown): boolean {
  const exchange = exchangeOf(error);
  if (exchange?.status !== 400 || !(error instanceof Error)) return false;
  return /page.{0,3}size/i.test(`${error.message} ${exchange.response ?? ''}`);
}

function exchangeOf(error: unknown): HttpExchange | undefined {
  return error instanceof ReconcileError ? error.exchange : undefined;
}
