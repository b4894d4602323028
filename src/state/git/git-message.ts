import { showVersion, sourceVersion } from '../../core/source-version.ts';
import type { HistoryRecord } from '../store.ts';

/** Another commit on the ref than one of ours is shown as what it says of itself. */
export interface CommitText {
  id: string;
  author: string;
  /** ISO instant. */
  at: string;
  message: string;
}

/**
 * A record as the message of a commit: a summary for people, then trailers that hold all of it, so that `git log` is the
 * audit log and programs need nothing else (`git log --format='%(trailers:key=Change)'`).
 */
export function recordMessage(record: HistoryRecord): string {
  const { target, summary, command, actor, at, commit, serial } = record;
  const version = showVersion(record);
  const from = version === undefined ? '' : ` from commit ${version}`;
  const changes = record.changes.map(
    ({ action, status, code, address }) =>
      `Change: ${action} ${status}${code === undefined ? '' : ` (${code})`} ${quoted(address)}`,
  );
  const outcomes = Object.entries(record.outcomes).map(([status, count]) => `Outcome: ${status} ${count}`);
  return `${line(`${target}: ${summary}`)}

${line(`${command} by ${actor}${from} at ${at}; state serial ${serial}`)}

${[
  ...changes,
  ...outcomes,
  `Command: ${quoted(command)}`,
  `Actor: ${quoted(actor)}`,
  ...(commit === undefined ? [] : [`Source-Commit: ${commit}`]),
  ...(record.dirty === true ? ['Source-Dirty: true'] : []),
  `At: ${at}`,
  `Target: ${target}`,
  `Lineage: ${record.lineage}`,
  `Serial: ${serial}`,
  `Record: ${record.id}`,
].join('\n')}
`;
}

/** The record of a commit; one that somebody made by hand gives what can be known. */
export function parseRecord({ id, author, at, message }: CommitText, target: string): HistoryRecord {
  const [subject = ''] = message.split('\n', 1);
  const trailers = parseTrailers(message);
  const one = (key: string): string | undefined => trailers.find(([name]) => name === key)?.[1];
  const commit = one('Source-Commit');
  return {
    id: one('Record') ?? id,
    target,
    lineage: one('Lineage') ?? '',
    serial: Number(one('Serial') ?? 0),
    at: one('At') ?? at,
    command: unquoted(one('Command') ?? 'by hand'),
    actor: unquoted(one('Actor') ?? author),
    ...sourceVersion({ ...(commit === undefined ? {} : { commit }), dirty: one('Source-Dirty') === 'true' }),
    summary: subject.startsWith(`${target}: `) ? subject.slice(target.length + 2) : subject,
    outcomes: Object.fromEntries(
      trailers.flatMap(([key, value]) => {
        const [, status, count] = (key === 'Outcome' && /^(\w+) (\d+)$/.exec(value)) || [];
        return status === undefined ? [] : [[status, Number(count)]];
      }),
    ),
    changes: trailers.flatMap(([key, value]) => {
      const [, action, status, code, address] =
        (key === 'Change' && /^(\w+) (\w+)(?: \((\w+)\))? (.+)$/.exec(value)) || [];
      if (action === undefined || status === undefined || address === undefined) return [];
      return [{ address: unquoted(address), action, status, ...(code === undefined ? {} : { code }) }];
    }),
  };
}

/** The last paragraph, when each of its lines is `Key: value`. */
function parseTrailers(message: string): [string, string][] {
  const last = message.trimEnd().split('\n\n').at(-1) ?? '';
  const pairs = last.split('\n').map((text) => /^([A-Z][\w-]*): (.*)$/.exec(text));
  return pairs.flatMap((pair) =>
    pair?.[1] === undefined ? [] : [[pair[1], pair[2] ?? ''] as [string, string]],
  );
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: names may hold them, and a line break would forge a trailer
const control = /[\u0000-\u001f\u007f\u2028\u2029]/;

/** Plain text as it is; what would break the line as JSON. */
function quoted(text: string): string {
  return control.test(text) || text.startsWith('"') || text.trim() !== text || text === ''
    ? JSON.stringify(text).replace(/[\u007f\u2028\u2029]/g, escaped)
    : text;
}

function unquoted(text: string): string {
  if (!text.startsWith('"')) return text;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'string' ? value : text;
  } catch {
    return text;
  }
}

function line(text: string): string {
  return text.replace(new RegExp(control, 'g'), ' ');
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
