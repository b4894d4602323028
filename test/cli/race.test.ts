import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import { basicAuth, call } from '../emulator/client.ts';
import { type GitFolders, gitEnv, gitFolders } from '../state/git-folders.ts';
import { runCli } from './fake-io.ts';
import { configText, jobText } from './project-folder.ts';

const rounds = 3;

let emulator: Emulator;
let folders: GitFolders;
/** Called with every request that the service has answered. */
let onRequest: (method: string, path: string) => void;
beforeEach(async () => {
  onRequest = () => {};
  folders = gitFolders();
  emulator = await startEmulator({ log: ({ method, path }) => onRequest(method, path) });
});
afterEach(async () => {
  await emulator.close();
  folders.remove();
});

/** What the manifests of a round describe: one job more, one changed, one less. */
function wanted(round: number): Map<string, string> {
  return new Map([
    ['steady', `* * * * ${round} 0 0`],
    ...(round > 0 ? [[`made-${round}`, '* * * * 3 0 0'] as const] : []),
    ...(round > 1 ? [[`made-${round - 1}`, '* * * * 3 0 0'] as const] : []),
  ]);
}

function writeProject(folder: string, backend: string, round: number): void {
  writeFileSync(
    join(folder, 'reconcile.yaml'),
    configText().replace('targets:', `state: {backend: ${backend}}\ntargets:`),
  );
  rmSync(join(folder, 'jobs'), { recursive: true, force: true });
  mkdirSync(join(folder, 'jobs'));
  for (const [name, cron] of wanted(round)) {
    writeFileSync(join(folder, 'jobs', `${name}.yaml`), jobText(name, cron));
  }
}

async function byHand(name: string): Promise<void> {
  const { user, password } = emulator.credentialsFor('basic');
  const body = {
    name,
    description: 'by hand',
    action: 'https://hand.example.com/x',
    active: true,
    httpMethod: 'GET',
  };
  const schedules = [{ cron: '* * * * 1 1 1', description: 'mine', active: true }];
  const { status } = await call(`${emulator.url}/scheduler/jobs`, {
    method: 'POST',
    headers: { authorization: basicAuth(String(user), String(password)), 'content-type': 'application/json' },
    body: JSON.stringify({ ...body, schedules }),
  });
  expect(status).toBe(201);
}

function apply(folder: string, pid: number) {
  return runCli(['apply', '--yes', '-q', '-o', 'json'], {
    cwd: folder,
    env: { ...(gitEnv as Record<string, string>), SERVICE_KEY: JSON.stringify(emulator.credentials) },
    now: Date.now,
    sleep: (ms) => new Promise((done) => setTimeout(done, ms / 4)),
    process: { owner: `user-${pid}`, host: 'here', pid, isAlive: () => undefined },
  });
}

describe.each(['file', 'git'])('two appliers and an editor at the same moment, %s backend', (backend) => {
  test('each change is written once, nothing is lost, nothing of others is touched', {
    timeout: 120_000,
  }, async () => {
    const one = folders.clone();
    const two = backend === 'git' ? folders.clone() : one;
    for (let round = 0; round <= rounds; round += 1) {
      for (const folder of new Set([one, two])) writeProject(folder, backend, round);
      emulator.clearRequests();
      let edit: Promise<void> | undefined;
      onRequest = (method, path) => {
        // In the middle of an apply.
        if (method === 'GET' && path.startsWith('/scheduler/jobs')) edit ??= byHand(`hand-${round}`);
      };
      const ran = await Promise.all([apply(one, 1), apply(two, 2)]);
      await edit;
      expect(ran.map(({ code, err }) => `${code} ${err}`)).toEqual(['0 ', '0 ']);
      const sent = emulator
        .requests()
        .filter(({ method, path }) => method !== 'GET' && path.startsWith('/scheduler/'));
      // The editor's one, then: create, change, and from the third round on delete.
      expect(sent).toHaveLength(round === 0 ? 2 : 3 + (round > 2 ? 1 : 0));
      const jobs = emulator.state().jobs ?? [];
      const hands = Array.from({ length: round + 1 }, (_, n) => `hand-${n}`);
      expect(jobs.map(({ name }) => name).sort()).toEqual([...wanted(round).keys(), ...hands].sort());
      for (const job of jobs) {
        const cron = wanted(round).get(job.name ?? '') ?? '* * * * 1 1 1';
        expect(job.schedules?.map((schedule) => schedule.cron)).toEqual([cron]);
      }
      const { out } = await runCli(['history', '-o', 'json', '-n', '50'], { cwd: two, env: gitEnv });
      expect(JSON.parse(out).targets[0].records).toHaveLength(round + 1);
    }
    const { out } = await runCli(['status', '-o', 'json'], { cwd: one, env: gitEnv });
    expect(JSON.parse(out).targets[0]).toMatchObject({ lock: null, open: null });
  });
});
