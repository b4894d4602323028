import { execFile, spawn } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const exec = promisify(execFile);
let root = '';
let bin = '';

/** The package as it is installed: compiled, beside its schemas and examples. */
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'reconcile-bin-'));
  const tsc = resolve('node_modules/typescript/bin/tsc');
  await exec(process.execPath, [
    tsc,
    '-p',
    'tsconfig.build.json',
    '--declaration',
    'false',
    '--outDir',
    join(root, 'lib'),
  ]);
  for (const name of ['schemas', 'examples', 'node_modules']) await symlink(resolve(name), join(root, name));
  await cp('package.json', join(root, 'package.json'));
  bin = join(root, 'lib/cli/main.js');
}, 60_000);

afterAll(() => rm(root, { recursive: true, force: true }));

async function reconcile(...argv: string[]) {
  const { stdout, stderr } = await exec(process.execPath, [bin, ...argv], {
    env: { PATH: process.env['PATH'] },
  });
  return { stdout, stderr };
}

describe('the built program', () => {
  test('says its version with two files and package.json alone', async () => {
    const bare = await mkdtemp(join(tmpdir(), 'reconcile-bare-'));
    for (const file of ['package.json', 'lib/cli/main.js', 'lib/project/package-files.js']) {
      await cp(join(root, file), join(bare, file));
    }
    const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };
    const { stdout } = await exec(process.execPath, [join(bare, 'lib/cli/main.js'), '--version']);
    await rm(bare, { recursive: true });
    expect(stdout).toBe(`${version}\n`);
  });

  test('begins with a line that lets a shell start it', async () => {
    expect(await readFile(bin, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
  });

  test('gives its exit code to the shell', async () => {
    await expect(reconcile('explain', '* * nonsense')).rejects.toMatchObject({ code: 3, stdout: '' });
  });

  test('survives a reader that goes away', async () => {
    const shell = `'${process.execPath}' '${bin}' schema SapJob | head -c 10; echo " \${PIPESTATUS[0]}"`;
    const { stdout, stderr } = await exec('bash', ['-c', shell]);
    expect(stdout).toMatch(/^\{\s+"\$sche.* 0\n$/s);
    expect(stderr).toBe('');
  });

  test('says when its output could not be written, and does not exit with 0', async () => {
    const shell = `'${process.execPath}' '${bin}' schema SapJob > /dev/full`;
    await expect(exec('bash', ['-c', shell])).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^error OUTPUT_UNWRITABLE stdout: .*ENOSPC.*\n$/),
    });
  });

  test('the emulator prints one line when it is ready, and ends quietly when it is told to', async () => {
    const child = spawn(process.execPath, [bin, 'emulator', '--quiet'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const line = await new Promise<string>((done) =>
      child.stdout.once('data', (chunk) => done(String(chunk))),
    );
    const { url, credentials } = JSON.parse(line) as {
      url: string;
      credentials: { uaa: { clientsecret: string } };
    };
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(credentials.uaa.clientsecret).not.toContain('sensitive');
    expect((await fetch(`${url}/_emulator/clock`)).status).toBe(200);
    const ended = new Promise<number | null>((done) => child.once('exit', (code) => done(code)));
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  });

  test('the demo runs through the whole cycle and leaves nothing behind', async () => {
    const temporary = await mkdtemp(join(root, 'tmp-'));
    const { stdout, stderr } = await exec(process.execPath, [bin, 'demo'], { env: { TMPDIR: temporary } });
    expect((await readdir(temporary)).filter((name) => name.startsWith('reconcile-'))).toEqual([]);
    expect(stderr).toBe('');
    for (const text of [
      'Create (6)',
      'No changes.',
      '* * * * 14 0 0',
      'Drift: 1 resource',
      'Next, with an instance of your own',
    ]) {
      expect(stdout).toContain(text);
    }
    expect(stdout.match(/No changes\./g)).toHaveLength(2);
    expect(stdout).not.toContain('a-token-that-is-never-shown');
  });
});
