import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import { noon, runCli } from './fake-io.ts';
import { configText, jobText, type ProjectFolder, projectFolder } from './project-folder.ts';

let emulator: Emulator;
let folder: ProjectFolder;
let controller: AbortController;
/** Called when the first job has been created. */
let onCreated: () => void;

beforeEach(async () => {
  controller = new AbortController();
  onCreated = () => {};
  emulator = await startEmulator({
    now: () => noon,
    log: ({ method, path }) => {
      if (method === 'POST' && path === '/scheduler/jobs') onCreated();
    },
  });
  folder = await projectFolder({
    'reconcile.yaml': configText(),
    'jobs/a.yaml': jobText('a'),
    'jobs/b.yaml': jobText('b'),
    'jobs/c.yaml': jobText('c'),
  });
});

afterEach(async () => {
  await emulator.close();
  await folder.remove();
});

const reconcile = (argv: readonly string[], signal = controller.signal) =>
  runCli(argv, { cwd: folder.path, env: { SERVICE_KEY: JSON.stringify(emulator.credentials) }, signal });

describe('SEMANTICS 9: a signal', () => {
  test('during apply finishes what is in flight, starts nothing else, and the next apply continues', async () => {
    onCreated = () => controller.abort();
    const { code, out } = await reconcile(['apply', '--yes', '--concurrency', '1']);
    expect(code).toBe(7);
    expect(out).toContain('not attempted');
    const before = emulator.state().jobs?.length ?? 0;
    expect(before).toBeLessThan(3);
    onCreated = () => {};
    expect((await reconcile(['apply', '--yes'], new AbortController().signal)).code).toBe(0);
    expect(
      emulator
        .state()
        .jobs?.map(({ name }) => name)
        .sort(),
    ).toEqual(['a', 'b', 'c']);
  });

  test('after the question, but before the first write, ends with 130; nothing is locked after it', async () => {
    const { code, out } = await runCli(['apply'], {
      cwd: folder.path,
      env: { SERVICE_KEY: JSON.stringify(emulator.credentials) },
      signal: controller.signal,
      interactive: true,
      confirm: async () => {
        controller.abort();
        return true;
      },
    });
    expect(code).toBe(130);
    expect(out).toContain('3 not attempted');
    expect(emulator.state().jobs).toHaveLength(0);
    const unlock = await reconcile(['unlock'], new AbortController().signal);
    expect(unlock.err).toContain('dev: not locked.');
  });

  test('before anything was sent ends with 130', async () => {
    controller.abort();
    const { code, out, err } = await reconcile(['plan']);
    expect({ code, out, err }).toEqual({ code: 130, out: '', err: 'Interrupted.\n' });
  });
});
