import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import type { ReadRule } from '../../src/core/provider.ts';
import { fixedHeaders } from '../../src/http/authenticator.ts';
import { createHttpClient, type HttpClient, type HttpClientOptions } from '../../src/http/client.ts';
import { fakeSurroundings } from './fake-surroundings.ts';
import { type Answer, type LoopbackServer, sendJson, startServer } from './loopback-server.ts';

const anyRead: ReadRule[] = [{ id: 'any', method: 'GET', path: /.*/ }];
const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

async function setUp(answer: Answer, options: Partial<HttpClientOptions> = {}, path = '') {
  const server: LoopbackServer = await startServer(answer);
  const surroundings = fakeSurroundings(options.surroundings);
  const client: HttpClient = createHttpClient({ baseUrl: server.url + path, ...options, surroundings });
  opened.push(client, server);
  return { server, client, surroundings, reader: client.reader(anyRead), writer: client.writer() };
}

describe('SEMANTICS 10: one client for one service', () => {
  it('sends path, query, headers and JSON body as asked, below the base path', async () => {
    const { server, writer } = await setUp(
      (_request, response) => sendJson(response, 201, { ok: true }),
      { headers: { 'X-Fixed': 'a' } },
      '/base/',
    );
    const answer = await writer.write({
      method: 'POST',
      path: '/scheduler/jobs',
      query: { page_size: 100, q: 'active:true & more', flag: false },
      headers: { 'X-Mine': 'b' },
      body: { name: 'ü' },
    });
    expect(answer).toMatchObject({ status: 201, body: { ok: true } });
    const [seen] = server.seen;
    expect(seen?.method).toBe('POST');
    const url = new URL(seen?.url ?? '', 'http://x');
    expect(url.pathname).toBe('/base/scheduler/jobs');
    expect([...url.searchParams]).toEqual([
      ['page_size', '100'],
      ['q', 'active:true & more'],
      ['flag', 'false'],
    ]);
    expect(seen?.headers).toMatchObject({
      'x-fixed': 'a',
      'x-mine': 'b',
      'content-type': 'application/json',
    });
    expect(seen?.body).toBe('{"name":"ü"}');
  });

  it('reaches names below .localhost on this machine', async () => {
    const { server, surroundings } = await setUp((request, response) =>
      sendJson(response, 200, { host: request.headers['host'] ?? '' }),
    );
    const client = createHttpClient({ baseUrl: `http://acme.localhost:${server.port}`, surroundings });
    opened.unshift(client);
    const answer = await client.reader(anyRead).read({ method: 'GET', path: '/' });
    expect(answer.body).toEqual({ host: `acme.localhost:${server.port}` });
  });

  it.each(['application/json; charset=utf-8', 'application/problem+json', 'text/json', undefined])(
    'reads JSON called %s, with a byte order mark and packed',
    async (type) => {
      const { reader } = await setUp((_request, response) => {
        response.writeHead(200, {
          ...(type === undefined ? {} : { 'content-type': type }),
          'content-encoding': 'gzip',
        });
        response.end(gzipSync(Buffer.from('\ufeff{"ok":"ü"}')));
      });
      expect((await reader.read({ method: 'GET', path: '/' })).body).toEqual({ ok: 'ü' });
    },
  );

  it('an answer to a write may be empty, and 204 to a read too', async () => {
    const { reader, writer } = await setUp((_request, response) => {
      response.writeHead(204);
      response.end();
    });
    expect(await writer.write({ method: 'DELETE', path: '/' })).toMatchObject({
      status: 204,
      body: undefined,
    });
    expect(await reader.read({ method: 'GET', path: '/' })).toMatchObject({ status: 204, body: undefined });
  });

  it("tells the service's clock with each answer, and the skew over all", async () => {
    const { reader, client, surroundings } = await setUp((_request, response) => {
      sendJson(response, 200, {}, { date: new Date(surroundings.now() + 90_000).toUTCString() });
    });
    expect(client.serverSkew()).toBe(0);
    const answer = await reader.read({ method: 'GET', path: '/' });
    expect(answer.serverTime).toBe(surroundings.now() + 90_000);
    expect(Math.abs(client.serverSkew() - 90_000)).toBeLessThanOrEqual(1000);
  });

  it('writes each attempt to the debug log, and counts it', async () => {
    let fail = true;
    const { client, reader, writer, surroundings } = await setUp((_request, response) => {
      sendJson(response, fail ? 502 : 200, { a: 1 });
      fail = false;
    });
    await reader.read({ method: 'GET', path: '/jobs', query: { access_token: 'x', page: 2 } });
    await writer.write({ method: 'PUT', path: '/jobs/1', body: {} });
    expect(surroundings.logged.map(({ message }) => message)).toEqual([
      'GET /jobs 502',
      'GET /jobs 200',
      'PUT /jobs/1 200',
    ]);
    expect(surroundings.logged[1]?.data).toMatchObject({
      method: 'GET',
      path: '/jobs',
      query: 'access_token=(sensitive)&page=2',
      status: 200,
      bytes: 7,
      attempt: 2,
    });
    expect([reader.requests, client.requests]).toEqual([2, 3]);
  });

  it('sends nothing after it was closed', async () => {
    const { client, reader, server, surroundings } = await setUp((_request, response) =>
      sendJson(response, 200, {}),
    );
    await client.close();
    await expect(reader.read({ method: 'GET', path: '/' })).rejects.toMatchObject({ code: 'NOT_SENT' });
    expect(server.seen).toHaveLength(0);
    expect(surroundings.slept).toEqual([]);
  });

  it('passes an error of the authentication on, and sends nothing', async () => {
    const broken = {
      authorize: async () => Promise.reject(new Error('no token')),
      invalidate: () => false,
      reload: async () => false,
    };
    const { writer, server } = await setUp((_request, response) => sendJson(response, 200, {}), {
      authenticate: broken,
    });
    await expect(writer.write({ method: 'PUT', path: '/', body: {} })).rejects.toThrow('no token');
    expect(server.seen).toHaveLength(0);
  });

  it('headers of a request cannot replace those of the authentication', async () => {
    const { writer, server } = await setUp((_request, response) => sendJson(response, 200, {}), {
      authenticate: fixedHeaders({ authorization: 'Bearer real' }),
    });
    await writer.write({ method: 'PUT', path: '/', body: {}, headers: { Authorization: 'Bearer other' } });
    expect(server.seen[0]?.headers['authorization']).toBe('Bearer real');
  });
});
