import type { OutcomeDocument, OutcomeStatus, TargetOutcome } from '../core/outcome.ts';
import { isRefusedTarget } from '../core/refused-target.ts';
import { applyTarget } from '../engine/apply.ts';
import type { PlannedTarget } from '../engine/types.ts';
import { toolStamp } from '../project/plan-targets.ts';
import { redacted } from '../project/redacted.ts';
import { renderOutcomeMarkdown } from '../report/index.ts';
import { code } from '../report/markdown.ts';
import { counted } from '../report/text.ts';
import { type Approval, assertApproved, findApproval } from './approval.ts';
import type { CommandResult } from './command-result.ts';
import { describeError, errorMarkdown } from './error-report.ts';
import { reasonOf } from './failure.ts';
import type { GitHub } from './github.ts';
import { planOutputs } from './outputs.ts';
import { planResult } from './plan.ts';
import { type PlannedProject, planProject } from './plan-project.ts';
import type { Session } from './session.ts';

/** Most changes of one target at a time. */
const CONCURRENCY = 8;

/**
 * Plans again, compares with what was approved, and carries it out. All targets are planned and compared before the first
 * write; then they are done in their order, and the first that fails ends it.
 */
export async function apply(session: Session, github: GitHub | undefined): Promise<CommandResult> {
  const project = await planProject(session, { several: 'ask', keepOpen: true });
  try {
    const shown = planResult(session, project, []);
    // A target that cannot be planned, or that is refused, must not leave the ones before it applied.
    if (project.failures.length > 0 || project.planned.some(({ document }) => isRefusedTarget(document))) {
      return { ...shown, report: { ...shown.report, title: 'Apply' } };
    }
    let approval: Approval | undefined;
    try {
      approval = await approvalFor(session, github, project);
      if (approval !== undefined) assertApproved(project.document.targets, approval);
    } catch (error) {
      return { ...refusal(session, shown, error), ...pullOf(approval) };
    }
    return await carryOut(session, project, approval);
  } finally {
    for (const planned of project.planned) await planned.close();
  }
}

/** A plan without changes needs nobody's approval. */
async function approvalFor(
  session: Session,
  github: GitHub | undefined,
  { document }: PlannedProject,
): Promise<Approval | undefined> {
  const { requireApprovedPlan, planFile } = session.inputs;
  if (document.targets.every(({ changes }) => changes.length === 0)) return undefined;
  if (!requireApprovedPlan && planFile === undefined) return undefined;
  return findApproval(session, github);
}

/** The pull request hears of it, too. */
function pullOf(approval: Approval | undefined): Pick<CommandResult, 'pull'> {
  return approval?.pull === undefined ? {} : { pull: approval.pull };
}

/** What would have been applied, with the reason why it was not. */
function refusal({ redactor }: Session, shown: CommandResult, error: unknown): CommandResult {
  const view = describeError(error, redactor);
  return {
    ...shown,
    report: {
      ...shown.report,
      title: 'Apply',
      verdict: '⛔ **Not applied.** Nothing was written.',
      notes: [errorMarkdown(view), ...shown.report.notes],
    },
    worthSaying: true,
    failure: { reason: reasonOf(error), message: view.message },
  };
}

async function carryOut(
  session: Session,
  { prepared, planned, document, annotations }: PlannedProject,
  approval: Approval | undefined,
): Promise<CommandResult> {
  prepared.protectCalls();
  const done: TargetOutcome[] = [];
  let failure: unknown;
  for (const target of planned) {
    if (session.io.signal.aborted) break;
    try {
      done.push(await applyOne(session, target));
    } catch (error) {
      failure = error;
      break;
    }
    if (!isComplete(done.at(-1))) break;
  }
  const begun = done.length + (failure === undefined ? 0 : 1);
  const left = planned.slice(begun).map(({ input }) => input.name);
  const outcome = redacted<OutcomeDocument>(
    { formatVersion: '1', tool: toolStamp(), targets: done, summary: summarize(done) },
    { invocation: session },
  );
  const view = failure === undefined ? undefined : describeError(failure, session.redactor);
  const ended = endOf(done, failure, left);
  return {
    report: {
      title: 'Apply',
      verdict: verdictOf(outcome, ended),
      notes: [
        ...(approval === undefined ? [] : [`As approved on ${approval.where}.`]),
        ...(view === undefined ? [] : [errorMarkdown(view)]),
        ...(left.length === 0 ? [] : [`Not attempted after this: ${left.map(code).join(', ')}.`]),
      ],
      details: (maxLength) => shortened(renderOutcomeMarkdown(outcome), maxLength),
      brief: '',
    },
    worthSaying: ended !== undefined || done.some(({ outcomes }) => outcomes.length > 0),
    outputs: planOutputs(document.targets),
    annotations: ended === undefined ? [] : annotations,
    ...(ended === undefined ? {} : { failure: ended }),
    ...pullOf(approval),
  };
}

