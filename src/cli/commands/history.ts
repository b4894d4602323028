import type { Command } from 'commander';
import { type HistoryDocument, renderHistoryText, renderJson } from '../../report/index.ts';
import type { Configure } from '../configure.ts';
import { openContext } from '../context.ts';
import { addStateOptions, type StateOptions, wholeNumber } from '../options.ts';
import { reportStates } from '../state-report.ts';

interface Options extends StateOptions {
  number: number;
}

/** `reconcile history`. */
export const configureHistory: Configure = (command, invocation) => {
  addStateOptions(command)
    .option('-n, --number <count>', 'how many, newest first', wholeNumber(1, 10_000), 10)
    .addHelpText(
      'after',
      `
Who applied what, when, and from which commit of the manifests. With the git backend this is what git log shows of the
ref that holds the state.

Examples:
  $ reconcile history -t prod
  $ reconcile history -t prod -n 100 -o json`,
    )
    .action(async (options: Options, self: Command) => {
      const context = openContext(self, invocation);
      const document: HistoryDocument = await reportStates(context, options, async (asked) => {
        const { name, backend, store } = asked;
        const records = await store.history(name, options.number);
        return { name, backend, ...asked.offline(), records };
      });
      context.io.out(
        options.output === 'json' ? renderJson(document) : renderHistoryText(document, context.render),
      );
    });
};
