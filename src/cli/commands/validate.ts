import { type Command, Option } from 'commander';
import { type CheckedProject, checkProject } from '../../project/check-project.ts';
import { redacted } from '../../project/redacted.ts';
import { countFindings, renderFindingsMarkdown, renderFindingsText, renderJson } from '../../report/index.ts';
import { counted } from '../../report/text.ts';
import type { Configure } from '../configure.ts';
import { type Context, openContext } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { collect, type OutputFormat, outputOption } from '../options.ts';

interface Options {
  target: string[];
  output: OutputFormat;
  ref?: string;
}

/** `reconcile validate`. */
export const configureValidate: Configure = (command, invocation) => {
  command
    .addOption(
      new Option('-t, --target <name>', 'the target; repeatable (default: all)')
        .argParser(collect)
        .default([], 'all'),
    )
    .option('--ref <commit>', 'take the manifests as of this commit')
    .addOption(outputOption(['text', 'json', 'markdown']))
    .addHelpText(
      'after',
      `
Needs no network and no secrets: what depends on a missing secret is taken as given.

Examples:
  $ reconcile validate
  $ reconcile validate -t prod -o json
  $ reconcile validate -C examples/sap`,
    )
    .action(async (options: Options, self: Command) => {
      const context = openContext(self, invocation);
      const checked = await checkProject(context, options);
      const valid = !checked.findings.some(({ severity }) => severity === 'error');
      const { findings, targets } = redacted(checked, context);
      switch (options.output) {
        case 'json':
          context.io.out(renderJson({ valid, targets, findings }));
          break;
        case 'markdown':
          context.io.out(renderFindingsMarkdown(findings));
          break;
        default:
          context.io.out(renderFindingsText(findings, context.render));
          context.io.out(`${verdict(valid, { findings, targets }, context)}\n`);
      }
      invocation.exitCode = valid ? exitCodes.done : exitCodes.invalid;
    });
};

function verdict(
  valid: boolean,
  { findings, targets }: CheckedProject,
  { render: { palette } }: Context,
): string {
  const lead = findings.length > 0 ? '\n' : '';
  if (!valid) return `${lead}${palette.alarm('Invalid:')} ${countFindings(findings)}.`;
  const counts = targets.map(({ name, resources }) => `${name} ${counted(resources, 'resource')}`).join(', ');
  const remarks = findings.length > 0 ? `, ${countFindings(findings)}` : '';
  return `${lead}${palette.good('Valid.')} ${palette.faint(`(${counts}${remarks})`)}`;
}
