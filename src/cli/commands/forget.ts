import type { Command } from 'commander';
import type { Configure } from '../configure.ts';
import { openContext } from '../context.ts';
import { type EditStateOptions, editState } from '../edit-state.ts';
import { addEditOptions } from '../options.ts';

/** `reconcile forget`. */
export const configureForget: Configure = (command, invocation) => {
  addEditOptions(command)
    .argument('<address...>', 'what to let go, such as SapJob/report, or a glob')
    .addHelpText(
      'after',
      `
Strikes resources from the state: they live on in the service as they are, and are not ours any more. Nothing is sent to
the service. Where a manifest still describes one, the next plan refuses it as not owned (policy.adopt takes it back).

Examples:
  $ reconcile forget -t prod SapJob/reportSales
  $ reconcile forget -t prod "SapJob/old*" --yes`,
    )
    .action(async (addresses: string[], options: EditStateOptions, self: Command) => {
      await editState(openContext(self, invocation), addresses, options, {
        action: 'forget',
        concerns: () => true,
        nothing: 'nothing to forget.',
        question: (count, target) => `Forget ${count} of ${target}? The service is not touched.`,
        done: (count, target) => `${count} of ${target} forgotten; nothing was changed in the service.`,
        after:
          'Where a manifest still describes one of them, take it out too, or the next plan finds it not owned.',
      });
    });
};
