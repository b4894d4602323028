import { join, resolve } from 'node:path';
import type { Finding } from '../core/errors.ts';
import type { PlanDocument, PlanTarget } from '../core/plan-document.ts';
import { isRefusedTarget } from '../core/refused-target.ts';
import { withIntegrity } from '../project/plan-targets.ts';
import { checkResult, type ResultFile, writeResult } from '../project/write-file.ts';
import { renderJson, renderPlanHtml, renderPlanMarkdown } from '../report/index.ts';
import { code, details, table } from '../report/markdown.ts';
import { counted } from '../report/text.ts';
import { actionOrder, infinitiveOf } from '../report/words.ts';
import type { CommandResult } from './command-result.ts';
import { describeError, errorMarkdown } from './error-report.ts';
import { type FailureReason, reasonOf } from './failure.ts';
import { digestsOf, planOutputs } from './outputs.ts';
import { type PlannedProject, planProject } from './plan-project.ts';
import { reviewedConfig } from './reviewed-config.ts';
import type { Session } from './session.ts';
import { findingsTable, validate } from './validate.ts';

const forkNote =
  'This pull request comes from a fork, so it is only checked offline: forks get neither secrets nor a look at the service.';
const newConfigNote =
  'The base branch has no config yet, so this is only checked offline: targets and credentials are read from the base commit. After the merge there is something to plan against.';
const differsNote =
  '> [!NOTE]\n> This pull request changes the config. The plan takes targets, credentials, patches and policy from the base commit, and only the manifests from here. After the merge the plan may be another one; apply then refuses, and shows it.';

/** Shows what apply would do, and saves it. Writes nothing to the service. */
export async function plan(session: Session): Promise<CommandResult> {
  if (session.event.pull?.fork === true) return validate(session, [forkNote]);
  const config = await reviewedConfig(session);
  if (config.from === 'nowhere') return validate(session, [newConfigNote]);
  const differs = config.from === 'base' && config.differs;
  if (differs) {
    const checked = await validate(session, [differsNote]);
    if (checked.failure !== undefined) return checked;
  }
  const file = planFileOf(session);
  await checkResult(file);
  const project = await planProject(session, {
    several: 'all',
    keepOpen: false,
    ...(config.from === 'base' ? { configFiles: config.files } : {}),
  });
  const path = await savePlan(file, project.document);
  return {
    ...planResult(session, project, differs ? [differsNote] : []),
    outputs: { ...planOutputs(project.document.targets), 'plan-path': path },
  };
}

/** What is to be said about a plan, by itself or before an apply that does not happen. */
export function planResult(
  { inputs, redactor }: Session,
  { document, annotations, warnings, failures }: PlannedProject,
  notes: readonly string[],
): CommandResult {
  const { targets } = document;
  const errors = failures.map(({ target, error }) => ({
    target,
    error,
    view: describeError(error, redactor),
  }));
  const failure = failureOf(targets, failures, inputs.failOnChanges);
  return {
    report: {
      title: 'Plan',
      verdict: verdictOf(targets, errors.length),
      notes: [
        ...notes,
        ...errors.map(({ target, view }) => `### Target ${code(target)}\n\n${errorMarkdown(view)}`),
      ],
      details: (maxLength) => detailsOf(document, warnings, maxLength),
      brief: briefOf(targets),
    },
    worthSaying: failure !== undefined || targets.some(({ changes }) => changes.length > 0),
    outputs: planOutputs(targets),
    annotations,
    ...(failure === undefined ? {} : { failure }),
    ...(targets.length === 0 ? {} : { digests: digestsOf(targets) }),
  };
}

function failureOf(
  targets: readonly PlanTarget[],
  failures: PlannedProject['failures'],
  failOnChanges: boolean,
): { reason: FailureReason; message: string } | undefined {
  const [failed] = failures;
  if (failed !== undefined) {
    const message = failed.error instanceof Error ? failed.error.message : String(failed.error);
    return { reason: reasonOf(failed.error), message: `Target ${failed.target}: ${message}` };
  }
  const refused = targets.filter(isRefusedTarget);
  if (refused.length > 0) {
    const names = refused.map(({ name }) => name).join(', ');
    return { reason: 'refused', message: `Apply would refuse this plan, and write nothing: ${names}.` };
  }
  if (failOnChanges && targets.some(({ changes }) => changes.length > 0)) {
    return { reason: 'changes', message: 'There are changes, and fail-on-changes is set.' };
  }
  return undefined;
}

function verdictOf(targets: readonly PlanTarget[], failed: number): string {
  const changes = targets.reduce((sum, target) => sum + target.changes.length, 0);
  const refused = targets.filter(isRefusedTarget).length;
  const where = targets.map(({ name }) => code(name)).join(', ');
  const parts = [
    ...(failed > 0 ? [`❌ **${counted(failed, 'target')} could not be planned.**`] : []),
    ...(refused > 0 ? ['⛔ **Apply would refuse this plan.**'] : []),
    ...(targets.length === 0 || (refused > 0 && changes === 0)
      ? []
      : [
          changes === 0
            ? `✅ **No changes** for ${where}.`
            : `**${counted(changes, 'change')}** for ${where}.`,
        ]),
  ];
  return parts.join(' ');
}

function detailsOf(document: PlanDocument, warnings: readonly Finding[], maxLength?: number): string {
  const remarks =
    warnings.length === 0
      ? ''
      : `\n${details('Remarks on config and manifests', findingsTable(warnings, maxLength === undefined ? undefined : maxLength / 4))}\n`;
  if (document.targets.length === 0) return remarks;
  const room = maxLength === undefined ? {} : { maxLength: maxLength - remarks.length };
  return `${renderPlanMarkdown(document, room)}${remarks}`;
}

/** Only counts: it always fits. */
function briefOf(targets: readonly PlanTarget[]): string {
  const rows = targets.slice(0, 100).map(({ name, summary }) => [
    code(name),
    actionOrder
      .filter((action) => summary[action] > 0)
      .map((action) => `${summary[action]} ${infinitiveOf(action)}`)
      .join(', ') || 'no changes',
  ]);
  return rows.length === 0 ? '' : table(['target', 'plan'], rows);
}

/** As JSON where `plan-file` says, else in the runner's folder for temporary files; and as a page beside it. */
async function savePlan(file: ResultFile, document: PlanDocument): Promise<string> {
  const page = (path: string): string => `${path.replace(/\.json$/, '')}.html`;
  await writeResult(file, renderJson(withIntegrity(document)));
  await writeResult({ ...file, path: page(file.path), name: page(file.name) }, renderPlanHtml(document));
  return file.path;
}

function planFileOf({ inputs, cwd, env }: Session): ResultFile {
  const name = inputs.planFile ?? join(env['RUNNER_TEMP'] ?? cwd, `reconcile-plan-${inputs.label}.json`);
  return { path: resolve(cwd, name), name, option: 'plan-file' };
}
