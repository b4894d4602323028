import { readFileSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { ReconcileError } from '../../core/errors.ts';
import type { WatchMode } from '../../daemon/decide.ts';
import { enginePasses } from '../../daemon/engine-passes.ts';
import { createAuditLog } from '../../daemon/events/audit-log.ts';
import { createNotifier, type NotifyTarget } from '../../daemon/events/notify.ts';
import { fileMemory } from '../../daemon/file-memory.ts';
import { type Address, parseAddress } from '../../daemon/http/listen.ts';
import { GitMirror } from '../../daemon/sources/git-mirror.ts';
import { createProjectReader, type ProjectReader } from '../../daemon/sources/project-source.ts';
import type { Source } from '../../daemon/sources/source.ts';
import { folderProject, gitProject } from '../../daemon/sources/sources.ts';
import { startDaemon } from '../../daemon/start.ts';
import { loadProject } from '../../project/load-project.ts';
import { readVersion } from '../../project/package-files.ts';
import { redacted } from '../../project/redacted.ts';
import { createGit } from '../../state/git/git-run.ts';
import type { Configure } from '../configure.ts';
import { type Context, openContext } from '../context.ts';
import { daemonClock } from '../daemon-clock.ts';
import { duration } from '../duration.ts';
import { collect, wholeNumber } from '../options.ts';
import { untilAborted } from '../until-aborted.ts';
import { createAsking } from '../watch-asking.ts';

interface Options {
  target: string[];
  listen: Address;
  interval?: number;
  mode?: WatchMode;
  repo?: string;
  ref: string;
  gitInterval: number;
  allowRewind?: boolean;
  dataDir?: string;
  tokenFile?: string;
  hookSecretFile?: string;
  notify: string[];
  notifySlack: string[];
  notifySecretFile?: string;
  auditLog?: string;
  passTimeout: number;
  concurrency: number;
}

/** At the end, notifications have this long to be delivered, ms. */
const LAST_WORDS = 5_000;

/** `reconcile watch`: the daemon. */
export const configureWatch: Configure = (command, invocation) => {
  command
    .option('-t, --target <name>', 'only this target; repeatable (default: all of the config)', collect, [])
    .addOption(
      new Option('--listen <address>', 'where the pages, the API and the metrics are')
        .argParser(readAddress)
        .default({ host: '127.0.0.1', port: 8090 }, '127.0.0.1:8090'),
    )
    .option('--interval <duration>', 'time between two passes, instead of the config', duration)
    .addOption(
      new Option('--mode <mode>', 'only report, wait for approvals, or apply; instead of the config').choices(
        ['observe', 'approve', 'auto'],
      ),
    )
    .option('--repo <url>', 'take config and manifests from this git repository, not from the folder')
    .option('--ref <branch>', 'with --repo: the branch', 'main')
    .addOption(
      new Option('--git-interval <duration>', 'with --repo: time between two looks at the branch')
        .argParser(duration)
        .default(60_000, '60s'),
    )
    .option('--allow-rewind', 'with --repo: follow the branch also when its history was rewritten')
    .option('--data-dir <dir>', 'pauses, approvals, audit log, mirror (default: .reconcile/watch)')
    .option('--token-file <file>', 'the bearer token for actions; without one they are off')
    .option('--hook-secret-file <file>', 'the secret that signs POST /hooks/git; without one hooks are off')
    .option('--notify <url>', 'send what changes as CloudEvents to this URL; repeatable', collect, [])
    .option('--notify-slack <url>', 'send it to this Slack web hook; repeatable', collect, [])
    .option('--notify-secret-file <file>', 'sign the CloudEvents with this secret')
    .option('--audit-log <file>', 'where the audit log is (default: audit.ndjson in the data folder)')
    .addOption(
      new Option('--pass-timeout <duration>', 'a pass without progress for three times this is a hang')
        .argParser(duration)
        .default(600_000, '10m'),
    )
    .option('--concurrency <n>', 'most requests in flight per target, 1 to 16', wholeNumber(1, 16), 8)
    .addHelpText(
      'after',
      `
Plans each target when the manifests change and every interval, and does what the target's watch.mode says. Nothing is
deleted for what a single pass saw. Pauses, approvals and "reconcile now" are given on the pages or by the API.

Examples:
  $ reconcile watch                                        report, on http://127.0.0.1:8090
  $ reconcile watch -t prod --mode approve --token-file token
  $ reconcile watch --repo https://git.example/jobs.git --ref main --hook-secret-file hook
  $ reconcile watch --listen 0.0.0.0:8090 --token-file token --notify https://events.example/in`,
    )
    .action(async (options: Options, self: Command) => {
      const context = openContext(self, invocation, { logLevel: 'info' });
      const { io } = context;
      const clock = daemonClock(io);
      const gathered = await context.gather(options.concurrency);
      const { surroundings } = gathered;
      const dataDir = resolve(context.cwd, options.dataDir ?? join('.reconcile', 'watch'));
      const warn = (message: string): void => surroundings.log('warn', message);
      const token = readSecret(context, options.tokenFile, 16);
      const hookSecret = readSecret(context, options.hookSecretFile, 8);
      // Calls to the service are protected below; what only reads, or waits for a lock, ends with the signal.
      const { clock: storeClock, claim } = gathered.store;
      const store = { clock: storeClock, claim: { ...claim, signal: io.signal } };
      const readerOf = (at: Context) =>
        createProjectReader({ context: at, gathered: { surroundings, store } });
      const reader = readerOf(context);
      const source =
        options.repo === undefined
          ? await folderOf(context, { clock, warn, reader })
          : gitOf(context, options, { clock, dataDir, readerOf });
      const audit = createAuditLog(
        options.auditLog === undefined
          ? join(dataDir, 'audit.ndjson')
          : resolve(context.cwd, options.auditLog),
        warn,
      );
      const notify = createNotifier({
        receivers: receiversOf(context, options),
        source: `urn:reconcile:${io.process.host}`,
        post: postJson,
        sleep: (ms) => io.sleep(ms),
        warn,
      });
      // From here on a signal ends what runs in order, not in the middle of a call.
      gathered.protectCalls();
      let progress = (_target: string): void => undefined;
      const daemon = await startDaemon({
        clock,
        source,
        passes: enginePasses({
          concurrency: options.concurrency,
          redacted: (document) => redacted(document, context),
          // A mirror holds commits alone.
          isDirty: async () => options.repo === undefined && (await reader.isDirty()),
          progress: (target) => progress(target),
        }),
        memory: fileMemory(dataDir),
        ...(options.target.length === 0 ? {} : { targets: options.target }),
        ...(options.mode === undefined ? {} : { mode: options.mode }),
        ...(options.interval === undefined ? {} : { interval: options.interval }),
        concurrency: 4,
        timeLimit: options.passTimeout,
        happened: (event) => {
          const { details } = event;
          const clean = {
            ...event,
            message: invocation.redactor.text(event.message),
            ...(details === undefined ? {} : { details: redacted(details, context) }),
          };
          audit.tell(clean);
          notify.tell(clean);
          surroundings.log('info', `${clean.target}: ${clean.message}`, { type: clean.type });
        },
        log: surroundings.log,
        address: options.listen,
        ...(token === undefined ? {} : { token }),
        ...(hookSecret === undefined ? {} : { hookSecret }),
        asking: createAsking(invocation.redactor),
        version: readVersion(),
      });
      progress = (target) => daemon.watch.health.progress(target);
      context.note(`Watching ${source.title}. Pages: ${daemon.url}  (stop with Ctrl-C)`);
      await untilAborted(io.signal);
      context.note('Stopping: what is being written is finished and recorded.');
      await daemon.stop();
      await audit.settled();
      // What was done last shall be told, too, but nobody waits for a receiver that is away.
      await Promise.race([notify.settled(), io.sleep(LAST_WORDS)]);
    });
};

interface SourceParts {
  clock: ReturnType<typeof daemonClock>;
  warn(message: string): void;
  reader: ProjectReader;
}

async function folderOf(context: Context, { clock, warn, reader }: SourceParts): Promise<Source> {
  const { config } = await loadProject(context);
  // Files are read below the real folder: notices have to name the same paths.
  const folder = await realpath(config?.root ?? context.cwd);
  return folderProject({ folder, clock, warn, read: (how) => reader.read(how), changed: reader.changed });
}

function gitOf(
  context: Context,
  { repo = '', ref, gitInterval, allowRewind }: Options,
  parts: {
    clock: SourceParts['clock'];
    dataDir: string;
    readerOf(context: Context): ProjectReader;
  },
): Source {
  const folder = join(parts.dataDir, 'mirror');
  const configFile = context.config ?? 'reconcile.yaml';
  const password = /^[a-z+]+:\/\/([^@/]+)@/i.exec(repo)?.[1];
  if (password !== undefined) context.invocation.redactor.add(password);
  const mirror = new GitMirror({
    folder,
    url: repo,
    ref,
    configFile,
    allowRewind: allowRewind === true,
    git: createGit({ folder, env: context.io.env, signal: context.io.signal }),
  });
  const reader = parts.readerOf({
    ...context,
    cwd: dirname(join(folder, configFile)),
    config: join(folder, configFile),
  });
  return gitProject({
    mirror,
    title: `${repo.replace(/^([a-z+]+:\/\/)[^@/]+@/i, '$1')} ${ref}`,
    clock: parts.clock,
    interval: gitInterval,
    read: (commit, how) => reader.read(how, commit),
  });
}

function receiversOf(context: Context, options: Options): NotifyTarget[] {
  const secret = readSecret(context, options.notifySecretFile, 8);
  const receivers: NotifyTarget[] = [
    ...options.notify.map((url) => ({
      url,
      format: 'cloudevents' as const,
      ...(secret === undefined ? {} : { secret }),
    })),
    ...options.notifySlack.map((url) => ({ url, format: 'slack' as const })),
  ];
  for (const { url } of receivers) {
    if (!/^https?:\/\//.test(url) || !URL.canParse(url))
      throw new InvalidArgumentError(`"${url}" is no http(s) URL.`);
    // The path of a web hook is its secret.
    context.invocation.redactor.add(url);
    const { password } = new URL(url);
    if (password !== '') context.invocation.redactor.add(password);
  }
  return receivers;
}

async function postJson({
  url,
  headers,
  body,
}: {
  url: string;
  headers: Readonly<Record<string, string>>;
  body: string;
}) {
  const { request } = await import('undici');
  const address = new URL(url);
  const { username, password } = address;
  address.username = '';
  address.password = '';
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const answer = await request(address, {
    method: 'POST',
    headers: {
      ...headers,
      ...(login === ':' ? {} : { authorization: `Basic ${Buffer.from(login).toString('base64')}` }),
    },
    body,
    headersTimeout: 10_000,
    bodyTimeout: 10_000,
  });
  await answer.body.dump();
  return { status: answer.statusCode };
}

/** The first line of a file; it becomes known to the redactor. */
function readSecret(context: Context, file: string | undefined, least: number): string | undefined {
  if (file === undefined) return undefined;
  let text: string;
  try {
    text = readFileSync(resolve(context.cwd, file), 'utf8').split('\n')[0]?.trim() ?? '';
  } catch (cause) {
    throw secretFile(`${file} cannot be read.`, cause);
  }
  if (text.length < least)
    throw secretFile(`${file} holds fewer than ${least} characters in its first line.`);
  context.invocation.redactor.add(text);
  return text;
}

function secretFile(message: string, cause?: unknown): ReconcileError {
  return new ReconcileError(message, {
    code: 'USAGE_SECRET_FILE',
    category: 'invalid',
    remedy: 'Write a long random text into the file, readable for this user alone.',
    ...(cause === undefined ? {} : { cause }),
  });
}

function readAddress(text: string): Address {
  const address = parseAddress(text);
  if (address === undefined) throw new InvalidArgumentError('Expected host:port, such as 127.0.0.1:8090.');
  return address;
}
