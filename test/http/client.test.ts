import { afterEach, describe, expect, it } from 'vitest';
import type { ReadRule } from '../../src/core/provider.ts';
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
});
