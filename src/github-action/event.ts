import { readFile } from 'node:fs/promises';
import { isObject, type Json, type JsonObject } from '../core/json.ts';
import { ActionFailure } from './failure.ts';
import type { ActionCommand } from './inputs.ts';

export interface PullRequest {
  number: number;
  headSha: string;
  /** The head lives in another repository: whoever opened it may not see our secrets. */
  fork: boolean;
}

/** Why the workflow runs, and on what. */
export interface ActionEvent {
  name: string;
  /** `owner/name` */
  repository: string;
  /** Commit that the workflow runs on. */
  sha: string;
  /** `main` of `refs/heads/main`. */
  branch: string;
  pull?: PullRequest;
  /** Commit whose config counts, when what is checked out has not been reviewed yet. */
  baseSha?: string;
  /** Page of this run. */
  runUrl: string;
}

/** Reads the event from what the runner sets (`GITHUB_EVENT_NAME`, `GITHUB_EVENT_PATH`, …). */
export async function readEvent(env: Readonly<Record<string, string | undefined>>): Promise<ActionEvent> {
  const payload = await readPayload(env['GITHUB_EVENT_PATH']);
  const repository = env['GITHUB_REPOSITORY'] ?? '';
  const pull = pullRequestOf(payload, repository);
  const group = objectAt(payload, 'merge_group');
  const baseSha =
    textAt(objectAt(objectAt(payload, 'pull_request'), 'base'), 'sha') ?? textAt(group, 'base_sha');
  return {
    name: env['GITHUB_EVENT_NAME'] ?? '',
    repository,
    sha: env['GITHUB_SHA'] ?? '',
    branch: (env['GITHUB_REF'] ?? '').replace(/^refs\/heads\//, ''),
    ...(pull === undefined ? {} : { pull }),
    ...(baseSha === undefined ? {} : { baseSha }),
    runUrl: `${env['GITHUB_SERVER_URL'] ?? 'https://github.com'}/${repository}/actions/runs/${env['GITHUB_RUN_ID'] ?? ''}`,
  };
}

async function readPayload(path: string | undefined): Promise<JsonObject> {
  if (path === undefined || path === '') return {};
  try {
    const value = JSON.parse(await readFile(path, 'utf8')) as Json;
    return isObject(value) ? value : {};
  } catch {
    throw new ActionFailure(
      'failed',
      `The event at ${path} cannot be read.`,
      'Run the Action in a workflow.',
    );
  }
}

function pullRequestOf(payload: JsonObject, repository: string): PullRequest | undefined {
  const pull = objectAt(payload, 'pull_request');
  const number = pull['number'];
  if (typeof number !== 'number') return undefined;
  const head = objectAt(pull, 'head');
  // The repository of the head is null once the fork is gone.
  const from = textAt(objectAt(head, 'repo'), 'full_name');
  return {
    number,
    headSha: textAt(head, 'sha') ?? '',
    fork: from?.toLowerCase() !== repository.toLowerCase(),
  };
}

function objectAt(value: JsonObject, key: string): JsonObject {
  const item = value[key];
  return isObject(item) ? item : {};
}

function textAt(value: JsonObject, key: string): string | undefined {
  const item = value[key];
  return typeof item === 'string' ? item : undefined;
}

/** What these events run on is written by people who need no right to apply anything. */
const unreviewed = ['pull_request', 'pull_request_target', 'workflow_run', 'issue_comment'];

/** Throws when the command must not run on such an event. */
export function assertAllowed(command: ActionCommand, event: ActionEvent): void {
  if (command !== 'apply') return;
  const reviews = ['pull_request_review', 'pull_request_review_comment', 'merge_group'];
  if (![...unreviewed, ...reviews].includes(event.name) && event.pull === undefined) return;
  throw new ActionFailure(
    'event-not-allowed',
    `apply does not run on ${event.name}: what is checked out there may not have been reviewed. Nothing was read or written.`,
    'Run apply on push to the branch that is deployed, or on workflow_dispatch.',
  );
}
