import { type Command, Option } from 'commander';
import { redacted } from '../../project/redacted.ts';
import { countFindings, renderFindingsMarkdown, renderFindingsText, renderJson } from '../../report/index.ts';
import { counted } from '../../report/text.ts';
import type { Configure } from '../configure.ts';
import { openContext } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { type Linted, lintProject } from '../lint-project.ts';
import { collect, type OutputFormat, outputOption } from '../options.ts';

type FailOn = 'warning' | 'info';

interface Options {
  target: string[];
  output: OutputFormat;
  ref?: string;
  failOn?: FailOn;
}

/** `reconcile lint`. */
export const configureLint: Configure = (command, invocation) => {
  command
    .addOption(
      new Option('-t, --target <name>', 'the target; repeatable (default: all)')
        .argParser(collect)
        .default([], 'all'),
    )
    .option('--ref <commit>', 'take the manifests as of this commit')
    .addOption(
      new Option('--fail-on <severity>', 'exit 2 when there is advice of this severity or above').choices([
        'warning',
        'info',
      ]),
    )
    .addOption(outputOption(['text', 'json', 'markdown']))
    .addHelpText(
      'after',
      `
Needs no network and no secrets. Advice alone exits 0; what \`validate\` refuses exits 3.
Switch advice off by \`lint: {disable: [CODE]}\` in the config, or by a comment on the line: # lint-disable CODE

Examples:
  $ reconcile lint
  $ reconcile lint -t prod -o json
  $ reconcile lint --fail-on warning`,
    )
    .action(async (options: Options, self: Command) => {
      const context = openContext(self, invocation);
      const linted = redacted(await lintProject(context, options), context);
      switch (options.output) {
        case 'json':
          context.io.out(renderJson(linted));
          break;
        case 'markdown':
          context.io.out(renderFindingsMarkdown(linted.findings));
          break;
        default: {
          const { palette } = context.render;
          const lead = linted.findings.length > 0 ? '\n' : '';
          context.io.out(renderFindingsText(linted.findings, context.render));
          context.io.out(
            linted.valid
              ? `${lead}${palette.good(advised(linted))} ${palette.faint(`(${checked(linted)})`)}\n`
              : `${lead}${palette.alarm('Invalid:')} ${countFindings(linted.findings)}.\n`,
          );
        }
      }
      invocation.exitCode = exitCodeOf(linted, options.failOn);
    });
};

function advised({ findings }: Linted): string {
  return findings.length === 0 ? 'No advice.' : `Advice: ${countFindings(findings)}.`;
}

function checked({ targets, hidden }: Linted): string {
  const counts = targets.map(({ name, resources }) => `${name} ${counted(resources, 'resource')}`);
  return [...counts, ...(hidden > 0 ? [`${hidden} switched off`] : [])].join(', ');
}

function exitCodeOf({ valid, findings }: Linted, failOn: FailOn | undefined): number {
  if (!valid) return exitCodes.invalid;
  const counts = findings.some(
    ({ severity }) => severity === 'warning' || (failOn === 'info' && severity === 'info'),
  );
  return failOn !== undefined && counts ? exitCodes.differences : exitCodes.done;
}
