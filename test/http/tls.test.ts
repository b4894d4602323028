import type { TLSSocket } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { createHttpClient } from '../../src/http/client.ts';
import type { TlsOptions } from '../../src/http/dispatcher.ts';
import { ca, clientTls, serverTls, strangerTls } from './certs.ts';
import { fakeSurroundings } from './fake-surroundings.ts';
import { sendJson, startServer } from './loopback-server.ts';

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

async function setUp(tls: TlsOptions, mutual = true, host = '127.0.0.1') {
  const server = await startServer(
    (_request, response, raw) => {
      const peer = (raw.socket as TLSSocket).getPeerCertificate();
      sendJson(response, 200, { name: peer.subject?.CN ?? null });
    },
    { ...serverTls, ca, requestCert: mutual, rejectUnauthorized: mutual },
  );
  const client = createHttpClient({
    baseUrl: `https://${host}:${server.port}`,
    surroundings: fakeSurroundings(),
    tls,
  });
  opened.push(client, server);
  return {
    server,
    client,
    read: () => client.reader([{ id: 'any', method: 'GET', path: /.*/ }]).read({ method: 'GET', path: '/' }),
  };
}

describe('TLS', () => {
  it('a client certificate is shown to a server that asks for it', async () => {
    const { read } = await setUp({ ca, ...clientTls });
    expect((await read()).body).toEqual({ name: 'test-client' });
  });

  it.each([
    ['none', {}],
    ['one of an unknown authority', strangerTls],
  ])('a server that wants a certificate gets %s: an error, and it sees no request', async (_name, tls) => {
    const { read, server } = await setUp({ ca, ...tls });
    await expect(read()).rejects.toMatchObject({ category: 'transient' });
    expect(server.seen).toHaveLength(0);
  });

  it('a server that speaks plain text is named as such, on one line, and certificates are not blamed', async () => {
    const server = await startServer((_request, response) => sendJson(response, 200, {}));
    const client = createHttpClient({
      baseUrl: `https://127.0.0.1:${server.port}`,
      surroundings: fakeSurroundings(),
    });
    opened.push(client, server);
    const read = client.reader([{ id: 'any', method: 'GET', path: /.*/ }]).read({ method: 'GET', path: '/' });
    await expect(read).rejects.toMatchObject({
      code: 'NOT_SENT',
      message: expect.not.stringContaining('\n'),
      remedy: expect.stringContaining('does not speak TLS'),
    });
  });

  it('a certificate and a key that do not belong together are an error, and nothing is sent', async () => {
    const { read, server } = await setUp({ ca, cert: clientTls.cert, key: strangerTls.key });
    await expect(read()).rejects.toMatchObject({ code: 'NOT_SENT' });
    expect(server.seen).toHaveLength(0);
  });

  it('a server of an unknown authority is never talked to, whatever the environment of the process says', async () => {
    const before = process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    try {
      const { read, server, client } = await setUp({}, false);
      await expect(read()).rejects.toMatchObject({
        code: 'NOT_SENT',
        remedy: expect.stringContaining('certificate'),
      });
      expect(server.seen).toHaveLength(0);
      expect(client.requests).toBe(1);
    } finally {
      if (before === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
      else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = before;
    }
  });

  it('a certificate for another name is refused', async () => {
    const { read, server } = await setUp({ ca }, false, 'a.b.localhost');
    await expect(read()).rejects.toMatchObject({ code: 'NOT_SENT' });
    expect(server.seen).toHaveLength(0);
  });
});
