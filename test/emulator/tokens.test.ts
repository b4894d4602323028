import { readFileSync } from 'node:fs';
import { Agent, request } from 'undici';
import { describe, expect, it } from 'vitest';
import { type Answer, askToken, basicAuth, bearer, call, HOUR, type Json, SECOND, start } from './client.ts';

function claimsOf(token: string): Json {
  return JSON.parse(Buffer.from(String(token.split('.')[1]), 'base64url').toString());
}

describe('XSUAA with a secret', () => {
  it('gives a token for 12 hours that names client, tenant and instance', async () => {
    const service = await start();
    const { uaa } = service.emulator.credentials;
    const answer = await askToken(`${uaa.url}/oauth/token`, {}, basicAuth(uaa.clientid, uaa.clientsecret));
    expect(answer.body).toMatchObject({ token_type: 'bearer', expires_in: 43_199 });
    const claims = claimsOf(answer.body.access_token);
    expect(claims).toMatchObject({
      client_id: uaa.clientid,
      zid: 'provider-tenant-id',
      ext_attr: { zdn: 'provider', serviceinstanceid: 'emulator-instance' },
    });
    expect(claims.exp - claims.iat).toBe(43_199);
    expect((await service.get('/scheduler/jobs', `Bearer ${answer.body.access_token}`)).status).toBe(200);
  });

  it('takes client id and secret encoded for URLs, and from the form', async () => {
    const service = await start();
    const { clientid, clientsecret, url } = service.emulator.credentials.uaa;
    const encoded = basicAuth(encodeURIComponent(clientid), encodeURIComponent(clientsecret));
    expect((await askToken(`${url}/oauth/token`, {}, encoded)).status).toBe(200);
    const form = { client_id: clientid, client_secret: clientsecret };
    expect((await askToken(`${url}/oauth/token`, form)).status).toBe(200);
  });

  it('refuses a wrong secret, an unknown client, no client and another grant', async () => {
    const service = await start();
    const { clientid, clientsecret, url } = service.emulator.credentials.uaa;
    const ask = async (authorization?: string, form = {}) =>
      (await askToken(`${url}/oauth/token`, form, authorization)).status;
    expect(await ask(basicAuth(clientid, 'wrong'))).toBe(401);
    expect(await ask(basicAuth('nobody', clientsecret))).toBe(401);
    expect(await ask()).toBe(401);
    expect(await ask(undefined, { client_id: clientid })).toBe(401);
    expect(await ask(basicAuth(clientid, clientsecret), { grant_type: 'password' })).toBe(400);
  });
});

describe('calls', () => {
  it('need credentials', async () => {
    const service = await start();
    const attempts: Record<string, string>[] = [
      {},
      { authorization: 'Bearer nonsense' },
      { authorization: basicAuth('emulator-user', 'wrong') },
    ];
    for (const headers of attempts) {
      const answer = await call(`${service.emulator.url}/scheduler/jobs`, { method: 'GET', headers });
      expect(answer.status).toBe(401);
    }
  });

  it("are refused once the token has expired on the service's clock", async () => {
    const service = await start();
    const token = await bearer(service);
    await service.emulator.clock.advance(43_199 * SECOND - 1);
    expect((await service.get('/scheduler/jobs', token)).status).toBe(200);
    await service.emulator.clock.advance(1);
    expect((await service.get('/scheduler/jobs', token)).status).toBe(401);
    expect((await service.get('/scheduler/jobs', await bearer(service))).status).toBe(200);
  });

  it('are refused with a revoked token until there is a new one', async () => {
    const service = await start();
    const token = await bearer(service);
    await call(`${service.emulator.url}/_emulator/tokens`, { method: 'POST', body: '{"revoke":true}' });
    expect((await service.get('/scheduler/jobs', token)).status).toBe(401);
    expect((await service.get('/scheduler/jobs', await bearer(service))).status).toBe(200);
  });

  it('are refused with rotated credentials, unless the old ones are kept', async () => {
    const service = await start();
    const { url, clientid, clientsecret } = service.emulator.credentials.uaa;
    const token = await bearer(service);
    const ask = async (secret: string) =>
      (await askToken(`${url}/oauth/token`, {}, basicAuth(clientid, secret))).status;
    const rotated = service.emulator.tokens.rotate({ keepOld: true }).uaa.clientsecret;
    expect([await ask(clientsecret), await ask(rotated)]).toEqual([200, 200]);
    expect((await service.get('/scheduler/jobs', token)).status).toBe(200);
    const again = await call(`${service.emulator.url}/_emulator/credentials`, {
      method: 'POST',
      body: '{"rotate":true}',
    });
    expect([await ask(clientsecret), await ask(rotated), await ask(again.body.uaa.clientsecret)]).toEqual([
      401, 401, 200,
    ]);
    expect((await service.get('/scheduler/jobs', token)).status).toBe(401);
  });
});

