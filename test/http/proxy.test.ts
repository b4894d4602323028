import { afterEach, describe, expect, it } from 'vitest';
import { createHttpClient } from '../../src/http/client.ts';
import { proxyFor } from '../../src/http/proxy.ts';
import { ca, serverTls } from './certs.ts';
import { fakeSurroundings } from './fake-surroundings.ts';
import { sendJson, startServer } from './loopback-server.ts';
import { startProxy } from './proxy-server.ts';

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

describe('which proxy', () => {
  const proxy = 'http://proxy.test:3128';
  it.each<[string, Record<string, string>, boolean]>([
    ['https://service.test', { https_proxy: proxy }, true],
    ['https://service.test', { HTTPS_PROXY: proxy }, true],
    ['https://service.test', { https_proxy: '', HTTPS_PROXY: proxy }, true],
    ['https://service.test', { http_proxy: proxy }, false],
    ['http://service.test', { http_proxy: proxy }, true],
    ['http://service.test', { HTTP_PROXY: proxy }, true],
    ['http://service.test', { https_proxy: proxy }, false],
    ['https://service.test', {}, false],
    ['https://service.test', { https_proxy: 'proxy.test:3128' }, true],
    ...[
      '*',
      'service.test',
      '.service.test',
      'test',
      '*.test',
      'SERVICE.test',
      'a.example, service.test',
      'a.example service.test',
      'service.test:443',
    ].map((none): [string, Record<string, string>, boolean] => [
      'https://service.test',
      { https_proxy: proxy, no_proxy: none },
      false,
    ]),
    ...[
      '',
      'vice.test',
      'service.tes',
      'other.test',
      'service.test:8443',
      'x.service.test',
      ',',
      'http://',
    ].map((none): [string, Record<string, string>, boolean] => [
      'https://service.test',
      { https_proxy: proxy, NO_PROXY: none },
      true,
    ]),
    ['https://api.service.test', { https_proxy: proxy, no_proxy: 'service.test' }, false],
    ['https://10.1.2.3', { https_proxy: proxy, no_proxy: '10.0.0.0/8' }, false],
    ['https://11.1.2.3', { https_proxy: proxy, no_proxy: '10.0.0.0/8' }, true],
    ['https://10.1.2.3', { https_proxy: proxy, no_proxy: '10.0.0.0/99' }, true],
    ['https://10.1.2.3', { https_proxy: proxy, no_proxy: '10.1.2.3' }, false],
    ['https://10.1.2.3', { https_proxy: proxy, no_proxy: '2.3' }, true],
    ['https://[fd00::1]', { https_proxy: proxy, no_proxy: 'fd00::/8' }, false],
    ['https://[fd00::1]', { https_proxy: proxy, no_proxy: 'fd00::1' }, false],
    ['https://[fd00::1]:8443', { https_proxy: proxy, no_proxy: '[fd00::1]:8443' }, false],
    ['https://127.0.0.1:8443', { https_proxy: proxy }, false],
    ['http://acme.localhost:80', { http_proxy: proxy }, false],
    ['https://[::1]', { https_proxy: proxy }, false],
  ])('%s with %j: %s', (url, env, expected) => {
    expect(proxyFor(new URL(url), env)?.origin).toBe(expected ? proxy : undefined);
  });

  it.each(['socks5://proxy.test', 'http://'])('%s cannot be used, and is said without its value', (value) => {
    const attempt = () => proxyFor(new URL('https://x.test'), { https_proxy: value });
    expect(attempt).toThrow(expect.objectContaining({ code: 'PROXY_UNUSABLE', category: 'invalid' }));
  });
});

describe('SEMANTICS 10: the usual proxy variables', () => {
  async function setUp(scheme: 'http' | 'https', refuse?: number) {
    const server = await startServer(
      (request, response) =>
        sendJson(response, 200, { host: request.headers['host'] ?? '', url: request.url }),
      scheme === 'https' ? serverTls : undefined,
    );
    const proxy = await startProxy(server.port, refuse);
    const env = { [`${scheme}_proxy`]: `http://me:p%40ss-word@127.0.0.1:${proxy.port}` };
    const surroundings = fakeSurroundings({ env });
    const client = createHttpClient({
      baseUrl: `${scheme}://service.test/base`,
      surroundings,
      tls: { ca },
      attempts: 2,
    });
    opened.push(client, proxy, server);
    return {
      client,
      server,
      proxy,
      surroundings,
      reader: client.reader([{ id: 'any', method: 'GET', path: /.*/ }]),
    };
  }
  const authorization = `Basic ${Buffer.from('me:p@ss-word').toString('base64')}`;

  it('https goes through a tunnel that the proxy cannot look into', async () => {
    const { reader, client, proxy, server, surroundings } = await setUp('https');
    expect((await reader.read({ method: 'GET', path: '/a', query: { b: 1 } })).body).toEqual({
      host: 'service.test',
      url: '/base/a?b=1',
    });
    await client.writer().write({ method: 'PUT', path: '/a', body: {} });
    expect(new Set(proxy.seen.map(({ line }) => line))).toEqual(new Set(['CONNECT service.test:443']));
    expect(proxy.seen.every((one) => one.authorization === authorization)).toBe(true);
    expect(server.seen.every(({ headers }) => headers['proxy-authorization'] === undefined)).toBe(true);
    expect(surroundings.secrets).toContain('p@ss-word');
  });

  it('http is sent to the proxy with the whole URL', async () => {
    const { reader, proxy } = await setUp('http');
    expect((await reader.read({ method: 'GET', path: '/a', query: { b: 1 } })).body).toEqual({
      host: 'service.test',
      url: '/base/a?b=1',
    });
    expect(proxy.seen).toEqual([{ line: 'GET http://service.test/base/a?b=1', authorization }]);
  });

  it('a proxy that refuses the tunnel means that nothing was sent', async () => {
    const { client, server, proxy } = await setUp('https', 407);
    await expect(client.writer().write({ method: 'POST', path: '/', body: {} })).rejects.toMatchObject({
      code: 'NOT_SENT',
      remedy: expect.stringContaining('HTTPS_PROXY'),
    });
    expect(server.seen).toHaveLength(0);
    expect(proxy.seen).toHaveLength(1);
  });

  it('a proxy that wants a password for http says so', async () => {
    const { client } = await setUp('http', 407);
    await expect(client.writer().write({ method: 'POST', path: '/', body: {} })).rejects.toMatchObject({
      code: 'PROXY_REFUSED',
    });
  });

  it('a proxy that cannot be used is a finding, not something to try again', async () => {
    const surroundings = fakeSurroundings({ env: { https_proxy: 'socks5://proxy.test' } });
    const client = createHttpClient({ baseUrl: 'https://service.test', surroundings });
    await expect(client.writer().write({ method: 'PUT', path: '/' })).rejects.toMatchObject({
      code: 'PROXY_UNUSABLE',
    });
    expect(surroundings.slept).toEqual([]);
    await expect(client.close()).resolves.toBeUndefined();
  });
});
