import { existsSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Redactor } from '../core/redactor.ts';
import { toolStamp } from '../project/plan-targets.ts';
import { code } from '../report/markdown.ts';
import { oneLine } from '../report/text.ts';
import type { ActionIo } from './action-io.ts';
import { writeAnnotations } from './annotations.ts';
import { apply } from './apply.ts';
import type { CommandResult } from './command-result.ts';
import { keepComment } from './comment.ts';
import { drift } from './drift.ts';
import { keepDriftIssue } from './drift-issue.ts';
import { describeError, errorMarkdown } from './error-report.ts';
import { type ActionEvent, assertAllowed, readEvent } from './event.ts';
import { ActionFailure, reasonOf } from './failure.ts';
import { type GitHub, openGitHub } from './github.ts';
import { type Inputs, readInputs } from './inputs.ts';
import { noOutputs, type Outputs } from './outputs.ts';
import { plan } from './plan.ts';
import { bytes, renderReport, summaryLimit } from './report.ts';
import { maskingRedactor, type Session, stepEnvironment } from './session.ts';
import { validate } from './validate.ts';

const commands: Record<
  Inputs['command'],
  (session: Session, github: GitHub | undefined) => Promise<CommandResult>
> = {
  validate: (session) => validate(session),
  plan: (session) => plan(session),
  apply,
  drift: (session) => drift(session),
};

/** The whole Action as a function. Never throws: whatever goes wrong ends as `failure-reason`, and is said. */
export async function runAction(io: ActionIo): Promise<void> {
  const redactor = maskingRedactor(io);
  const guarded = guard(io, redactor);
  let session: Session | undefined;
  let github: GitHub | undefined;
  let result: CommandResult;
  try {
    const inputs = readInputs(io.env);
    if (inputs.token !== undefined) redactor.add(inputs.token);
    session = await openSession(guarded, inputs, redactor);
    assertAllowed(inputs.command, session.event);
    github = connect(session);
    result = await commands[inputs.command](session, github);
  } catch (error) {
    result = failed(error, session, redactor);
  }
  const outputs: Outputs = { ...noOutputs, ...result.outputs };
  if (result.failure !== undefined) outputs['failure-reason'] = result.failure.reason;
  await tell(guarded, session, github, result, outputs);
  for (const [name, value] of Object.entries(outputs)) guarded.setOutput(name, String(value));
  if (result.failure !== undefined) guarded.fail(`${result.failure.reason}: ${result.failure.message}`);
  await github?.close();
}

/** Nothing leaves but through the redactor. Masks do: they are how the runner learns what to hide. */
function guard(io: ActionIo, redactor: Redactor): ActionIo {
  return {
    ...io,
    setOutput: (name, value) => io.setOutput(name, redactor.text(value)),
    // One line: what begins a line with `::` is a command to the runner.
    log: (text) => io.log(oneLine(redactor.text(text))),
    debug: (text) => io.debug(redactor.text(text)),
    addSummary: (markdown) => io.addSummary(redactor.text(markdown)),
    fail: (message) => io.fail(redactor.text(message)),
  };
}

async function openSession(io: ActionIo, inputs: Inputs, redactor: Redactor): Promise<Session> {
  const event = await readEvent(io.env);
  const env = stepEnvironment(io.env);
  const workspace = await realFolder(env['GITHUB_WORKSPACE'] ?? '.', 'GITHUB_WORKSPACE');
  const cwd = await realFolder(resolve(workspace, inputs.workingDirectory), 'working-directory');
  const key = env['RECONCILE_STATE_KEY'];
  if (key !== undefined) redactor.add(key);
  return { io, inputs, event, repository: repositoryOf(cwd, workspace), cwd, redactor, env };
}

/** The checkout may lie in a folder of the workspace; annotations name files as the repository does. */
function repositoryOf(folder: string, workspace: string): string {
  if (existsSync(join(folder, '.git'))) return folder;
  const above = dirname(folder);
  return above === folder ? workspace : repositoryOf(above, workspace);
}

async function realFolder(path: string, name: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    throw new ActionFailure(
      'invalid-input',
      `${name} is ${path}, which is not there.`,
      'Check the path, and that actions/checkout runs before this step.',
    );
  }
}

