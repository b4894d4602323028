import { createHmac, randomUUID } from 'node:crypto';
import { ServiceError } from './errors.ts';
import type { Caller } from './model.ts';
import type { Instance, Tenant, World } from './world.ts';

/** A request for a token, as it came in. */
export interface TokenRequest {
  form: URLSearchParams;
  authorization: string | undefined;
  /** The subdomain the token URL was called with, if any. */
  subdomain: string | undefined;
  /** True if the connection showed the client certificate that belongs to the binding. */
  certificate: boolean;
}

export interface TokenAnswer {
  access_token: string;
  token_type: 'bearer';
  expires_in: number;
  scope: string;
  jti: string;
}

interface Issued {
  caller: Omit<Caller, 'instanceId'> & { instanceId: string | undefined };
  /** Epoch ms. */
  expiresAt: number;
}

/** Issues and checks the tokens of both identity services, and checks the users of the Basic plan. */
export interface Tokens {
  xsuaa(request: TokenRequest): TokenAnswer;
  ias(request: TokenRequest): TokenAnswer;
  /** The token that the service sends along when it calls an application. */
  forRuns(): string;
  /** Tells who calls from the Authorization header; throws 401. */
  caller(authorization: string | undefined, instanceHeader: string | undefined): Caller;
  /** No token issued so far is good any more. */
  revokeAll(): void;
  /** Seconds that tokens live from now on. */
  lifetime: number;
}

