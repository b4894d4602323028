import type { AddressInfo } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { HttpBindings, ServerType } from '@hono/node-server';

/** Starts to listen; gives host and port. */
export function listen(server: ServerType | undefined, port: number, host: string): Promise<string> {
  return new Promise((resolve, reject) => {
    server?.once('error', reject);
    server?.listen(port, host, () => {
      const { address, port: bound, family } = server.address() as AddressInfo;
      resolve(family === 'IPv6' ? `[${address}]:${bound}` : `${address}:${bound}`);
    });
  });
}

/** Stops listening and closes every connection. */
export function stop(server: ServerType): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    if ('closeAllConnections' in server) server.closeAllConnections();
  });
}

/** True if the connection showed a certificate of the authority; if the binding's own is known, exactly that one. */
export function hasOwnCertificate(env: HttpBindings, expected: string | undefined): boolean {
  const { socket } = env.incoming;
  if (!(socket instanceof TLSSocket) || !socket.authorized) return false;
  return (
    expected === undefined ||
    expected.replaceAll('\\n', '\n').trim() === pemOf(socket.getPeerCertificate().raw)
  );
}

function pemOf(raw: Buffer): string {
  const lines = raw.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----'].join('\n');
}
