import { X509Certificate } from 'node:crypto';
import { ReconcileError } from '../../core/errors.ts';
import { isObject, type JsonObject } from '../../core/json.ts';
import type { Surroundings } from '../../core/provider.ts';
import type { Redactor } from '../../core/redactor.ts';
import type { HostBudgets } from '../../http/budget.ts';
import { createHttpClient } from '../../http/client.ts';
import type { TlsOptions } from '../../http/dispatcher.ts';
import { codeOf } from '../../http/failure.ts';
import { readClaims } from './auth-claims.ts';
import { tenantTokenEndpoint } from './auth-token-url.ts';
import type { TokenLogin } from './credentials.ts';

/** The subscriber tenant of a target, as in the config. */
export interface SapTenant {
  subdomain?: string;
  tenantId?: string;
}

export interface AccessToken {
  value: string;
  claims: JsonObject | undefined;
  /** Epoch ms by our clock, when a new one should be fetched: shortly before it expires. */
  renewAt: number;
}

export interface TokenDeps {
  surroundings: Surroundings;
  redactor: Redactor;
  hide(secret: string, passing?: boolean): void;
  tls: TlsOptions;
  budgets?: HostBudgets;
}

/** For services that do not tell how long a token lives. */
const assumedLifetime = 600_000;
const longestMargin = 120_000;
const tokenAttempts = 5;

/** Where the token for `tenant` is fetched. With IAS a subscriber has a host of its own, which the credentials must name. */
function endpointFor(login: TokenLogin, tenant: SapTenant | undefined): URL {
  const endpoint = new URL(login.tokenUrl);
  if (login.service === 'ias' || tenant?.subdomain === undefined) return endpoint;
  return tenantTokenEndpoint(endpoint, tenant.subdomain, login.identityZone);
}

/**
 * Fetches one token by client credentials (SAP's page "Authentication"): with a secret XSUAA takes Basic, IAS the form;
 * with a certificate both take `client_id` over mutual TLS. Throws TOKEN_REFUSED when the login is not accepted.
 */
export async function fetchToken(
  login: TokenLogin,
  tenant: SapTenant | undefined,
  deps: TokenDeps,
): Promise<AccessToken> {
  const { surroundings } = deps;
  const endpoint = endpointFor(login, tenant);
  const appTid = login.service === 'ias' ? (login.appTid ?? tenant?.tenantId) : undefined;
  if (login.service === 'ias' && tenant?.subdomain !== undefined && appTid === undefined) {
    throw new ReconcileError(
      `The tenant "${tenant.subdomain}" needs its id: Identity Authentication does not know subdomains.`,
      {
        code: 'TENANT_INVALID',
        category: 'invalid',
        remedy: 'Add `tenant.tenantId`, or `appTid` to the `ias` credentials.',
      },
    );
  }
  const secret = 'secret' in login.proof ? login.proof.secret : undefined;
  const certified = 'secret' in login.proof ? {} : { cert: login.proof.certificate, key: login.proof.key };
  if ('certificate' in login.proof) requireValid(login.proof.certificate, surroundings.now());
  const basic = secret !== undefined && login.service === 'xsuaa';
  const client = createHttpClient({
    baseUrl: endpoint.origin,
    surroundings,
    tls: { ...deps.tls, ...certified },
    redactor: deps.redactor,
    attempts: tokenAttempts,
    ...(deps.budgets === undefined ? {} : { budgets: deps.budgets }),
  });
  try {
    const asked = surroundings.now();
    const answer = await client.postForm({
      path: endpoint.pathname,
      form: {
        grant_type: 'client_credentials',
        ...(basic ? {} : { client_id: login.clientId }),
        ...(basic || secret === undefined ? {} : { client_secret: secret }),
        ...(appTid === undefined ? {} : { app_tid: appTid }),
      },
      headers: basic ? { authorization: basicHeader(login.clientId, secret) } : {},
    });
    return readToken(answer.body, asked, endpoint, deps);
  } catch (error) {
    throw asTokenError(error, endpoint, certified.cert !== undefined);
  } finally {
    await client.close();
  }
}

export function basicHeader(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

function readToken(body: unknown, asked: number, endpoint: URL, deps: TokenDeps): AccessToken {
  const answer = isObject(body) ? body : {};
  const value = answer['access_token'];
  if (typeof value !== 'string' || !/^[\x21-\x7e]+$/.test(value)) {
    throw new ReconcileError(`The token service ${endpoint.origin} answered without a usable access_token.`, {
      code: 'TOKEN_REFUSED',
      category: 'rejected',
      remedy: 'Check the token URL.',
    });
  }
  deps.hide(value, true);
  const claims = readClaims(value);
  const seconds = Number(answer['expires_in']);
  const claimed = (Number(claims?.['exp']) - Number(claims?.['iat'])) * 1000;
  const lifetime = [seconds * 1000, claimed].find((ms) => Number.isFinite(ms) && ms > 0) ?? assumedLifetime;
  return { value, claims, renewAt: asked + lifetime - Math.min(longestMargin, lifetime / 5) };
}

/** Said before anything is sent: a server only breaks the connection on an expired certificate. */
function requireValid(certificate: string, now: number): void {
  let validTo: number;
  try {
    validTo = Date.parse(new X509Certificate(certificate).validTo);
  } catch (cause) {
    throw new ReconcileError('The client certificate of the credentials cannot be read.', {
      code: 'CREDENTIALS_INVALID',
      category: 'invalid',
      remedy: 'It has to be a PEM certificate, or a chain that begins with the client certificate.',
      cause,
    });
  }
  if (validTo >= now) return;
  throw new ReconcileError(
    `The client certificate of the credentials expired on ${new Date(validTo).toISOString()}.`,
    {
      code: 'TOKEN_REFUSED',
      category: 'rejected',
      remedy: 'Create a new service key or binding, and use its certificate and key.',
    },
  );
}

function asTokenError(error: unknown, endpoint: URL, certified: boolean): unknown {
  if (!(error instanceof ReconcileError)) return error;
  const refused = [
    'UNAUTHORIZED',
    'BAD_REQUEST',
    'FORBIDDEN',
    'NOT_FOUND',
    'REDIRECTED',
    'ANSWER_NOT_JSON',
  ].includes(error.code);
  // A server that rejects the certificate may just close the connection, which looks like a lost answer.
  const tls =
    certified &&
    (error.code === 'ANSWER_LOST' || (error.code === 'NOT_SENT' && /SSL|EPROTO/.test(codeOf(error.cause))));
  if (!refused && !tls) return error;
  return new ReconcileError(`No token from ${endpoint.origin}: ${error.message}`, {
    code: 'TOKEN_REFUSED',
    category: 'rejected',
    remedy: tls
      ? 'The token service did not accept the client certificate: check that certificate and key belong together, and that the URL is the one for certificates (`certurl`).'
      : 'Check client id, secret or certificate, and the token URL; a secret stops working when its binding or key is deleted.',
    ...(error.exchange === undefined ? {} : { exchange: error.exchange }),
    cause: error,
  });
}
