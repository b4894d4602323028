import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';

export interface Seen {
  method: string;
  url: string;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: string;
}

export interface LoopbackServer {
  url: string;
  port: number;
  /** Requests that arrived whole, in order. */
  seen: Seen[];
  /** The most that were in progress at a time. */
  peak(): number;
  close(): Promise<void>;
}

export type Answer = (request: Seen, response: ServerResponse, raw: IncomingMessage) => void | Promise<void>;

/** A server of our own on this machine. `tls` makes it https. */
export async function startServer(answer: Answer, tls?: ServerOptions): Promise<LoopbackServer> {
  const seen: Seen[] = [];
  let inProgress = 0;
  let peak = 0;
  const listener = (raw: IncomingMessage, response: ServerResponse): void => {
    inProgress += 1;
    peak = Math.max(peak, inProgress);
    response.once('close', () => {
      inProgress -= 1;
    });
    const chunks: Buffer[] = [];
    raw.on('data', (chunk: Buffer) => chunks.push(chunk));
    raw.on('end', () => {
      const request = {
        method: raw.method ?? '',
        url: raw.url ?? '',
        headers: raw.headers,
        body: Buffer.concat(chunks).toString(),
      };
      seen.push(request);
      void answer(request, response, raw);
    });
  };
  const server: Server = tls ? createTlsServer(tls, listener) : createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    port,
    seen,
    peak: () => peak,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}
