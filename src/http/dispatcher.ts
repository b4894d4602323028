import { lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { rootCertificates } from 'node:tls';
import type { Dispatcher } from 'undici';
import { mostInFlight } from './budget.ts';
import { type Environment, proxyFor } from './proxy.ts';

export interface TlsOptions {
  /** More certificate authorities to trust, PEM; beside the ones that Node trusts. */
  ca?: string;
  /** Client certificate (chain) and key for mutual TLS, PEM. */
  cert?: string;
  key?: string;
}

export interface OpenDispatcher {
  /** What to send to: the service itself, or its proxy for plain http. */
  origin: string;
  /** In front of the path: the service's origin when a plain http proxy wants whole URLs. */
  pathPrefix: string;
  dispatcher: Dispatcher;
}

/** Names below `.localhost` are this machine (RFC 6761); not every system's resolver knows. */
const lookupLocalhost: LookupFunction = (hostname, options, callback) =>
  lookup(/\.localhost\.?$/i.test(hostname) ? 'localhost' : hostname, options, callback);

/**
 * The connections to one origin: keep-alive, one request at a time on each. Verification of certificates is always on.
 * The needed part of undici is loaded here, at the first request, so that commands without network do not pay for it.
 */
export async function openDispatcher(
  url: URL,
  env: Environment,
  tls: TlsOptions,
  redact: (secret: string) => void,
): Promise<OpenDispatcher> {
  const connect = {
    ...(tls.ca === undefined ? {} : { ca: [...rootCertificates, tls.ca] }),
    ...(tls.cert === undefined ? {} : { cert: tls.cert }),
    ...(tls.key === undefined ? {} : { key: tls.key }),
    rejectUnauthorized: true,
  };
  const options = { connections: mostInFlight, pipelining: 1 };
  const proxy = proxyFor(url, env);
  if (proxy === undefined) {
    const { default: Pool } = await import('undici/lib/dispatcher/pool.js');
    const dispatcher = new Pool(url.origin, { ...options, connect: { ...connect, lookup: lookupLocalhost } });
    return { origin: url.origin, pathPrefix: '', dispatcher };
  }
  const { Pool, ProxyAgent } = await import('undici');
  const token = proxyToken(proxy, redact);
  if (url.protocol === 'https:') {
    const dispatcher = new ProxyAgent({
      uri: proxy.origin,
      ...(token === undefined ? {} : { token }),
      requestTls: connect,
      ...options,
    });
    return { origin: url.origin, pathPrefix: '', dispatcher };
  }
  const dispatcher = new Pool(proxy.origin, options).compose((dispatch) => (request, handler) => {
    const headers = {
      ...(request.headers as Record<string, string>),
      host: url.host,
      ...(token === undefined ? {} : { 'proxy-authorization': token }),
    };
    return dispatch({ ...request, headers }, handler);
  });
  return { origin: proxy.origin, pathPrefix: url.origin, dispatcher };
}

function proxyToken(proxy: URL, redact: (secret: string) => void): string | undefined {
  if (proxy.username === '') return undefined;
  const password = decodeURIComponent(proxy.password);
  redact(password);
  return `Basic ${Buffer.from(`${decodeURIComponent(proxy.username)}:${password}`).toString('base64')}`;
}
