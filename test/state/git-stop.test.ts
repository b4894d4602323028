import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GitMirror } from '../../src/daemon/sources/git-mirror.ts';
import { createGit } from '../../src/state/git/git-run.ts';
import { gitStore } from '../../src/state/git.ts';
import { fakeStoreClock } from '../support/fake-store-clock.ts';
import { type GitFolders, git, gitEnv, gitFolders } from './git-folders.ts';

let folders: GitFolders;
let server: Server;
let url: string;
const sockets = new Set<Socket>();

/** A host that takes calls and never answers. */
beforeEach(async () => {
  folders = gitFolders();
  server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/jobs.git`;
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  server.close();
  await once(server, 'close');
  folders.remove();
});

describe('the end of the program, while a git host does not answer', () => {
  it('ends a look at the branch', async () => {
    const ending = new AbortController();
    server.once('connection', () => ending.abort());
    const folder = join(folders.root, 'mirror');
    const mirror = new GitMirror({
      folder,
      url,
      ref: 'main',
      configFile: 'reconcile.yaml',
      allowRewind: false,
      git: createGit({ folder, env: gitEnv, signal: ending.signal }),
    });
    await expect(mirror.update()).rejects.toMatchObject({
      code: 'GIT_FAILED',
      message: expect.stringContaining('the program is to end'),
    });
    const calls = sockets.size;
    await expect(mirror.remoteCommit()).rejects.toMatchObject({ code: 'GIT_FAILED' });
    expect(sockets.size).toBe(calls);
  });

  it('ends the reading of a state', async () => {
    const ending = new AbortController();
    server.once('connection', () => ending.abort(new Error('told to stop')));
    const root = folders.clone();
    git(root, 'remote', 'set-url', 'origin', url);
    const store = gitStore({ root, env: gitEnv, clock: fakeStoreClock(), signal: ending.signal });
    await expect(store.read('dev')).rejects.toThrow('told to stop');
  });
});
