import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface StandInUser {
  login: string;
  type: 'Bot' | 'User';
}

export interface StandInText {
  id: number;
  /** Of an issue; of a comment the number of its issue. */
  number: number;
  title: string;
  body: string;
  user: StandInUser;
  state: 'open' | 'closed';
  html_url: string;
  pull_request?: object;
}

export interface StandInPull {
  number: number;
  merged_at: string | null;
  merge_commit_sha: string;
  base: { ref: string };
}

export interface StandInFault {
  method?: string;
  path: RegExp;
  status: number;
  headers?: Record<string, string>;
  body?: unknown;
  /** How often; default: always. */
  times?: number;
}

export interface GitHubStandIn {
  /** For GITHUB_API_URL. */
  url: string;
  token: string;
  viewer: string;
  comments: StandInText[];
  issues: StandInText[];
  /** Commit → its pull requests. */
  pulls: Map<string, StandInPull[]>;
  faults: StandInFault[];
  requests: string[];
  addComment(text: Partial<StandInText>): StandInText;
  addIssue(text: Partial<StandInText>): StandInText;
  close(): Promise<void>;
}

export const bot: StandInUser = { login: 'github-actions[bot]', type: 'Bot' };
const LONGEST = 65_536;

/**
 * A stand-in for the part of GitHub's REST API that the Action uses, on loopback: pages of at most 100 with a Link header,
 * the limit on bodies, tokens. Below `/api/v3`, as an enterprise server has it.
 */
export async function startStandIn(): Promise<GitHubStandIn> {
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  let nextId = 1;
  const create = (text: Partial<StandInText>, kind: string): StandInText => {
    const id = nextId++;
    const number = text.number ?? id;
    return {
      ...{ id, number, title: '', body: '', user: bot, state: 'open', html_url: `${origin}/${kind}/${id}` },
      ...text,
    };
  };
  const standIn: GitHubStandIn = {
    url: `${origin}/api/v3`,
    token: 'ghs_standInTokenOfTheWorkflow',
    viewer: bot.login,
    comments: [],
    issues: [],
    pulls: new Map(),
    faults: [],
    requests: [],
    addComment(text) {
      const comment = create(text, 'comments');
      standIn.comments.push(comment);
      return comment;
    },
    addIssue(text) {
      const issue = create(text, 'issues');
      standIn.issues.push(issue);
      return issue;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const url = new URL(request.url ?? '', origin);
    const path = url.pathname.replace(/^\/api\/v3/, '');
    const method = request.method ?? '';
    standIn.requests.push(`${method} ${path}${url.search}`);
    const send = (status: number, body: unknown, headers: Record<string, string> = {}): void => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(JSON.stringify(body));
    };
    const fault = standIn.faults.find(
      (one) => (one.method ?? method) === method && one.path.test(path) && (one.times ?? 1) > 0,
    );
    if (fault !== undefined) {
      if (fault.times !== undefined) fault.times -= 1;
      return send(fault.status, fault.body ?? { message: 'a fault' }, fault.headers);
    }
    if (request.headers.authorization !== `Bearer ${standIn.token}`) {
      return send(401, { message: 'Bad credentials' });
    }
    const text = Buffer.concat(chunks).toString('utf8');
    const body = text === '' ? {} : (JSON.parse(text) as Record<string, string>);
    if ((body['body'] ?? '').length > LONGEST) {
      return send(422, {
        message: 'Validation Failed',
        errors: [{ field: 'body', message: `body is too long (maximum is ${LONGEST} characters)` }],
      });
    }
    const page = (items: readonly unknown[]): void => {
      const size = Math.min(100, Number(url.searchParams.get('per_page') ?? 30));
      const number = Number(url.searchParams.get('page') ?? 1);
      const last = Math.ceil(items.length / size);
      const link = `<${origin}/api/v3${path}?per_page=${size}&page=${number + 1}>; rel="next", <${origin}>; rel="last"`;
      send(200, items.slice((number - 1) * size, number * size), number < last ? { link } : {});
    };
    const change = (item: StandInText | undefined): void => {
      if (item === undefined) send(404, { message: 'Not Found' });
      else send(200, Object.assign(item, body));
    };
    const route = `${method} ${path}`;
    const at = (pattern: RegExp): string | undefined => pattern.exec(route)?.[1];
    if (route === 'POST /graphql') return send(200, { data: { viewer: { login: standIn.viewer } } });
    const ofIssue = at(/^GET \/repos\/acme\/jobs\/issues\/(\d+)\/comments$/);
    if (ofIssue !== undefined)
      return page(standIn.comments.filter(({ number }) => number === Number(ofIssue)));
    const commented = at(/^POST \/repos\/acme\/jobs\/issues\/(\d+)\/comments$/);
    if (commented !== undefined) return send(201, standIn.addComment({ ...body, number: Number(commented) }));
    const edited = at(/^PATCH \/repos\/acme\/jobs\/issues\/comments\/(\d+)$/);
    if (edited !== undefined) return change(standIn.comments.find(({ id }) => id === Number(edited)));
    if (route === 'GET /repos/acme/jobs/issues')
      return page(standIn.issues.filter(({ state }) => state === 'open'));
    if (route === 'POST /repos/acme/jobs/issues') return send(201, standIn.addIssue(body));
    const issue = at(/^PATCH \/repos\/acme\/jobs\/issues\/(\d+)$/);
    if (issue !== undefined) return change(standIn.issues.find(({ number }) => number === Number(issue)));
    const commit = at(/^GET \/repos\/acme\/jobs\/commits\/([0-9a-f]+)\/pulls$/);
    if (commit !== undefined) return page(standIn.pulls.get(commit) ?? []);
    return send(404, { message: 'Not Found' });
  }

  return standIn;
}