describe('subscriber tenants', () => {
  const seed = { tenants: [{ subdomain: 'acme', tenantId: 'acme-zone' }] };

  it('have a token URL of their own by path', async () => {
    const service = await start({ seed });
    const { tokenUrl } = service.emulator.credentialsFor('oauth', { subdomain: 'acme' });
    expect(tokenUrl).toBe(`${service.emulator.url}/tenant/acme/oauth/token`);
    expect(claimsOf(await bearer(service, 'acme'))).toMatchObject({
      zid: 'acme-zone',
      ext_attr: { zdn: 'acme' },
    });
  });

  it('have a token URL of their own by host', async () => {
    const service = await start({ seed });
    const { clientid, clientsecret } = service.emulator.credentials.uaa;
    const { port } = new URL(service.emulator.url);
    expect(service.emulator.credentialsFor('oauth', { subdomain: 'acme', inHost: true })['tokenUrl']).toBe(
      `http://acme.localhost:${port}/oauth/token`,
    );
    const answer = await request(`${service.emulator.url}/oauth/token`, {
      method: 'POST',
      headers: { host: `acme.localhost:${port}`, authorization: basicAuth(clientid, clientsecret) },
      body: 'grant_type=client_credentials',
    });
    const { access_token } = (await answer.body.json()) as { access_token: string };
    expect(claimsOf(access_token).zid).toBe('acme-zone');
  });

  it('must be known', async () => {
    const service = await start({ seed });
    await expect(bearer(service, 'nobody')).rejects.toThrow('401');
  });
});

describe('Identity Authentication', () => {
  it('gives tokens for a client id and secret, for a tenant by app_tid', async () => {
    const service = await start({ seed: { tenants: [{ subdomain: 'acme', tenantId: 'acme-zone' }] } });
    const { tokenUrl, clientId, clientSecret } = service.emulator.credentialsFor('ias') as Record<
      string,
      string
    >;
    const form = { client_id: String(clientId), client_secret: String(clientSecret) };
    const provider = await askToken(String(tokenUrl), form);
    expect((await service.get('/scheduler/jobs', `Bearer ${provider.body.access_token}`)).status).toBe(200);
    const acme = await askToken(String(tokenUrl), { ...form, app_tid: 'acme-zone' });
    expect(claimsOf(acme.body.access_token).app_tid).toBe('acme-zone');
    expect((await service.get('/scheduler/jobs?tenantId=x', `Bearer ${acme.body.access_token}`)).status).toBe(
      400,
    );
    expect((await askToken(String(tokenUrl), { ...form, app_tid: 'nobody' })).status).toBe(401);
    expect((await askToken(String(tokenUrl), { ...form, client_secret: 'wrong' })).status).toBe(401);
  });

  it('needs a header that names the instance when there are several', async () => {
    const jobs = [
      { name: 'a', instance: 'one' },
      { name: 'b', instance: 'two' },
    ];
    const service = await start({ seed: { instances: [{ id: 'one' }, { id: 'two' }], jobs } });
    const { tokenUrl, clientId, clientSecret } = service.emulator.credentialsFor('ias') as Record<
      string,
      string
    >;
    const token = await askToken(String(tokenUrl), {
      client_id: String(clientId),
      client_secret: String(clientSecret),
    });
    const list = (headers: Record<string, string>): Promise<Answer> =>
      call(`${service.emulator.url}/scheduler/jobs`, {
        method: 'GET',
        headers: { authorization: `Bearer ${token.body.access_token}`, ...headers },
      });
    expect((await list({})).status).toBe(400);
    expect((await list({ 'x-sap-scheduler-instance-id': 'three' })).status).toBe(403);
    expect((await list({ 'x-sap-scheduler-instance-id': 'two' })).body.results).toMatchObject([
      { name: 'b', jobId: 1 },
    ]);
    const ofTwo = service.emulator.credentialsFor('basic', { instance: 'two' }) as Record<string, string>;
    const basic = basicAuth(String(ofTwo['user']), String(ofTwo['password']));
    expect((await service.get('/scheduler/jobs', basic)).body.results).toMatchObject([{ name: 'b' }]);
  });
});

