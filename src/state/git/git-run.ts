import { spawn } from 'node:child_process';
import { kill, platform } from 'node:process';
import { ReconcileError } from '../../core/errors.ts';

/** What git answered. Not having succeeded is an answer, too. */
export interface GitAnswer {
  /** Exit code; null when it was stopped: it took too long, or nobody wants its answer any more. */
  code: number | null;
  out: string;
  /** Without credentials in URLs. */
  err: string;
}

export interface GitCall {
  /** For stdin. */
  input?: string;
  /** Added to the environment. */
  env?: Readonly<Record<string, string>>;
  /** Milliseconds; then git and what it started are stopped. Default: 120 s. */
  limit?: number;
  /** When it is aborted, git and what it started are stopped: for calls that change nothing that others can see. */
  signal?: AbortSignal;
}

/** Runs git in one folder. Throws only when there is no git at all. */
export type Git = (args: readonly string[], call?: GitCall) => Promise<GitAnswer>;

export interface GitOptions {
  /** Absolute path of a folder inside the repository. */
  folder: string;
  env: Readonly<Record<string, string | undefined>>;
  /** For each call that has none of its own. */
  signal?: AbortSignal;
}

/**
 * git as a program that asks nothing and runs none of the user's hooks.
 * It gets a process group of its own, away from the terminal: a Ctrl-C must not cut a push in flight, and ssh must not wait for a passphrase.
 */
export function createGit({ folder, env, signal: always }: GitOptions): Git {
  const base = gitEnvironment(env);
  return (args, call = {}) => {
    const signal = call.signal ?? always;
    if (signal?.aborted === true) return Promise.resolve({ code: null, out: '', err: unwanted });
    return new Promise((resolve, reject) => {
      const ownGroup = platform !== 'win32';
      const child = spawn('git', [...quietly, ...args], {
        cwd: folder,
        env: { ...base, ...call.env },
        detached: ownGroup,
        windowsHide: true,
        stdio: 'pipe',
      });
      const out: Buffer[] = [];
      const err: Buffer[] = [];
      let stopped: string | undefined;
      const end = (why: string): void => {
        stopped ??= why;
        stop(child.pid, ownGroup);
      };
      const timer = setTimeout(
        () => end('git was stopped: it gave no answer in time'),
        call.limit ?? 120_000,
      );
      timer.unref();
      const onAbort = (): void => end(unwanted);
      signal?.addEventListener('abort', onAbort, { once: true });
      const settled = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
      };
      child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
      child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
      // A git that ends early closes its stdin; its exit code says more than EPIPE does.
      child.stdin.on('error', () => {});
      child.on('error', (error) => {
        settled();
        reject(missing(error));
      });
      child.on('close', (code) => {
        settled();
        const text = withoutCredentials(Buffer.concat(err).toString('utf8')).trim();
        resolve({
          code: stopped === undefined ? (code ?? 1) : null,
          out: Buffer.concat(out).toString('utf8'),
          err: stopped === undefined ? text : `${text}\n${stopped}`.trim(),
        });
      });
      child.stdin.end(call.input ?? '');
    });
  };
}

const unwanted = 'git was stopped: the program is to end';

/** Settings for each call: no hooks, no housekeeping in the background, fast compression for objects that are pushed at once. */
const quietly = [
  ...['-c', 'core.hooksPath=/dev/null', '-c', 'gc.auto=0', '-c', 'maintenance.auto=false'],
  ...[
    '-c',
    'core.looseCompression=1',
    '-c',
    'i18n.commitEncoding=UTF-8',
    '-c',
    'i18n.logOutputEncoding=UTF-8',
  ],
];

/** Set by git for its hooks: they name the repository of the hook's caller, by paths that are wrong in another folder. */
const ofHooks =
  /^GIT_(INDEX_FILE|PREFIX|WORK_TREE|OBJECT_DIRECTORY|ALTERNATE_OBJECT_DIRECTORIES|QUARANTINE_PATH|NAMESPACE)$/;

function gitEnvironment(env: GitOptions['env']): Record<string, string | undefined> {
  const kept = Object.entries(env).filter(
    ([name, value]) => !ofHooks.test(name) && !(name === 'GIT_DIR' && value?.startsWith('/') !== true),
  );
  return {
    ...Object.fromEntries(kept),
    // Answers are read by the program: one language, no questions.
    LC_ALL: 'C',
    LANGUAGE: 'C',
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
  };
}

function stop(pid: number | undefined, ownGroup: boolean): void {
  if (pid === undefined) return;
  try {
    kill(ownGroup ? -pid : pid, 'SIGKILL');
  } catch {
    // It ended by itself just now.
  }
}

/** Whatever stands before the `@` of a URL may be a token. */
function withoutCredentials(text: string): string {
  return text.replace(/(\b[a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/'"<>]{1,2000}@/gi, '$1(sensitive)@');
}

function missing(cause: unknown): ReconcileError {
  return new ReconcileError('git cannot be started.', {
    code: 'GIT_MISSING',
    category: 'invalid',
    remedy: 'Install git 2.30 or newer, or use state: {backend: file}.',
    cause,
  });
}
