import { isObject, type Json, type JsonObject } from '../../../src/core/json.ts';
import { getAt } from '../../../src/core/pointer.ts';
import { type LoopbackServer, sendJson, startServer } from '../../http/loopback-server.ts';

export interface Call {
  /** `proxyObject.type`, or `get`, `create`, … of the scheduler service. */
  verb: string;
  body: JsonObject;
  headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** What a test may let happen instead of the plain answer. `drop`: the connection ends without one. */
export type Fault = 'drop' | { status?: number; body: Json };

export interface FakeBatch {
  id: string;
  pair: string;
  interval: string;
  pool: string;
  enabled: boolean;
  doNotRunUntil: string;
  payload: Json;
}

/** A tenant of a few lines that answers as the documentation says. `before` sees every call first. */
export class FakeTenant {
  batch: FakeBatch[] = [];
  objects = new Map<string, JsonObject>();
  infos: JsonObject[] = [];
  calls: Call[] = [];
  before: (call: Call, index: number) => Fault | undefined = () => undefined;
  /** Writes of schedule objects show after so many `get`s. */
  showsAfter = 0;
  date: () => number = () => Date.UTC(2026, 2, 1, 12);
  #pending: { left: number; apply: () => void }[] = [];
  #stamp = 1_770_000_000_000;
  #server: LoopbackServer | undefined;

  async start(): Promise<string> {
    this.#server = await startServer((request, response) => {
      const body = JSON.parse(request.body) as JsonObject;
      const type = getAt(body, '/proxyObject/type');
      const verb = typeof type === 'string' ? type : (request.url.split('/').at(-1) ?? '');
      const call = { verb, body, headers: request.headers };
      this.calls.push(call);
      const same = this.calls.filter((other) => other.verb === verb).length;
      const fault = this.before(call, same);
      if (fault === 'drop') {
        response.destroy();
        return;
      }
      const headers = { date: new Date(this.date()).toUTCString() };
      if (fault !== undefined) sendJson(response, fault.status ?? 200, fault.body, headers);
      else sendJson(response, 200, this.handle(call), headers);
    });
    return this.#server.url;
  }

  async stop(): Promise<void> {
    await this.#server?.close();
  }

  verbs(): string[] {
    return this.calls.map(({ verb }) => verb);
  }

  writes(): string[] {
    return this.verbs().filter((verb) => verb !== 'schedule-batch-list' && verb !== 'get');
  }

  count(verb: string): number {
    return this.verbs().filter((other) => other === verb).length;
  }

  add(pair: string, interval = 'PT1H', more: Partial<FakeBatch> = {}): FakeBatch {
    this.#stamp += 1000;
    const made: FakeBatch = {
      id: `acme_${pair}_${this.#stamp}`,
      pair,
      interval,
      pool: 'rsbatch',
      enabled: true,
      doNotRunUntil: '',
      payload: {},
      ...more,
    };
    this.batch.push(made);
    return made;
  }

  /** The plain behaviour, for faults to fall back on. */
  handle({ verb, body }: Call): Json {
    const request = getAt(body, '/proxyObject/data/jsonData/requestBody') ?? {};
    switch (verb) {
      case 'schedule-batch-list':
        return this.#list(request);
      case 'schedule-batch-process':
        this.remove(request);
        return this.create(request);
      case 'schedule-batch-enable':
      case 'schedule-batch-disable':
        for (const one of this.batch.filter(({ pair }) => pair === pairIn(request)))
          one.enabled = verb.endsWith('enable');
        return success({});
      case 'get':
        return this.#get(body);
      default:
        return this.#object(verb, body);
    }
  }

  remove(request: Json): void {
    this.batch = this.batch.filter(({ pair }) => pair !== pairIn(request));
  }

  create(request: Json): Json {
    const text = (pointer: string): string => String(getAt(request, pointer));
    const made = this.add(pairIn(request), text('/scheduledJobOptions/recurrenceInterval'), {
      pool: text('/batchOptions/poolId'),
      doNotRunUntil: text('/scheduledJobOptions/doNotRunUntil'),
      payload: getAt(request, '/jobInputPayload') ?? null,
    });
    return success({ jobId: made.id });
  }

  #list(request: Json): Json {
    const pair = pairIn(request);
    const fits = (one: FakeBatch): boolean =>
      pair === '_ALL__ALL' ||
      one.pair === pair ||
      (pair.endsWith('__ALL') && one.pair.startsWith(pair.slice(0, -'_ALL'.length)));
    return success({
      jobSchedules: this.batch
        .filter(fits)
        .map(({ id, interval, pool }) => ({ id, recurrence_interval: interval, pool_id: pool })),
    });
  }

  #get(body: JsonObject): Json {
    for (const pending of this.#pending) pending.left -= 1;
    const due = this.#pending.filter(({ left }) => left < 0);
    this.#pending = this.#pending.filter(({ left }) => left >= 0);
    for (const { apply } of due) apply();
    const type = getAt(body, '/params/query/filters/typesCriterion/0');
    const id = getAt(body, '/params/query/id');
    const enabled = getAt(body, '/params/query/filters/propertiesCriterion/0/enabled');
    const rows = (type === 'scheduleinfo' ? this.infos : [...this.objects.values()])
      .filter((row) => id === undefined || row['id'] === id)
      .filter((row) => enabled === undefined || getAt(row, '/properties/enabled') === enabled);
    return {
      response: { status: 'success', totalRecords: rows.length, scheduleObjects: rows.slice(0, 2000) },
    };
  }

  #object(verb: string, body: JsonObject): Json {
    const object = body['scheduleObject'];
    if (!isObject(object)) return failure('no scheduleObject');
    const id = String(object['id'] ?? '');
    const apply = (): void => {
      if (verb === 'delete') this.objects.delete(id);
      else this.objects.set(id, withServerIds(object));
    };
    if (this.showsAfter === 0) apply();
    else this.#pending.push({ left: this.showsAfter, apply });
    return { response: { status: 'success', statusDetail: { message: 'submitted' } } };
  }
}

export function pairIn(request: Json): string {
  return `${String(getAt(request, '/jobIdentifier/appId'))}_${String(getAt(request, '/jobIdentifier/jobDefId'))}`;
}

export function requestIn({ body }: Call): Json {
  return getAt(body, '/proxyObject/data/jsonData/requestBody') ?? {};
}

export function success(response: JsonObject): JsonObject {
  return { response: { status: 'success', statusDetail: { status: 'success', response } } };
}

export function failure(message: string): JsonObject {
  return {
    response: {
      status: 'error',
      statusDetail: {
        message,
        messages: [{ messageCode: 'BATCH001', message, messageType: 'error' }],
      },
    },
  };
}

/** The service puts an id of its own beside each value. */
function withServerIds(object: JsonObject): JsonObject {
  const copy = structuredClone(object);
  const attributes = getAt(copy, '/data/attributes');
  if (isObject(attributes)) {
    for (const attribute of Object.values(attributes)) {
      const first = getAt(attribute, '/values/0');
      if (isObject(first)) first['id'] ??= `value-${Math.abs(JSON.stringify(first).length)}`;
    }
  }
  return copy;
}