function connect({ io, inputs, env, redactor }: Session): GitHub | undefined {
  if (inputs.token === undefined) return undefined;
  return openGitHub({
    apiUrl: env['GITHUB_API_URL'] ?? 'https://api.github.com',
    token: inputs.token,
    env,
    now: io.now,
    sleep: (ms) => io.sleep(ms),
    random: io.random,
    redact: (secret) => redactor.add(secret),
    debug: io.debug,
  });
}

/** What cannot be done at all, as a result like any other. */
function failed(error: unknown, session: Session | undefined, redactor: Redactor): CommandResult {
  const view = describeError(error, redactor);
  const command = session?.inputs.command ?? 'plan';
  const findings = view.findings.filter(({ place }) => place !== undefined);
  return {
    report: {
      title: session === undefined ? 'Reconcile' : command.charAt(0).toUpperCase() + command.slice(1),
      verdict: '❌ **Failed.**',
      notes: [],
      details: (maxLength) => {
        const text = errorMarkdown(view);
        return maxLength === undefined || text.length <= maxLength
          ? text
          : errorMarkdown({ ...view, findings: view.findings.slice(0, 20), causes: [] });
      },
      brief: code(view.code),
    },
    worthSaying: true,
    outputs: {},
    annotations: findings.map(({ code: title, message, place }) => ({
      level: 'error',
      title,
      message,
      ...(place === undefined ? {} : { place }),
    })),
    failure: { reason: reasonOf(error), message: view.message },
  };
}

/** Summary, annotations, comment and issue. None of them may turn a success into a failure. */
async function tell(
  io: ActionIo,
  session: Session | undefined,
  github: GitHub | undefined,
  result: CommandResult,
  outputs: Outputs,
): Promise<void> {
  const footer = footerOf(result, session?.event);
  const warn = (what: string, error: unknown): void => {
    const message = `${what}: ${error instanceof Error ? error.message : String(error)}`;
    io.annotate('warning', session?.redactor.text(message) ?? message, { title: 'reconcile' });
  };
  if (session?.inputs.summary !== false) {
    try {
      const label = session?.inputs.label ?? '';
      const path = outputs['plan-path'];
      const pointer =
        path === '' ? '' : `The whole plan is in ${code(path)}; upload it as an artifact to keep it.`;
      await io.addSummary(renderReport(result.report, { label, footer, pointer }, summaryLimit, bytes));
    } catch (error) {
      warn('The summary could not be written', error);
    }
  }
  if (session === undefined) return;
  const { inputs, event, redactor, cwd, repository } = session;
  if (inputs.annotations) {
    writeAnnotations(result.annotations, { io, cwd, repository, redact: redactor.text });
  }
  if (github === undefined) return;
  // The token of a pull request from a fork may only read.
  if (event.pull?.fork !== true) {
    try {
      outputs['comment-url'] = await keepComment(session, github, result, footer);
    } catch (error) {
      warn('The comment could not be written', error);
    }
  }
  if (!inputs.driftIssue || inputs.command !== 'drift') return;
  const drifted = outputs.drift;
  const sure = result.failure === undefined || result.failure.reason === 'drift';
  // An issue is not closed for a target that could not be read.
  if (!drifted && !sure) return;
  try {
    const issue = await keepDriftIssue(session, github, { report: result.report, drifted, footer });
    if (issue !== undefined) outputs['issue-number'] = String(issue.number);
  } catch (error) {
    warn('The issue about the drift could not be written', error);
  }
}

function footerOf({ digests }: CommandResult, event: ActionEvent | undefined): string {
  const { name, version } = toolStamp();
  const shown = Object.entries(digests ?? {}).map(
    ([target, digest]) => `digest of ${code(target)} ${code(digest.slice(0, 12))}`,
  );
  const commit = event?.pull?.headSha ?? event?.sha ?? '';
  return [
    ...(commit === '' ? [] : [`commit ${code(commit.slice(0, 12))}`]),
    ...(event === undefined ? [] : [`[run](${event.runUrl})`]),
    ...shown.slice(0, 20),
    `${name} ${version}`,
  ].join(' · ');
}