describe('client certificates', () => {
  const pem = (name: string) => readFileSync(new URL(`certs/${name}`, import.meta.url), 'utf8');
  const tls = {
    cert: pem('server.crt'),
    key: pem('server.key'),
    ca: pem('ca.crt'),
    clientCertificate: pem('client.crt'),
    clientKey: pem('client.key'),
  };

  async function ask(
    url: string,
    client: { cert?: string; key?: string },
    form: Record<string, string>,
  ): Promise<Answer> {
    const dispatcher = new Agent({ connect: { ca: pem('ca.crt'), ...client } });
    try {
      const answer = await request(url, {
        method: 'POST',
        dispatcher,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ grant_type: 'client_credentials', ...form }).toString(),
      });
      return { status: answer.statusCode, headers: answer.headers, text: '', body: await answer.body.json() };
    } finally {
      await dispatcher.close();
    }
  }

  it('stand for the secret of an X.509 service key', async () => {
    const service = await start({ tls });
    const { uaa } = service.emulator.credentialsFor('x509') as { uaa: Record<string, string> };
    expect(uaa['credential-type']).toBe('x509');
    const { certurl, clientid: client_id = '', certificate: cert = '', key = '' } = uaa;
    const answer = await ask(`${certurl}/oauth/token`, { cert, key }, { client_id });
    expect(answer.status).toBe(200);
    expect((await service.get('/scheduler/jobs', `Bearer ${answer.body.access_token}`)).status).toBe(200);
  });

  it('stand for the secret of an IAS client', async () => {
    const service = await start({ tls });
    const { tokenUrl, clientId } = service.emulator.credentialsFor('ias-x509') as Record<string, string>;
    const client = { cert: tls.clientCertificate, key: tls.clientKey };
    expect((await ask(String(tokenUrl), client, { client_id: String(clientId) })).status).toBe(200);
  });

  it.each([
    ['none', {}],
    ['of the same authority, but another one', { cert: pem('second.crt'), key: pem('second.key') }],
    ['of an unknown authority', { cert: pem('stranger.crt'), key: pem('stranger.key') }],
  ])('are refused: %s', async (_what, client) => {
    const service = await start({ tls });
    const client_id = service.emulator.credentials.uaa.clientid;
    expect((await ask(`${service.emulator.certUrl}/oauth/token`, client, { client_id })).status).toBe(401);
  });

  it('count for nothing without TLS', async () => {
    const service = await start();
    expect(() => service.emulator.credentialsFor('x509')).toThrow('tls');
  });
});

it('tokens can be made to live shorter', async () => {
  const service = await start();
  await call(`${service.emulator.url}/_emulator/tokens`, { method: 'POST', body: '{"lifetime":3600}' });
  const token = await bearer(service);
  await service.emulator.clock.advance(HOUR);
  expect((await service.get('/scheduler/jobs', token)).status).toBe(401);
});
