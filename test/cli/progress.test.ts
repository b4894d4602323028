import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import { fileStore } from '../../src/state/file.ts';
import { fakeStoreClock } from '../support/fake-store-clock.ts';
import { noon, runCli } from './fake-io.ts';
import { configText, jobText, type ProjectFolder, projectFolder } from './project-folder.ts';

let emulator: Emulator;
let folder: ProjectFolder;
beforeEach(async () => {
  emulator = await startEmulator({ now: () => noon });
  folder = await projectFolder({ 'reconcile.yaml': configText(), 'jobs/report.yaml': jobText('report') });
});
afterEach(async () => {
  await emulator.close();
  await folder.remove();
});

function apply(argv: readonly string[], errIsTerminal: boolean) {
  const env = { SERVICE_KEY: JSON.stringify(emulator.credentials), TERM: 'xterm' };
  return runCli(['apply', '--yes', ...argv], { cwd: folder.path, env, errIsTerminal, columns: 60 });
}

describe('progress', () => {
  test('is one line on a terminal that is gone in the end, and never on stdout', async () => {
    const { out, err } = await apply(['--color', 'never'], true);
    expect(err).toContain('› dev: reading the service');
    expect(err).toContain('› dev: SapJob/report');
    expect(err.endsWith('\r\u001b[K')).toBe(true);
    expect(err).not.toContain('\n');
    expect(out).not.toContain('›');
  });

  test.each([
    { argv: [], terminal: false },
    { argv: ['--quiet'], terminal: true },
  ])('is silent with $argv on terminal=$terminal', async ({ argv, terminal }) => {
    expect((await apply(argv, terminal)).err).toBe('');
  });

  test.each([
    { argv: [], terminal: false, lines: 1 },
    { argv: ['--quiet'], terminal: false, lines: 0 },
    { argv: [], terminal: true, lines: 1 },
  ])('a wait of a minute is a line that stays, with $argv on terminal=$terminal: $lines', async (given) => {
    // The service's time alone goes on: no heartbeat of the lock is due.
    let now = noon;
    const service = await startEmulator({ now: () => now });
    await folder.write({
      'reconcile.yaml': JSON.stringify({
        apiVersion: 'reconcile/v1',
        kind: 'Config',
        manifests: ['jobs/*.yaml'],
        targets: {
          rdp: {
            provider: 'riversand',
            url: service.riversand.url,
            credentials: service.riversand.credentials,
          },
        },
      }),
      'jobs/report.yaml': `apiVersion: reconcile/v1
kind: RiversandSchedule
metadata: {name: orders}
spec: {displayName: Orders, enabled: true, intervalInMins: 5, taskName: poll, taskUrl: "https://x.example/poll"}
`,
    });
    const sleep = async (ms: number): Promise<void> => {
      now += ms;
    };
    const { code, err, out } = await runCli(['apply', '--yes', '--color', 'never', ...given.argv], {
      cwd: folder.path,
      env: { TERM: 'xterm' },
      errIsTerminal: given.terminal,
      sleep,
    });
    await service.close();
    expect(code, err + out).toBe(0);
    const said = err.match(/Waiting: schedule object "orders": the service shows a change about a minute/g);
    expect(said?.length ?? 0).toBe(given.lines);
  });

  test('a wait for the lock is said once in a log', async () => {
    await apply([], false);
    await folder.write({ 'jobs/report.yaml': jobText('report', '* * * * 9 0 0') });
    const claim = { owner: 'kim', host: 'build-1', pid: 7, command: 'reconcile apply', timeout: 0 };
    const clock = fakeStoreClock(noon);
    const lock = await fileStore({ root: folder.path, clock }).lock('dev', claim);
    const { code, err } = await apply(['--lock-timeout', '10s'], false);
    await lock.release();
    expect(code).toBe(6);
    expect(err.match(/Waiting: for the lock of kim@build-1 \(pid 7, reconcile apply\)\./g)).toHaveLength(1);
  });

  test('logs are lines of JSON on stderr, with the clock of the caller', async () => {
    const { err } = await apply(['--log-level', 'debug'], false);
    const lines = err
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { time: string; msg: string });
    expect(lines.length).toBeGreaterThan(3);
    expect(new Set(lines.map(({ time }) => time))).toEqual(new Set(['2026-11-22T12:00:00.000Z']));
  });
});
