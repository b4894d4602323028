// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references look like that
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Io } from '../../src/cli/io.ts';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import { noon, type Ran, runCli } from './fake-io.ts';
import { type ProjectFolder, projectFolder } from './project-folder.ts';

let emulator: Emulator;
let folder: ProjectFolder;

beforeEach(async () => {
  emulator = await startEmulator({ now: () => noon });
  folder = await projectFolder({});
});

afterEach(async () => {
  await emulator.close();
  await folder.remove();
});

function reconcile(argv: readonly string[], overrides: Partial<Io> = {}): Promise<Ran> {
  return runCli(argv, { cwd: folder.path, ...overrides });
}

const read = (path: string): Promise<string> => readFile(join(folder.path, path), 'utf8');
const key = (): string => JSON.stringify(emulator.credentials);
const calls = (): string[] =>
  emulator.requests().map(({ method, path }) => `${method} ${path.split('?')[0] ?? ''}`);

describe('init', () => {
  test('by flags: writes a project that is valid, and tries the credentials with one read', async () => {
    await folder.write({ 'key.json': key() });
    const ran = await reconcile(['init', '--key-file', 'key.json']);
    expect(ran.code, ran.err).toBe(0);
    expect(ran.err).toContain('The credentials work');
    expect(calls()).toEqual(['POST /oauth/token', 'GET /scheduler/jobs']);
    expect(ran.out).toMatch(/Next: reconcile import --dry-run/);
    expect(await read('.gitignore')).toBe('.reconcile/\n/key.json\n');
    const settings = JSON.parse(await read('.vscode/settings.json')) as Record<string, object>;
    expect(Object.values(settings['yaml.schemas'] ?? {})).toEqual(['reconcile.yaml', 'jobs/**/*.yaml']);
    const checked = await reconcile(['validate']);
    expect(checked.code, checked.out).toBe(0);
    expect(checked.out).toContain('dev 1 resource');
    expect((await reconcile(['import', '--dry-run'])).code).toBe(0);
  });

  test.each([
    ['vcap', []],
    ['basic', ['--url', 'https://jobs.example.com']],
    ['oauth', ['--url', 'https://jobs.example.com']],
    ['x509', ['--url', 'https://jobs.example.com']],
    ['ias', ['--url', 'https://jobs.example.com']],
    ['token', ['--url', 'https://jobs.example.com']],
  ])('with credentials of kind %s: valid, no secret asked for, their names told', async (login, more) => {
    const ran = await reconcile(['init', '--credentials', login, ...more]);
    expect(ran.code, ran.err).toBe(0);
    expect(ran.err).toContain('were not tried');
    expect(ran.out).toMatch(/To set before anything talks to the service: [A-Z]/);
    expect((await reconcile(['validate'])).code).toBe(0);
  });

  test('for Riversand', async () => {
    const { tenantId, userId, clientId, clientSecret } = emulator.riversand.credentials;
    const env = { RIVERSAND_CLIENT_ID: clientId, RIVERSAND_CLIENT_SECRET: clientSecret };
    const flags = ['--url', emulator.riversand.url, '--tenant-id', tenantId, '--user-id', userId];
    const ran = await reconcile(['init', '--provider', 'riversand', '-t', 'prod', ...flags], { env });
    expect(ran.code, ran.err).toBe(0);
    expect(ran.err).toContain('The credentials work');
    const text = await read('reconcile.yaml');
    expect(text).toContain('${secret:RIVERSAND_CLIENT_SECRET}');
    expect(text).not.toContain(clientSecret);
    expect((await reconcile(['plan', '-t', 'prod'], { env })).code).toBe(0);
  });

  test('asks for what is missing, one question after the other', async () => {
    const asked: string[] = [];
    const answers: Record<string, string> = { 'Which service?': 'sap', 'How do you log in?': 'serviceKey' };
    const ran = await reconcile(['init'], {
      interactive: true,
      env: { SERVICE_KEY: key() },
      ask: async ({ message }) => {
        asked.push(message);
        return answers[message];
      },
    });
    expect(ran.code, ran.err).toBe(0);
    expect(asked).toEqual(Object.keys(answers));
  });

  test('without a terminal it names every flag that is missing, and writes nothing', async () => {
    const ran = await reconcile(['init', '--provider', 'riversand']);
    expect(ran.code).toBe(3);
    for (const flag of ['--url', '--tenant-id', '--user-id']) expect(ran.err).toContain(flag);
    expect((await reconcile(['init'])).err).toMatch(/--provider\s+sap\|riversand/);
    expect(await readdir(folder.path)).toEqual([]);
  });

  test('writes nothing when the service refuses the credentials, unless --no-check', async () => {
    const wrong = {
      ...emulator.credentials,
      uaa: { ...emulator.credentials.uaa, clientsecret: 'wrong-secret' },
    };
    const env = { SERVICE_KEY: JSON.stringify(wrong) };
    const ran = await reconcile(['init', '--credentials', 'serviceKey'], { env });
    expect(ran.code).toBe(1);
    expect(ran.err).not.toContain('wrong-secret');
    expect(await readdir(folder.path)).toEqual([]);
    expect((await reconcile(['init', '--credentials', 'serviceKey', '--no-check'], { env })).code).toBe(0);
  });

  test('never overwrites', async () => {
    await folder.write({ '.gitignore': 'node_modules\n.reconcile/', '.vscode/settings.json': '{}\n' });
    const ran = await reconcile(['init', '--credentials', 'vcap', '--workflows']);
    expect(ran.code, ran.err).toBe(0);
    expect(await read('.vscode/settings.json')).toBe('{}\n');
    expect(ran.err).toContain('yaml.schemas');
    expect(await read('.gitignore')).toBe('node_modules\n.reconcile/');
    expect(await readdir(join(folder.path, '.github/workflows'))).toContain('reconcile-plan.yml');
    const config = await read('reconcile.yaml');
    const again = await reconcile(['init', '--credentials', 'token', '--url', 'https://x.example.com']);
    expect(again.code).toBe(4);
    expect(again.err).toContain('INIT_EXISTS');
    expect(await read('reconcile.yaml')).toBe(config);
  });

  test('a name that no target can have is refused before anything else happens', async () => {
    const ran = await reconcile(['init', '--credentials', 'vcap', '-t', 'Dev_1']);
    expect(ran.code).toBe(3);
    expect(ran.err).toContain('BAD_TARGET_NAME');
  });
});
