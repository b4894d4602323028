import { type HttpExchange, ReconcileError } from '../core/errors.ts';
import { type ServiceError, shorten } from './service-error.ts';

export type Purpose = 'read' | 'write';

/** Codes of node, OpenSSL and undici for failures that another attempt will not mend. */
const lasting =
  /^(ENOTFOUND|ERR_TLS_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH|ERR_SSL_|ERR_OSSL_|UND_ERR_INVALID_ARG|UND_ERR_PRX_TLS|EPROTO|ERR_INVALID_)/;

export function codeOf(error: unknown): string {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    // Several addresses were tried: the first failure speaks for all.
    const one = at instanceof AggregateError && at.errors[0] instanceof Error ? at.errors[0] : at;
    if ('code' in one && typeof one.code === 'string') return one.code;
  }
  return '';
}

/** undici's words when a proxy does not open a tunnel. */
const refusedByProxy = /Proxy response \((4\d\d)\)/;

export function isLasting(error: unknown): boolean {
  return lasting.test(codeOf(error)) || (error instanceof Error && refusedByProxy.test(error.message));
}

/** Whether a write that failed so may have taken effect: settle it by reading, never by repeating it. */
export function outcomeUnknown(error: unknown): boolean {
  return error instanceof ReconcileError && error.code === 'ANSWER_LOST';
}

export interface FailureContext {
  purpose: Purpose;
  /** `PUT https://host/path`, redacted. */
  name: string;
  exchange: HttpExchange;
  attempts: number;
}

function tries(context: FailureContext): string {
  return context.attempts > 1 ? ` (tried ${context.attempts} times)` : '';
}

const connectionHints: Readonly<Record<string, string>> = {
  ENOTFOUND: 'The host name is unknown: check the URL, or set HTTPS_PROXY if this network needs a proxy.',
  EAI_AGAIN: 'The name server did not answer: check the network.',
  ECONNREFUSED: 'Nothing listens there: check host and port of the URL.',
  UND_ERR_CONNECT_TIMEOUT: 'The host did not answer: check the network, a firewall, or HTTPS_PROXY.',
};

/** OpenSSL's words when the other side answers a TLS greeting in plain text. */
const plainAnswer = /wrong version number|packet length too long|http request/i;

function remedyFor(code: string, said: string, tls: boolean, proxyStatus: string | undefined): string {
  if (tls && plainAnswer.test(said)) {
    return 'What listens there does not speak TLS: check host and port, or write http:// if it is a local stand-in.';
  }
  if (tls) {
    return 'The TLS connection failed: check the certificates. A private certificate authority can be named with NODE_EXTRA_CA_CERTS.';
  }
  if (proxyStatus === '407') return byStatus[407]?.remedy ?? '';
  if (proxyStatus !== undefined)
    return 'The proxy does not let this host through: check HTTPS_PROXY and NO_PROXY.';
  return connectionHints[code] ?? 'Check the network and the URL, then try again.';
}

/** The request has surely not reached the service. */
export function notSent(context: FailureContext, cause: Error): ReconcileError {
  const code = codeOf(cause);
  const tls = /^(ERR_TLS_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH|ERR_SSL_|EPROTO)/.test(
    code,
  );
  const said = cause.message.trim().replace(/\s*\n\s*/g, ' ') || code || 'no connection';
  const proxied = refusedByProxy.exec(cause.message)?.[1];
  return new ReconcileError(`${context.name} could not be sent${tries(context)}: ${said}.`, {
    code: 'NOT_SENT',
    category: 'transient',
    remedy: remedyFor(code, said, tls, proxied),
    exchange: context.exchange,
    cause,
  });
}

/** The request may have reached the service, and what came of it is unknown. */
export function answerLost(context: FailureContext, why: string, cause?: unknown): ReconcileError {
  const write = context.purpose === 'write';
  return new ReconcileError(
    `${context.name} got no usable answer${tries(context)}: ${why}.${write ? ' It may have taken effect.' : ''}`,
    {
      code: 'ANSWER_LOST',
      category: 'transient',
      remedy: write
        ? 'It is not repeated blindly. Plan again: reading shows whether it took effect.'
        : 'Try again later; if it stays so, look at the state of the service.',
      exchange: context.exchange,
      cause,
    },
  );
}

