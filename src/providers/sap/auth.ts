import { ReconcileError } from '../../core/errors.ts';
import { canonicalText, type JsonObject } from '../../core/json.ts';
import type { Surroundings } from '../../core/provider.ts';
import { createRedactor, type Redactor } from '../../core/redactor.ts';
import type { Authenticator, Headers } from '../../http/authenticator.ts';
import type { HostBudgets } from '../../http/budget.ts';
import type { TlsOptions } from '../../http/dispatcher.ts';
import { identityOfClaims, readClaims } from './auth-claims.ts';
import { type AccessToken, basicHeader, fetchToken, type SapTenant, type TokenDeps } from './auth-token.ts';
import { resolveSapCredentials, type SapCredentials, type SapLogin } from './credentials.ts';

export type { SapTenant } from './auth-token.ts';

export interface SapAuthDeps {
  surroundings: Surroundings;
  /** `Connection.reload`: the credentials read again from their sources. */
  reload?(): Promise<JsonObject>;
  /** Secrets are added here as well as to `surroundings.redact`; give the same one to the client of the service. */
  redactor?: Redactor;
  budgets?: HostBudgets;
  /** Only `ca` is used: trust for a private certificate authority of the token service. */
  tls?: Pick<TlsOptions, 'ca'>;
}

export interface SapAuthenticator extends Authenticator {
  /**
   * What tells service instances apart, without the base URL: `zone=… instance=…` or `zone=… client=…` from the token, else
   * `client=…` or `user=…`. Never a secret. May fetch a token.
   */
  identity(): Promise<string>;
}

/**
 * Headers for the service from credentials: Basic, a fixed token, or a token that is fetched, shared by all requests, renewed
 * shortly before it expires and fetched only once at a time. After credentials were read again they must still belong to
 * the same instance.
 */
export function createSapAuthenticator(
  credentials: SapCredentials,
  tenant: SapTenant | undefined,
  deps: SapAuthDeps,
): SapAuthenticator {
  const { surroundings } = deps;
  const redactor = deps.redactor ?? createRedactor();
  const tokenDeps: TokenDeps = {
    surroundings,
    redactor,
    hide,
    tls: deps.tls ?? {},
    ...(deps.budgets ? { budgets: deps.budgets } : {}),
  };
  let login = credentials.login;
  let token: AccessToken | undefined;
  let fetching: Promise<AccessToken> | undefined;
  let reloading: Promise<boolean> | undefined;
  let instance: string | undefined;
  hideLogin(login);

  function hide(secret: string, passing = false): void {
    surroundings.redact(secret, passing);
    redactor.add(secret, passing);
  }

  function hideLogin(known: SapLogin): void {
    if (known.method === 'basic') hide(known.password);
    else if (known.method === 'token') hide(known.token);
    else hide('secret' in known.proof ? known.proof.secret : known.proof.key);
  }

  /** Throws when credentials that were read again are for something else: nothing may be written there by mistake. */
  function rememberInstance(found: string): string {
    if (instance !== undefined && instance !== found) {
      throw new ReconcileError(
        `The credentials were read again and are now for another service instance (${found} instead of ${instance}).`,
        {
          code: 'INSTANCE_CHANGED',
          category: 'refused',
          remedy: 'Start again; the new instance is then compared with the one in the state.',
        },
      );
    }
    instance = found;
    return found;
  }

  async function fetchOnce(): Promise<AccessToken> {
    if (login.method !== 'token-service')
      throw new Error('a login without token service has no token to fetch');
    const used = login;
    const fetched = await fetchToken(used, tenant, tokenDeps);
    rememberInstance(identityOf(used, fetched.claims));
    return fetched;
  }

  async function fetchWithReload(): Promise<AccessToken> {
    try {
      return await fetchOnce();
    } catch (error) {
      const refused = error instanceof ReconcileError && error.code === 'TOKEN_REFUSED';
      if (!refused || !(await readAgain()) || login.method !== 'token-service') throw error;
      return fetchOnce();
    }
  }

  function currentToken(): Promise<AccessToken> {
    if (token !== undefined && surroundings.now() < token.renewAt) return Promise.resolve(token);
    fetching ??= fetchWithReload()
      .then((fetched) => {
        token = fetched;
        return fetched;
      })
      .finally(() => {
        fetching = undefined;
      });
    return fetching;
  }

  async function readAgain(): Promise<boolean> {
    if (deps.reload === undefined) return false;
    const fresh = resolveSapCredentials(await deps.reload()).login;
    if (canonicalText({ ...fresh }) === canonicalText({ ...login })) return false;
    hideLogin(fresh);
    login = fresh;
    token = undefined;
    if (fresh.method !== 'token-service') rememberInstance(identityOf(fresh, undefined));
    return true;
  }

  /** The headers that the next request would get, if that can be told without fetching. */
  function readyHeaders(): Headers | undefined {
    if (login.method === 'basic') return { authorization: basicHeader(login.user, login.password) };
    if (login.method === 'token') return { authorization: `Bearer ${login.token}` };
    return token && tokenHeaders(token);
  }

  function tokenHeaders({ value }: AccessToken): Headers {
    const instanceId = login.method === 'token-service' ? login.instanceId : undefined;
    return {
      authorization: `Bearer ${value}`,
      ...(instanceId === undefined ? {} : { 'x-sap-scheduler-instance-id': instanceId }),
    };
  }

  return {
    async authorize() {
      if (login.method === 'token-service') return tokenHeaders(await currentToken());
      return readyHeaders() ?? {};
    },
    invalidate(refused) {
      if (login.method !== 'token-service')
        return readyHeaders()?.['authorization'] !== refused['authorization'];
      // Another request may have met the same refusal before, and the token may already be a new one.
      if (token !== undefined && tokenHeaders(token)['authorization'] === refused['authorization'])
        token = undefined;
      return true;
    },
    async reload(refused) {
      const ready = readyHeaders();
      if (ready !== undefined && ready['authorization'] !== refused['authorization']) return true;
      reloading ??= readAgain().finally(() => {
        reloading = undefined;
      });
      return reloading;
    },
    async identity() {
      if (instance !== undefined) return instance;
      const used = login;
      if (used.method !== 'token-service') return rememberInstance(identityOf(used, undefined));
      return rememberInstance(identityOf(used, (await currentToken()).claims));
    },
  };
}

function identityOf(login: SapLogin, claims: JsonObject | undefined): string {
  if (login.method === 'basic') return `user=${login.user}`;
  if (login.method === 'token') {
    const known = readClaims(login.token);
    // An opaque token tells nothing, and its value is a secret that changes: then the base URL has to do.
    return (known && identityOfClaims(known)) ?? 'token';
  }
  const told = (claims && identityOfClaims(claims)) ?? `client=${login.clientId}`;
  return login.instanceId === undefined ? told : `${told} scheduler=${login.instanceId}`;
}
