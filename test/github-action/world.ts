import { execFile, execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Emulator, type EmulatorOptions, startEmulator } from '../../src/emulator/index.ts';
import type { ActionIo } from '../../src/github-action/action-io.ts';
import { runAction } from '../../src/github-action/run.ts';
import { type ProjectFolder, projectFolder } from '../cli/project-folder.ts';
import { type GitHubStandIn, startStandIn } from './stand-in.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** What one run of the Action left behind. */
export interface ActionRun {
  /** 0, or 1 when the step failed. */
  code: number;
  outputs: Record<string, string>;
  summary: string;
  /** Standard output: the log with workflow commands. */
  log: string;
}

export interface Trigger {
  name: string;
  /** Content of GITHUB_EVENT_PATH. */
  payload?: object;
  sha?: string;
}

type Runner = (env: Record<string, string>, cwd: string) => Promise<Pick<ActionRun, 'code' | 'log'>>;

export interface World {
  emulator: Emulator;
  github: GitHubStandIn;
  /** A git repository with one commit on `main`. */
  folder: ProjectFolder;
  git(...args: string[]): string;
  /** Writes files and commits them; gives the commit. */
  commit(files: Readonly<Record<string, string>>): Promise<string>;
  /** Runs the Action; `inputs` as under `with:`. */
  run(trigger: Trigger, inputs?: Record<string, string>, env?: Record<string, string>): Promise<ActionRun>;
  /** Writes that reached the service. */
  writes(): string[];
  close(): Promise<void>;
}

export async function startWorld(
  files: Readonly<Record<string, string>>,
  { runner = inProcess, seed }: { runner?: Runner } & Pick<EmulatorOptions, 'seed'> = {},
): Promise<World> {
  const emulator = await startEmulator(seed === undefined ? {} : { seed });
  const github = await startStandIn();
  const folder = await projectFolder({ '.gitignore': '.reconcile/\n', ...files });
  const temporary = mkdtempSync(join(tmpdir(), 'reconcile-runner-'));
  const git = (...args: string[]): string =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
      cwd: folder.path,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim();
  git('init', '--quiet', '--initial-branch=main');
  const world: World = {
    emulator,
    github,
    folder,
    git,
    async commit(more) {
      await folder.write(more);
      git('add', '--all');
      git('commit', '--quiet', '--allow-empty', '-m', 'a commit');
      return git('rev-parse', 'HEAD');
    },
    async run({ name, payload = {}, sha }, inputs = {}, env = {}) {
      const path = (file: string): string => join(temporary, file);
      for (const file of ['output', 'summary']) writeFileSync(path(file), '');
      writeFileSync(path('event.json'), JSON.stringify(payload));
      const given = { 'github-token': github.token, ...inputs };
      const { code, log } = await runner(
        {
          PATH: process.env['PATH'] ?? '',
          GITHUB_ACTIONS: 'true',
          GITHUB_API_URL: github.url,
          GITHUB_SERVER_URL: 'https://github.example.com',
          GITHUB_REPOSITORY: 'acme/jobs',
          GITHUB_RUN_ID: '77',
          GITHUB_EVENT_NAME: name,
          GITHUB_EVENT_PATH: path('event.json'),
          GITHUB_OUTPUT: path('output'),
          GITHUB_STEP_SUMMARY: path('summary'),
          GITHUB_WORKSPACE: folder.path,
          GITHUB_SHA: sha ?? git('rev-parse', 'HEAD'),
          GITHUB_REF: 'refs/heads/main',
          RUNNER_TEMP: temporary,
          SERVICE_KEY: JSON.stringify(emulator.credentials),
          ...Object.fromEntries(
            Object.entries(given).map(([input, value]) => [`INPUT_${input.toUpperCase()}`, value]),
          ),
          ...env,
        },
        folder.path,
      );
      return {
        code,
        log,
        outputs: readOutputs(readFileSync(path('output'), 'utf8')),
        summary: readFileSync(path('summary'), 'utf8'),
      };
    },
    writes: () =>
      emulator
        .requests()
        .filter(({ method, path }) => method !== 'GET' && !path.includes('/oauth/'))
        .map(({ method, path }) => `${method} ${path}`),
    async close() {
      await emulator.close();
      await github.close();
      await folder.remove();
      await rm(temporary, { recursive: true, force: true });
    },
  };
  await world.commit({});
  return world;
}

/** `name<<delimiter`, lines, delimiter: as the runner reads GITHUB_OUTPUT. */
function readOutputs(text: string): Record<string, string> {
  const found = [...text.matchAll(/^(\S+)<<(\S+)\r?\n([\s\S]*?)\r?\n\2$/gm)];
  return Object.fromEntries(found.map(([, name = '', , value = '']) => [name, value]));
}

/** The Action as a function, with the runner's files written in the runner's form. */
const inProcess: Runner = async (env) => {
  let code = 0;
  const log: string[] = [];
  const append = (variable: string, text: string): void =>
    writeFileSync(env[variable] ?? '', text, { flag: 'a' });
  const io: ActionIo = {
    env,
    now: () => Date.now(),
    sleep: async () => {},
    every: () => () => {},
    random: () => 0.5,
    process: { owner: 'tester', host: 'here', pid: 1, isAlive: () => true },
    signal: new AbortController().signal,
    setOutput: (name, value) =>
      append('GITHUB_OUTPUT', `${name}<<end-of-${name}\n${value}\nend-of-${name}\n`),
    mask: (secret) => void log.push(`::add-mask::${secret.replaceAll('\n', '%0A')}`),
    annotate: (level, message, { title, file, line, col }) =>
      void log.push(`::${level} title=${title},file=${file},line=${line},col=${col}::${message}`),
    log: (text) => void log.push(text),
    debug: () => {},
    addSummary: async (markdown) => append('GITHUB_STEP_SUMMARY', markdown),
    fail: (message) => {
      code = 1;
      log.push(`::error::${message}`);
    },
  };
  await runAction(io);
  return { code, log: `${log.join('\n')}\n` };
};

/** Builds the bundle and gives a runner that starts it as the real one does: `node main.js` and an environment. */
export function bundled(): { runner: Runner; path: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'reconcile-bundle-'));
  execFileSync(process.execPath, [join(root, 'scripts/build-action.mjs'), '--out', join(folder, 'dist')]);
  mkdirSync(folder, { recursive: true });
  // The Action's own folder holds the whole repository; of that the bundle reads this file.
  copyFileSync(join(root, 'package.json'), join(folder, 'package.json'));
  const path = join(folder, 'dist/github-action/main.js');
  const runner: Runner = (env, cwd) =>
    new Promise((resolve) => {
      execFile(process.execPath, [path], { cwd, env, maxBuffer: 1e8 }, (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
        resolve({ code, log: stdout + stderr });
      });
    });
  return { runner, path, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** An event `pull_request` from a branch of the repository, or from a fork. */
export function pullRequest(number: number, base: string, head: string, from = 'acme/jobs'): Trigger {
  return {
    name: 'pull_request',
    payload: {
      pull_request: {
        number,
        head: { sha: head, repo: { full_name: from } },
        base: { sha: base, ref: 'main', repo: { full_name: 'acme/jobs' } },
      },
    },
  };
}
