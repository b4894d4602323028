import type { EmulatorOptions, RiversandCredentials, RiversandSeed } from '../../../src/emulator/index.ts';
import { type Answer, call, type Json, type Service, start as startBoth } from '../client.ts';

export { DAY, HOUR, type Json, MINUTE, NOON, SECOND } from '../client.ts';

/** One pair of the tests. */
export const PAIR = { appId: 'dataLoad', jobDefId: 'nightly' };

export interface Riversand {
  emulator: Service['emulator'];
  /** A call of the proxy; gives the answer. */
  proxy(type: string, requestBody: unknown, taskId?: string): Promise<Answer>;
  /** A call of the scheduler service. */
  scheduler(path: string, body: unknown): Promise<Answer>;
  /** Any POST, with headers of one's own choice. */
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer>;
}

export function headersOf({ tenantId, userId, userRoles, clientId, clientSecret }: RiversandCredentials) {
  return {
    'content-type': 'application/json',
    'x-rdp-version': '8.1',
    'x-rdp-clientId': 'rdpclient',
    'x-rdp-tenantId': tenantId,
    'x-rdp-userId': userId,
    'x-rdp-userRoles': JSON.stringify(userRoles),
    'auth-client-id': clientId,
    'auth-client-secret': clientSecret,
  };
}

/** An emulator that stands still at noon of 10 March 2026. */
export async function start(
  riversand: RiversandSeed = {},
  options: EmulatorOptions = {},
  tenantId?: string,
): Promise<Riversand> {
  const { emulator } = await startBoth({ seed: { riversand }, ...options });
  const own = headersOf(emulator.riversand.credentialsFor(tenantId));
  function post(path: string, body: unknown, headers: Record<string, string> = own): Promise<Answer> {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return call(emulator.url + path, { method: 'POST', headers, body: text });
  }
  return {
    emulator,
    post,
    proxy: (type, requestBody, taskId = 'task-1') =>
      post('/api/proxyservice/call', envelope(type, requestBody, taskId)),
    scheduler: (path, body) => post(`/api/schedulerservice/${path}`, body),
  };
}

export function envelope(type: string, requestBody: unknown, taskId = 'task-1'): Json {
  return {
    proxyObject: {
      type,
      data: { jsonData: { requestBody, requestHeaders: { 'x-rdp-taskId': taskId } } },
    },
  };
}

/** The arguments of a create call. */
export function batchBody(recurrenceInterval: string, doNotRunUntil?: string, more: Json = {}): Json {
  return {
    jobIdentifier: PAIR,
    batchOptions: { poolId: 'rsbatch' },
    scheduledJobOptions: { recurrenceInterval, ...(doNotRunUntil === undefined ? {} : { doNotRunUntil }) },
    jobInputPayload: {},
    ...more,
  };
}

/** Creates a batch schedule; gives its id. */
export async function create(
  service: Riversand,
  recurrenceInterval: string,
  doNotRunUntil?: string,
  more: Json = {},
): Promise<string> {
  const answer = await service.proxy(
    'schedule-batch-process',
    batchBody(recurrenceInterval, doNotRunUntil, more),
  );
  if (answer.body?.response?.status !== 'success') throw new Error(answer.text);
  return answer.body.response.statusDetail.response.jobId;
}

/** What the list shows of a pair. */
export async function list(service: Riversand, appId = '_ALL', jobDefId = '_ALL'): Promise<Json[]> {
  const answer = await service.proxy('schedule-batch-list', { jobIdentifier: { appId, jobDefId } });
  if (answer.body?.response?.status !== 'success') throw new Error(answer.text);
  return answer.body.response.statusDetail.response.jobSchedules;
}

/** What an answer says that failed: its messageCode; `success` otherwise. */
export function outcome(answer: Answer): string {
  const { status, statusDetail } = answer.body.response;
  return status === 'success' ? 'success' : `${status} ${statusDetail.messages[0].messageCode}`;
}

/** A whole schedule object. */
export function scheduleObject(id: string, configuration: Json = {}, more: Json = {}): Json {
  const value = (text: string) => ({ values: [{ locale: 'en-US', source: 'internal', value: text }] });
  return {
    id,
    name: `The object ${id}`,
    type: 'scheduleobject',
    properties: { enabled: true },
    data: {
      attributes: {
        scheduleType: value('fixedRate'),
        scheduleTaskName: value('task'),
        scheduleTaskUrl: value('https://app.example.com/run'),
      },
      jsonData: {
        scheduleConfiguration: { intervalInMins: 30, authContext: {}, ...configuration },
        scheduleTaskPayload: { a: 1 },
      },
    },
    ...more,
  };
}

/** The schedule objects that show. */
export async function objects(service: Riversand, query: Json = {}, options?: Json): Promise<Json[]> {
  return (await getAnswer(service, query, options)).body.response.scheduleObjects;
}

export function getAnswer(service: Riversand, query: Json = {}, options?: Json): Promise<Answer> {
  return service.scheduler('get', {
    params: {
      query: { filters: { typesCriterion: ['scheduleobject'] }, ...query },
      fields: { attributes: ['_ALL'] },
      ...(options === undefined ? {} : { options }),
    },
  });
}
