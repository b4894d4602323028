import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { ReconcileError } from '../../core/errors.ts';
import type { OutcomeDocument, OutcomeError, OutcomeStatus, TargetOutcome } from '../../core/outcome.ts';
import type { PlanDocument, PlanTarget } from '../../core/plan-document.ts';
import { isRefusedTarget } from '../../core/refused-target.ts';
import { showVersion } from '../../core/source-version.ts';
import { applyTarget } from '../../engine/apply.ts';
import { errorOf } from '../../engine/outcomes.ts';
import type { PlannedTarget } from '../../engine/types.ts';
import { planDocument, planPrepared, toolStamp } from '../../project/plan-targets.ts';
import { type Prepared, type PreparedTarget, prepareTargets } from '../../project/prepare.ts';
import { readPlan } from '../../project/read-plan.ts';
import { redacted } from '../../project/redacted.ts';
import { asApproved, assertStillFits, onlySaved, savedTargets } from '../../project/saved-targets.ts';
import { renderJson, renderOutcomeMarkdown, renderOutcomeText, renderPlanText } from '../../report/index.ts';
import { showAge } from '../../report/instant.ts';
import { counted } from '../../report/text.ts';
import type { Configure } from '../configure.ts';
import { type Context, openContext } from '../context.ts';
import { duration } from '../duration.ts';
import { AppliedInPart, exitCodes } from '../exit-codes.ts';
import { createLogArchive } from '../log-archive.ts';
import { addTargetOptions, type OutputFormat, outputOption, type TargetOptions } from '../options.ts';

interface Options extends TargetOptions {
  output: OutputFormat;
  yes?: boolean;
  onError: 'stop' | 'continue';
  ref?: string;
  acceptInstance?: boolean;
  avoidRuns?: number;
  avoidRunsTimeout: number;
  archiveLogs?: string;
  lockTimeout?: number;
}

/** `reconcile apply`. */
export const configureApply: Configure = (command, invocation) => {
  addTargetOptions(command, 'the only one')
    .argument('[plan]', 'a plan saved with `plan --out`')
    .option('-y, --yes', 'do not ask')
    .addOption(
      new Option(
        '--on-error <what>',
        'when a change fails: start no other one, or go on with the independent ones',
      )
        .choices(['stop', 'continue'])
        .default('continue'),
    )
    .option('--ref <commit>', 'take the manifests as of this commit')
    .option('--lock-timeout <duration>', "wait this long for somebody else's lock (default: 30s)", duration)
    .option(
      '--avoid-runs <duration>',
      'write only this far away from runs of what is written, e.g. 90s',
      duration,
    )
    .option(
      '--avoid-runs-timeout <duration>',
      'wait at most this long for such a moment',
      duration,
      15 * 60_000,
    )
    .option(
      '--archive-logs <dir>',
      'save the run logs that a delete takes along, as NDJSON; no delete without',
    )
    .option('--accept-instance', 'move the state to the instance that the credentials lead to')
    .option('--verbose', 'also show the requests, and all notes')
    .addOption(outputOption(['text', 'json', 'markdown']))
    .addHelpText(
      'after',
      `
Plans, shows the plan, asks, carries it out, and reads every object again. With several targets it goes through them in
the order given and stops after the first one that fails. When a safety rule refuses, nothing is written.

Examples:
  $ reconcile apply -t dev
  $ reconcile apply plan.json                    exactly what was saved with plan --out, or nothing
  $ reconcile apply -t dev -t prod --yes         for pipelines: first dev, then prod
  $ reconcile apply -t prod --only SapJob/reportSales
  $ reconcile apply -t prod --ref v1.4.0         back to that version
  $ reconcile apply -t prod --avoid-runs 90s     not within 90 s of a run of what is written
  $ reconcile apply -t prod --archive-logs logs  keep the run logs of what is deleted`,
    )
    .action(async (file: string | undefined, options: Options, self: Command) => {
      const context = openContext(self, invocation);
      const done: TargetOutcome[] = [];
      const left: string[] = [];
      let failure: { error: unknown; target?: string } | undefined;
      try {
        const approved = file === undefined ? undefined : await openSaved(context, file, options);
        const target = approved === undefined ? options.target : [...approved.targets.keys()];
        const prepared = await prepareTargets(context, {
          ...options,
          target,
          several: 'ask',
          readOnly: false,
        });
        left.push(...prepared.targets.map(({ input }) => input.name));
        for (const one of prepared.targets) {
          if (context.io.signal.aborted) break;
          const name = left.shift() ?? one.input.name;
          try {
            done.push(await applyOne(context, prepared, one, options, approved));
          } catch (error) {
            failure = { error, target: name };
            break;
          }
          if (!isComplete(done.at(-1))) break;
        }
      } catch (error) {
        failure = { error };
      }
      if (options.output !== 'text') printOutcomes(context, done, options.output, failure);
      if (left.length > 0) context.note(`Not attempted after this: ${left.join(', ')}.`);
      invocation.exitCode = exitCodeOf(done, left.length, context.io.signal.aborted);
      if (failure !== undefined)
        throw done.some(({ writes }) => writes > 0) ? new AppliedInPart(failure.error) : failure.error;
    });
};

