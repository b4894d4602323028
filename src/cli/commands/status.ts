import type { Command } from 'commander';
import { openState } from '../../project/open-state.ts';
import { toolStamp } from '../../project/plan-targets.ts';
import { redacted } from '../../project/redacted.ts';
import {
  renderJson,
  renderStatusText,
  type StatusDocument,
  type StatusTarget,
  statusOf,
} from '../../report/index.ts';
import type { Configure } from '../configure.ts';
import { openContext } from '../context.ts';
import { addStateOptions, type StateOptions } from '../options.ts';

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
      let offline: string | undefined;
      const onOffline = (reason: string): void => {
        offline = reason;
      };
      const {
        targets: chosen,
        store,
        backend,
      } = await openState(context, { ...options, several: 'all', onOffline });
      const targets: StatusTarget[] = [];
      for (const { name } of chosen) {
        offline = undefined;
        const state = await store.read(name);
        const [last] = await store.history(name, 1);
        const lock = await store.readLock(name);
        targets.push(
          statusOf({ name, backend, state, last, lock, ...(offline === undefined ? {} : { offline }) }),
        );
      }
      const createdAt = new Date(context.io.now()).toISOString();
      const document = redacted<StatusDocument>(
        { formatVersion: '1', tool: toolStamp(), createdAt, targets },
        context,
      );
      context.io.out(
        options.output === 'json' ? renderJson(document) : renderStatusText(document, context.render),
      );
    });
};
