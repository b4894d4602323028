import { Command, Help, Option } from 'commander';
import { readVersion } from '../project/package-files.ts';
import { commandTable } from './command-table.ts';
import type { Invocation } from './invocation.ts';
import { widthFor } from './look.ts';

const examples = `
Examples:
  $ reconcile demo                       see the whole cycle, without any account
  $ reconcile validate                   check what you wrote, offline
  $ reconcile plan -t dev                see what would change
  $ reconcile apply -t dev               make it so
  $ reconcile explain "* * * * 6 12 17"  understand a time expression

Exit codes: 0 done, 1 failed, 2 differences, 3 invalid, 4 refused, 5 stale plan, 6 locked, 7 applied in part`;

/** The commander program. Only the commands that \`argv\` names are loaded; of the others it knows name and summary. */
export async function buildProgram(argv: readonly string[], invocation: Invocation): Promise<Command> {
  const { io } = invocation;
  const program = new Command('reconcile')
    .description('Keeps the jobs and schedules of a REST scheduler as your manifests in git say.')
    .usage('<command> [options]')
    .version(readVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'show help for a command')
    .configureOutput({
      writeOut: io.out,
      writeErr: io.err,
      getOutHelpWidth: () => widthFor(io),
      getErrHelpWidth: () => widthFor(io),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .configureHelp({ showGlobalOptions: true, optionDescription: describeOption })
    .showHelpAfterError('See `reconcile --help`.')
    .exitOverride()
    .addHelpText('after', examples);
  addGlobalOptions(program);
  const completing = argv.includes('complete') || argv.includes('completion');
  for (const { name, summary, load } of commandTable) {
    const command = program
      .command(name)
      .summary(summary)
      .description(`${capital(summary)}.`);
    command.showHelpAfterError(`See \`reconcile ${name} --help\`.`);
    if (!completing && !argv.includes(name)) continue;
    const configure = await load();
    configure(command, invocation);
  }
  if (argv.includes('complete')) {
    const { configureComplete } = await import('./commands/completion.ts');
    configureComplete(program.command('complete', { hidden: true }), program, invocation);
  }
  return program;
}

/** Options that every command understands, before or after its name. */
function addGlobalOptions(program: Command): void {
  program
    .option('-c, --config <file>', 'the config file (default: reconcile.yaml here or above)')
    .option('-C, --chdir <dir>', 'work in this folder')
    .addOption(
      new Option('--color <when>', 'colours (also NO_COLOR, FORCE_COLOR)')
        .choices(['auto', 'always', 'never'])
        .default('auto'),
    )
    .addOption(
      new Option('--log-level <level>', 'how much to log to stderr')
        .choices(['silent', 'error', 'warn', 'info', 'debug', 'trace'])
        .default('warn'),
    )
    .option('-q, --quiet', 'no progress and no notes, only the result');
}

/** An empty list is how a repeatable option begins: nothing that a reader of the help wants to know. */
function describeOption(this: Help, option: Option): string {
  const empty = Array.isArray(option.defaultValue) && option.defaultValue.length === 0;
  const shown = empty ? Object.create(option, { defaultValue: { value: undefined } }) : option;
  return Help.prototype.optionDescription.call(this, shown);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
