import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Dialect, usual } from './sap-dialect.ts';
import {
  type Fields,
  instant,
  type Job,
  modes,
  Refused,
  refused,
  SapModel,
  type Schedule,
} from './sap-model.ts';

export interface Call {
  method: string;
  path: string;
  query: URLSearchParams;
  body: Fields | undefined;
  authorization: string;
}

/** An answer in place of, or after, the real one. `commit` does the real work and gives the real answer. */
export interface Answer {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
  /** Sent as it is, instead of `body`. */
  raw?: string;
  reset?: boolean;
}
export type Fault = (call: Call, commit: () => Answer, nth: number) => Answer | undefined;

export const clientSecret = 'kept-from-everybody-9f2b';

/** A stand-in for the service that was written from its documentation alone, to disagree with ours where ours is wrong. */
export class SapServer {
  readonly model: SapModel;
  readonly calls: Call[] = [];
  dialect: Dialect;
  fault: Fault = () => undefined;
  /** Called before each page of the list of jobs. */
  onListPage: (offset: number) => void = () => undefined;
  tokens = 0;
  url = '';
  private readonly http = createServer((request, response) => void this.serve(request, response));

  constructor(now: number, dialect: Partial<Dialect> = {}) {
    this.model = new SapModel(now);
    this.dialect = { ...usual, ...dialect };
  }

  async start(): Promise<this> {
    await new Promise<void>((done) => this.http.listen(0, '127.0.0.1', done));
    this.url = `http://127.0.0.1:${(this.http.address() as AddressInfo).port}`;
    return this;
  }

  async stop(): Promise<void> {
    this.http.closeAllConnections();
    await new Promise((done) => this.http.close(done));
  }

  /** The service key of a binding. */
  key(): string {
    return JSON.stringify({
      url: this.url,
      uaa: { url: this.url, clientid: 'sb-client', clientsecret: clientSecret },
    });
  }

  writes(): Call[] {
    return this.calls.filter(({ method, path }) => method !== 'GET' && !path.endsWith('/token'));
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const url = new URL(request.url ?? '/', 'http://service');
    const text = Buffer.concat(chunks).toString('utf8');
    const call: Call = {
      method: request.method ?? 'GET',
      path: url.pathname,
      query: url.searchParams,
      body: text.startsWith('{') ? (JSON.parse(text) as Fields) : undefined,
      authorization: request.headers.authorization ?? '',
    };
    this.calls.push(call);
    const real = (): Answer =>
      text.length > 102_400 ? this.error(413, 'request entity too large') : this.attempt(call);
    const nth = this.calls.filter(({ method, path }) => method === call.method && path === call.path).length;
    const answer = this.fault(call, real, nth) ?? real();
    if (answer.reset) return void request.socket.destroy();
    const type = answer.raw?.startsWith('<') ? 'text/html' : 'application/json';
    const content = answer.raw ?? (answer.body === undefined ? '' : JSON.stringify(answer.body));
    response.sendDate = false;
    response.writeHead(answer.status, {
      date: new Date(this.model.now).toUTCString(),
      'content-type': type,
      ...answer.headers,
    });
    response.end(content);
  }

  private attempt(call: Call): Answer {
    try {
      return this.route(call);
    } catch (error) {
      if (error instanceof Refused) return this.error(error.status, error.message);
      throw error;
    }
  }

  error(status: number, message: string): Answer {
    const detail = { code: `JS-${status}`, message, type: 'JobSchedulerError', detailedError: '' };
    return { status, body: this.dialect.errors === 'flat' ? detail : { error: detail } };
  }

  private route(call: Call): Answer {
    if (call.path === '/oauth/token') {
      this.tokens += 1;
      return {
        status: 200,
        body: { access_token: `access-token-${this.tokens}`, token_type: 'bearer', expires_in: 43_199 },
      };
    }
    if (!/^Bearer access-token-/.test(call.authorization)) return this.error(401, 'Unauthorized');
    const path = call.path.replace(/\/$/, '');
    if (path === '/scheduler/search/schedules' && call.method === 'GET') return this.searchSchedules(call);
    if (path === '/scheduler/jobs') return call.method === 'POST' ? this.postJob(call) : this.listJobs(call);
    const [, jobId = '', rest = ''] = /^\/scheduler\/jobs\/(\d+)(\/.*)?$/.exec(path) ?? [];
    if (jobId === '') return this.error(404, `Cannot ${call.method} ${path}`);
    const job = this.model.job(Number(jobId));
    if (rest === '') return this.oneJob(call, job);
    if (rest === '/schedules') return this.schedulesOf(call, job);
    const [, scheduleId = ''] = /^\/schedules\/([^/]+)$/.exec(rest) ?? [];
    if (scheduleId === '') return this.error(404, `Cannot ${call.method} ${path}`);
    return this.oneSchedule(call, job, this.model.schedule(job, scheduleId));
  }

