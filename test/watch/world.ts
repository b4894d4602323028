import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { TargetStatus } from '../../src/daemon/status.ts';
import { type LoggedRequest, startEmulator } from '../../src/emulator/index.ts';
import { type ProjectFolder, projectFolder } from '../cli/project-folder.ts';
import { basicAuth, call } from '../emulator/client.ts';
import { gitEnv } from '../state/git-folders.ts';

const program = resolve('lib/cli/main.js');
/** Nothing here takes longer than this, also on a busy machine, ms. It is no wait: conditions are looked at when something happens. */
const LIMIT = 45_000;

const token = 'a-token-that-is-long-enough';
export const hookSecret = 'the-secret-of-the-hook';

/** A process of the built program. */
interface Program {
  lines: string[];
  kill(signal: NodeJS.Signals): void;
  /** Exit code, or the signal. */
  ended: Promise<number | string>;
}

/** `reconcile watch` as a process. */
export interface Daemon extends Program {
  url: string;
  get(path: string): Promise<unknown>;
  status(target: string): Promise<TargetStatus>;
  /** The status of a target once it is as wished. */
  until(target: string, what: string, fits: (status: TargetStatus) => boolean): Promise<TargetStatus>;
  post(
    path: string,
    body: unknown,
    headers?: Record<string, string>,
  ): Promise<{ status: number; body: unknown }>;
  metrics(): Promise<string>;
}

export type WatchWorld = Awaited<ReturnType<typeof createWatchWorld>>;

/** Wakes those who wait for something. */
function createBus() {
  const wakers = new Set<() => void>();
  return {
    wake(): void {
      for (const waker of wakers) waker();
    },
    /** What `look` finds, which looks again whenever something has happened. */
    async until<T>(
      what: string,
      look: () => Promise<T | undefined> | T | undefined,
      evidence: () => string,
    ): Promise<T> {
      let happened = true;
      let resume = (): void => undefined;
      let isLate = false;
      const waker = (): void => {
        happened = true;
        resume();
      };
      const timer = setTimeout(() => {
        isLate = true;
        resume();
      }, LIMIT);
      wakers.add(waker);
      try {
        while (!isLate) {
          happened = false;
          const found = await look();
          if (found !== undefined) return found;
          if (happened || isLate) continue;
          await new Promise<void>((done) => {
            resume = done;
          });
        }
        throw new Error(`still not: ${what}\n${evidence()}`);
      } finally {
        clearTimeout(timer);
        wakers.delete(waker);
      }
    },
  };
}

