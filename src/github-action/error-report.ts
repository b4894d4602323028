import type { Redactor } from '../core/redactor.ts';
import { redacted } from '../project/redacted.ts';
import { type ErrorView, renderFindingsMarkdown, viewError } from '../report/index.ts';
import { code, details, fence, prose } from '../report/markdown.ts';
import { ActionFailure } from './failure.ts';

/** What the command line says in its own words and the Action in its. */
const remedies: Readonly<Record<string, string>> = {
  USAGE_WHICH_TARGET: 'Name the target in the input `target`; several are done in their order.',
  NO_CONFIG: 'Check the inputs `working-directory` and `config`, and that the repository is checked out.',
  INTERNAL: 'Please report it, with the log of a run with debug logging.',
};

/** An error as plain data without secrets, whatever was thrown. */
export function describeError(error: unknown, redactor: Redactor): ErrorView {
  const view =
    error instanceof ActionFailure
      ? {
          code: error.reason,
          message: error.message,
          findings: [],
          causes: [],
          ...(error.remedy === undefined ? {} : { remedy: error.remedy }),
        }
      : viewError(error);
  const remedy = remedies[view.code] ?? view.remedy;
  return redacted({ ...view, ...(remedy === undefined ? {} : { remedy }) }, { invocation: { redactor } });
}

/** An error for a summary or a comment. */
export function errorMarkdown(view: ErrorView): string {
  const { exchange } = view;
  const lines = (view.message.trim() === '' ? [] : view.message.split('\n')).map(prose);
  return [
    `❌ ${code(view.code)} ${lines.join('<br>')}`,
    ...(view.remedy === undefined ? [] : [`**To mend it:** ${prose(view.remedy)}`]),
    ...(view.findings.length === 0 ? [] : [renderFindingsMarkdown(view.findings).trim()]),
    ...(exchange === undefined
      ? []
      : [
          details(
            'The request and the answer',
            fence(
              '',
              `${exchange.method} ${exchange.url} → ${exchange.status ?? 'no answer'}\n${exchange.response ?? ''}`.trim(),
            ),
          ),
        ]),
    ...(view.causes.length === 0
      ? []
      : [details('Because of', view.causes.map((cause) => `- ${prose(cause)}`).join('\n'))]),
  ].join('\n\n');
}
