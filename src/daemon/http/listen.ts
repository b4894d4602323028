import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import type { Hono } from 'hono';
import { ReconcileError } from '../../core/errors.ts';

export interface Address {
  host: string;
  port: number;
}

/** `127.0.0.1:8090`, `[::1]:8090`, `:8090` (all addresses). undefined when it is no address. */
export function parseAddress(text: string): Address | undefined {
  const [, host, port] = /^(\[[0-9a-f:.]+\]|[^:[\]]*):(\d{1,5})$/i.exec(text) ?? [];
  if (host === undefined || port === undefined || Number(port) > 65_535) return undefined;
  return { host: host === '' ? '0.0.0.0' : host.replace(/^\[|\]$/g, ''), port: Number(port) };
}

/** Whether only programs on this machine can reach it. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

export interface Listening {
  url: string;
  close(): Promise<void>;
}

/** Throws ReconcileError when the address cannot be used. */
export function listen(app: Hono, { host, port }: Address): Promise<Listening> {
  const server = createAdaptorServer({ fetch: app.fetch });
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) =>
      reject(
        new ReconcileError(`The address ${host}:${port} cannot be used (${cause.code ?? cause.message}).`, {
          code: 'LISTEN_FAILED',
          category: 'invalid',
          remedy: 'Take another --listen; port 0 takes any free one.',
          cause,
        }),
      ),
    );
    server.listen(port, host, () => {
      const { port: taken } = server.address() as AddressInfo;
      const shown = host.includes(':') ? `[${host}]` : host;
      resolve({
        url: `http://${shown}:${taken}`,
        close: () =>
          new Promise((done) => {
            server.close(() => done());
            // Event streams would stay open for ever.
            if ('closeAllConnections' in server) server.closeAllConnections();
          }),
      });
    });
  });
}
