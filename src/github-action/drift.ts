import type { Resource } from '../core/resource.ts';
import { toolStamp } from '../project/plan-targets.ts';
import { redacted } from '../project/redacted.ts';
import { type DriftDocument, driftOf, hasDrift, renderDriftMarkdown } from '../report/index.ts';
import { code } from '../report/markdown.ts';
import { counted } from '../report/text.ts';
import type { Annotation } from './annotations.ts';
import type { CommandResult } from './command-result.ts';
import { describeError, errorMarkdown } from './error-report.ts';
import { reasonOf } from './failure.ts';
import { planOutputs } from './outputs.ts';
import { planProject } from './plan-project.ts';
import { reviewedConfig } from './reviewed-config.ts';
import type { Session } from './session.ts';
import { validate } from './validate.ts';

/** Shows what others changed since the last apply. Writes nothing to the service. */
export async function drift(session: Session): Promise<CommandResult> {
  if (session.event.pull?.fork === true) {
    return validate(session, ['This pull request comes from a fork, so drift is not looked for.']);
  }
  const config = await reviewedConfig(session);
  if (config.from === 'nowhere') {
    return validate(session, ['The base branch has no config yet, so drift is not looked for.']);
  }
  const project = await planProject(session, {
    several: 'all',
    keepOpen: false,
    ...(config.from === 'base' ? { configFiles: config.files } : {}),
  });
  const { planned, failures } = project;
  const document = redacted<DriftDocument>(
    {
      formatVersion: '1',
      tool: toolStamp(),
      createdAt: new Date(session.io.now()).toISOString(),
      targets: planned.map((one) => driftOf(one.document, one.drift, one.state.inventory)),
    },
    { invocation: session },
  );
  const drifted = hasDrift(document);
  const errors = failures.map(({ target, error }) => ({
    target,
    view: describeError(error, session.redactor),
  }));
  const failure = failureOf(session, drifted, failures);
  return {
    report: {
      title: 'Drift',
      verdict: verdictOf(document, errors.length),
      notes: errors.map(({ target, view }) => `### Target ${code(target)}\n\n${errorMarkdown(view)}`),
      details: (maxLength) => detailsOf(document, maxLength),
      brief: '',
    },
    worthSaying: drifted || failure !== undefined,
    outputs: { ...planOutputs(project.document.targets), drift: drifted },
    annotations: document.targets.flatMap((target, index) =>
      annotate(target, planned[index]?.input.resources ?? []),
    ),
    ...(failure === undefined ? {} : { failure }),
  };
}

function failureOf(
  { inputs }: Session,
  drifted: boolean,
  failures: readonly { target: string; error: unknown }[],
): CommandResult['failure'] {
  const [failed] = failures;
  if (failed !== undefined) {
    const message = failed.error instanceof Error ? failed.error.message : String(failed.error);
    return { reason: reasonOf(failed.error), message: `Target ${failed.target}: ${message}` };
  }
  if (!drifted || !inputs.failOnChanges) return undefined;
  return { reason: 'drift', message: 'Others changed something, and fail-on-changes is set.' };
}

function verdictOf({ targets }: DriftDocument, failed: number): string {
  const resources = targets.reduce(
    (sum, { drifted }) => sum + new Set(drifted.map(({ address }) => address)).size,
    0,
  );
  const where = targets.map(({ name }) => code(name)).join(', ');
  const found =
    resources === 0
      ? `✅ **No drift** on ${where}.`
      : `⚠️ **${counted(resources, 'resource')}** changed by others since the last apply.`;
  const unseen = failed > 0 ? [`❌ **${counted(failed, 'target')} could not be read.**`] : [];
  return [...unseen, ...(targets.length === 0 ? [] : [found])].join(' ');
}

/** As many objects of each target as fit. */
function detailsOf(document: DriftDocument, maxLength = Number.POSITIVE_INFINITY): string {
  const longest = Math.max(0, ...document.targets.map(({ drifted }) => drifted.length));
  for (let most = longest; ; most = Math.floor(most / 2)) {
    const cut = {
      ...document,
      targets: document.targets.map((target) => ({ ...target, drifted: target.drifted.slice(0, most) })),
    };
    const hidden = document.targets.reduce((sum, { drifted }) => sum + Math.max(0, drifted.length - most), 0);
    const text = `${renderDriftMarkdown(cut)}${hidden > 0 ? `\n_and ${counted(hidden, 'more object')}_\n` : ''}`;
    if (text.length <= maxLength) return text;
    if (most === 0) return '';
  }
}

function annotate(target: DriftDocument['targets'][number], resources: readonly Resource[]): Annotation[] {
  const places = new Map(resources.map(({ address, place }) => [address, place]));
  return target.drifted.map(({ address, path, what }) => {
    const place = places.get(address);
    return {
      level: 'warning',
      title: `Drift (${target.name})`,
      message: `${address}${path} was ${what === 'missing' ? 'deleted' : 'changed'} by others since the last apply.`,
      ...(place === undefined ? {} : { place }),
    };
  });
}
