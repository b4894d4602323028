import { isObject, type Json } from '../core/json.ts';
import type { GitHub } from './github.ts';
import { formatMarker } from './marker.ts';
import { characters, commentLimit, type Report, renderReport } from './report.ts';
import type { Session } from './session.ts';
import { findIssue, urlOf } from './sticky.ts';

export interface DriftIssue {
  number: number;
  url: string;
}

/**
 * One issue tells of the drift: opened when there is some, kept up to date, closed when there is none.
 * Gives the issue that is open afterwards, or was closed just now.
 */
export async function keepDriftIssue(
  session: Session,
  github: GitHub,
  { report, drifted, footer }: { report: Report; drifted: boolean; footer: string },
): Promise<DriftIssue | undefined> {
  const { repository, runUrl } = session.event;
  const { label } = session.inputs;
  const found = await findIssue(github, repository, label);
  if (!drifted && found === undefined) return undefined;
  const frame = {
    marker: formatMarker({ kind: 'drift', label }, repository, undefined),
    label,
    footer,
    pointer: `The whole is in the summary of [the run](${runUrl}).`,
  };
  const body = session.redactor.text(renderReport(report, frame, commentLimit, characters));
  const title = `Drift: jobs were changed outside of this repository (${label})`;
  const path = `/repos/${repository}/issues`;
  if (found === undefined) return issueOf(await github.send('POST', path, { title, body }));
  const state: Json = drifted ? { title, body } : { body, state: 'closed', state_reason: 'completed' };
  await github.send('PATCH', `${path}/${found.id}`, state);
  return { number: found.id, url: found.url };
}

function issueOf(answer: Json): DriftIssue {
  const number = isObject(answer) ? answer['number'] : undefined;
  return { number: typeof number === 'number' ? number : 0, url: urlOf(answer) };
}