  private listJobs({ query }: Call): Answer {
    if (query.has('name') || query.has('jobId')) return this.byName(query);
    const offset = Number(query.get('offset') ?? 0);
    this.onListPage(offset);
    const size = this.pageSize(query);
    const jobs = this.ordered(this.model.jobs).slice(0, this.dialect.listCap ?? Number.POSITIVE_INFINITY);
    const page = jobs.slice(offset, offset + size).map((job) => this.listEntry(job));
    return {
      status: 200,
      body: {
        ...this.total(jobs.length, offset),
        results: page,
        ...this.links('/scheduler/jobs', offset, size, jobs.length),
      },
    };
  }

  private byName(query: URLSearchParams): Answer {
    if (query.has('page_size') || query.has('offset'))
      refused(400, 'page_size and offset do not go with name');
    const found = this.model.jobs.filter(
      ({ name, id }) => name === query.get('name') || String(id) === query.get('jobId'),
    );
    const shown = found.map((job) => this.singleJob(job, query.get('displaySchedules') === 'true'));
    if (this.dialect.byName === 'results')
      return { status: 200, body: { total: shown.length, results: shown } };
    if (shown.length > 0) return { status: 200, body: shown[0] };
    return this.dialect.byName === 'empty'
      ? { status: 200, body: { total: 0, results: [] } }
      : this.error(404, 'Job not found');
  }

  private searchSchedules({ query }: Call): Answer {
    const { dialect } = this;
    if (dialect.search === '404-html')
      return { status: 404, raw: '<html><body>Cannot GET /scheduler/search</body></html>' };
    if (dialect.search !== 'works') return this.error(Number(dialect.search), 'Search is not available');
    const wanted = /^active:(true|false)$/.exec(query.get('q') ?? '')?.[1] ?? refused(400, 'q is required');
    const all = this.model.jobs.flatMap((job) => job.schedules.map((schedule) => ({ job, schedule })));
    const found = this.ordered(all).filter(
      ({ schedule }) =>
        String(schedule.active) === wanted && !dialect.searchLacks.includes(String(schedule.description)),
    );
    const offset = Number(query.get('offset') ?? 0);
    const size = Math.min(this.pageSize(query), dialect.searchCap);
    const results = found.slice(offset, offset + size).map(({ job, schedule }) => this.found(job, schedule));
    const links = dialect.searchNextUrl
      ? this.links('/scheduler/search/schedules', offset, size, found.length)
      : {};
    return {
      status: 200,
      body: { ...(dialect.searchTotal ? { total: found.length } : {}), results, ...links },
    };
  }

  private oneJob(call: Call, job: Job): Answer {
    if (call.method === 'GET')
      return { status: 200, body: this.singleJob(job, call.query.get('displaySchedules') === 'true') };
    if (call.method === 'DELETE') {
      this.model.deleteJob(job);
      return this.deleted();
    }
    this.model.changeJob(job, this.withoutNulls(call.body ?? {}));
    return this.put(() => this.singleJob(job, false));
  }

  private schedulesOf(call: Call, job: Job): Answer {
    if (call.method === 'POST') {
      const schedule = this.model.addSchedule(job, this.withoutNulls(call.body ?? {}));
      const headers = this.location(`/scheduler/jobs/${job.id}/schedules/${schedule.scheduleId}`);
      const body = { locationOnly: undefined, nothing: {} }[this.dialect.created as string];
      return {
        status: 201,
        headers,
        body: this.isBare() ? body : { ...this.shown(job, schedule), jobId: job.id },
      };
    }
    const offset = Number(call.query.get('offset') ?? 0);
    const size = this.pageSize(call.query);
    const results = job.schedules.slice(offset, offset + size).map((each) => this.shown(job, each));
    const links = this.links(`/scheduler/jobs/${job.id}/schedules`, offset, size, job.schedules.length);
    return { status: 200, body: { total: job.schedules.length, results, ...links } };
  }

