import { isObject, type Json } from '../core/json.ts';
import { type OpenDispatcher, openDispatcher } from '../http/dispatcher.ts';
import { sendOnce, type WireResult } from '../http/transport.ts';
import { backoffMs, retryAfterMs } from '../http/wait.ts';

export interface GitHubOptions {
  /** `GITHUB_API_URL`; on an enterprise server it has a path. */
  apiUrl: string;
  token: string;
  env: Readonly<Record<string, string | undefined>>;
  now(): number;
  sleep(ms: number): Promise<void>;
  random(): number;
  redact(secret: string): void;
  debug(text: string): void;
}

export interface GitHub {
  /** The JSON of the answer. Throws GitHubError for everything but a 2xx. */
  send(method: 'GET' | 'POST' | 'PATCH', path: string, body?: Json): Promise<Json>;
  /** All pages of a list. */
  list(path: string): Promise<Json[]>;
  close(): Promise<void>;
}

/** What GitHub refused, or why it was not reached. `status` is absent when there was no answer. */
export class GitHubError extends Error {
  readonly status: number | undefined;

  constructor(message: string, status?: number) {
    super(message);
    this.name = 'GitHubError';
    this.status = status;
  }
}

const attempts = 4;
const longestWait = 60_000;
const mostPages = 1000;
const limits = { timeoutMs: 30_000, maxBytes: 32 * 1024 * 1024 };

/** A small client of GitHub's REST API. Reads and PATCHes are repeated; a POST only when it cannot have arrived. */
export function openGitHub(options: GitHubOptions): GitHub {
  const base = new URL(options.apiUrl);
  const prefix = base.pathname.replace(/\/$/, '');
  let opened: Promise<OpenDispatcher> | undefined;

  async function attempt(method: 'GET' | 'POST' | 'PATCH', path: string, body?: Json): Promise<WireResult> {
    opened ??= openDispatcher(base, options.env, {}, options.redact);
    return sendOnce(
      await opened,
      {
        method,
        target: prefix + path,
        headers: {
          accept: 'application/vnd.github+json',
          authorization: `Bearer ${options.token}`,
          'user-agent': 'reconcile-jobs',
          'x-github-api-version': '2022-11-28',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        body: body === undefined ? undefined : JSON.stringify(body),
      },
      limits,
    );
  }

  async function exchange(
    method: 'GET' | 'POST' | 'PATCH',
    path: string,
    body?: Json,
  ): Promise<{ value: Json; next: boolean }> {
    for (let tried = 1; ; tried += 1) {
      const result = await attempt(method, path, body);
      if (result.kind === 'answer' && result.status >= 200 && result.status < 300) {
        return { value: parse(result.bytes), next: /rel="next"/.test(result.headers['link'] ?? '') };
      }
      const wait = waitBefore(result, method, tried, options);
      if (tried >= attempts || wait === undefined || wait > longestWait) throw errorOf(result, method, path);
      options.debug(`${method} ${path}: again in ${wait} ms`);
      await options.sleep(wait);
    }
  }

  return {
    send: async (method, path, body) => (await exchange(method, path, body)).value,
    async list(path) {
      const all: Json[] = [];
      for (let page = 1; page <= mostPages; page += 1) {
        const join = path.includes('?') ? '&' : '?';
        const { value, next } = await exchange('GET', `${path}${join}per_page=100&page=${page}`);
        if (!Array.isArray(value)) throw new GitHubError(`GET ${path} gave no list.`);
        all.push(...value);
        if (!next) return all;
      }
      throw new GitHubError(`GET ${path} has more than ${mostPages} pages.`);
    },
    async close() {
      if (opened !== undefined) await (await opened).dispatcher.close();
    },
  };
}

/** How long to wait before the next attempt, ms; undefined when there shall be none. */
function waitBefore(
  result: WireResult,
  method: string,
  tried: number,
  { now, random }: GitHubOptions,
): number | undefined {
  if (result.kind === 'failed') {
    return method === 'POST' && result.sent ? undefined : backoffMs(tried, random);
  }
  const { status, headers } = result;
  // Both rate limits answer before anything is done; so even a POST may be repeated.
  if (status === 429 || status === 403) {
    const asked = retryAfterMs(headers, now());
    if (asked !== undefined) return asked;
    if (headers['x-ratelimit-remaining'] === '0') {
      return Math.max(1000, Number(headers['x-ratelimit-reset'] ?? 0) * 1000 - now());
    }
    return status === 429 ? backoffMs(tried, random) : undefined;
  }
  if (status >= 500 && method !== 'POST') return backoffMs(tried, random);
  return undefined;
}

function errorOf(result: WireResult, method: string, path: string): GitHubError {
  if (result.kind === 'failed') {
    return new GitHubError(`${method} ${path} got no answer from GitHub: ${result.cause.message}`);
  }
  const value = safely(result.bytes);
  const said = isObject(value) && typeof value['message'] === 'string' ? `: ${value['message']}` : '';
  return new GitHubError(`${method} ${path} was answered ${result.status}${said}`, result.status);
}

function safely(bytes: Buffer): Json {
  try {
    return parse(bytes);
  } catch {
    return null;
  }
}

function parse(bytes: Buffer): Json {
  if (bytes.length === 0) return null;
  try {
    return JSON.parse(bytes.toString('utf8')) as Json;
  } catch {
    throw new GitHubError('GitHub answered something that is not JSON.');
  }
}