/** A saved plan: what was approved, by target, in its order. */
interface Approved {
  targets: ReadonlyMap<string, PlanTarget>;
  source: PlanDocument['source'];
}

async function openSaved(context: Context, file: string, options: Options): Promise<Approved> {
  if (options.only.length > 0) {
    throw new ReconcileError('--only cannot be used with a saved plan: it is applied as it was approved.', {
      code: 'USAGE_PLAN_ONLY',
      category: 'invalid',
      remedy: 'Save a plan that holds only what is meant: plan --only … --out.',
    });
  }
  const document = await readPlan(resolve(context.cwd, file), file);
  const targets = savedTargets(document, options.target);
  const version = showVersion(document.source);
  const commit = version === undefined ? '' : `, of commit ${version}`;
  context.note(`${file}: saved ${showAge(document.createdAt, context.io.now())}${commit}.`);
  return { targets: new Map(targets.map((target) => [target.name, target])), source: document.source };
}

async function applyOne(
  context: Context,
  prepared: Prepared,
  target: PreparedTarget,
  options: Options,
  approved: Approved | undefined,
): Promise<TargetOutcome> {
  const saved = approved?.targets.get(target.input.name);
  const planned = await planPrepared(prepared, saved === undefined ? target : onlySaved(target, saved));
  try {
    if (saved !== undefined && approved !== undefined)
      assertStillFits(saved, planned, approved.source, context);
    const silent = context.quiet && options.yes === true;
    if (!silent) showPlan(context, prepared, planned, options.output);
    if (planned.document.changes.length > 0 && !isRefusedTarget(planned.document)) {
      await confirm(context, planned, options);
    }
    prepared.protectCalls();
    const outcome = await applyTarget(saved === undefined ? planned : asApproved(saved, planned), {
      concurrency: options.concurrency,
      onError: options.onError,
      signal: context.io.signal,
      onProgress: (event) => {
        if (event.type === 'start') prepared.progress.show(`${target.input.name}: ${event.address}`);
        else if (event.type === 'wait') context.note(`Waiting: ${event.message}.`);
        else prepared.progress.show(`${target.input.name}: ${event.done} of ${event.total}`);
      },
      ...(options.avoidRuns === undefined
        ? {}
        : { avoidRuns: { within: options.avoidRuns, timeout: options.avoidRunsTimeout } }),
      ...(options.archiveLogs === undefined
        ? {}
        : { archiveLogs: createLogArchive(resolve(context.cwd, options.archiveLogs)) }),
    });
    prepared.progress.clear();
    // A plan without changes has said so already.
    const worthSaying = silent || outcome.outcomes.length > 0 || outcome.error !== undefined;
    if (options.output === 'text' && worthSaying) printOutcomes(context, [outcome], 'text');
    return outcome;
  } finally {
    prepared.progress.clear();
    await planned.close();
  }
}

