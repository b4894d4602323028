import { execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const cli = join(fileURLToPath(new URL('..', import.meta.url)), 'lib/cli/main.js');

/**
 * Folders of two appliers: with the file backend the same one, with git two clones of a bare repository.
 * @param {string} root @param {string} backend @returns {string[]}
 */
export function prepareFolders(root, backend) {
  const one = join(root, 'one');
  if (backend === 'file') {
    mkdirSync(one);
    writeConfig(one, backend);
    return [one, one];
  }
  const git = (...args) => execFileSync('git', args, { cwd: root, stdio: 'pipe' });
  git('init', '-q', '--bare', '-b', 'main', 'bare.git');
  git('clone', '-q', 'bare.git', 'one');
  writeConfig(one, backend);
  cpSync(one, join(root, 'two'), { recursive: true });
  return [one, join(root, 'two')];
}

/** @param {string} folder @param {string} backend */
function writeConfig(folder, backend) {
  const config = {
    apiVersion: 'reconcile/v1',
    kind: 'Config',
    manifests: ['jobs/*.json'],
    state: { backend },
    targets: {
      dev: {
        provider: 'sap',
        credentials: { serviceKey: `\${secret:SERVICE_KEY}` },
        policy: { prune: true },
      },
    },
  };
  writeFileSync(join(folder, 'reconcile.yaml'), JSON.stringify(config));
}

/** @param {string} folder @param {Iterable<{ name: string; description: string; cron: string }>} jobs */
export function writeJobs(folder, jobs) {
  rmSync(join(folder, 'jobs'), { recursive: true, force: true });
  mkdirSync(join(folder, 'jobs'));
  for (const { name, description, cron } of jobs) {
    const manifest = {
      apiVersion: 'reconcile/v1',
      kind: 'SapJob',
      metadata: { name },
      spec: { description, action: 'https://app.example.com/run', schedules: { daily: { cron } } },
    };
    writeFileSync(join(folder, 'jobs', `${name}.json`), JSON.stringify(manifest));
  }
}

/**
 * @param {string} folder @param {string} key @param {string[]} args
 * @returns {Promise<{ code: number; out: string; err: string }>}
 */
export function reconcile(folder, key, args) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [cli, ...args], {
      cwd: folder,
      env: { ...process.env, SERVICE_KEY: key },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk) => {
      out += chunk;
    });
    child.stderr.on('data', (chunk) => {
      err += chunk;
    });
    child.on('close', (code) => resolve({ code, out, err }));
  });
}

/**
 * Somebody's own requests to the service, marked `by=hand` in its log.
 * @param {{ url: string; credentialsFor(kind: string): any }} emulator
 */
export function handOf(emulator) {
  const { user, password } = emulator.credentialsFor('basic');
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  /** Sends it; 404 gives undefined. @param {string} method @param {string} path @param {unknown} [body] */
  return async (method, path, body) => {
    const answer = await fetch(`${emulator.url}${path}?by=hand`, {
      method,
      headers: { authorization, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (answer.status === 404) return undefined;
    const text = await answer.text();
    if (!answer.ok) throw new Error(`by hand: ${method} ${path}: ${answer.status} ${text}`);
    return text === '' ? {} : JSON.parse(text);
  };
}
