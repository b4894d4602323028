import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Row = Record<string, unknown>;

export interface Schedule {
  id: string;
  fields: Row;
  /** The instant of the next run of an interval, in ms. */
  due?: number;
}

export interface Job {
  id: number;
  fields: Row;
  type: string;
  subDomain: string;
  tenantId: string;
  schedules: Schedule[];
}

export interface Request {
  method: string;
  path: string;
  query: URLSearchParams;
  body: Row;
  token: string;
}

export interface Reply {
  status: number;
  body?: unknown;
  text?: string;
  headers?: Record<string, string>;
  /** Break the connection: before anything is sent, or in the middle of the body. */
  cut?: 'before' | 'half';
}

/** What the documentation leaves open. */
export interface Manners {
  pageCap: number;
  numberIds: boolean;
  dates: 'blank' | 'iso' | 'object' | 'offset';
  dataAsText: boolean;
  nullModes: boolean;
  reverseKeys: boolean;
  extraFields: boolean;
  errorNested: boolean;
  dateHeader: boolean;
  /** Milliseconds that the service is ahead of us. */
  skew: number;
  chunked: boolean;
  nameAnswer: 'object' | 'results';
  textFlags: boolean;
}

const plain: Manners = {
  pageCap: 100,
  numberIds: true,
  dates: 'iso',
  dataAsText: false,
  nullModes: false,
  reverseKeys: false,
  extraFields: false,
  errorNested: false,
  dateHeader: true,
  skew: 0,
  chunked: false,
  nameAnswer: 'object',
  textFlags: false,
};

const ownTenant = '0a1b2c3d-0000-4000-8000-00000000acbe';
const MODES = ['cron', 'time', 'repeatInterval', 'repeatAt'] as const;
const units: Readonly<Record<string, number>> = {
  second: 1e3,
  minute: 6e4,
  hour: 36e5,
  day: 864e5,
  week: 6048e5,
};

/** A second stand-in for SAP's service: small, and strict about runs that nobody asked for. */
export class SecondService {
  readonly jobs: Job[] = [];
  readonly requests: Request[] = [];
  /** Every run that a write has started: `job/description`. */
  readonly runs: string[] = [];
  manners: Manners;
  /** Seconds, as text. */
  asyncTimeout = '604800';
  now: number;
  /** Sees each request before it is served; an answer takes the place of the real one. */
  onRequest: (request: Request, serve: () => Reply) => Reply | undefined | Promise<Reply | undefined> = () =>
    undefined;
  tokens = new Set<string>();
  claims: Row = { zid: ownTenant, cid: 'client-1', ext_attr: { zdn: 'acme' } };
  url = '';
  #next = 11;
  readonly #http = createServer((request, response) => void this.#serve(request, response));

  constructor(now: number, manners: Partial<Manners> = {}) {
    this.now = now;
    this.manners = { ...plain, ...manners };
  }

