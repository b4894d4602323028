import type { Command } from 'commander';
import { ReconcileError } from '../../core/errors.ts';
import type { Journal } from '../../core/journal.ts';
import { openState } from '../../project/open-state.ts';
import { toolStamp } from '../../project/plan-targets.ts';
import { redacted } from '../../project/redacted.ts';
import { renderJson } from '../../report/index.ts';
import { counted, oneLine } from '../../report/text.ts';
import type { LockInfo } from '../../state/store.ts';
import type { Configure } from '../configure.ts';
import { type Context, openContext } from '../context.ts';
import { collect, type OutputFormat, outputOption } from '../options.ts';

interface Options {
  target: string[];
  yes?: boolean;
  output: OutputFormat;
}

/** `reconcile unlock`. */
export const configureUnlock: Configure = (command, invocation) => {
  command
    .option('-t, --target <name>', 'the target; repeatable (default: the only one)', collect, [])
    .option('-y, --yes', 'do not ask')
    .addOption(outputOption(['text', 'json']))
    .addHelpText(
      'after',
      `
Shows who holds the lock and what speaks for his being alive, asks, and removes it. What the interrupted apply meant to
do stays in the state: the next plan or apply settles it by reading the service. A lock expires by itself within a
minute, so that this is seldom needed.

Examples:
  $ reconcile unlock -t prod
  $ reconcile unlock -t prod --yes`,
    )
    .action(async (options: Options, self: Command) => {
      const context = openContext(self, invocation);
      const { targets, store, claim } = await openState(context, { ...options, several: 'ask' });
      for (const { name } of targets) {
        const lock = await store.readLock(name);
        if (lock === null) {
          context.note(`${name}: not locked.`);
        } else {
          // A damaged state is no reason to keep a lock: it is another trouble.
          const state = await store.read(name).catch(() => null);
          const lines = evidence(lock, state?.journal ?? null, { context, machine: claim.machine });
          for (const line of lines) context.note(`  ${line}`);
          await confirm(context, name, options);
          await store.breakLock(name, lock.id);
        }
        print(context, name, lock, options.output);
      }
    });
};

interface Look {
  context: Context;
  machine: string | undefined;
}

function evidence(lock: LockInfo, journal: Journal | null, { context, machine }: Look): string[] {
  const { io } = context;
  const now = io.now();
  const isHere = machine !== undefined && lock.machine === machine;
  const alive = isHere ? io.process.isAlive(lock.pid) : undefined;
  const process =
    alive === undefined
      ? 'runs elsewhere: whether it lives cannot be told from here'
      : alive
        ? 'RUNS ON THIS MACHINE at this moment'
        : 'is gone from this machine';
  const isOver = Date.parse(lock.expiresAt) < now;
  return [
    `held by       ${oneLine(`${lock.owner}@${lock.host}`)}`,
    `command       ${oneLine(lock.command)}`,
    `process       ${lock.pid}, ${process}`,
    `since         ${lock.startedAt} (${ago(lock.startedAt, now)})`,
    `last sign     ${lock.renewedAt} (${ago(lock.renewedAt, now)})`,
    `expires       ${lock.expiresAt}${isOver ? ' (it has: the next apply takes it over by itself)' : ''}`,
    `journal       ${journalText(journal)}`,
  ];
}

function ago(instant: string, now: number): string {
  const seconds = Math.round((now - Date.parse(instant)) / 1000);
  // A lock of the future would be kept as long: its holder's clock is wrong, or that of this machine.
  if (seconds < -5) return `${spanOf(-seconds)} in the future: the clocks differ`;
  return `${spanOf(Math.max(0, seconds))} ago`;
}

function spanOf(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}

function journalText(journal: Journal | null): string {
  if (journal === null) return 'nothing was begun: no change is open';
  const addresses = Object.keys(journal.intents).sort();
  const shown = addresses.slice(0, 5).map(oneLine).join(', ');
  const more = addresses.length > 5 ? ` and ${addresses.length - 5} more` : '';
  return `${counted(addresses.length, 'change')} open${addresses.length === 0 ? '' : `: ${shown}${more}`}`;
}

async function confirm({ io }: Context, target: string, { yes }: Options): Promise<void> {
  if (yes === true) return;
  if (io.interactive && (await io.confirm(`Remove the lock of ${target}? Only if that apply is dead.`)))
    return;
  throw new ReconcileError(
    `${io.interactive ? 'It was not confirmed' : 'Nobody is there to confirm it'}; target "${target}" is still locked.`,
    { code: 'NOT_CONFIRMED', category: 'refused', remedy: 'Repeat the command with --yes.' },
  );
}

function print(context: Context, target: string, lock: LockInfo | null, output: OutputFormat): void {
  if (output === 'json') {
    const document = { formatVersion: '1', tool: toolStamp(), target, removed: lock };
    context.io.out(renderJson(redacted(document, context)));
  } else if (lock !== null) {
    context.io.out(`${target}: the lock is removed.\n`);
  }
}
