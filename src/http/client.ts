import type { Json } from '../core/json.ts';
import type { HttpAnswer, HttpRequest, Reader, ReadRule, Surroundings, Writer } from '../core/provider.ts';
import { createRedactor, type Redactor } from '../core/redactor.ts';
import { parseBaseUrl, requestUrl } from './address.ts';
import { type Authenticator, fixedHeaders, type Headers } from './authenticator.ts';
import { budgetsFor, type HostBudgets } from './budget.ts';
import { type OpenDispatcher, openDispatcher, type TlsOptions } from './dispatcher.ts';
import type { Outgoing } from './exchange.ts';
import type { Purpose } from './failure.ts';
import { isLoopbackHost } from './proxy.ts';
import { createReadGuard, type FrozenRequest, freezeRequest } from './read-rules.ts';
import { type SendDeps, send } from './send.ts';
import { describeServiceError, type ServiceError } from './service-error.ts';
import { createSkewEstimate } from './skew.ts';
import { sendOnce } from './transport.ts';

export interface HttpClientOptions {
  /** http or https; may have a path, below which all requests stay. */
  baseUrl: string;
  surroundings: Surroundings;
  /** Default: no headers of its own. */
  authenticate?: Authenticator;
  tls?: TlsOptions;
  /** Sent with every request. */
  headers?: Headers;
  /** Default: shared by everything with the same `surroundings.sleep`. */
  budgets?: HostBudgets;
  /** Hides secrets in the errors' exchanges and in the debug log. Default: one that knows names only. */
  redactor?: Redactor;
  /** Finds the service's own words in an answer; default `describeServiceError`. */
  describeError?(body: Json | undefined, text: string): ServiceError | undefined;
  /** For one request with all repetitions and waits, counted from its first attempt; default 120 s. */
  deadlineMs?: number;
  /** For one attempt; default 60 s. */
  attemptMs?: number;
  /** At most so many attempts; default 10. */
  attempts?: number;
  /** Larger answers are an error; default 50 MB. */
  maxAnswerBytes?: number;
}

export interface FormRequest {
  path: string;
  form: Readonly<Record<string, string>>;
  headers?: Headers;
  accept?: readonly number[];
}

export interface HttpClient {
  /** Only what the table lists; nothing else can be reached through the object. */
  reader(reads: readonly ReadRule[]): Reader;
  writer(): Writer;
  /** Posts a form as to a token endpoint: changes nothing at the service, so it is repeated like a read. */
  postForm(request: FormRequest): Promise<HttpAnswer>;
  /** The service's clock minus ours, ms; 0 when unknown or equal as far as can be told. */
  serverSkew(): number;
  /** Sent so far by all readers and writers, repetitions included. */
  readonly requests: number;
  /** Waits for requests in flight, then closes the connections. */
  close(): Promise<void>;
}

const defaults = { deadlineMs: 120_000, attemptMs: 60_000, attempts: 10, maxAnswerBytes: 50 * 1024 * 1024 };

/** One client for one service. Opens no connection and loads no network library before the first request. */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const { surroundings } = options;
  const base = parseBaseUrl(options.baseUrl, 'base URL');
  if (base.protocol === 'http:' && !isLoopbackHost(base.hostname)) {
    surroundings.log(
      'warn',
      `${base.origin} is not encrypted: credentials can be read on the way. Use https.`,
    );
  }
  const skew = createSkewEstimate();
  let requests = 0;
  let opened: Promise<OpenDispatcher> | undefined;
  let closed = false;

  const deps: SendDeps = {
    sendOnce: async (request, limits) => {
      if (closed) throw Object.assign(new Error('the client is closed'), { code: 'ERR_INVALID_STATE' });
      opened ??= openDispatcher(base, surroundings.env, options.tls ?? {}, (secret) =>
        surroundings.redact(secret),
      );
      return sendOnce(await opened, request, limits);
    },
    budget: (options.budgets ?? budgetsFor(surroundings)).forOrigin(base.origin),
    authenticate: options.authenticate ?? fixedHeaders(),
    surroundings,
    redactor: options.redactor ?? createRedactor(),
    skew,
    describeError: options.describeError ?? describeServiceError,
    count: () => {
      requests += 1;
    },
    deadlineMs: options.deadlineMs ?? defaults.deadlineMs,
    attemptMs: options.attemptMs ?? defaults.attemptMs,
    attempts: options.attempts ?? defaults.attempts,
    maxAnswerBytes: options.maxAnswerBytes ?? defaults.maxAnswerBytes,
  };

  function outgoing(request: FrozenRequest, purpose: Purpose): Outgoing {
    return {
      purpose,
      method: request.method,
      url: requestUrl(base, request),
      headers: {
        accept: 'application/json',
        'accept-encoding': 'gzip, br',
        ...lowerCase(options.headers),
        ...lowerCase(request.headers),
        ...(request.bodyText === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: request.bodyText,
      accept: request.accept,
      secrets: request.secrets,
    };
  }

  return {
    reader(reads) {
      const guard = createReadGuard(reads);
      let sent = 0;
      const counted: SendDeps = {
        ...deps,
        count: () => {
          sent += 1;
          deps.count();
        },
      };
      return Object.freeze({
        async read(request: HttpRequest): Promise<HttpAnswer> {
          const frozen = freezeRequest(request);
          guard(frozen);
          return send(counted, outgoing(frozen, 'read'));
        },
        get requests() {
          return sent;
        },
      });
    },
    writer() {
      return Object.freeze({
        async write(request: HttpRequest): Promise<HttpAnswer> {
          return send(deps, outgoing(freezeRequest(request), 'write'));
        },
      });
    },
    async postForm({ path, form, headers, accept }) {
      return send(deps, {
        purpose: 'read',
        method: 'POST',
        url: requestUrl(base, { path }),
        headers: {
          accept: 'application/json',
          ...lowerCase(headers),
          'content-type': 'application/x-www-form-urlencoded',
        },
        body: new URLSearchParams(form).toString(),
        accept: accept ?? [],
        secrets: [],
      });
    },
    serverSkew: () => skew.value(),
    get requests() {
      return requests;
    },
    async close() {
      closed = true;
      const open = await opened?.catch(() => undefined);
      await open?.dispatcher.close();
    },
  };
}

function lowerCase(headers: Headers | undefined): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
  );
}