  private oneSchedule(call: Call, job: Job, schedule: Schedule): Answer {
    if (call.method === 'GET') return { status: 200, body: { ...this.shown(job, schedule), logs: [] } };
    if (call.method === 'DELETE') {
      job.schedules = job.schedules.filter((each) => each !== schedule);
      return this.deleted();
    }
    this.model.changeSchedule(job, schedule, this.withoutNulls(call.body ?? {}), this.dialect.putSchedule);
    return this.put(() => this.shown(job, schedule));
  }

  private postJob({ body = {} }: Call): Answer {
    for (const field of ['name', 'description', 'action', 'active', 'httpMethod', 'schedules']) {
      if (body[field] === undefined) refused(400, `${field} is missing`);
    }
    const job = this.model.createJob({
      ...body,
      schedules: (body.schedules as Fields[]).map((each) => this.withoutNulls(each)),
    });
    const headers = this.location(`/scheduler/jobs/${job.id}`);
    if (this.isBare())
      return { status: 201, headers, body: this.dialect.created === 'nothing' ? {} : undefined };
    return { status: 201, headers, body: this.singleJob(job, this.dialect.created !== 'noSchedules') };
  }

  private isBare(): boolean {
    return this.dialect.created === 'locationOnly' || this.dialect.created === 'nothing';
  }

  private location(path: string): Record<string, string> {
    return this.dialect.created === 'nothing' || this.dialect.created === 'textIds' ? {} : { location: path };
  }

  private put(object: () => unknown): Answer {
    const { putAnswer } = this.dialect;
    if (putAnswer === '204') return { status: 204 };
    return {
      status: 200,
      body: { success: { success: true }, empty: undefined, object: object() }[putAnswer],
    };
  }

  private deleted(): Answer {
    return this.dialect.deleteAnswer === '204' ? { status: 204 } : { status: 200, body: { success: true } };
  }

