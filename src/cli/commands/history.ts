import type { Command } from 'commander';
import { openState } from '../../project/open-state.ts';
import { toolStamp } from '../../project/plan-targets.ts';
import { redacted } from '../../project/redacted.ts';
import {
  type HistoryDocument,
  type HistoryTarget,
  renderHistoryText,
  renderJson,
} from '../../report/index.ts';
import type { Configure } from '../configure.ts';
import { openContext } from '../context.ts';
import { addStateOptions, type StateOptions, wholeNumber } from '../options.ts';

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
      let offline: string | undefined;
      const onOffline = (reason: string): void => {
        offline = reason;
      };
      const {
        targets: chosen,
        store,
        backend,
      } = await openState(context, { ...options, several: 'all', onOffline });
      const targets: HistoryTarget[] = [];
      for (const { name } of chosen) {
        offline = undefined;
        const records = await store.history(name, options.number);
        targets.push({ name, backend, ...(offline === undefined ? {} : { offline }), records });
      }
      const createdAt = new Date(context.io.now()).toISOString();
      const document = redacted<HistoryDocument>(
        { formatVersion: '1', tool: toolStamp(), createdAt, targets },
        context,
      );
      context.io.out(
        options.output === 'json' ? renderJson(document) : renderHistoryText(document, context.render),
      );
    });
};