/** A service, a project in a folder, and programs over them. Nothing is polled: what happens wakes who waits for it. */
export async function createWatchWorld(files: Readonly<Record<string, string>>) {
  const bus = createBus();
  const { wake } = bus;
  const children: Program[] = [];
  let held: { release(): void } | undefined;
  let arrived = 0;
  if (!existsSync(program)) throw new Error('npm run build comes first');
  const emulator = await startEmulator({
    log: wake,
    // Delays of faults are the requests that a test holds on to.
    sleep: () =>
      new Promise((done) => {
        arrived += 1;
        held = { release: done };
        wake();
      }),
  });
  const folder: ProjectFolder = await projectFolder({
    token: `${token}\n`,
    hook: `${hookSecret}\n`,
    ...files,
  });
  const evidence = (): string => children.map(({ lines }) => lines.slice(-15).join('\n')).join('\n---\n');
  const until = <T>(what: string, look: () => T | undefined): Promise<T> => bus.until(what, look, evidence);

  function run(args: readonly string[], cwd = folder.path): Program {
    const child = spawn(process.execPath, [program, ...args], {
      cwd,
      env: { ...gitEnv, SERVICE_KEY: JSON.stringify(emulator.credentials) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const lines: string[] = [];
    for (const stream of [child.stdout, child.stderr]) {
      let rest = '';
      stream.setEncoding('utf8').on('data', (text: string) => {
        const parts = `${rest}${text}`.split('\n');
        rest = parts.pop() ?? '';
        lines.push(...parts);
        wake();
      });
    }
    const ended = new Promise<number | string>((done) => {
      child.once('exit', (code, signal) => {
        done(code ?? signal ?? '');
        wake();
      });
    });
    const started = { lines, ended, kill: (signal: NodeJS.Signals) => void child.kill(signal) };
    children.push(started);
    return started;
  }

  /** Tells every server-sent event, until the daemon is gone. */
  async function follow(url: string, told: () => void): Promise<void> {
    try {
      const answer = await fetch(`${url}/events`);
      for await (const _chunk of answer.body ?? []) told();
    } catch {
      // The daemon has ended, or was killed.
    }
  }

  const world = {
    emulator,
    folder,
    until,
    run,
    /** Requests that change something, oldest first: `POST /scheduler/jobs 201`. */
    writes: (): string[] => emulator.requests().filter(isWrite).map(titleOf),
    job: (name: string) => emulator.state().jobs?.find((job) => job.name === name),
    jobs: () => (emulator.state().jobs ?? []).map(({ name }) => name).sort(),
    /** The next write that fits stays unanswered; the service has not done it yet, or with `commit` has. */
    async hold(match: { method: string; nth?: number }): Promise<{
      reached: Promise<true>;
      release(): void;
    }> {
      const before = arrived;
      const [id] = emulator.faults.set({
        match: { path: '/scheduler/jobs**', count: 1, ...match },
        effect: { delay: 1 },
      });
      return {
        reached: until('the held request', () => arrived > before || undefined),
        release() {
          emulator.faults.clear(id);
          held?.release();
        },
      };
    },
    /** Somebody changes the description of a job in the service. */
    async click(name: string, description: string): Promise<void> {
      const { user, password } = emulator.credentialsFor('basic');
      const job = world.job(name);
      const { status } = await call(`${emulator.url}/scheduler/jobs/${job?._id}`, {
        method: 'PUT',
        headers: {
          authorization: basicAuth(String(user), String(password)),
          'content-type': 'application/json',
        },
        body: JSON.stringify({
          ...{ name, action: job?.action, httpMethod: job?.httpMethod, active: true },
          description,
        }),
      });
      if (status !== 200) throw new Error(`by hand: ${status}`);
    },
    async watch(...args: string[]): Promise<Daemon> {
      const child = run([
        ...['watch', '--listen', '127.0.0.1:0', '--token-file', 'token', '--hook-secret-file', 'hook'],
        ...args,
      ]);
      const gone = child.ended.then((code) => {
        throw new Error(`the daemon ended with ${code}\n${child.lines.join('\n')}`);
      });
      gone.catch(() => undefined);
      const url = await Promise.race([
        gone,
        until('the daemon listens', () =>
          child.lines.map((line) => /Pages: (http\S+)/.exec(line)?.[1]).find((found) => found !== undefined),
        ),
      ]);
      const events = createBus();
      void follow(url, events.wake);
      const get = async (path: string): Promise<unknown> => (await fetch(`${url}${path}`)).json();
      const status = async (target: string): Promise<TargetStatus> =>
        (await get(`/api/v1/targets/${target}`)) as TargetStatus;
      return {
        ...child,
        url,
        get,
        status,
        until: (target, what, fits) =>
          events.until(
            `${target}: ${what}`,
            async () => {
              const now = await status(target);
              return fits(now) ? now : undefined;
            },
            () => child.lines.slice(-20).join('\n'),
          ),
        async post(path, body, headers = { authorization: `Bearer ${token}` }) {
          const answer = await fetch(`${url}${path}`, {
            method: 'POST',
            headers: { 'content-type': 'application/json', ...headers },
            body: typeof body === 'string' ? body : JSON.stringify(body),
          });
          return { status: answer.status, body: await answer.json() };
        },
        metrics: async () => (await fetch(`${url}/metrics`)).text(),
      };
    },
    /** Lines of the audit log. */
    audit(): { type: string; who: string; commit?: string; message: string; target: string }[] {
      const path = join(folder.path, '.reconcile/watch/audit.ndjson');
      if (!existsSync(path)) return [];
      return readFileSync(path, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line));
    },
    async close(): Promise<void> {
      emulator.faults.clear();
      held?.release();
      for (const child of children) child.kill('SIGKILL');
      await Promise.all(children.map(({ ended }) => ended));
      await emulator.close();
      await folder.remove();
    },
  };
  return world;
}

function isWrite({ method, path }: LoggedRequest): boolean {
  return method !== 'GET' && path.startsWith('/scheduler/');
}

function titleOf({ method, path, status }: LoggedRequest): string {
  return `${method} ${path} ${status}`;
}

/** A config with targets of `watch` settings each; a target takes the manifests of its own team. */
export function watchConfig(targets: Readonly<Record<string, string>>): string {
  const blocks = Object.entries(targets).map(
    ([name, watch]) =>
      `  ${name}:\n    provider: sap\n    credentials: {serviceKey: "\${secret:SERVICE_KEY}"}\n    select: {labels: {team: ${name}}}\n    policy: {prune: true}\n    watch: ${watch}\n`,
  );
  return `apiVersion: reconcile/v1\nkind: Config\nmanifests: ["jobs/*.yaml"]\ntargets:\n${blocks.join('')}`;
}

/** The manifest of a job of one team. */
export function teamJob(name: string, description: string, team = 'dev'): string {
  return `apiVersion: reconcile/v1
kind: SapJob
metadata: {name: ${name}, labels: {team: ${team}}}
spec:
  description: ${description}
  action: https://app.example.com/run
  schedules:
    daily: {cron: "* * * * 6 12 17"}
`;
}
