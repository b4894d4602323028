import type { Change, Operation } from '../../core/change.ts';
import { ReconcileError } from '../../core/errors.ts';
import type { Json } from '../../core/json.ts';
import type { ExecuteContext, HttpRequest, Surroundings, Writer } from '../../core/provider.ts';
import { outcomeUnknown } from '../../http/failure.ts';
import type { RiversandClient } from './client.ts';
import type { ObjectWatch } from './object-watch.ts';
import type { Pairs } from './observe.ts';
import { isRefusal, refusal, statusOf } from './refusal.ts';

/** What a step has in hand. */
export interface Doing {
  operation: Operation;
  context: ExecuteContext;
  change: Change;
  client: RiversandClient;
  writer: Writer;
  watch: ObjectWatch;
  surroundings: Surroundings;
  tenantId: string;
  pairs: Pairs;
}

/** What came of one write, as far as its answer tells. Only reading tells the rest. */
export type Sent =
  | { as: 'accepted'; body: Json | undefined }
  | { as: 'refused'; error: ReconcileError }
  | { as: 'unknown'; error: ReconcileError };

/** Sends one write and reads its answer: `response.status` decides, not HTTP. Errors after which nothing can have happened are thrown. */
export async function send(doing: Pick<Doing, 'writer'>, what: string, request: HttpRequest): Promise<Sent> {
  try {
    const { body } = await doing.writer.write(request);
    const status = statusOf(body);
    if (status === 'success') return { as: 'accepted', body };
    if (status !== undefined) return { as: 'refused', error: refusal(what, request, body) };
    return { as: 'unknown', error: noStatus(what, request) };
  } catch (error) {
    if (error instanceof ReconcileError && outcomeUnknown(error)) return { as: 'unknown', error };
    if (isRefusal(error)) return { as: 'refused', error };
    throw error;
  }
}

function noStatus(what: string, request: HttpRequest): ReconcileError {
  return new ReconcileError(`The service's answer to the request to ${what} has no response.status.`, {
    code: 'ANSWER_LOST',
    category: 'transient',
    remedy: 'It may have taken effect. Plan again: reading shows what is live now.',
    exchange: { method: request.method, url: request.path },
  });
}

export function internal(message: string): ReconcileError {
  return new ReconcileError(message, { code: 'INTERNAL', category: 'internal' });
}

export function gone(what: string): ReconcileError {
  return new ReconcileError(`${what} is gone since the plan was made.`, {
    code: 'GONE_MEANWHILE',
    category: 'stale',
    remedy: 'Plan again.',
  });
}

/** An error that says what is live now. `code` and `remedy` of the cause where there is one. */
export function unsettled(
  message: string,
  live: string,
  code: string,
  cause?: ReconcileError,
): ReconcileError {
  return new ReconcileError(`${message} Live now: ${live}.`, {
    code: cause?.code ?? code,
    category: cause?.category ?? 'transient',
    remedy: cause?.remedy ?? 'Plan again: the plan starts from what is live now.',
    ...(cause === undefined ? {} : { cause }),
    ...(cause?.exchange === undefined ? {} : { exchange: cause.exchange }),
  });
}