  async start(): Promise<this> {
    await new Promise<void>((done) => this.#http.listen(0, '127.0.0.1', done));
    this.url = `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}`;
    return this;
  }

  async stop(): Promise<void> {
    this.#http.closeAllConnections();
    await new Promise((done) => this.#http.close(done));
  }

  get key(): string {
    return JSON.stringify({
      url: this.url,
      uaa: { url: this.url, clientid: 'client-1', clientsecret: 'a-secret-that-is-long' },
    });
  }

  add(name: string, fields: Row = {}, schedules: readonly Row[] = [], about: Partial<Job> = {}): Job {
    const job: Job = {
      id: this.#next++,
      type: 'HTTP_ENDPOINT',
      subDomain: 'acme',
      tenantId: ownTenant,
      ...about,
      fields: {
        name,
        description: '',
        action: 'https://a.example.com/x',
        active: true,
        httpMethod: 'POST',
        startTime: null,
        endTime: null,
        ...fields,
      },
      schedules: [],
    };
    for (const schedule of schedules) this.addSchedule(job, schedule);
    this.jobs.push(job);
    return job;
  }

  addSchedule(job: Job, fields: Row): Schedule {
    const schedule: Schedule = {
      id: `aaaaaaaa-0000-4000-8000-${String(this.#next++).padStart(12, '0')}`,
      fields: { description: '', active: true, data: {}, startTime: null, endTime: null, ...fields },
    };
    const length = lengthOf(schedule.fields);
    if (length > 0)
      schedule.due =
        Math.max(this.now, startOf(schedule.fields) ?? this.now) +
        (startOf(schedule.fields) === undefined ? length : 0);
    job.schedules.push(schedule);
    return schedule;
  }

  named(name: string): Job | undefined {
    return this.jobs.find((job) => job.fields['name'] === name);
  }

  get writes(): string[] {
    return this.requests
      .filter(({ method, path }) => method !== 'GET' && path !== '/oauth/token')
      .map(({ method, path }) => `${method} ${path.replace('/scheduler/', '')}`);
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const url = new URL(incoming.url ?? '/', 'http://x');
    const isForm = url.pathname === '/oauth/token';
    const request: Request = {
      method: incoming.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      body: text === '' || isForm ? {} : (JSON.parse(text) as Row),
      token: (incoming.headers.authorization ?? '').replace(/^Bearer /, ''),
    };
    this.requests.push(request);
    const serve = () => this.#answer(request);
    this.#send(response, (await this.onRequest(request, serve)) ?? serve());
  }

  #send(response: ServerResponse, reply: Reply): void {
    if (reply.cut === 'before') return void response.socket?.destroy();
    const text = reply.text ?? (reply.body === undefined ? '' : JSON.stringify(this.#shape(reply.body)));
    response.sendDate = false;
    if (this.manners.dateHeader)
      response.setHeader('date', new Date(this.now + this.manners.skew).toUTCString());
    response.setHeader('content-type', 'application/json; charset=utf-8');
    for (const [name, value] of Object.entries(reply.headers ?? {})) response.setHeader(name, value);
    if (!this.manners.chunked && reply.cut === undefined)
      response.setHeader('content-length', Buffer.byteLength(text));
    response.writeHead(reply.status);
    const half = Math.ceil(text.length / 2);
    if (reply.cut === 'half') {
      response.write(text.slice(0, half), () => response.socket?.destroy());
      return;
    }
    if (this.manners.chunked) {
      response.write(text.slice(0, half));
      response.end(text.slice(half));
      return;
    }
    response.end(text);
  }

  #shape(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((entry) => this.#shape(entry));
    if (value === null || typeof value !== 'object') return value;
    let entries = Object.entries(value).map(([key, inner]) => [
      key,
      key === 'data' ? inner : this.#shape(inner),
    ]);
    if (this.manners.reverseKeys) entries = entries.reverse();
    if (this.manners.extraFields) entries = [['futureField', { any: ['thing'] }], ...entries];
    return Object.fromEntries(entries) as unknown;
  }

  #error(status: number, message: string): Reply {
    const inner = { code: status, message, type: 'Error', detailedError: message };
    return { status, body: this.manners.errorNested ? { error: inner } : inner };
  }

  #answer(request: Request): Reply {
    const { method, path, token, query } = request;
    if (path === '/oauth/token') {
      const payload = { ...this.claims, n: this.tokens.size };
      const made = `e30.${Buffer.from(JSON.stringify(payload)).toString('base64url')}.sig${this.tokens.size}`;
      this.tokens.add(made);
      return { status: 200, body: { access_token: made, token_type: 'bearer', expires_in: 43199 } };
    }
    if (!this.tokens.has(token)) return this.#error(401, 'Unauthorized');
    const parts = path.split('/').filter((part) => part !== '');
    if (parts[0] !== 'scheduler') return this.#error(404, 'No such path');
    const [, head, id, sub, sid] = parts;
    if (head === 'search' && id === 'schedules' && method === 'GET') return this.#search(query);
    if (head === 'globalParameters') {
      if (method === 'PUT') this.asyncTimeout = String(request.body['ASYNC_EXEC_TIMEOUT']);
      const config = [{ CONFIG_NAME: 'ASYNC_EXEC_TIMEOUT', CONFIG_VALUE: this.asyncTimeout }];
      return { status: 200, body: method === 'PUT' ? { success: true } : { config } };
    }
    if (head !== 'jobs') return this.#error(404, 'No such path');
    if (id === undefined) return method === 'POST' ? this.#create(request) : this.#list(query);
    const job = this.jobs.find((one) => String(one.id) === id);
    if (job === undefined) return this.#error(404, `Job ${id} not found`);
    if (sub === undefined) {
      if (method === 'GET')
        return { status: 200, body: this.#job(job, query.get('displaySchedules') === 'true') };
      if (method === 'DELETE') {
        this.jobs.splice(this.jobs.indexOf(job), 1);
        return { status: 200, body: { success: true } };
      }
      if (method === 'PUT') return this.#putJob(job, request.body);
    }
    if (sub === 'schedules' && sid === undefined) {
      if (method === 'GET') {
        const page = this.#page(
          job.schedules.map((one) => this.#schedule(one)),
          query,
        );
        return page;
      }
      if (method === 'POST') {
        const refused = this.#badModes(request.body);
        if (refused !== undefined) return refused;
        const made = this.addSchedule(job, stripped(request.body));
        this.#started(job, made, undefined);
        return {
          status: 201,
          body: this.#schedule(made),
          headers: { location: `/scheduler/jobs/${job.id}/schedules/${made.id}` },
        };
      }
    }
    const schedule = job.schedules.find((one) => one.id === sid);
    if (sub === 'schedules' && schedule !== undefined && parts.length === 5) {
      if (method === 'GET') return { status: 200, body: { ...this.#schedule(schedule), logs: [] } };
      if (method === 'DELETE') {
        job.schedules.splice(job.schedules.indexOf(schedule), 1);
        return { status: 200, body: { success: true } };
      }
      if (method === 'PUT') return this.#putSchedule(job, schedule, request.body);
    }
    if (parts[5] === 'runs') return { status: 200, body: { total: 0, results: [] } };
    return this.#error(404, `Not found: ${path}`);
  }

  #list(query: URLSearchParams): Reply {
    const name = query.get('name');
    if (name !== null) {
      const job = this.named(name);
      if (job === undefined) return this.#error(404, 'Job not found');
      const one = this.#job(job, query.get('displaySchedules') === 'true');
      return { status: 200, body: this.manners.nameAnswer === 'object' ? one : { total: 1, results: [one] } };
    }
    return this.#page(
      this.jobs.map((job) => this.#listed(job)),
      query,
    );
  }

  #page(rows: readonly unknown[], query: URLSearchParams): Reply {
    const size = Number(query.get('page_size') ?? 10);
    const offset = Number(query.get('offset') ?? 0);
    if (!(size > 0) || size > 100) return this.#error(400, 'Invalid Page Size');
    const given = rows.slice(offset, offset + Math.min(size, this.manners.pageCap));
    return { status: 200, body: { total: rows.length, results: given, prev_url: null, next_url: null } };
  }

  #search(query: URLSearchParams): Reply {
    const active = query.get('q') === 'active:true';
    const rows = this.jobs.flatMap((job) =>
      job.schedules
        .filter((one) => one.fields['active'] === active)
        .map((one) => {
          const { description, ...rest } = this.#schedule(one);
          return {
            ...rest,
            scheduleDescription: description,
            parent: { _id: this.#id(job.id), name: job.fields['name'], jobUrl: `/scheduler/jobs/${job.id}` },
          };
        }),
    );
    return this.#page(rows, query);
  }

  #id(id: number): number | string {
    return this.manners.numberIds ? id : String(id);
  }

