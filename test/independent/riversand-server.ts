import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type Fields,
  intervalMs,
  Refused,
  type RiversandDialect,
  RiversandModel,
  refuse,
  usual,
} from './riversand-model.ts';

export interface Call {
  /** `schedule-batch-list`, or `get`, `create`, … of the scheduler service. */
  verb: string;
  body: Fields;
}

/** An answer in place of the real one. */
export interface Answer {
  status: number;
  body?: unknown;
  /** Sent as it is, instead of `body`. */
  raw?: string;
  reset?: boolean;
}
/** `commit` does the real work and gives the real answer; `nth` counts the calls of one verb. */
export type Fault = (call: Call, commit: () => Answer, nth: number) => Answer | undefined;

export const tenantId = 'acme_dev';
export const clientSecret = 'kept-from-everybody-77aa';

/** A stand-in for both interfaces that was written from their documentation alone, to disagree with ours where ours is wrong. */
export class RiversandServer {
  readonly model: RiversandModel;
  readonly calls: Call[] = [];
  readonly dialect: RiversandDialect;
  fault: Fault = () => undefined;
  url = '';
  private readonly http = createServer((request, response) => void this.serve(request, response));

  constructor(now: number, dialect: Partial<RiversandDialect> = {}) {
    this.dialect = { ...usual, ...dialect };
    this.model = new RiversandModel(now, this.dialect);
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

  writes(): string[] {
    return this.calls
      .map(({ verb }) => verb)
      .filter((verb) => verb !== 'schedule-batch-list' && verb !== 'get');
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = JSON.parse(Buffer.concat(chunks).toString('utf8') || '{}') as Fields;
    const path = request.url ?? '';
    const isCall = path === '/api/proxyservice/call';
    const proxy = (body['proxyObject'] ?? {}) as Fields;
    const verb = isCall ? String(proxy['type']) : (/^\/api\/schedulerservice\/(\w+)$/.exec(path)?.[1] ?? '?');
    const call: Call = { verb, body };
    this.calls.push(call);
    const nth = this.calls.filter((other) => other.verb === verb).length;
    const real = (): Answer => this.attempt(call, request);
    const answer = this.fault(call, real, nth) ?? real();
    if (answer.reset) return void request.socket.destroy();
    response.sendDate = false;
    response.writeHead(answer.status, {
      date: new Date(this.model.now).toUTCString(),
      'content-type': answer.raw?.startsWith('<') ? 'text/html' : 'application/json;charset=UTF-8',
    });
    response.end(answer.raw ?? JSON.stringify(answer.body));
  }

  /** `response.status` decides; what HTTP says is another matter. */
  failure(message: string): Answer {
    const messages = [{ messageCode: 'E01', message, messageType: 'error' }];
    return {
      status: this.dialect.errorStatus,
      body: { request: {}, response: { status: 'error', statusDetail: { code: 'E01', message, messages } } },
    };
  }

  private attempt(call: Call, { method, headers }: IncomingMessage): Answer {
    this.model.settle();
    if (method !== 'POST') return { status: 405, raw: 'POST only' };
    if (headers['auth-client-secret'] !== clientSecret || headers['x-rdp-tenantid'] !== tenantId)
      return { status: 401, raw: 'Unauthorized' };
    try {
      return { status: 200, body: this.answer(call) };
    } catch (error) {
      if (error instanceof Refused) return this.failure(error.message);
      throw error;
    }
  }

  private answer({ verb, body }: Call): Fields {
    if (verb.startsWith('schedule-batch-')) return this.batch(verb, body);
    if (verb === 'get') return this.get(body);
    const object = (body['scheduleObject'] ?? refuse('scheduleObject is missing')) as Fields;
    const id = object['id'];
    if (typeof id !== 'string' || id === '') return refuse('this would have been a call by criteria');
    const { objects } = this.model;
    if (verb === 'delete') this.model.submit(() => objects.delete(id));
    else if (verb === 'create' || verb === 'update') {
      checkObject(object);
      // Too late to refuse by then: a create of what is there changes nothing, an update of what is not there neither.
      this.model.submit(() => {
        if (objects.has(id) === (verb === 'update')) objects.set(id, structuredClone(object));
      });
    } else refuse(`no such call: ${verb}`);
    return {
      response: {
        status: 'success',
        statusDetail: { messages: [{ message: 'submitted, check back after 1 min' }] },
      },
    };
  }

  private batch(verb: string, body: Fields): Fields {
    const data = ((body['proxyObject'] as Fields)['data'] as Fields)['jsonData'] as Fields;
    const request = (data['requestBody'] ?? refuse('no requestBody')) as Fields;
    const { appId, jobDefId } = (request['jobIdentifier'] ?? {}) as Record<string, string>;
    if (!appId || !jobDefId) return refuse('jobIdentifier is not complete');
    const taskId = ((data['requestHeaders'] ?? {}) as Fields)['x-rdp-taskId'];
    if (typeof taskId !== 'string' || !/^[0-9a-f-]{36}$/.test(taskId))
      return refuse('x-rdp-taskId is no GUID');
    const success = (response: Fields): Fields => ({
      response: { status: 'success', statusDetail: { request: body, response, status: 'success' } },
    });
    if (verb === 'schedule-batch-list') return success({ jobSchedules: this.list(appId, jobDefId) });
    if (appId === '_ALL' || jobDefId === '_ALL') return refuse('_ALL is for lists');
    if (verb === 'schedule-batch-process') {
      const made = this.process(appId, jobDefId, request);
      return success({ jobId: made });
    }
    if (verb !== 'schedule-batch-enable' && verb !== 'schedule-batch-disable')
      return refuse(`no such verb: ${verb}`);
    const rows = this.model.of(appId, jobDefId);
    if (rows.length === 0) return refuse('there is no schedule of this pair');
    for (const row of rows) row.enabled = verb === 'schedule-batch-enable';
    return success({});
  }

  private process(appId: string, jobDefId: string, request: Fields): string {
    const { recurrenceInterval, doNotRunUntil } = (request['scheduledJobOptions'] ?? {}) as Record<
      string,
      string
    >;
    const interval = recurrenceInterval ?? '';
    if (intervalMs(interval) < 60_000) return refuse(`recurrenceInterval ${interval} is under a minute`);
    const first = doNotRunUntil === undefined ? this.model.now : Date.parse(doNotRunUntil);
    if (Number.isNaN(first)) return refuse('doNotRunUntil is no date');
    this.model.remove(appId, jobDefId);
    const { poolId = 'rsbatch' } = (request['batchOptions'] ?? {}) as Record<string, string>;
    const payload = request['jobInputPayload'];
    return this.model.add(tenantId, { appId, jobDefId, poolId, recurrenceInterval: interval, first, payload })
      .id;
  }

  private list(appId: string, jobDefId: string): Fields[] {
    const { all, intervals, odd } = this.dialect;
    if (appId === '_ALL' && all !== 'both') return refuse('listing all apps is not allowed');
    if (jobDefId === '_ALL' && all === 'none') return refuse('listing all jobs is not allowed');
    const rows = this.model
      .listed()
      .filter((row) => appId === '_ALL' || row.appId === appId)
      .filter((row) => jobDefId === '_ALL' || row.jobDefId === jobDefId)
      .map((row) => ({
        id: row.id,
        recurrence_interval:
          intervals === 'echo' ? row.recurrenceInterval : `PT${intervalMs(row.recurrenceInterval) / 1000}S`,
        pool_id: row.poolId,
        ...(odd ? { state: 'active', url: null } : {}),
      }));
    return odd ? rows.reverse() : rows;
  }

  private get(body: Fields): Fields {
    const params = (body['params'] ?? {}) as Fields;
    const { id, filters } = (params['query'] ?? {}) as { id?: string; filters?: Fields };
    const [type] = (filters?.['typesCriterion'] ?? []) as string[];
    const [criterion] = (filters?.['propertiesCriterion'] ?? []) as Fields[];
    const success = (rows: Fields[]): Fields => ({
      response: {
        status: 'success',
        totalRecords: rows.length,
        ...(rows.length === 0 && this.dialect.missing === 'no list' ? {} : { scheduleObjects: rows }),
      },
    });
    if (type === 'scheduleinfo') {
      if (!this.dialect.infos) return refuse('unknown type scheduleinfo');
      return success(
        [...this.model.lastRuns].map(([scheduleId, at]) => ({
          id: `info-${scheduleId}`,
          type,
          properties: { scheduleId, lastInvocation: String(at) },
        })),
      );
    }
    if (type !== 'scheduleobject') return refuse('typesCriterion is missing');
    const rows = [...this.model.objects.values()]
      .filter((object) => id === undefined || object['id'] === id)
      .filter(
        ({ properties }) =>
          criterion === undefined || criterion['enabled'] === (properties as Fields)['enabled'],
      );
    if (id !== undefined && rows.length === 0 && this.dialect.missing === 'error')
      return refuse(`${id} not found`);
    return success(rows.map((row) => this.shown(row)));
  }

  /** Values come back with ids of the server's beside them. */
  private shown(object: Fields): Fields {
    const copy = structuredClone(object) as Fields & {
      data: { attributes: Record<string, Fields>; jsonData: Fields };
    };
    for (const [name, attribute] of Object.entries(copy.data.attributes)) {
      attribute['values'] = (attribute['values'] as Fields[]).map((value) => ({ id: `v-${name}`, ...value }));
    }
    const configuration = copy.data.jsonData['scheduleConfiguration'] as Fields;
    const properties = copy['properties'] as Fields;
    if (this.dialect.asText) {
      configuration['intervalInMins'] = String(configuration['intervalInMins']);
      properties['enabled'] = String(properties['enabled']);
    }
    if (this.dialect.odd) properties['createdByService'] = 'ui';
    return copy;
  }
}

function checkObject(object: Fields): void {
  const { attributes, jsonData } = (object['data'] ?? {}) as Record<string, Fields>;
  for (const name of ['scheduleType', 'scheduleTaskName', 'scheduleTaskUrl']) {
    const [first] = ((attributes?.[name] as Fields | undefined)?.['values'] ?? []) as Fields[];
    if (first?.['value'] === undefined || first['locale'] !== 'en-US')
      refuse(`attribute ${name} is not complete`);
  }
  const { intervalInMins, startTime, stopTime } = (jsonData?.['scheduleConfiguration'] ?? {}) as Fields;
  if (typeof intervalInMins !== 'number' && !/^\d+$/.test(String(intervalInMins))) refuse('intervalInMins');
  for (const time of [startTime, stopTime]) {
    const isTime =
      time === undefined ||
      /^(\d{4}-\d\d-\d\d(T\d\d:\d\d| \d\d:\d\d [AP]M)|\d\d:\d\d [AP]M)$/.test(String(time));
    if (!isTime) refuse(`${String(time)} is no time`);
  }
  if (object['type'] !== 'scheduleobject' || String(object['name'] ?? '').length > 256)
    refuse('type or name');
}
