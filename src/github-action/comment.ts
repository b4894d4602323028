import { isObject } from '../core/json.ts';
import { placeOf } from './approval.ts';
import type { CommandResult } from './command-result.ts';
import { type GitHub, GitHubError } from './github.ts';
import { formatMarker } from './marker.ts';
import { characters, commentLimit, renderReport } from './report.ts';
import type { Session } from './session.ts';
import { findComment, type Sticky, urlOf } from './sticky.ts';

/** When GitHub finds a comment too long that we did not. */
const shortLimit = 6000;

/**
 * Keeps the one comment of the label on the pull request up to date; gives its address, or nothing where there is none.
 * A plan replaces it. What an apply did is put on top of the plan that was approved, which stays readable.
 */
export async function keepComment(
  session: Session,
  github: GitHub,
  result: CommandResult,
  footer: string,
): Promise<string> {
  const { inputs, event } = session;
  const pull = result.pull ?? event.pull?.number;
  if (pull === undefined || inputs.comment === 'never') return '';
  const found = await findComment(github, event.repository, pull, inputs.label);
  // A comment that says something else by now must not stay, whatever it is about.
  if (found === undefined && inputs.comment === 'changes' && !result.worthSaying) return '';
  const path = `/repos/${event.repository}/issues`;
  const write = async (limit: number): Promise<string> => {
    const body = session.redactor.text(bodyOf(session, result, { pull, found, footer, limit }));
    if (found === undefined) return urlOf(await github.send('POST', `${path}/${pull}/comments`, { body }));
    const answer = await github.send('PATCH', `${path}/comments/${found.id}`, { body });
    return isObject(answer) ? urlOf(answer) || found.url : found.url;
  };
  try {
    return await write(commentLimit);
  } catch (error) {
    if (!(error instanceof GitHubError) || error.status !== 422) throw error;
    return write(shortLimit);
  }
}

function bodyOf(
  { inputs, event, env }: Session,
  result: CommandResult,
  { pull, found, footer, limit }: { pull: number; found: Sticky | undefined; footer: string; limit: number },
): string {
  const frame = {
    label: inputs.label,
    footer,
    pointer: `The whole is in the summary of [the run](${event.runUrl}).`,
  };
  if (inputs.command === 'apply' && found !== undefined) {
    const [marker = '', ...before] = found.body.split('\n');
    const text = renderReport(result.report, frame, limit, characters);
    const whole = `${marker}\n${text}\n${before.join('\n')}`;
    return characters(whole) <= limit
      ? whole
      : `${marker}\n${renderReport(result.report, frame, limit - marker.length - 1, characters)}`;
  }
  const marker = formatMarker(
    {
      kind: 'plan',
      label: inputs.label,
      head: event.pull?.headSha ?? event.sha,
      ...(result.digests === undefined ? {} : { targets: result.digests }),
    },
    placeOf(event.repository, pull),
    env['RECONCILE_STATE_KEY'],
  );
  return renderReport(result.report, { ...frame, marker }, limit, characters);
}