export function answerNotJson(context: FailureContext, why: string): ReconcileError {
  return new ReconcileError(
    `${context.name} was answered with something that is not the service's JSON: ${why}.`,
    {
      code: 'ANSWER_NOT_JSON',
      category: 'rejected',
      remedy:
        'Something else than the service may have answered (a login page, a proxy, a router): check the URL and the network.',
      exchange: context.exchange,
      reading: context.purpose === 'read',
    },
  );
}

export function answerTooLarge(context: FailureContext, maxBytes: number): ReconcileError {
  return new ReconcileError(
    `${context.name} was answered with more than ${maxBytes} bytes; reading stopped there.`,
    {
      code: 'ANSWER_TOO_LARGE',
      category: 'rejected',
      remedy: 'No page of the service is that large: check the URL.',
      exchange: context.exchange,
      reading: context.purpose === 'read',
    },
  );
}

export function redirected(
  context: FailureContext,
  status: number,
  location: string | undefined,
): ReconcileError {
  const where = location === undefined ? '' : ` to ${shorten(location, 200)}`;
  return new ReconcileError(
    `${context.name} was answered with a redirect (${status})${where}; redirects are not followed.`,
    {
      code: 'REDIRECTED',
      category: 'rejected',
      remedy:
        'Credentials are sent only to the URL that was configured: configure the final one. A redirect to a login page means that it is not the URL of the API.',
      exchange: context.exchange,
      reading: context.purpose === 'read',
    },
  );
}

export function interrupted(context: FailureContext): ReconcileError {
  return new ReconcileError(`${context.name} was given up, because the program was asked to stop.`, {
    code: 'INTERRUPTED',
    category: 'transient',
    exchange: context.exchange,
    reading: context.purpose === 'read',
  });
}

interface StatusWords {
  code: string;
  remedy: string;
}

const byStatus: Readonly<Record<number, StatusWords>> = {
  400: {
    code: 'BAD_REQUEST',
    remedy: 'The service says what it does not accept: change that in the manifest.',
  },
  401: {
    code: 'UNAUTHORIZED',
    remedy:
      'The credentials were refused, also after asking for a new token and reading them again: check that they belong to this service and are not expired.',
  },
  403: {
    code: 'FORBIDDEN',
    remedy: 'The credentials are valid but lack the right for this: check their scopes, and the tenant.',
  },
  404: {
    code: 'NOT_FOUND',
    remedy: 'It is not (or no longer) there: plan again. If everything is missing, check the URL.',
  },
  405: { code: 'STATUS_UNEXPECTED', remedy: 'The service does not know this call: check the URL.' },
  407: {
    code: 'PROXY_REFUSED',
    remedy:
      'The proxy wants a user and password: write them into HTTPS_PROXY (http://user:password@host:port).',
  },
  409: {
    code: 'CONFLICT',
    remedy: 'It collides with what is there, perhaps something that was just made: plan again.',
  },
  412: { code: 'CONFLICT', remedy: 'It changed in the meantime: plan again.' },
  413: {
    code: 'PAYLOAD_TOO_LARGE',
    remedy: 'The request is larger than the service allows: make the data in the manifest smaller.',
  },
  429: {
    code: 'RATE_LIMITED',
    remedy:
      'The service limits requests and asks to wait longer than allowed here: try again later, or with a lower --concurrency.',
  },
};

export function statusError(
  context: FailureContext,
  status: number,
  said: ServiceError | undefined,
): ReconcileError {
  const failed = status >= 500;
  const words = byStatus[status] ?? {
    code: failed ? 'SERVICE_FAILED' : 'STATUS_UNEXPECTED',
    remedy: failed ? 'The service has trouble of its own: try again later.' : 'See what the service says.',
  };
  const text =
    said === undefined
      ? ''
      : `: ${said.text.replace(/[.\s]+$/, '')}${said.code === undefined || said.text.includes(said.code) ? '' : ` (${said.code})`}`;
  return new ReconcileError(`${context.name} was answered with ${status}${tries(context)}${text}.`, {
    code: words.code,
    category: failed || status === 429 ? 'transient' : 'rejected',
    remedy: words.remedy,
    exchange: context.exchange,
    reading: context.purpose === 'read',
  });
}
