import type { Dispatcher } from 'undici';
import type { OpenDispatcher } from './dispatcher.ts';

export interface WireRequest {
  method: Dispatcher.HttpMethod;
  /** Path with query. */
  target: string;
  headers: Readonly<Record<string, string>>;
  body: string | undefined;
}

export interface WireLimits {
  timeoutMs: number;
  maxBytes: number;
  /** Only for requests that may be given up in flight. */
  signal?: AbortSignal;
}

export type WireResult =
  | { kind: 'answer'; status: number; headers: Readonly<Record<string, string>>; bytes: Buffer }
  | {
      kind: 'failed';
      why: 'network' | 'timeout' | 'too-large' | 'interrupted';
      /** False: not one byte of the request can have left this machine. */
      sent: boolean;
      /** The status, when the answer broke off after it. */
      status?: number;
      cause: Error;
    };

/**
 * One attempt, no policy. Whether a request may have reached the service is not guessed from error codes: undici calls
 * `onRequestStart` on a live (TLS-verified) connection just before it writes; without that call nothing was sent.
 */
export function sendOnce(
  open: OpenDispatcher,
  request: WireRequest,
  limits: WireLimits,
): Promise<WireResult> {
  return new Promise((resolve) => {
    let controller: Dispatcher.DispatchController | undefined;
    let givenUp: 'timeout' | 'too-large' | 'interrupted' | undefined;
    let status: number | undefined;
    let headers: Readonly<Record<string, string>> = {};
    const chunks: Buffer[] = [];
    let size = 0;

    const timer = setTimeout(
      () => giveUp('timeout', `no complete answer within ${limits.timeoutMs} ms`),
      limits.timeoutMs,
    );
    const interrupted = () => giveUp('interrupted', 'interrupted');
    limits.signal?.addEventListener('abort', interrupted, { once: true });

    function settle(result: WireResult): void {
      clearTimeout(timer);
      limits.signal?.removeEventListener('abort', interrupted);
      resolve(result);
    }

    function fail(why: NonNullable<typeof givenUp> | 'network', cause: Error): void {
      settle({
        kind: 'failed',
        why,
        sent: controller !== undefined,
        ...(status === undefined ? {} : { status }),
        cause,
      });
    }

    function giveUp(why: NonNullable<typeof givenUp>, text: string): void {
      givenUp ??= why;
      const cause = new Error(text);
      // Settled first: aborting calls onResponseError, which then finds the promise resolved.
      fail(why, cause);
      controller?.abort(cause);
    }

    open.dispatcher.dispatch(
      {
        origin: open.origin,
        path: open.pathPrefix + request.target,
        method: request.method,
        headers: { ...request.headers },
        body: request.body ?? null,
        headersTimeout: 0,
        bodyTimeout: 0,
      },
      {
        onRequestStart(started) {
          // Given up while it waited for a connection: aborting here keeps it from being written at all.
          if (givenUp !== undefined) started.abort(new Error('given up before it was sent'));
          else controller = started;
        },
        onResponseStart(_controller, statusCode, rawHeaders) {
          if (statusCode < 200) return;
          status = statusCode;
          headers = plainHeaders(rawHeaders);
          if (Number(headers['content-length']) > limits.maxBytes) tooLarge();
        },
        onResponseData(_controller, chunk) {
          size += chunk.length;
          if (size > limits.maxBytes) tooLarge();
          else chunks.push(chunk);
        },
        onResponseEnd() {
          settle({ kind: 'answer', status: status ?? 0, headers, bytes: Buffer.concat(chunks) });
        },
        onResponseError(_controller, error) {
          fail(givenUp ?? 'network', error);
        },
      },
    );

    function tooLarge(): void {
      chunks.length = 0;
      giveUp('too-large', `the answer is larger than ${limits.maxBytes} bytes`);
    }
    if (limits.signal?.aborted) interrupted();
  });
}

function plainHeaders(
  raw: Readonly<Record<string, string | string[] | undefined>>,
): Readonly<Record<string, string>> {
  const plain: Record<string, string> = {};
  for (const [name, value] of Object.entries(raw)) {
    if (value !== undefined) plain[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value;
  }
  return plain;
}
