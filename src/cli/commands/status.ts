import type { Command } from 'commander';
import { renderJson, renderStatusText, type StatusDocument, statusOf } from '../../report/index.ts';
import type { Configure } from '../configure.ts';
import { openContext } from '../context.ts';
import { addStateOptions, type StateOptions } from '../options.ts';
import { reportStates } from '../state-report.ts';

/** `reconcile status`. */
export const configureStatus: Configure = (command, invocation) => {
  addStateOptions(command)
    .addHelpText(
      'after',
      `
From the state alone: no credentials are needed, and the service is not asked. With the git backend the newest state is
fetched; without the network the copy in this clone is shown.

Examples:
  $ reconcile status
  $ reconcile status -t prod -o json`,
    )
    .action(async (options: StateOptions, self: Command) => {
      const context = openContext(self, invocation);
      const document: StatusDocument = await reportStates(context, options, async (asked) => {
        const { name, backend, store } = asked;
        const state = await store.read(name);
        const [last] = await store.history(name, 1);
        const held = await store.readLock(name);
        const lock = held && { ...held, gone: store.isHolderGone(held, asked.machine) };
        return statusOf({ name, backend, state, last, lock, ...asked.offline() });
      });
      context.io.out(
        options.output === 'json' ? renderJson(document) : renderStatusText(document, context.render),
      );
    });
};
