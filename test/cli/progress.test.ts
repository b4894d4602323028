import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
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