/** With JSON or Markdown on stdout, the plan goes to stderr: somebody has to decide on it. */
function showPlan(context: Context, prepared: Prepared, planned: PlannedTarget, output: OutputFormat): void {
  const document = redacted(planDocument(prepared, [planned.document], context.io.now()), context);
  if (output === 'text') context.io.out(renderPlanText(document, context.render));
  else context.note(renderPlanText(document, { ...context.render, palette: context.errPalette }).trimEnd());
}

async function confirm({ io }: Context, planned: PlannedTarget, options: Options): Promise<void> {
  if (options.yes === true) return;
  const { name, changes } = planned.document;
  if (!io.interactive) {
    throw new ReconcileError(
      `Nobody is there to confirm the plan for target "${name}"; nothing was written.`,
      {
        code: 'NOT_CONFIRMED',
        category: 'refused',
        remedy: 'Repeat the command with --yes once you have read the plan.',
      },
    );
  }
  const deletes = changes.filter(({ action }) => action === 'delete').length;
  const loss = deletes === 0 ? '' : `, ${deletes} of them deletes`;
  if (await io.confirm(`Apply ${counted(changes.length, 'change')}${loss} to ${name}?`)) return;
  throw new ReconcileError(`The plan for target "${name}" was not confirmed; nothing was written.`, {
    code: 'NOT_CONFIRMED',
    category: 'refused',
  });
}

/** For programs that read the document alone: why a target, or the command as a whole, was not begun. */
function errorIn({ io }: Context, error: unknown): OutcomeError {
  if (!io.signal.aborted) return errorOf(error);
  return { code: 'INTERRUPTED', message: 'A signal stopped it before anything was written.' };
}

function printOutcomes(
  context: Context,
  done: readonly TargetOutcome[],
  output: OutputFormat,
  failure?: { error: unknown; target?: string },
): void {
  const error = failure && errorIn(context, failure.error);
  const targets =
    failure?.target === undefined || error === undefined
      ? done
      : [...done, { name: failure.target, outcomes: [], requests: 0, writes: 0, error }];
  const statuses: OutcomeStatus[] = ['succeeded', 'noop', 'failed', 'blocked', 'notAttempted'];
  const all = targets.flatMap(({ outcomes }) => outcomes);
  const summary = Object.fromEntries(
    statuses.map((status) => [status, all.filter((outcome) => outcome.status === status).length]),
  ) as OutcomeDocument['summary'];
  const document = redacted<OutcomeDocument>(
    {
      formatVersion: '1',
      tool: toolStamp(),
      ...(error === undefined || failure?.target !== undefined ? {} : { error }),
      targets,
      summary,
    },
    context,
  );
  const { io, render } = context;
  if (output === 'json') io.out(renderJson(document));
  else io.out(output === 'markdown' ? renderOutcomeMarkdown(document) : renderOutcomeText(document, render));
}

function isComplete(target: TargetOutcome | undefined): boolean {
  if (target === undefined || target.error !== undefined) return false;
  return target.outcomes.every(({ status }) => status === 'succeeded' || status === 'noop');
}

/** 7 as soon as something was done and something else was not; without that 130 when it was stopped, 6 when the lock was lost, else 1. */
function exitCodeOf(targets: readonly TargetOutcome[], left: number, isStopped: boolean): number {
  if (targets.every(isComplete) && left === 0) return exitCodes.done;
  const some = targets.some(
    ({ writes, outcomes }) => writes > 0 || outcomes.some(({ status }) => status === 'succeeded'),
  );
  if (some) return exitCodes.partial;
  const errors = targets.flatMap(({ error, outcomes }) => [
    error,
    ...outcomes.map((outcome) => outcome.error),
  ]);
  const codes = errors.flatMap((error) => error?.code ?? []);
  if (isStopped && codes.length === 0) return exitCodes.interrupted;
  return codes.some((code) => code === 'LOCK_LOST' || code === 'STATE_CONFLICT')
    ? exitCodes.locked
    : exitCodes.failed;
}