  private withoutNulls(body: Fields): Fields {
    const { nullFields } = this.dialect;
    if (nullFields === 'refuse-startTime' && body.startTime === null) refused(400, 'Invalid startTime');
    if (nullFields === 'refuse-modes' && modes.some((mode) => body[mode] === null))
      refused(400, 'Extra scheduling parameters passed');
    if (nullFields !== 'ignore') return body;
    return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null));
  }

  private pageSize(query: URLSearchParams): number {
    const size = Number(query.get('page_size') ?? 10);
    if (!(size > 0) || size > this.dialect.maxPage) refused(400, 'Invalid Page Size');
    return size;
  }

  private ordered<T>(list: readonly T[]): T[] {
    if (this.dialect.order === 'shuffled')
      return list
        .map((each) => ({ each, at: Math.random() }))
        .sort((a, b) => a.at - b.at)
        .map(({ each }) => each);
    return this.dialect.order === 'reversed' ? list.toReversed() : [...list];
  }

  private total(count: number, offset: number): Fields {
    if (this.dialect.total === 'missing') return {};
    return { total: this.dialect.total === 'moving' && offset > 0 ? count + 1 : count };
  }

  private links(path: string, offset: number, size: number, count: number): Fields {
    const { nextUrl } = this.dialect;
    if (nextUrl === 'missing') return {};
    if (nextUrl === 'null' || offset + size >= count) return { prev_url: null, next_url: null };
    const query = `page_size=${size}&offset=${offset + size}`;
    return {
      prev_url: null,
      next_url: `${nextUrl === 'absolute' ? this.url : ''}${path}${nextUrl === 'slash' ? '/' : ''}?${query}`,
    };
  }

  private listEntry(job: Job): Fields {
    const { listIds, counts } = this.dialect;
    const ids = {
      both: { jobId: job.id, _id: job.id },
      different: { jobId: job.id, _id: job.id + 1 },
      jobId: { jobId: job.id },
      _id: { _id: job.id },
    };
    const active = job.schedules.filter((each) => each.active).length;
    return {
      ...ids[listIds],
      ...this.jobFields(job),
      ...(counts ? { ACTIVECOUNT: active, INACTIVECOUNT: job.schedules.length - active } : {}),
      createdAt: '2026-01-01 00:00:00',
      subDomain: null,
    };
  }

  private singleJob(job: Job, withSchedules: boolean): Fields {
    const ids = { _id: { _id: job.id }, jobId: { jobId: job.id }, text: { _id: String(job.id) } }[
      this.dialect.singleId
    ];
    const id = this.dialect.created === 'textIds' ? { _id: String(job.id) } : ids;
    return {
      ...id,
      ...this.jobFields(job),
      ...(withSchedules ? { schedules: job.schedules.map((each) => this.shown(job, each)) } : {}),
    };
  }

  private jobFields(job: Job): Fields {
    const { description, startTime, endTime, ...others } = job.fields;
    return {
      name: job.name,
      ...this.described(description),
      ...others,
      active: this.truth(job.active),
      jobType: job.jobType,
      ...this.optional('startTime', this.date(startTime)),
      ...this.optional('endTime', this.date(endTime)),
    };
  }

  /** A schedule as single reads show it. */
  private shown(job: Job, schedule: Schedule): Fields {
    const { dialect } = this;
    const nextRun = this.model.nextRunAt(job, schedule);
    const next = nextRun === undefined ? null : this.date(new Date(nextRun).toISOString());
    const shownModes = modes.map((mode) =>
      this.optional(mode, mode === schedule.mode ? this.modeValue(schedule) : null),
    );
    return {
      scheduleId: schedule.scheduleId,
      ...this.described(schedule.description),
      ...this.data(schedule.data),
      type: schedule.mode === 'time' ? 'one-time' : 'recurring',
      ...Object.assign({}, ...shownModes),
      active: this.truth(schedule.active),
      ...this.optional('startTime', this.date(schedule.startTime)),
      ...this.optional('endTime', this.date(schedule.endTime)),
      ...(dialect.nextRunAt === 'missing' ? {} : { nextRunAt: dialect.nextRunAt === 'null' ? null : next }),
    };
  }

  /** A schedule as the search shows it. */
  private found(job: Job, schedule: Schedule): Fields {
    const { description, ...others } = this.shown(job, schedule);
    const text = this.dialect.searchStale[String(schedule.description)] ?? description;
    const parents = {
      full: { _id: job.id, name: job.name, jobUrl: `/scheduler/jobs/${job.id}` },
      id: { _id: job.id },
      idText: { _id: String(job.id) },
      jobId: { jobId: job.id },
      jobIdText: { jobId: String(job.id) },
      name: { name: job.name },
      oddId: { _id: job.id + 1, name: job.name, jobUrl: `/scheduler/jobs/${job.id}` },
      none: undefined,
    };
    const parent = parents[this.dialect.searchParent];
    const tail = parent === undefined ? {} : { parent };
    if (this.dialect.searchFields === 'scheduleDescription')
      return { ...others, scheduleDescription: text, ...tail };
    if (this.dialect.searchFields === 'noModes') {
      return {
        ...Object.fromEntries(Object.entries(others).filter(([key]) => !modes.some((mode) => mode === key))),
        description: text,
        ...tail,
      };
    }
    if (this.dialect.searchFields === 'same')
      return { ...others, ...(text === undefined ? {} : { description: text }), ...tail };
    const renamed = Object.entries({ ...others, description: text }).map(([key, value]) =>
      key === 'scheduleId' || modes.some((mode) => mode === key)
        ? [key, value]
        : [`schedule${key[0]?.toUpperCase()}${key.slice(1)}`, value],
    );
    return { ...Object.fromEntries(renamed), ...tail };
  }

  private modeValue(schedule: Schedule): unknown {
    return schedule.mode === 'time' ? this.date(schedule.value) : schedule.value;
  }

  private described(description: unknown): Fields {
    if ((description ?? '') !== '') return { description };
    return { same: { description: '' }, 'empty-as-null': { description: null }, 'empty-as-missing': {} }[
      this.dialect.description
    ];
  }

  private data(data: unknown): Fields {
    if (this.dialect.data === 'text') return { data: typeof data === 'string' ? data : JSON.stringify(data) };
    return this.dialect.data === 'missing-when-empty' && JSON.stringify(data) === '{}' ? {} : { data };
  }

  private truth(active: boolean): unknown {
    return this.dialect.active === 'text' ? String(active) : active;
  }

  private optional(key: string, value: unknown): Fields {
    return value === null || value === undefined
      ? this.dialect.absent === 'null'
        ? { [key]: null }
        : {}
      : { [key]: value };
  }

  private date(value: unknown): unknown {
    if (this.dialect.dates === 'echo') return value;
    const ms = instant(value);
    if (ms === undefined) return null;
    const iso = new Date(ms).toISOString();
    return this.dialect.dates === 'iso' ? iso : iso.slice(0, 19).replace('T', ' ');
  }
}
