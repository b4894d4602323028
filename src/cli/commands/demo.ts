import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { ReconcileError } from '../../core/errors.ts';
import { type Emulator, startEmulator } from '../../emulator/index.ts';
import { packageFile } from '../../project/package-files.ts';
import { sentence } from '../../report/text.ts';
import type { Configure } from '../configure.ts';
import { type Context, openContext } from '../context.ts';
import { changeByHand } from '../demo-service.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Io } from '../io.ts';

/** `reconcile demo`: the whole cycle with the example manifests, against the emulator. Leaves nothing behind. */
export const configureDemo: Configure = (command, invocation) => {
  command
    .addHelpText(
      'after',
      `
Starts the emulator on this machine, works on a copy of the examples in a temporary folder, and cleans up. Nothing
leaves this machine. Takes a few seconds.

Examples:
  $ reconcile demo`,
    )
    .action(async (_options: object, self: Command) => {
      const context = openContext(self, invocation);
      const folder = await mkdtemp(join(tmpdir(), 'reconcile-demo-'));
      const emulator = await startEmulator({
        // A task cannot be made through the API: a developer has made this one already.
        seed: {
          jobs: [{ name: 'rebuild-search-index', jobType: 'CF_TASK', description: 'Cloud Foundry task' }],
        },
        now: context.io.now,
        sleep: (ms) => context.io.sleep(ms),
      });
      try {
        await cp(fileURLToPath(packageFile('examples/sap/')), folder, {
          recursive: true,
          filter: (path) => !path.includes('.reconcile'),
        });
        await playDemo(context, emulator, folder);
      } finally {
        await emulator.close();
        await rm(folder, { recursive: true, force: true });
      }
    });
};

async function playDemo(context: Context, emulator: Emulator, folder: string): Promise<void> {
  const step = createSteps(context, demoIo(context, emulator, folder));
  step.say('This is reconcile against an emulator of SAP Job Scheduling, with a copy of examples/sap.');

  step.title('Check what is written, offline');
  await step.run(['validate'], exitCodes.done);

  step.title('See what would change: this reads the service and cannot write');
  await step.run(['plan', '-t', 'dev'], exitCodes.done);

  step.title('Make it so');
  await step.run(['apply', '-t', 'dev', '--yes', '--quiet'], exitCodes.done);

  step.title('Plan again: the service is as the manifests say');
  await step.run(['plan', '-t', 'dev', '--exit-code'], exitCodes.done);

  step.title('Somebody changes a schedule by hand');
  const { method, path, body } = await changeByHand(emulator, {
    job: 'cleanupSessions',
    schedule: 'nightly',
    cron: '* * * * 14 0 0',
  });
  step.show(`curl -X ${method} …${path} -d '${body}'`);

  step.title('See the drift: exit code 2 says that there is some');
  await step.run(['drift', '-t', 'dev'], exitCodes.differences);

  step.title('What would healing it do?');
  await step.run(['plan', '-t', 'dev', '--exit-code'], exitCodes.differences);

  step.title('Heal it');
  await step.run(['apply', '-t', 'dev', '--yes', '--quiet'], exitCodes.done);

  step.title('Plan a last time');
  await step.run(['plan', '-t', 'dev', '--exit-code'], exitCodes.done);

  context.io.out(nextSteps);
}

/** The world of the demo's commands: its own folder and credentials, nobody to ask. */
function demoIo({ io }: Context, emulator: Emulator, folder: string): Io {
  return {
    ...io,
    cwd: folder,
    interactive: false,
    errIsTerminal: false,
    env: {
      PATH: io.env['PATH'],
      HOME: io.env['HOME'],
      COLUMNS: io.env['COLUMNS'],
      NO_PROXY: '*',
      SAP_DEV_SERVICE_KEY: JSON.stringify(emulator.credentials),
      METERING_TOKEN: 'a-token-that-is-never-shown',
      RECONCILE_STATE_KEY: 'a-key-for-comparing-secrets',
    },
  };
}

function createSteps(context: Context, io: Io) {
  const { palette, width } = context.render;
  const color = palette.strong('x') === 'x' ? 'never' : 'always';
  let count = 0;
  return {
    say(text: string): void {
      context.io.out(`${sentence('', text, width).join('\n')}\n`);
    },
    title(text: string): void {
      count += 1;
      context.io.out(
        `\n${palette.accent(`── ${count}. ${text} ${'─'.repeat(Math.max(3, width - text.length - 8))}`)}\n`,
      );
    },
    show(commandLine: string): void {
      context.io.out(`${palette.faint('$')} ${palette.strong(commandLine)}\n`);
    },
    async run(argv: readonly string[], expected: number): Promise<void> {
      this.show(`reconcile ${argv.join(' ')}`);
      const code = await context.invocation.again([...argv, '--color', color], io);
      if (code === expected) return;
      throw new ReconcileError(
        `The demo went wrong: \`reconcile ${argv.join(' ')}\` ended with ${code}, not ${expected}.`,
        {
          code: 'DEMO',
          category: 'internal',
          remedy: 'Please report it, with the output above.',
        },
      );
    },
  };
}

const nextSteps = `
Next, with an instance of your own:

  1. Save a service key:      cf service-key <instance> <key> > key.json      (and keep it out of git)
  2. Write reconcile.yaml:

       apiVersion: reconcile/v1
       kind: Config
       manifests: ["jobs/**/*.yaml"]
       targets:
         dev:
           provider: sap
           credentials: {serviceKey: "\${file:key.json}"}
           policy: {adopt: equal}

  3. Describe a job in jobs/report.yaml:

       apiVersion: reconcile/v1
       kind: SapJob
       metadata: {name: report}
       spec:
         action: https://your-app.example.com/report
         schedules:
           daily: {cron: "* * * * 6 12 17"}

  4. reconcile validate, reconcile plan, reconcile apply.  plan only reads; what is not in a manifest stays untouched.

reconcile --help lists everything; examples/sap has more to copy from.
`;