/** @param issuer URL that tokens name as their issuer */
export function createTokens(world: World, issuer: () => string, lifetime = 43_199): Tokens {
  const signingKey = randomUUID();
  const issued = new Map<string, Issued>();

  function sign(claims: Record<string, unknown>): string {
    const head = encode({ alg: 'HS256', typ: 'JWT', kid: 'emulator' });
    const unsigned = `${head}.${encode(claims)}`;
    return `${unsigned}.${createHmac('sha256', signingKey).update(unsigned).digest('base64url')}`;
  }

  function issue(caller: Issued['caller'], claims: Record<string, unknown>): TokenAnswer {
    const now = world.now();
    const jti = randomUUID();
    const token = sign({
      jti,
      sub: caller.clientId,
      azp: caller.clientId,
      iss: `${issuer()}/oauth/token`,
      iat: Math.floor(now / 1000),
      exp: Math.floor(now / 1000) + tokens.lifetime,
      ...claims,
    });
    if (issued.size > 10_000)
      for (const [key, { expiresAt }] of issued) if (expiresAt <= now) issued.delete(key);
    issued.set(token, { caller, expiresAt: now + tokens.lifetime * 1000 });
    return {
      access_token: token,
      token_type: 'bearer',
      expires_in: tokens.lifetime,
      scope: 'uaa.resource',
      jti,
    };
  }

  function xsuaaClaims(caller: Issued['caller']): Record<string, unknown> {
    return {
      client_id: caller.clientId,
      cid: caller.clientId,
      zid: caller.tenantId,
      grant_type: 'client_credentials',
      scope: ['uaa.resource'],
      aud: [caller.clientId],
      ext_attr: { enhancer: 'XSUAA', zdn: caller.subdomain, serviceinstanceid: caller.instanceId },
    };
  }

  const tokens: Tokens = {
    lifetime,
    xsuaa(request) {
      requireGrant(request.form);
      const tenant = request.subdomain === undefined ? world.provider : world.tenants.get(request.subdomain);
      if (tenant === undefined)
        throw refused(`Identity zone with subdomain ${request.subdomain} is not known`);
      const { id, secret } = clientOf(request);
      const instance = findInstance(world, id, request.certificate ? undefined : (secret ?? ''));
      if (instance === undefined) throw refused('Bad credentials');
      const caller = describe(world, tenant, id, 'xsuaa', instance.store.instanceId);
      return issue(caller, xsuaaClaims(caller));
    },
    ias(request) {
      requireGrant(request.form);
      const { id, secret } = clientOf(request);
      const known = id === world.ias.clientid && (request.certificate || secret === world.ias.clientsecret);
      if (!known) throw refused('Client authentication failed');
      const appTid = request.form.get('app_tid');
      const tenant = appTid === null ? world.provider : tenantById(world, appTid);
      if (tenant === undefined) throw refused(`Tenant ${appTid} is not known`);
      const caller = describe(world, tenant, id, 'ias', undefined);
      return issue(caller, { app_tid: tenant.tenantId, aud: id, ias_iss: issuer() });
    },
    forRuns() {
      const [instance] = world.instances.values();
      const clientId = instance?.credentials.clientid ?? '';
      return sign({
        sub: clientId,
        client_id: clientId,
        zid: world.provider.tenantId,
        scope: ['JOBSCHEDULER'],
      });
    },
    caller(authorization, instanceHeader) {
      const [scheme = '', value = ''] = (authorization ?? '').split(' ');
      if (/^basic$/i.test(scheme)) return basicCaller(world, value);
      if (!/^bearer$/i.test(scheme)) throw unauthorized('No credentials were sent');
      const known = issued.get(value);
      if (known === undefined) throw unauthorized('The token is not valid');
      if (known.expiresAt <= world.now()) {
        issued.delete(value);
        throw unauthorized('The token has expired');
      }
      return { ...known.caller, instanceId: known.caller.instanceId ?? meantInstance(world, instanceHeader) };
    },
    revokeAll: () => issued.clear(),
  };
  return tokens;
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function requireGrant(form: URLSearchParams): void {
  if (form.get('grant_type') === 'client_credentials') return;
  throw new ServiceError(400, 'unsupported_grant_type', 'grant_type must be client_credentials');
}

/** Token services answer in the form of RFC 6749. */
function refused(message: string): ServiceError {
  return new ServiceError(401, 'unauthorized', message);
}

function unauthorized(message: string): ServiceError {
  return new ServiceError(401, 'UNAUTHORIZED', message, message, { 'www-authenticate': 'Bearer' });
}

function decodeBasic(value: string): { id: string; secret: string } {
  const text = Buffer.from(value, 'base64').toString();
  const colon = text.indexOf(':');
  return colon < 0 ? { id: text, secret: '' } : { id: text.slice(0, colon), secret: text.slice(colon + 1) };
}

/** Client id and secret come as Basic or in the form; some clients encode them for the URL first (RFC 6749, 2.3.1). */
function clientOf(request: TokenRequest): { id: string; secret: string | undefined } {
  const [scheme = '', value = ''] = (request.authorization ?? '').split(' ');
  if (/^basic$/i.test(scheme)) return decodeBasic(value);
  return { id: request.form.get('client_id') ?? '', secret: request.form.get('client_secret') ?? undefined };
}

function findInstance(world: World, clientId: string, secret: string | undefined): Instance | undefined {
  for (const instance of world.instances.values()) {
    for (const credentials of [instance.credentials, ...instance.older]) {
      if (!sameText(credentials.clientid, clientId)) continue;
      if (secret === undefined || sameText(credentials.clientsecret, secret)) return instance;
    }
  }
  return undefined;
}

function sameText(expected: string, sent: string): boolean {
  return expected === sent || expected === decodeUrl(sent);
}

function decodeUrl(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function tenantById(world: World, tenantId: string): Tenant | undefined {
  for (const tenant of world.tenants.values()) if (tenant.tenantId === tenantId) return tenant;
  return undefined;
}

function describe(
  world: World,
  tenant: Tenant,
  clientId: string,
  method: Caller['method'],
  instanceId: string | undefined,
): Issued['caller'] {
  const provider = tenant.subdomain === world.provider.subdomain;
  return { clientId, tenantId: tenant.tenantId, subdomain: tenant.subdomain, provider, method, instanceId };
}

function basicCaller(world: World, value: string): Caller {
  const { id, secret } = decodeBasic(value);
  for (const { store, credentials, older } of world.instances.values()) {
    if (![credentials, ...older].some(({ user, password }) => user === id && password === secret)) continue;
    const { tenantId, subdomain } = world.provider;
    return {
      clientId: id,
      tenantId,
      subdomain,
      provider: true,
      method: 'basic',
      instanceId: store.instanceId,
    };
  }
  throw unauthorized('User or password is wrong');
}

/** An IAS token belongs to no instance: with several, a header says which one is meant. */
function meantInstance(world: World, header: string | undefined): string {
  const ids = [...world.instances.keys()];
  if (header !== undefined && header !== '') {
    if (world.instances.has(header)) return header;
    throw new ServiceError(403, 'FORBIDDEN', `Service instance ${header} is not bound to this client`);
  }
  const [only] = ids;
  if (ids.length === 1 && only !== undefined) return only;
  throw new ServiceError(
    400,
    'INVALID_REQUEST',
    'Several service instances are bound: name one in the header x-sap-scheduler-instance-id',
  );
}
