import { ReconcileError } from '../core/errors.ts';
import type { Json, JsonObject } from '../core/json.ts';
import type { HttpAnswer, Surroundings } from '../core/provider.ts';
import type { Redactor } from '../core/redactor.ts';
import type { Authenticator, Headers } from './authenticator.ts';
import type { HostBudget, SlotOutcome } from './budget.ts';
import { type Decoded, decodeAnswer } from './decode.ts';
import { describeExchange, hideSecrets, type Outgoing } from './exchange.ts';
import {
  answerLost,
  answerNotJson,
  answerTooLarge,
  type FailureContext,
  interrupted,
  isLasting,
  notSent,
  redirected,
  statusError,
} from './failure.ts';
import type { ServiceError } from './service-error.ts';
import { parseHttpDate, type SkewEstimate } from './skew.ts';
import type { WireLimits, WireRequest, WireResult } from './transport.ts';
import { backoffMs, refusedBackoffMs, retryAfterMs, throttlingMs } from './wait.ts';

export interface SendDeps {
  sendOnce(request: WireRequest, limits: WireLimits): Promise<WireResult>;
  budget: HostBudget;
  authenticate: Authenticator;
  surroundings: Surroundings;
  redactor: Redactor;
  skew: SkewEstimate;
  describeError(body: Json | undefined, text: string): ServiceError | undefined;
  count(): void;
  /** For one request with all its repetitions and waits, from its first attempt. */
  deadlineMs: number;
  attemptMs: number;
  attempts: number;
  maxAnswerBytes: number;
}

type Answer = Extract<WireResult, { kind: 'answer' }>;

/** What to do after an attempt: done, or wait so long (of its own accord, or because the service asked) and try again. */
type Step =
  | { done: HttpAnswer }
  | { fail: Error }
  | { again: true; waitMs: number; askedFor: boolean; reason: string; else: Error };

/**
 * Sends one request and deals with everything that may go wrong (SEMANTICS 10).
 * Reads are repeated after lost answers, 429, 408 and 5xx. Writes are repeated only where the service cannot have acted:
 * the connection was never made; 401; 429; and 503 with `Retry-After` or `throttling`, which is how SAP's rate limiter
 * says that it denied a request (page "Rate Limits"). Any other 5xx (and 408) may come from behind the point where the write
 * happened: ANSWER_LOST, and the caller settles it by reading.
 */
export async function send(deps: SendDeps, outgoing: Outgoing): Promise<HttpAnswer> {
  const { surroundings } = deps;
  let attempts = 0;
  let refusals = 0;
  let deadline: number | undefined;
  let last: Error | undefined;

  for (;;) {
    // Before the slot is taken: a token may have to come from the same host, and all its slots may wait for it.
    const auth = await deps.authenticate.authorize();
    const slot = await acquire(deps, outgoing, attempts);
    const started = surroundings.now();
    deadline ??= started + deps.deadlineMs;
    if (last !== undefined && started >= deadline) {
      // The host was paused on behalf of other requests for longer than this one may take.
      slot.release('failed');
      throw last;
    }
    attempts += 1;
    deps.count();
    const result = await deps
      .sendOnce(wireRequest(outgoing, auth), {
        // A write that is under way gets its full time: cutting it short would make its outcome unknown.
        timeoutMs:
          outgoing.purpose === 'read'
            ? Math.max(1, Math.min(deps.attemptMs, deadline - started))
            : deps.attemptMs,
        maxBytes: deps.maxAnswerBytes,
        // A write in flight is always waited for: stopping must not make its outcome unknown.
        ...(outgoing.purpose === 'read' && surroundings.signal ? { signal: surroundings.signal } : {}),
      })
      .catch((cause: Error): WireResult => ({ kind: 'failed', why: 'network', sent: false, cause }));
    slot.release(outcomeOf(result));
    observe(deps, outgoing, result, started, attempts);

    const refused = result.kind === 'answer' && result.status === 401 && !outgoing.accept.includes(401);
    if (refused) {
      refusals += 1;
      if (await renew(deps.authenticate, auth, refusals)) continue;
    }
    const step = await nextStep(deps, outgoing, result, attempts);
    if ('done' in step) return step.done;
    if ('fail' in step) throw step.fail;
    const tooLate = surroundings.now() + step.waitMs >= deadline;
    if (attempts >= deps.attempts || tooLate) throw step.else;
    last = step.else;
    if (step.askedFor) deps.budget.pause(step.waitMs, step.reason);
    else await backOff(deps, outgoing, step.waitMs, step.reason, attempts);
  }
}

