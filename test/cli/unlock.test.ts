import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Io } from '../../src/cli/io.ts';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import { noon, runCli } from './fake-io.ts';
import { configText, jobText, type ProjectFolder, projectFolder } from './project-folder.ts';

let emulator: Emulator;
let folder: ProjectFolder;

beforeEach(async () => {
  emulator = await startEmulator({ now: () => noon });
  folder = await projectFolder({ 'reconcile.yaml': configText(), 'jobs/a.yaml': jobText('a') });
});
afterEach(async () => {
  await emulator.close();
  await folder.remove();
});

const state = (): string => join(folder.path, '.reconcile', 'state');
const reconcile = (argv: readonly string[], change: Partial<Io> = {}) =>
  runCli(argv, { cwd: folder.path, env: { SERVICE_KEY: JSON.stringify(emulator.credentials) }, ...change });

/** A lock that somebody took 20 s ago. */
async function lock(change: object = {}): Promise<void> {
  await mkdir(state(), { recursive: true });
  const at = (seconds: number): string => new Date(noon + seconds * 1000).toISOString();
  const info = {
    id: 'lock-1',
    target: 'dev',
    owner: 'bob',
    host: 'build-7',
    pid: 99,
    command: 'reconcile apply -t dev',
    startedAt: at(-20),
    renewedAt: at(-5),
    expiresAt: at(55),
    term: 60_000,
    ...change,
  };
  await writeFile(join(state(), 'dev.lock'), JSON.stringify(info));
}

describe('unlock', () => {
  test('shows the evidence, asks, and removes the lock', async () => {
    await lock();
    const asked: string[] = [];
    const { code, out, err } = await reconcile(['unlock', '-t', 'dev'], {
      interactive: true,
      confirm: async (question) => asked.push(question) > 0,
    });
    expect(code).toBe(0);
    expect(out).toBe('dev: the lock is removed.\n');
    expect(asked).toHaveLength(1);
    for (const text of ['bob@build-7', 'reconcile apply -t dev', '99, runs elsewhere', '20 s ago', '5 s ago'])
      expect(err).toContain(text);
    expect(await readdir(state())).toEqual([]);
  });

  test('says whether the process lives, where that can be told', async () => {
    await lock({ machine: 'boot-1 pid-1' });
    const here = { owner: 'ann', host: 'here', pid: 1, machine: 'boot-1 pid-1' };
    const alive = await reconcile(['unlock'], { process: { ...here, isAlive: () => true } });
    expect(alive.err).toContain('RUNS ON THIS MACHINE');
    expect(alive.code).toBe(4);
    const gone = await reconcile(['unlock'], { process: { ...here, isAlive: () => false } });
    expect(gone.err).toContain('is gone from this machine');
  });

  test('says that the clocks differ when the lock is of the future', async () => {
    const at = (hours: number, seconds = 0): string =>
      new Date(noon + hours * 3_600_000 + seconds * 1000).toISOString();
    await lock({ startedAt: at(5), renewedAt: at(5), expiresAt: at(5, 60) });
    expect((await reconcile(['unlock'])).err).toContain('5 h in the future: the clocks differ');
  });

  test('without a yes nothing is removed, and nobody there is no yes', async () => {
    await lock();
    expect((await reconcile(['unlock'])).code).toBe(4);
    expect((await reconcile(['unlock'], { interactive: true, confirm: async () => false })).code).toBe(4);
    expect(await readdir(state())).toEqual(['dev.lock']);
    expect((await reconcile(['unlock', '--yes', '-o', 'json'])).out).toContain('"id": "lock-1"');
  });

  test('what was open is named, and is there after it', async () => {
    await reconcile(['apply', '--yes']);
    await lock();
    const { err, code } = await reconcile(['unlock', '--yes']);
    expect(code).toBe(0);
    expect(err).toContain('no change is open');
    expect(await readdir(state())).toContain('dev.json');
  });
});

describe('SEMANTICS 9: a target that somebody else holds', () => {
  test('apply waits, then exits 6 with the evidence, and has sent nothing', async () => {
    await lock();
    const waits: number[] = [];
    const { code, err } = await reconcile(['apply', '--yes', '--lock-timeout', '3s'], {
      sleep: async (ms) => {
        waits.push(ms);
      },
    });
    expect(code).toBe(6);
    expect(waits).toEqual([1000, 1000, 1000]);
    expect(err).toContain('bob@build-7 (pid 99, reconcile apply -t dev)');
    expect(emulator.requests()).toEqual([]);
  });

  test('apply goes on when it is given back meanwhile', async () => {
    await lock();
    const { code } = await reconcile(['apply', '--yes'], {
      sleep: async () => {
        await reconcile(['unlock', '--yes']);
      },
    });
    expect(code).toBe(0);
  });

  test('an expired lock, and one of a process of this machine that is gone, are taken over', async () => {
    await lock({
      renewedAt: new Date(noon - 61_000).toISOString(),
      expiresAt: new Date(noon - 1000).toISOString(),
    });
    expect((await reconcile(['apply', '--yes'])).code).toBe(0);
    await folder.write({ 'jobs/b.yaml': jobText('b') });
    await lock({ machine: 'boot-1 pid-1' });
    const process = { owner: 'ann', host: 'here', pid: 1, machine: 'boot-1 pid-1', isAlive: () => false };
    expect((await reconcile(['apply', '--yes'], { process })).code).toBe(0);
    expect(emulator.state().jobs).toHaveLength(2);
  });

  test('plan takes no lock, and says that somebody is applying only where there is a journal', async () => {
    await lock();
    const { code, out } = await reconcile(['plan']);
    expect(code).toBe(0);
    expect(out).toContain('1 to create');
  });
});