  #flag(value: unknown): unknown {
    return this.manners.textFlags ? String(value) : value;
  }

  #job(job: Job, withSchedules: boolean): Row {
    const { startTime, endTime, active, ...rest } = job.fields;
    return {
      _id: this.#id(job.id),
      ...rest,
      active: this.#flag(active),
      startTime: this.#date(startTime),
      endTime: this.#date(endTime),
      jobType: job.type,
      subDomain: job.subDomain,
      tenantId: job.tenantId,
      createdAt: '2026-01-01 00:00:00',
      ...(withSchedules ? { schedules: job.schedules.map((one) => this.#schedule(one)) } : {}),
    };
  }

  #listed(job: Job): Row {
    const active = job.schedules.filter((one) => one.fields['active'] === true).length;
    const { _id, ...rest } = this.#job(job, false);
    return {
      ...rest,
      jobId: _id,
      _id: this.#id(job.id + 100_000),
      ACTIVECOUNT: active,
      INACTIVECOUNT: job.schedules.length - active,
    };
  }

  #schedule(schedule: Schedule): Row {
    const { data, startTime, endTime, active, ...rest } = schedule.fields;
    const due = schedule.due === undefined ? null : this.#date(schedule.due);
    const next = active === true ? due : null;
    return {
      scheduleId: schedule.id,
      ...(this.manners.nullModes ? Object.fromEntries(MODES.map((mode) => [mode, null])) : {}),
      ...rest,
      active: this.#flag(active),
      data: this.manners.dataAsText ? JSON.stringify(data) : data,
      startTime: this.#date(startTime),
      endTime: this.#date(endTime),
      type: rest['time'] === undefined ? 'recurring' : 'one-time',
      nextRunAt: next,
    };
  }

  #date(value: unknown): unknown {
    const at = millis(value);
    if (at === undefined) return value ?? null;
    const iso = new Date(at).toISOString();
    switch (this.manners.dates) {
      case 'blank':
        return at % 1000 === 0 ? iso.slice(0, 19).replace('T', ' ') : iso;
      case 'object':
        return { date: `${iso.slice(0, 19).replace('T', ' ')} +0000`, format: 'YYYY-MM-DD HH:mm:ss Z' };
      case 'offset':
        return new Date(at + 2 * 36e5).toISOString().replace('Z', '+02:00');
      default:
        return iso;
    }
  }

  #create({ body }: Request): Reply {
    const { schedules, ...fields } = body;
    if (this.named(String(fields['name'])) !== undefined)
      return this.#error(400, 'Job with this name exists');
    if (!Array.isArray(schedules)) return this.#error(400, 'Schedules must be an array');
    for (const schedule of schedules as Row[]) {
      const refused = this.#badModes(schedule);
      if (refused !== undefined) return refused;
    }
    const job = this.add(String(fields['name']), fields, (schedules as Row[]).map(stripped));
    for (const schedule of job.schedules) this.#started(job, schedule, undefined);
    return { status: 201, body: this.#job(job, true), headers: { location: `/scheduler/jobs/${job.id}` } };
  }

  #putJob(job: Job, body: Row): Reply {
    const woke = body['active'] === true && job.fields['active'] !== true;
    if ('schedules' in body) return this.#error(400, 'Extra parameters passed');
    Object.assign(job.fields, body);
    if (woke) for (const schedule of job.schedules) this.#started(job, schedule, undefined);
    return { status: 200, body: { success: true } };
  }

  #putSchedule(job: Job, schedule: Schedule, body: Row): Reply {
    const modeOf = (row: Row) => MODES.filter((mode) => (row[mode] ?? null) !== null);
    const [mode] = modeOf(schedule.fields);
    const asked = modeOf(body);
    if (asked.length > 1 || (asked.length === 1 && asked[0] !== mode))
      return this.#error(400, 'Extra scheduling parameters passed');
    const before = { ...schedule.fields };
    Object.assign(schedule.fields, stripped(body));
    const length = lengthOf(schedule.fields);
    if (length > 0) schedule.due = startOf(schedule.fields) ?? schedule.due ?? this.now + length;
    this.#started(job, schedule, before);
    return { status: 200, body: this.#schedule(schedule) };
  }

  /** Which runs a write starts at once, as documented. */
  #started(job: Job, schedule: Schedule, before: Row | undefined): void {
    const { active, repeatInterval, time, description } = schedule.fields;
    if (active !== true || job.fields['active'] !== true) return;
    const start = startOf(schedule.fields);
    const past = start === undefined || start <= this.now;
    const at = millis(time);
    if (repeatInterval !== undefined && past)
      this.runs.push(`${String(job.fields['name'])}/${String(description)}`);
    if (at !== undefined && at <= this.now)
      this.runs.push(`${String(job.fields['name'])}/${String(description)}`);
    void before;
  }

  #badModes(body: Row): Reply | undefined {
    const modes = MODES.filter((mode) => (body[mode] ?? null) !== null);
    if (modes.length !== 1) return this.#error(400, 'Extra scheduling parameters passed');
    return undefined;
  }
}

function stripped(body: Row): Row {
  return Object.fromEntries(
    Object.entries(body).filter(
      ([key, value]) => !(MODES as readonly string[]).includes(key) || value !== null,
    ),
  );
}

function lengthOf({ repeatInterval }: Row): number {
  const match = /^(\d+) ([a-z]+?)s?$/.exec(typeof repeatInterval === 'string' ? repeatInterval : '');
  return match === null ? 0 : Number(match[1]) * (units[match[2] ?? ''] ?? 0);
}

function startOf({ startTime }: Row): number | undefined {
  return millis(startTime);
}

function millis(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'object' && value !== null && 'date' in value) return Date.parse(String(value.date));
  if (typeof value !== 'string') return undefined;
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : at;
}