async function acquire(deps: SendDeps, outgoing: Outgoing, attempts: number) {
  const stop = () => interrupted(describeExchange(deps.redactor, outgoing, attempts));
  if (deps.surroundings.signal?.aborted) throw stop();
  const slot = await deps.budget.acquire(attempts > 0).catch((cause: unknown) => {
    throw deps.surroundings.signal?.aborted ? stop() : cause;
  });
  if (deps.surroundings.signal?.aborted) {
    slot.release('failed');
    throw stop();
  }
  try {
    // At the last moment: waiting for the slot may have taken long.
    if (outgoing.purpose === 'write') deps.surroundings.beforeWrite?.();
    return slot;
  } catch (error) {
    slot.release('failed');
    throw error;
  }
}

/** After a first 401 a new token, after a second the credentials read again; false when nothing new can be had. */
async function renew(authenticate: Authenticator, refused: Headers, refusals: number): Promise<boolean> {
  if (refusals === 1 && authenticate.invalidate(refused)) return true;
  return refusals <= 2 && (await authenticate.reload(refused));
}

function wireRequest(outgoing: Outgoing, auth: Headers): WireRequest {
  return {
    method: outgoing.method,
    target: outgoing.url.pathname + outgoing.url.search,
    headers: { ...outgoing.headers, ...auth },
    body: outgoing.body,
  };
}

function outcomeOf(result: WireResult): SlotOutcome {
  if (result.kind === 'failed') return 'failed';
  if (result.status === 429 || result.status === 503) return 'refused';
  if (throttlingMs(result.headers) !== undefined) return 'throttled';
  return result.status >= 500 ? 'failed' : 'answered';
}

async function nextStep(
  deps: SendDeps,
  outgoing: Outgoing,
  result: WireResult,
  attempts: number,
): Promise<Step> {
  const { now, random } = deps.surroundings;
  const read = outgoing.purpose === 'read';
  const backoff = () => backoffMs(attempts, random);
  if (result.kind === 'failed') {
    const where = describeExchange(deps.redactor, outgoing, attempts, result.status);
    if (result.why === 'interrupted') return { fail: interrupted(where) };
    if (result.why === 'too-large') {
      const error = answerTooLarge(where, deps.maxAnswerBytes);
      return { fail: read ? error : answerLost(where, 'the answer is too large', error) };
    }
    // Something in the configuration, found when the connection was to be opened.
    if (result.cause instanceof ReconcileError) return { fail: result.cause };
    if (!result.sent) {
      const error = notSent(where, result.cause);
      if (isLasting(result.cause)) return { fail: error };
      return { again: true, waitMs: backoff(), askedFor: false, reason: 'no connection', else: error };
    }
    const error = answerLost(where, result.cause.message, result.cause);
    if (!read || isLasting(result.cause)) return { fail: error };
    return { again: true, waitMs: backoff(), askedFor: false, reason: 'the answer was lost', else: error };
  }

  const { status, headers } = result;
  const decoded = await decodeAnswer(headers, result.bytes, deps.maxAnswerBytes);
  const text = decoded.kind === 'empty' ? '' : decoded.text;
  const where = () => describeExchange(deps.redactor, outgoing, attempts, status, text);
  const success = status >= 200 && status < 300;
  if (success || outgoing.accept.includes(status)) return settle(outgoing, result, decoded, where, backoff);
  if (status >= 300 && status < 400) return { fail: redirected(where(), status, headers['location']) };

  const said = deps.describeError(decoded.kind === 'json' ? decoded.body : undefined, text);
  const redactedSaid = said && { ...said, text: hideSecrets(deps.redactor, outgoing, said.text) };
  const error = statusError(where(), status, redactedSaid);
  const asked = retryAfterMs(headers, now());
  const denied = status === 429 || (status === 503 && (asked ?? throttlingMs(headers)) !== undefined);
  if (denied) {
    // Without Retry-After the limit is said to lift within a minute: a back-off, but never under the delay already met.
    const waitMs = asked ?? Math.max(refusedBackoffMs(attempts, random), throttlingMs(headers) ?? 0);
    return { again: true, waitMs, askedFor: true, reason: 'the service asked for it', else: error };
  }
  const passing = status === 408 || (status >= 500 && status !== 501 && status !== 505);
  if (!passing) return { fail: error };
  if (!read)
    return {
      fail: answerLost(where(), `status ${status}${redactedSaid ? `, "${redactedSaid.text}"` : ''}`, error),
    };
  return {
    again: true,
    waitMs: asked ?? backoff(),
    askedFor: asked !== undefined,
    reason: `the service answered ${status}`,
    else: error,
  };
}

