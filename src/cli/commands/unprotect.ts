import type { Command } from 'commander';
import type { Configure } from '../configure.ts';
import { openContext } from '../context.ts';
import { type EditStateOptions, editState } from '../edit-state.ts';
import { addEditOptions } from '../options.ts';

/** `reconcile unprotect`. */
export const configureUnprotect: Configure = (command, invocation) => {
  addEditOptions(command)
    .argument('<address...>', 'what to protect no longer, such as SapJob/report, or a glob')
    .addHelpText(
      'after',
      `
Lifts lifecycle.protect where the state remembers it, for resources whose manifest is gone. Where there is a manifest,
say protect: false there: the next apply would put the protection back. Nothing is sent to the service.

Examples:
  $ reconcile unprotect -t prod SapJob/payroll`,
    )
    .action(async (addresses: string[], options: EditStateOptions, self: Command) => {
      await editState(openContext(self, invocation), addresses, options, {
        action: 'unprotect',
        concerns: (entry) => entry.lifecycle.protect,
        nothing: 'none of them is protected.',
        question: (count, target) => `Lift the protection of ${count} of ${target}?`,
        done: (count, target) => `${count} of ${target} can be deleted from now on.`,
        after: 'Where a manifest still says protect: true, the next apply protects it again.',
      });
    });
};
