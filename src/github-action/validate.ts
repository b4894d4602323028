import type { Finding } from '../core/errors.ts';
import { checkProject } from '../project/check-project.ts';
import { redacted } from '../project/redacted.ts';
import { countFindings, renderFindingsMarkdown } from '../report/index.ts';
import { code } from '../report/markdown.ts';
import { counted } from '../report/text.ts';
import { annotateFindings } from './annotations.ts';
import type { CommandResult } from './command-result.ts';
import { planningContext, type Session } from './session.ts';

/** Findings in a table at most; a thousand of them help nobody. */
const mostShown = 500;

/** Checks what is checked out, offline and without secrets. `notes`: why it is no more than that. */
export async function validate(session: Session, notes: readonly string[] = []): Promise<CommandResult> {
  const context = planningContext(session, { warnings: [] });
  const { findings, targets } = redacted(
    await checkProject(context, { target: session.inputs.targets }),
    context,
  );
  const errors = findings.filter(({ severity }) => severity === 'error');
  const valid = errors.length === 0;
  const counts = targets.map(({ name, resources }) => `${code(name)} ${counted(resources, 'resource')}`);
  const scope = counts.length === 0 ? '' : ` (${counts.join(', ')})`;
  return {
    report: {
      title: 'Validate',
      verdict: valid ? `✅ **Valid**${scope}` : `❌ **Invalid:** ${countFindings(findings)}`,
      notes,
      details: (maxLength) => (findings.length === 0 ? '' : findingsTable(findings, maxLength)),
      brief: countFindings(findings),
    },
    worthSaying: findings.length > 0,
    outputs: {},
    annotations: annotateFindings(findings),
    ...(valid ? {} : { failure: { reason: 'invalid', message: `Invalid: ${countFindings(findings)}.` } }),
  };
}

/** As many rows as fit. */
export function findingsTable(findings: readonly Finding[], maxLength = Number.POSITIVE_INFINITY): string {
  for (let rows = Math.min(findings.length, mostShown); rows > 0; rows = Math.floor(rows / 2)) {
    const table = renderFindingsMarkdown(findings.slice(0, rows)).trim();
    const hidden = findings.length - rows;
    const text = hidden > 0 ? `${table}\n\n_and ${hidden} more_` : table;
    if (text.length <= maxLength) return text;
  }
  return '';
}
