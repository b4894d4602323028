import { isObject, type Json } from '../core/json.ts';
import type { GitHub } from './github.ts';
import { type Marker, parseMarker } from './marker.ts';

/** A comment or an issue of ours. */
export interface Sticky {
  /** Of the comment, or the number of the issue. */
  id: number;
  url: string;
  body: string;
  title: string;
  marker: Marker;
}

/**
 * The login that the token writes under. Tokens of the workflow may not ask `/user`; what writes with them is
 * `github-actions[bot]`.
 */
async function findAuthor(github: GitHub): Promise<string> {
  try {
    const answer = await github.send('POST', '/graphql', { query: 'query{viewer{login}}' });
    const data = isObject(answer) ? answer['data'] : undefined;
    const viewer = isObject(data) ? data['viewer'] : undefined;
    const login = isObject(viewer) ? viewer['login'] : undefined;
    return typeof login === 'string' ? login : defaultAuthor;
  } catch {
    return defaultAuthor;
  }
}

const defaultAuthor = 'github-actions[bot]';

/** The one comment of this label on a pull request: found by author and marker, all pages read. */
export async function findComment(
  github: GitHub,
  repository: string,
  pull: number,
  label: string,
): Promise<Sticky | undefined> {
  const author = await findAuthor(github);
  const comments = await github.list(`/repos/${repository}/issues/${pull}/comments`);
  return firstOf(comments, author, { kind: 'plan', label }, 'id');
}

/** The one open issue of this label. */
export async function findIssue(
  github: GitHub,
  repository: string,
  label: string,
): Promise<Sticky | undefined> {
  const author = await findAuthor(github);
  const issues = await github.list(`/repos/${repository}/issues?state=open`);
  return firstOf(issues, author, { kind: 'drift', label }, 'number');
}

function firstOf(
  items: readonly Json[],
  author: string,
  wanted: Pick<Marker, 'kind' | 'label'>,
  idField: 'id' | 'number',
): Sticky | undefined {
  for (const item of items) {
    if (!isObject(item) || isObject(item['pull_request']) || !isBy(item['user'], author)) continue;
    const { body } = item;
    const id = item[idField];
    if (typeof body !== 'string' || typeof id !== 'number') continue;
    const marker = parseMarker(body);
    if (marker === undefined || marker.kind !== wanted.kind || marker.label !== wanted.label) continue;
    return { id, url: urlOf(item), body, marker, title: textOf(item['title']) };
  }
  return undefined;
}

/** An app may be named with and without `[bot]`; without, it has to be a bot at least. */
function isBy(user: Json | undefined, author: string): boolean {
  if (!isObject(user)) return false;
  return user['login'] === author || (user['login'] === `${author}[bot]` && user['type'] === 'Bot');
}

export function urlOf(answer: Json): string {
  return isObject(answer) ? textOf(answer['html_url']) : '';
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}
