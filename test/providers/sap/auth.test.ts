import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { createRedactor } from '../../../src/core/redactor.ts';
import { createHttpClient } from '../../../src/http/client.ts';
import { createSapAuthenticator, type SapAuthDeps, type SapTenant } from '../../../src/providers/sap/auth.ts';
import { resolveSapCredentials } from '../../../src/providers/sap/credentials.ts';
import { ca, clientTls, expiredTls, serverTls, strangerTls } from '../../http/certs.ts';
import { fakeSurroundings } from '../../http/fake-surroundings.ts';
import { type LoopbackServer, type Seen, sendJson, startServer } from '../../http/loopback-server.ts';

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

function jwt(claims: JsonObject): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part(claims)}.c2ln`;
}

interface Service {
  server: LoopbackServer;
  /** Accepted secrets and tokens; changed by tests to rotate. */
  secrets: Set<string>;
  tokens: Set<string>;
  claims: JsonObject;
  expiresIn: number | undefined;
  tokenRequests(): Seen[];
}

/** One server that is both the token services and the scheduler. */
async function startService(tls?: { mutual: boolean }): Promise<Service> {
  let count = 0;
  const secrets = new Set(['first-secret']);
  const tokens = new Set<string>();
  const grant = (response: ServerResponse) => {
    count += 1;
    const token = jwt({ ...service.claims, jti: String(count) });
    tokens.add(token);
    sendJson(response, 200, { access_token: token, token_type: 'bearer', expires_in: service.expiresIn });
  };
  const server = await startServer(
    (request, response, raw) => {
      const form = new URLSearchParams(request.body);
      const header = String(request.headers['authorization'] ?? '');
      if (request.url === '/oauth/token' || request.url === '/oauth2/token') {
        const basic = Buffer.from(header.replace(/^Basic /, ''), 'base64').toString();
        const secret = form.get('client_secret') ?? basic.slice(basic.indexOf(':') + 1);
        const certified = 'authorized' in raw.socket && raw.socket.authorized === true;
        if (certified || secrets.has(secret)) return grant(response);
        return sendJson(response, 401, { error: 'unauthorized', error_description: 'Bad credentials' });
      }
      const token = header.replace(/^(Bearer|Basic) /, '');
      if (tokens.has(token)) return sendJson(response, 200, { path: request.url });
      return sendJson(response, 401, { error: { message: 'Token is not valid' } });
    },
    tls ? { ...serverTls, ca, requestCert: true, rejectUnauthorized: tls.mutual } : undefined,
  );
  const service: Service = {
    server,
    secrets,
    tokens,
    claims: { zid: 'zone-1', client_id: 'sb-1', ext_attr: { serviceinstanceid: 'inst-1' } },
    expiresIn: 43_199,
    tokenRequests: () => server.seen.filter(({ url }) => url.endsWith('/token')),
  };
  opened.push(server);
  return service;
}

function connect(
  service: Service,
  credentials: JsonObject,
  tenant?: SapTenant,
  more: Partial<SapAuthDeps> = {},
) {
  const surroundings = fakeSurroundings();
  const redactor = createRedactor();
  const authenticator = createSapAuthenticator(resolveSapCredentials(credentials), tenant, {
    surroundings,
    redactor,
    tls: { ca },
    ...more,
  });
  const client = createHttpClient({
    baseUrl: service.server.url,
    surroundings,
    authenticate: authenticator,
    redactor,
    tls: { ca },
  });
  opened.unshift(client);
  const reader = client.reader([{ id: 'any', method: 'GET', path: /.*/ }]);
  const get = (path = '/scheduler/jobs') => reader.read({ method: 'GET', path });
  return { authenticator, client, surroundings, redactor, get };
}

const oauth = (service: Service, clientSecret = 'first-secret') => ({
  oauth: { tokenUrl: service.server.url, clientId: 'sb-1!b1|x', clientSecret },
});

describe('SEMANTICS 10: a token for the service', () => {
  it('comes from XSUAA by Basic and a form, once for many requests', async () => {
    const service = await startService();
    const { get } = connect(service, oauth(service));
    await Promise.all(Array.from({ length: 20 }, () => get()));
    expect(service.tokenRequests()).toHaveLength(1);
    const [request] = service.tokenRequests();
    expect(request).toMatchObject({
      method: 'POST',
      url: '/oauth/token',
      body: 'grant_type=client_credentials',
    });
    expect(request?.headers).toMatchObject({
      'content-type': 'application/x-www-form-urlencoded',
      authorization: `Basic ${Buffer.from('sb-1!b1|x:first-secret').toString('base64')}`,
    });
  });

  it('comes from IAS with everything in the form, and names tenant and instance', async () => {
    const service = await startService();
    const ias = {
      tokenUrl: service.server.url,
      clientId: 'c',
      clientSecret: 'first-secret',
      appTid: 'tid-1',
      instanceId: 'guid-1',
    };
    const { get, authenticator } = connect(service, { ias });
    await get();
    const [request] = service.tokenRequests();
    expect(request?.url).toBe('/oauth2/token');
    expect(request?.headers['authorization']).toBeUndefined();
    expect(Object.fromEntries(new URLSearchParams(request?.body))).toEqual({
      grant_type: 'client_credentials',
      client_id: 'c',
      client_secret: 'first-secret',
      app_tid: 'tid-1',
    });
    expect(service.server.seen.at(-1)?.headers['x-sap-scheduler-instance-id']).toBe('guid-1');
    expect(await authenticator.identity()).toBe('zone=zone-1 instance=inst-1 scheduler=guid-1');
  });

  it.each([
    ['x509', '/oauth/token'],
    ['ias', '/oauth2/token'],
  ])('comes over mutual TLS with a certificate (%s)', async (method, path) => {
    const service = await startService({ mutual: false });
    const proof = {
      tokenUrl: service.server.url,
      clientId: 'sb-2',
      certificate: clientTls.cert.replaceAll('\n', '\\n'),
      key: clientTls.key,
    };
    const { get, surroundings } = connect(service, { [method]: proof });
    expect((await get()).status).toBe(200);
    const [request] = service.tokenRequests();
    expect(request).toMatchObject({ url: path, body: 'grant_type=client_credentials&client_id=sb-2' });
    expect(request?.headers['authorization']).toBeUndefined();
    expect(surroundings.secrets.some((secret) => secret.includes('PRIVATE KEY'))).toBe(true);
  });

  it.each([
    ['an expired certificate, without a request', expiredTls, true, 'expired on 2021-01-01', 0],
    ['a certificate of a stranger', strangerTls, true, 'No token', 0],
    ['a certificate of a stranger that the server looks at later', strangerTls, false, 'Bad credentials', 1],
    ['a key of another certificate', { cert: clientTls.cert, key: strangerTls.key }, true, 'No token', 0],
  ])('is refused for %s', async (_name, pair, mutual, message, requests) => {
    const service = await startService({ mutual });
    const { get } = connect(service, {
      x509: { tokenUrl: service.server.url, clientId: 'c', certificate: pair.cert, key: pair.key },
    });
    await expect(get()).rejects.toMatchObject({
      code: 'TOKEN_REFUSED',
      category: 'rejected',
      message: expect.stringContaining(message),
    });
    expect(service.tokenRequests()).toHaveLength(requests);
  });

  it("of a subscriber comes from the tenant's own subdomain", async () => {
    const service = await startService();
    const { get } = connect(service, oauth(service), { subdomain: 'acme' });
    await get();
    expect(service.tokenRequests()[0]?.headers['host']).toBe(`acme.localhost:${service.server.port}`);
    expect(service.server.seen.at(-1)?.headers['host']).toBe(`127.0.0.1:${service.server.port}`);
  });

  it('of a subscriber with IAS needs the id of the tenant', async () => {
    const service = await startService();
    const ias = { tokenUrl: service.server.url, clientId: 'c', clientSecret: 'first-secret' };
    await expect(connect(service, { ias }, { subdomain: 'acme' }).get()).rejects.toMatchObject({
      code: 'TENANT_INVALID',
    });
    await connect(service, { ias }, { subdomain: 'acme', tenantId: 'tid-2' }).get();
    expect(service.tokenRequests()[0]?.body).toContain('app_tid=tid-2');
  });

  it.each([
    ['expires_in', 1000, {}],
    ['the claims, if there is no expires_in', undefined, { iat: 5000, exp: 6000 }],
  ])('is used until shortly before it expires by %s', async (_name, expiresIn, claims) => {
    const service = await startService();
    service.expiresIn = expiresIn;
    service.claims = { ...service.claims, ...claims };
    const { get, surroundings } = connect(service, oauth(service));
    await get();
    surroundings.advance(879_000);
    await get();
    expect(service.tokenRequests()).toHaveLength(1);
    surroundings.advance(2000);
    await Promise.all([get(), get(), get()]);
    expect(service.tokenRequests()).toHaveLength(2);
  });

  it('Basic and a fixed token need no token service', async () => {
    const service = await startService();
    const basic = Buffer.from('u:pass:word').toString('base64');
    service.tokens.add(basic).add('fixed-token');
    expect((await connect(service, { basic: { user: 'u', password: 'pass:word' } }).get()).status).toBe(200);
    expect((await connect(service, { token: 'fixed-token' }).get()).status).toBe(200);
    expect(service.tokenRequests()).toHaveLength(0);
  });

  it('an answer without a token, or with HTML, is said to be none', async () => {
    const server = await startServer((request, response) => {
      if (request.url === '/oauth/token') sendJson(response, 200, { token: 1 });
      else response.end('<html>');
    });
    opened.push(server);
    for (const tokenUrl of [server.url, `${server.url}/login/oauth/token`]) {
      const service = { server } as Service;
      const { get } = connect(service, { oauth: { tokenUrl, clientId: 'c', clientSecret: 'first-secret' } });
      await expect(get()).rejects.toMatchObject({ code: 'TOKEN_REFUSED' });
    }
  });
});

describe('SEMANTICS 10: 401 → new token once → credentials read again once → error', () => {
  it('a revoked token is replaced once, for all requests together', async () => {
    const service = await startService();
    const { get } = connect(service, oauth(service));
    await get();
    service.tokens.clear();
    await Promise.all(Array.from({ length: 10 }, () => get()));
    expect(service.tokenRequests()).toHaveLength(2);
  });

  it('a rotated secret is read again when the token service refuses it', async () => {
    const service = await startService();
    let reads = 0;
    const reload = async () => {
      reads += 1;
      return oauth(service, 'second-secret');
    };
    const { get, surroundings } = connect(service, oauth(service), undefined, { reload });
    await get();
    service.tokens.clear();
    service.secrets.clear();
    service.secrets.add('second-secret');
    await Promise.all([get(), get(), get()]);
    expect(reads).toBe(1);
    expect(surroundings.secrets).toContain('second-secret');
  });

  it('a rotated password is read again when the service refuses it', async () => {
    const service = await startService();
    service.tokens.add(Buffer.from('u:second-password').toString('base64'));
    const reload = async () => ({ basic: { user: 'u', password: 'second-password' } });
    const { get } = connect(service, { basic: { user: 'u', password: 'first-password' } }, undefined, {
      reload,
    });
    await Promise.all([get(), get()]);
    expect(service.server.seen.length).toBeLessThanOrEqual(4);
  });

  it('a write that is refused so has not happened, and is sent again', async () => {
    const service = await startService();
    const { client, get } = connect(service, oauth(service));
    await get();
    service.tokens.clear();
    expect((await client.writer().write({ method: 'POST', path: '/scheduler/jobs', body: {} })).status).toBe(
      200,
    );
    expect(
      service.server.seen.filter(({ method, url }) => method === 'POST' && url === '/scheduler/jobs'),
    ).toHaveLength(2);
  });

  it('ends with a clear error after a new token and the same credentials', async () => {
    const service = await startService();
    let reads = 0;
    const { get } = connect(service, oauth(service), undefined, {
      reload: async () => {
        reads += 1;
        return oauth(service);
      },
    });
    service.tokens.has = () => false;
    await expect(get()).rejects.toMatchObject({
      code: 'UNAUTHORIZED',
      category: 'rejected',
      message: expect.stringContaining('Token is not valid'),
    });
    expect([reads, service.tokenRequests().length, service.server.seen.length]).toEqual([1, 2, 4]);
  });

  it('ends with a clear error when the secret is refused and there is nothing to read again', async () => {
    const service = await startService();
    const { get } = connect(service, oauth(service, 'wrong-secret'));
    const error: Error & { exchange?: unknown } = await get().then(
      () => new Error('it was accepted'),
      (caught: Error) => caught,
    );
    expect(error).toMatchObject({
      code: 'TOKEN_REFUSED',
      message: expect.stringContaining('Bad credentials'),
    });
    expect(JSON.stringify([error.message, error.exchange])).not.toContain('wrong-secret');
    expect(service.tokenRequests()).toHaveLength(1);
  });

  it('credentials of another instance are not taken', async () => {
    const service = await startService();
    const reload = async () => {
      service.claims = { zid: 'zone-1', client_id: 'sb-1', ext_attr: { serviceinstanceid: 'inst-2' } };
      return oauth(service, 'second-secret');
    };
    const { get } = connect(service, oauth(service), undefined, { reload });
    await get();
    service.tokens.clear();
    service.secrets.clear();
    service.secrets.add('second-secret');
    await expect(get()).rejects.toMatchObject({ code: 'INSTANCE_CHANGED', category: 'refused' });
  });
});

describe('SEMANTICS 2: the identity of the service instance', () => {
  it.each<[JsonObject, string]>([
    [{ zid: 'z', client_id: 'c', ext_attr: { serviceinstanceid: 'i', zdn: 'acme' } }, 'zone=z instance=i'],
    [{ zid: 'z', client_id: 'c', ext_attr: { zdn: 'acme' } }, 'zone=z client=c'],
    [{ ext_attr: { zdn: 'acme' }, cid: 'c' }, 'zone=acme client=c'],
    [{ app_tid: 't', azp: 'c', sub: 'x' }, 'zone=t client=c'],
    [{ sub: 'c' }, 'client=c'],
    [{}, 'client=sb-1!b1|x'],
  ])('of a token with %j is %s', async (claims, expected) => {
    const service = await startService();
    service.claims = claims;
    const { authenticator } = connect(service, oauth(service));
    expect(await authenticator.identity()).toBe(expected);
  });

  it.each<[JsonObject, string]>([
    [{ basic: { user: 'u1', password: 'very-secret' } }, 'user=u1'],
    [{ token: jwt({ zid: 'z', client_id: 'c' }) }, 'zone=z client=c'],
    [{ token: 'very-secret-and-opaque' }, 'token'],
    [{ token: 'a.b.c' }, 'token'],
  ])('of %j is %s, and never a secret', async (credentials, expected) => {
    const service = await startService();
    expect(await connect(service, credentials).authenticator.identity()).toBe(expected);
  });

  it('does not change when the token is renewed, nor when another binding is used', async () => {
    const service = await startService();
    const { authenticator, surroundings, get } = connect(service, oauth(service));
    const before = await authenticator.identity();
    surroundings.advance(43_199_000);
    await get();
    service.claims = { ...service.claims, client_id: 'sb-other' };
    expect(await connect(service, oauth(service)).authenticator.identity()).toBe(before);
  });
});

describe('SEMANTICS 11: what is logged and thrown', () => {
  it('holds neither secret nor token', async () => {
    const service = await startService();
    const { get, surroundings, client } = connect(service, oauth(service));
    await get();
    const [token] = [...service.tokens];
    service.tokens.clear();
    service.tokens.has = () => false;
    const error = await client
      .writer()
      .write({ method: 'PUT', path: '/scheduler/jobs/1', body: { note: `uses ${token}` } })
      .catch((caught: unknown) => caught);
    const all = JSON.stringify([
      surroundings.logged,
      surroundings.progressed,
      error,
      (error as { exchange?: unknown }).exchange,
      String(error),
    ]);
    expect(all).toContain('/oauth/token');
    expect(all).not.toContain('first-secret');
    expect(all).not.toContain(token);
    expect(surroundings.secrets).toEqual(expect.arrayContaining(['first-secret', token]));
  });
});
