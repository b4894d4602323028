import { createServer, request as httpRequest } from 'node:http';
import { type AddressInfo, connect } from 'node:net';

export interface ProxyServer {
  port: number;
  /** `CONNECT host:port` or `GET http://…`, with the Proxy-Authorization header. */
  seen: { line: string; authorization: string | undefined }[];
  close(): Promise<void>;
}

/** A proxy that takes every name to one port of this machine; with `refuse`, it answers with that status. */
export async function startProxy(targetPort: number, refuse?: number): Promise<ProxyServer> {
  const seen: ProxyServer['seen'] = [];
  const sockets = new Set<{ destroy(): void }>();
  const server = createServer((request, response) => {
    seen.push({
      line: `${request.method} ${request.url}`,
      authorization: request.headers['proxy-authorization'],
    });
    if (refuse !== undefined) {
      response.writeHead(refuse);
      response.end();
      return;
    }
    const { pathname, search } = new URL(request.url ?? '');
    const { 'proxy-authorization': _hidden, ...headers } = request.headers;
    const onward = httpRequest(
      { port: targetPort, host: '127.0.0.1', path: pathname + search, method: request.method, headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 0, answer.headers);
        answer.pipe(response);
      },
    );
    request.pipe(onward);
  });
  server.on('connect', (request, socket) => {
    seen.push({ line: `CONNECT ${request.url}`, authorization: request.headers['proxy-authorization'] });
    sockets.add(socket);
    socket.on('error', () => undefined);
    if (refuse !== undefined) {
      socket.end(`HTTP/1.1 ${refuse} Refused\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    const onward = connect(targetPort, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      socket.pipe(onward);
      onward.pipe(socket);
    });
    onward.on('error', () => socket.destroy());
    sockets.add(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    seen,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
