import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Reply, Row } from './second-service.ts';

interface BatchSchedule {
  id: string;
  app: string;
  def: string;
  interval: string;
  pool: string;
  notBefore: number | undefined;
  enabled: boolean;
  payload: unknown;
}

export interface RiversandCall {
  path: string;
  type: string;
  body: Row;
}

/** A second stand-in for Riversand's two interfaces, with what their manual leaves open to be set. */
export class SecondRiversand {
  now: number;
  url = '';
  batch: BatchSchedule[] = [];
  readonly objects = new Map<string, Row>();
  readonly calls: RiversandCall[] = [];
  readonly runs: string[] = [];
  /** How many reads a change of a schedule object stays out of sight. */
  lag = 0;
  /** How the service writes the interval that it was given. */
  spell: (interval: string) => string = (interval) => interval;
  stamp: (now: number) => string = (now) => String(now);
  onCall: (call: RiversandCall, serve: () => Reply) => Reply | undefined = () => undefined;
  #waiting: { reads: number; act: () => void }[] = [];
  #made = 0;
  readonly #http = createServer((request, response) => void this.#serve(request, response));

  constructor(now: number) {
    this.now = now;
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

  get writes(): string[] {
    return this.calls
      .map(({ type }) => type)
      .filter((type) => type !== 'schedule-batch-list' && type !== 'get');
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const body = JSON.parse(Buffer.concat(chunks).toString()) as Row;
    const path = incoming.url ?? '';
    const proxied = (body['proxyObject'] ?? {}) as Row;
    const call = { path, body, type: String(proxied['type'] ?? path.split('/').pop()) };
    this.calls.push(call);
    const serve = (): Reply => (path === '/api/proxyservice/call' ? this.#batch(call) : this.#object(call));
    const reply = this.onCall(call, serve) ?? serve();
    if (reply.cut !== undefined) return void response.socket?.destroy();
    response.setHeader('date', new Date(this.now).toUTCString());
    response.writeHead(reply.status, { 'content-type': 'application/json' });
    response.end(reply.text ?? JSON.stringify(reply.body));
  }

  #batch({ type, body }: RiversandCall): Reply {
    const data = ((body['proxyObject'] as Row)['data'] as Row)['jsonData'] as Row;
    const asked = data['requestBody'] as Row;
    const { appId, jobDefId } = asked['jobIdentifier'] as Record<string, string>;
    const fits = ({ app, def }: BatchSchedule) =>
      (appId === '_ALL' || app === appId) && (jobDefId === '_ALL' || def === jobDefId);
    switch (type) {
      case 'schedule-batch-list':
        return this.#success(asked, {
          jobSchedules: this.batch.filter(fits).map(({ id, interval, pool }) => ({
            pool_id: pool,
            recurrence_interval: this.spell(interval),
            id,
          })),
        });
      case 'schedule-batch-process': {
        this.batch = this.batch.filter((one) => !fits(one));
        const options = asked['scheduledJobOptions'] as Record<string, string>;
        const id = `acme_${appId}_${jobDefId}_${this.stamp(this.now + this.#made++)}`;
        const notBefore =
          options['doNotRunUntil'] === undefined ? undefined : Date.parse(options['doNotRunUntil']);
        if (notBefore === undefined || notBefore <= this.now) this.runs.push(`${appId}/${jobDefId}`);
        this.batch.push({
          id,
          app: appId ?? '',
          def: jobDefId ?? '',
          interval: options['recurrenceInterval'] ?? '',
          pool: String((asked['batchOptions'] as Row)['poolId']),
          notBefore,
          enabled: true,
          payload: asked['jobInputPayload'],
        });
        return this.#success(asked, { jobId: id });
      }
      case 'schedule-batch-enable':
      case 'schedule-batch-disable':
        for (const one of this.batch.filter(fits)) one.enabled = type === 'schedule-batch-enable';
        return this.#success(asked, {});
      default:
        return this.#failure(`unknown type ${type}`);
    }
  }

  #object({ type, body }: RiversandCall): Reply {
    if (type === 'get') {
      for (const one of this.#waiting) one.reads--;
      for (const one of this.#waiting.filter(({ reads }) => reads < 0)) one.act();
      this.#waiting = this.#waiting.filter(({ reads }) => reads >= 0);
      const query = ((body['params'] as Row)['query'] ?? {}) as Row;
      const id = query['id'];
      const kinds = ((query['filters'] ?? {}) as Row)['typesCriterion'] as string[] | undefined;
      const found =
        kinds?.includes('scheduleobject') === false
          ? []
          : [...this.objects.values()].filter((one) => id === undefined || one['id'] === id);
      return {
        status: 200,
        body: {
          response: { status: 'success', totalRecords: found.length, scheduleObjects: found.map(withIds) },
        },
      };
    }
    const object = body['scheduleObject'] as Row | undefined;
    const id = object?.['id'];
    if (object === undefined || typeof id !== 'string') throw new Error('a write without an id');
    const act = () => void (type === 'delete' ? this.objects.delete(id) : this.objects.set(id, object));
    if (this.lag === 0) act();
    else this.#waiting.push({ reads: this.lag, act });
    return {
      status: 200,
      body: {
        response: {
          status: 'success',
          statusDetail: { code: 'RS001', message: 'Request is submitted. Please check back after 1 min.' },
        },
      },
    };
  }

  #success(request: unknown, answer: unknown): Reply {
    return {
      status: 200,
      body: { response: { status: 'success', statusDetail: { request, response: answer } } },
    };
  }

  #failure(message: string): Reply {
    return { status: 200, body: { response: { status: 'error', statusDetail: { message, messages: [] } } } };
  }
}

/** Values come back with an id of the server beside each. */
function withIds(object: Row): Row {
  const copy = structuredClone(object);
  const attributes = ((copy['data'] as Row)['attributes'] ?? {}) as Record<string, { values: Row[] }>;
  for (const { values } of Object.values(attributes))
    for (const value of values) value['id'] = `x${JSON.stringify(value['value']).length}_0_0`;
  copy['properties'] = { createdService: 'schedule', ...(copy['properties'] as Row) };
  return copy;
}
