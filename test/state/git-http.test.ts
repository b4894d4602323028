import { spawn } from 'node:child_process';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fakeStoreClock } from '../support/fake-store-clock.ts';
import { type GitFolders, git, gitEnv, gitFolders, storeIn } from './git-folders.ts';
import { claimOf, journalOf, recordOf, stateWith } from './samples.ts';

const token = 'Basic eC1hY2Nlc3MtdG9rZW46czNjcjN0LXQwazNu';

let folders: GitFolders;
let server: Server;
let url: string;
/** Who may push; everybody with the token may read. */
let writable: boolean;

beforeEach(async () => {
  folders = gitFolders();
  git(folders.bare, 'config', 'http.receivepack', 'true');
  writable = true;
  server = createServer(serve);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/bare.git`;
});
afterEach(async () => {
  await new Promise((done) => server.close(done));
  folders.remove();
});

/** git's own server program behind a login, as hosts do it. */
function serve(request: IncomingMessage, response: ServerResponse): void {
  const { pathname, searchParams } = new URL(request.url ?? '/', url);
  const pushes = pathname.endsWith('git-receive-pack') || searchParams.get('service') === 'git-receive-pack';
  if (request.headers.authorization !== token) {
    response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
    return;
  }
  if (pushes && !writable) {
    response.writeHead(403).end();
    return;
  }
  const backend = spawn('git', ['http-backend'], {
    env: {
      ...gitEnv,
      GIT_PROJECT_ROOT: dirname(folders.bare),
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: pathname,
      QUERY_STRING: searchParams.toString(),
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
      HTTP_GIT_PROTOCOL: request.headers['git-protocol']?.toString() ?? '',
      REMOTE_USER: 'ann',
    },
  });
  request.pipe(backend.stdin);
  const chunks: Buffer[] = [];
  backend.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  backend.on('close', () => {
    const whole = Buffer.concat(chunks);
    const end = whole.indexOf('\r\n\r\n');
    const headers = whole
      .subarray(0, end)
      .toString()
      .split('\r\n')
      .map((line) => line.split(': '));
    const status = headers.find(([name]) => name === 'Status')?.[1];
    for (const [name = '', value = ''] of headers) if (name !== 'Status') response.setHeader(name, value);
    response.writeHead(Number(status?.slice(0, 3) ?? 200)).end(whole.subarray(end + 4));
  });
}

/** As a build server checks out: one commit, a detached head, and the token in the config of the clone. */
function checkout(withToken = true): string {
  const path = folders.clone('--depth=1');
  git(path, 'checkout', '--quiet', '--detach');
  git(path, 'remote', 'set-url', 'origin', url);
  if (withToken) git(path, 'config', 'http.extraHeader', `AUTHORIZATION: ${token}`);
  return path;
}

describe('a remote over http', { timeout: 60_000 }, () => {
  it('works with the token that the checkout left in the config', async () => {
    const clock = fakeStoreClock();
    const lock = await storeIn(checkout(), clock).lock('dev', claimOf());
    await lock.begin(stateWith(1, { journal: journalOf('a') }));
    await lock.finish(stateWith(2), recordOf(2));
    const other = storeIn(checkout(), clock);
    expect(await other.read('dev')).toEqual(stateWith(2));
    expect(await other.history('dev', 3)).toEqual([recordOf(2)]);
    expect(await other.readLock('dev')).toBeNull();
  });

  it('that may only be read says which refs need which right, and never shows the token', async () => {
    writable = false;
    const store = storeIn(checkout(), fakeStoreClock());
    expect(await store.read('dev')).toBeNull();
    const error = await store.lock('dev', claimOf()).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'STATE_PUSH_REFUSED',
      message: expect.stringMatching(/refs\/reconcile\/lock\/dev[\s\S]*403/),
      remedy: expect.stringContaining('contents: write'),
    });
    expect(JSON.stringify([error, String(error)])).not.toContain(token.slice(6));
  });

  it('that wants a login asks nobody: it is an error at once', async () => {
    const store = storeIn(checkout(false), fakeStoreClock());
    await expect(store.read('dev')).rejects.toMatchObject({
      code: 'STATE_UNREACHABLE',
      message: expect.stringMatching(
        /could not read Username|Authentication failed|terminal prompts disabled/,
      ),
    });
  });
});
