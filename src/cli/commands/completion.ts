import { RootCommand } from '@bomb.sh/tab';
import { Argument, type Command } from 'commander';
import { completedTargets } from '../completed-targets.ts';
import type { Configure } from '../configure.ts';
import type { Invocation } from '../invocation.ts';
import { schemaNames } from './schema.ts';

const shells = ['bash', 'zsh', 'fish', 'powershell'] as const;

/** `reconcile completion <shell>`: the script calls `reconcile complete -- …` for every press of the tab key. */
export const configureCompletion: Configure = (command, invocation) => {
  command
    .addArgument(new Argument('<shell>', 'your shell').choices(shells))
    .addHelpText(
      'after',
      `
Examples:
  $ source <(reconcile completion bash)                             in ~/.bashrc
  $ source <(reconcile completion zsh)                              in ~/.zshrc
  $ reconcile completion fish > ~/.config/fish/completions/reconcile.fish
  $ reconcile completion powershell | Out-String | Invoke-Expression`,
    )
    .action((shell: (typeof shells)[number]) => {
      captureLog(invocation, () => new RootCommand().setup('reconcile', 'reconcile', shell));
    });
};

/** The hidden `complete -- <words>`: prints what could come next. */
export function configureComplete(command: Command, program: Command, invocation: Invocation): void {
  command
    .argument('[words...]')
    .allowUnknownOption()
    .allowExcessArguments()
    .action((words: string[]) => {
      captureLog(invocation, () => completerOf(program, invocation).parse([...words]));
    });
}

/** The library writes with console.log; what it says goes out by our way. */
function captureLog({ io }: Invocation, work: () => void): void {
  const original = console.log;
  console.log = (text: unknown) => io.out(`${String(text)}\n`);
  try {
    work();
  } finally {
    console.log = original;
  }
}

function completerOf(program: Command, invocation: Invocation): RootCommand {
  const root = new RootCommand();
  addOptions(root, program, invocation);
  for (const command of program.commands.filter((one) => one.name() !== 'complete')) {
    const entry = root.command(command.name(), command.summary());
    addOptions(entry, command, invocation);
    addOptions(entry, program, invocation);
    for (const argument of command.registeredArguments) {
      const choices = command.name() === 'schema' ? schemaNames() : argument.argChoices;
      entry.argument(argument.name(), choices === undefined ? undefined : offer(choices), argument.variadic);
    }
  }
  return root;
}

function addOptions(entry: Pick<RootCommand, 'option'>, command: Command, invocation: Invocation): void {
  for (const option of command.options.filter(({ hidden }) => !hidden)) {
    const name = option.long?.slice(2);
    if (name === undefined) continue;
    const short = option.short?.slice(1);
    if (!option.required && !option.optional) {
      entry.option(name, option.description, short);
      continue;
    }
    const values = name === 'target' ? completedTargets(invocation.io) : (option.argChoices ?? []);
    entry.option(name, option.description, offer(values), short);
  }
}

function offer(values: readonly string[]): (complete: (value: string, description: string) => void) => void {
  return (complete) => {
    for (const value of values) complete(value, '');
  };
}
