import { ReconcileError } from '../../../src/core/errors.ts';
import { isObject, type Json, type JsonObject } from '../../../src/core/json.ts';
import type { HttpAnswer, HttpRequest, Reader, Writer } from '../../../src/core/provider.ts';

/** What one request is answered with: a status and a body, or a failure to throw. */
export interface Reply {
  status?: number;
  body?: Json;
  headers?: Record<string, string>;
  fail?: Error;
}

export interface FakeJob {
  id: number;
  row: JsonObject;
  schedules: JsonObject[];
}

/**
 * A service of a few lines that answers as the documentation says. `before` sees every request first and may answer it,
 * or change the jobs on the way; that is how tests let totals move, counts disagree and answers get lost.
 */
export class FakeService implements Reader, Writer {
  jobs: FakeJob[] = [];
  log: string[] = [];
  bodies: Json[] = [];
  settings = '604800';
  before: (request: HttpRequest, at: string) => Reply | undefined = () => undefined;
  #next = 1000;

  add(name: string, row: JsonObject = {}, schedules: JsonObject[] = []): FakeJob {
    const id = this.#next++;
    const made = schedules.map((schedule, index) => ({
      scheduleId: `s${id}-${index}`,
      active: true,
      ...schedule,
    }));
    const job: FakeJob = {
      id,
      row: {
        name,
        description: '',
        action: 'https://app.example.com/run',
        active: true,
        httpMethod: 'POST',
        ...row,
      },
      schedules: made,
    };
    this.jobs.push(job);
    return job;
  }

  get requests(): number {
    return this.log.length;
  }

  get writes(): string[] {
    return this.log.filter((line) => !line.startsWith('GET'));
  }

  read(request: HttpRequest): Promise<HttpAnswer> {
    return this.#answer(request);
  }

  write(request: HttpRequest): Promise<HttpAnswer> {
    this.bodies.push(request.body ?? null);
    return this.#answer(request);
  }

  async #answer(request: HttpRequest): Promise<HttpAnswer> {
    const pairs = Object.entries(request.query ?? {});
    const query = pairs.map(([name, value]) => `${name}=${String(value)}`).join('&');
    const at = `${request.method} ${request.path}${query === '' ? '' : `?${query}`}`;
    this.log.push(at);
    const reply = this.before(request, at) ?? this.handle(request);
    if (reply.fail !== undefined) throw reply.fail;
    const status = reply.status ?? 200;
    if (status < 300 || request.accept?.includes(status)) {
      return { status, headers: reply.headers ?? {}, body: reply.body };
    }
    throw refusal(at, status, reply.body);
  }

  /** The plain behaviour, for `before` to fall back on. */
  handle({ method, path, query = {}, body }: HttpRequest): Reply {
    if (path === '/scheduler/globalParameters') return this.#settings(method, body);
    if (path === '/scheduler/search/schedules') {
      const active = query['q'] === 'active:true';
      const rows = this.jobs.flatMap((job) =>
        job.schedules
          .filter((schedule) => schedule['active'] === active)
          .map((schedule) => ({ ...schedule, parent: { _id: job.id, name: job.row['name'] ?? '' } })),
      );
      return page(rows, query);
    }
    const [, , , id, , scheduleId] = path.split('/');
    if (id === undefined) return method === 'POST' ? this.#create(body) : this.#list(query);
    const job = this.jobs.find((candidate) => String(candidate.id) === id);
    if (job === undefined) return notFound;
    if (path.endsWith('/schedules')) {
      if (method === 'GET') return page(job.schedules, query);
      const made = { scheduleId: `n${this.#next++}`, ...(isObject(body) ? body : {}) };
      job.schedules.push(made);
      return { status: 201, body: made, headers: { location: `${path}/${made.scheduleId}` } };
    }
    if (scheduleId !== undefined) return this.#schedule(method, job, scheduleId, body);
    if (method === 'DELETE') this.jobs = this.jobs.filter((other) => other !== job);
    if (method === 'PUT') Object.assign(job.row, body);
    return {
      body: method === 'GET' ? { ...job.row, _id: job.id, schedules: job.schedules } : { success: true },
    };
  }

  #list(query: NonNullable<HttpRequest['query']>): Reply {
    const rows = this.jobs.map((job) => ({ ...counted(job), jobId: job.id, _id: job.id }));
    if (query['name'] === undefined) return page(rows, query);
    const found = this.jobs.find((job) => job.row['name'] === query['name']);
    return found === undefined
      ? notFound
      : { body: { ...found.row, _id: found.id, schedules: found.schedules } };
  }

  #create(body: Json | undefined): Reply {
    if (!isObject(body)) return { status: 400, body: { message: 'no body' } };
    const { name, schedules, ...row } = body;
    if (this.jobs.some((job) => job.row['name'] === name)) {
      return { status: 400, body: { message: `Job ${String(name)} exists` } };
    }
    const job = this.add(String(name), row, (schedules ?? []) as JsonObject[]);
    return {
      status: 201,
      body: { _id: job.id, name: name ?? '' },
      headers: { location: `/scheduler/jobs/${job.id}` },
    };
  }

  #schedule(method: string, job: FakeJob, scheduleId: string, body: Json | undefined): Reply {
    const schedule = job.schedules.find((candidate) => candidate['scheduleId'] === scheduleId);
    if (schedule === undefined) return notFound;
    if (method === 'DELETE') job.schedules = job.schedules.filter((other) => other !== schedule);
    if (method === 'PUT') Object.assign(schedule, body);
    return { body: method === 'GET' ? schedule : { success: true } };
  }

  #settings(method: string, body: Json | undefined): Reply {
    if (method === 'PUT' && isObject(body)) this.settings = String(body['ASYNC_EXEC_TIMEOUT']);
    return { body: { config: [{ CONFIG_NAME: 'ASYNC_EXEC_TIMEOUT', CONFIG_VALUE: this.settings }] } };
  }
}

export const notFound: Reply = { status: 404, body: { code: 404, message: 'not found', type: 'NOT_FOUND' } };

function counted(job: FakeJob): JsonObject {
  const active = job.schedules.filter((schedule) => schedule['active'] === true).length;
  return { ACTIVECOUNT: active, INACTIVECOUNT: job.schedules.length - active, ...job.row };
}

export function page(rows: JsonObject[], query: NonNullable<HttpRequest['query']>): Reply {
  const offset = Number(query['offset'] ?? 0);
  const size = Number(query['page_size'] ?? 10);
  return {
    body: { total: rows.length, results: rows.slice(offset, offset + size), prev_url: null, next_url: null },
  };
}

function refusal(at: string, status: number, body: Json | undefined): ReconcileError {
  const response = JSON.stringify(body ?? null);
  return new ReconcileError(`${at} was answered with ${status}: ${response}`, {
    code: status === 404 ? 'NOT_FOUND' : 'BAD_REQUEST',
    category: 'rejected',
    exchange: { method: at.split(' ')[0] ?? '', url: at, status, response },
  });
}

export function answerLost(): ReconcileError {
  return new ReconcileError('no usable answer', { code: 'ANSWER_LOST', category: 'transient' });
}
