import type { Command } from 'commander';
import { defaultLook } from '../../core/look.ts';
import type { PlanDocument, PlanTarget } from '../../core/plan-document.ts';
import { isRefusedTarget } from '../../core/refused-target.ts';
import { planDocument, planPrepared, withIntegrity } from '../../project/plan-targets.ts';
import { prepareTargets } from '../../project/prepare.ts';
import { redacted } from '../../project/redacted.ts';
import { holdsUncheckedSecrets } from '../../project/saved-targets.ts';
import { writeResult } from '../../project/write-file.ts';
import { renderJson, renderPlanHtml, renderPlanMarkdown, renderPlanText } from '../../report/index.ts';
import type { Configure } from '../configure.ts';
import { type Context, openContext } from '../context.ts';
import { horizon } from '../duration.ts';
import { exitCodes } from '../exit-codes.ts';
import {
  addTargetOptions,
  type OutputFormat,
  outputOption,
  type TargetOptions,
  wholeNumber,
} from '../options.ts';
import { openOutFile } from '../out-file.ts';

interface Options extends TargetOptions {
  output: OutputFormat;
  out?: string;
  exitCode?: boolean;
  ref?: string;
  acceptInstance?: boolean;
  runs: number;
  horizon: number;
}

/** A schedule that runs each minute fills a list of a hundred in less than two hours. */
const MOST_RUNS = 100;

/** `reconcile plan`. */
export const configurePlan: Configure = (command, invocation) => {
  addTargetOptions(command, 'all')
    .option('--out <file>', 'save the plan as JSON')
    .option('--exit-code', 'exit 2 when there are differences, 4 when apply would be refused')
    .option('--ref <commit>', 'take the manifests as of this commit')
    .option('--accept-instance', 'plan although the credentials lead to another instance than before')
    .option(
      '--runs <n>',
      `list so many runs before and after, 1 to ${MOST_RUNS}`,
      wholeNumber(1, MOST_RUNS),
      5,
    )
    .option(
      '--horizon <duration>',
      'look for runs so far ahead, such as 36h, 30d or 366d',
      horizon,
      defaultLook.horizon,
    )
    .option('--verbose', 'also show the requests that apply would send, and all notes')
    .addOption(outputOption(['text', 'json', 'markdown', 'html']))
    .addHelpText(
      'after',
      `
Never writes anything to the service: its connection cannot.

Examples:
  $ reconcile plan                               all targets
  $ reconcile plan -t dev --only "SapJob/report*"
  $ reconcile plan -t prod --exit-code           for pipelines: 0 in step, 2 differences, 4 refused
  $ reconcile plan -t prod -o markdown           for a pull-request comment
  $ reconcile plan -t prod -o html > plan.html   a page for those who approve
  $ reconcile plan --ref v1.4.0                  what going back to that version would change`,
    )
    .action(async (options: Options, self: Command) => {
      const context = openContext(self, invocation);
      const file = await openOutFile(context, options.out);
      const { document, failure } = await makePlan(context, options);
      // What could be planned is shown all the same; the failure decides the exit code.
      if (failure !== undefined && document.targets.length === 0) throw failure;
      if (file !== undefined) {
        await writeResult(file, renderJson(document));
        context.note(`Saved to ${file.name}.`);
        noteUnchecked(document, context);
      }
      context.io.out(render(document, options.output, context));
      if (failure !== undefined) throw failure;
      invocation.exitCode = options.exitCode === true ? exitCodeOf(document.targets) : exitCodes.done;
    });
};

/** What `apply <file>` will refuse is better said here than after the approval. */
function noteUnchecked(document: PlanDocument, context: Context): void {
  const names = document.targets.filter(holdsUncheckedSecrets).map(({ name }) => name);
  if (names.length === 0) return;
  context.note(
    `\`reconcile apply\` will refuse this file for ${names.join(', ')}: it holds secrets, and there is no RECONCILE_STATE_KEY to check them by. Set it and plan again.`,
  );
}

interface MadePlan {
  document: PlanDocument;
  /** Of the first target that could not be planned. */
  failure?: unknown;
}

async function makePlan(context: Context, options: Options): Promise<MadePlan> {
  const prepared = await prepareTargets(context, {
    ...options,
    look: { runs: options.runs, horizon: options.horizon },
    several: 'all',
    readOnly: true,
  });
  const targets: PlanTarget[] = [];
  const failures: unknown[] = [];
  for (const target of prepared.targets) {
    try {
      const planned = await planPrepared(prepared, target);
      await planned.close();
      targets.push(planned.document);
    } catch (failure) {
      failures.push(failure);
    }
  }
  const document = withIntegrity(redacted(planDocument(prepared, targets, context.io.now()), context));
  return failures.length === 0 ? { document } : { document, failure: failures[0] };
}

function render(document: PlanDocument, output: OutputFormat, { render: look }: Context): string {
  switch (output) {
    case 'json':
      return renderJson(document);
    case 'markdown':
      return renderPlanMarkdown(document);
    case 'html':
      return renderPlanHtml(document);
    default:
      return renderPlanText(document, look);
  }
}

function exitCodeOf(targets: readonly PlanTarget[]): number {
  if (targets.some(isRefusedTarget)) return exitCodes.refused;
  return targets.some(({ changes }) => changes.length > 0) ? exitCodes.differences : exitCodes.done;
}