/** A success, or a status that the caller deals with: it must be the service's own JSON. */
function settle(
  outgoing: Outgoing,
  answer: Answer,
  decoded: Decoded,
  where: () => FailureContext,
  backoff: () => number,
): Step {
  const read = outgoing.purpose === 'read';
  const success = answer.status >= 200 && answer.status < 300;
  const mayBeEmpty = success && (!read || answer.status === 204);
  if (decoded.kind === 'json' || (decoded.kind === 'empty' && mayBeEmpty)) {
    const serverTime = parseHttpDate(answer.headers['date']);
    return {
      done: {
        status: answer.status,
        headers: answer.headers,
        body: decoded.kind === 'json' ? decoded.body : undefined,
        ...(serverTime === undefined ? {} : { serverTime }),
      },
    };
  }
  const why = `status ${answer.status}, ${decoded.kind === 'empty' ? 'but the body is empty' : `but ${decoded.why}`}`;
  const error = answerNotJson(where(), why);
  if (!read && success) return { fail: answerLost(where(), why, error) };
  const broken = decoded.kind === 'other' && decoded.broken;
  if (!read || !broken) return { fail: error };
  return { again: true, waitMs: backoff(), askedFor: false, reason: 'the answer broke off', else: error };
}

async function backOff(
  deps: SendDeps,
  outgoing: Outgoing,
  ms: number,
  reason: string,
  attempts: number,
): Promise<void> {
  const { surroundings } = deps;
  if (ms >= 1000) surroundings.progress?.(`waiting ${Math.ceil(ms / 1000)} s: ${reason}`);
  await surroundings.sleep(ms, surroundings.signal).catch((cause: unknown) => {
    throw surroundings.signal?.aborted
      ? interrupted(describeExchange(deps.redactor, outgoing, attempts))
      : cause;
  });
}

function observe(
  deps: SendDeps,
  outgoing: Outgoing,
  result: WireResult,
  started: number,
  attempt: number,
): void {
  const received = deps.surroundings.now();
  const status = result.kind === 'answer' ? result.status : (result.status ?? 0);
  if (result.kind === 'answer' && result.headers['age'] === undefined) {
    const date = parseHttpDate(result.headers['date']);
    if (date !== undefined) deps.skew.observe(started, received, date);
  }
  const data: JsonObject = {
    method: outgoing.method,
    host: outgoing.url.host,
    path: outgoing.url.pathname,
    query: outgoing.url.search.slice(1),
    status,
    ms: received - started,
    bytes: result.kind === 'answer' ? result.bytes.length : 0,
    attempt,
    ...(result.kind === 'failed'
      ? { failure: result.why, sent: result.sent, error: result.cause.message }
      : {}),
  };
  deps.surroundings.log(
    'debug',
    `${outgoing.method} ${deps.redactor.text(outgoing.url.pathname)} ${status || 'failed'}`,
    deps.redactor.json(data),
  );
}
