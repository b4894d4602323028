import type { Command } from 'commander';
import { planPrepared, toolStamp } from '../../project/plan-targets.ts';
import { prepareTargets } from '../../project/prepare.ts';
import { redacted } from '../../project/redacted.ts';
import {
  type DriftDocument,
  type DriftTarget,
  driftOf,
  hasDrift,
  renderDriftMarkdown,
  renderDriftText,
  renderJson,
} from '../../report/index.ts';
import type { Configure } from '../configure.ts';
import { openContext } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { addTargetOptions, type OutputFormat, outputOption, type TargetOptions } from '../options.ts';

interface Options extends TargetOptions {
  output: OutputFormat;
}

/** `reconcile drift`. */
export const configureDrift: Configure = (command, invocation) => {
  addTargetOptions(command, 'the only one')
    .option('--verbose', 'show all notes')
    .addOption(outputOption(['text', 'json', 'markdown']))
    .addHelpText(
      'after',
      `
Exits 2 when somebody else changed something, 0 when not. Edits of the manifests are no drift: plan shows those.

Examples:
  $ reconcile drift -t prod
  $ reconcile drift -t dev -t prod -o json`,
    )
    .action(async (options: Options, self: Command) => {
      const context = openContext(self, invocation);
      const prepared = await prepareTargets(context, { ...options, several: 'ask', readOnly: true });
      const targets: DriftTarget[] = [];
      for (const target of prepared.targets) {
        const planned = await planPrepared(prepared, target);
        await planned.close();
        targets.push(driftOf(planned.document, planned.drift, planned.state.inventory));
      }
      const createdAt = new Date(context.io.now()).toISOString();
      const document = redacted<DriftDocument>(
        { formatVersion: '1', tool: toolStamp(), createdAt, targets },
        context,
      );
      switch (options.output) {
        case 'json':
          context.io.out(renderJson(document));
          break;
        case 'markdown':
          context.io.out(renderDriftMarkdown(document));
          break;
        default:
          context.io.out(renderDriftText(document, context.render));
      }
      invocation.exitCode = hasDrift(document) ? exitCodes.differences : exitCodes.done;
    });
};