async function applyOne({ io }: Session, target: PlannedTarget): Promise<TargetOutcome> {
  const { name } = target.input;
  return applyTarget(target, {
    concurrency: CONCURRENCY,
    onError: 'continue',
    signal: io.signal,
    onProgress: (event) => {
      if (event.type === 'wait') io.log(`Waiting: ${event.message}.`);
      if (event.type === 'end') io.log(`${name}: ${event.outcome.address} ${event.outcome.status}`);
    },
  });
}

function summarize(targets: readonly TargetOutcome[]): OutcomeDocument['summary'] {
  const statuses: OutcomeStatus[] = ['succeeded', 'noop', 'failed', 'blocked', 'notAttempted'];
  const all = targets.flatMap(({ outcomes }) => outcomes);
  return Object.fromEntries(
    statuses.map((status) => [status, all.filter((outcome) => outcome.status === status).length]),
  ) as OutcomeDocument['summary'];
}

function isComplete(target: TargetOutcome | undefined): boolean {
  if (target === undefined || target.error !== undefined) return false;
  return target.outcomes.every(({ status }) => status === 'succeeded' || status === 'noop');
}

/** How it failed, if it did: `partial` as soon as something was written. */
function endOf(
  done: readonly TargetOutcome[],
  failure: unknown,
  left: readonly string[],
): CommandResult['failure'] {
  if (failure === undefined && done.every(isComplete) && left.length === 0) return undefined;
  const some = done.some(
    ({ writes, outcomes }) => writes > 0 || outcomes.some(({ status }) => status === 'succeeded'),
  );
  const message = failure instanceof Error ? failure.message : 'Some changes failed; see the summary.';
  if (some) return { reason: 'partial', message };
  return { reason: failure === undefined ? 'failed' : reasonOf(failure), message };
}

function verdictOf({ summary }: OutcomeDocument, ended: CommandResult['failure']): string {
  const counts = `${counted(summary.succeeded, 'change')}${summary.noop > 0 ? `, and ${summary.noop} found right by then` : ''}`;
  if (ended === undefined) {
    return summary.succeeded + summary.noop === 0 ? '✅ **Nothing to do.**' : `✅ **Applied:** ${counts}.`;
  }
  const bad = `${summary.failed} failed, ${summary.blocked} blocked, ${summary.notAttempted} not attempted`;
  return ended.reason === 'partial'
    ? `❌ **Applied in part:** ${counts}; ${bad}. The next apply goes on.`
    : `❌ **Not applied:** ${bad}.`;
}

/** Failures stand at the end of the text, so what is cut is the middle. */
function shortened(text: string, maxLength = Number.POSITIVE_INFINITY): string {
  if (text.length <= maxLength) return text;
  const lines = text.split('\n');
  const rows = lines.filter((line) => line.startsWith('|'));
  const bad = rows.filter((line) => line.includes('**'));
  const kept = [...rows.slice(0, 2), ...bad, ...rows.slice(2).filter((line) => !bad.includes(line))];
  const fitting: string[] = [];
  let length = 0;
  for (const line of kept) {
    length += line.length + 1;
    if (length > maxLength - 100) break;
    fitting.push(line);
  }
  return `${fitting.join('\n')}\n\n_and ${counted(kept.length - fitting.length, 'more row')}_`;
}
