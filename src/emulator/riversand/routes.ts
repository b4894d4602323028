import type { FaultEffect } from '../faults.ts';
import { isRecord, type JsonRecord } from '../json.ts';
import type { Verdict } from '../limits.ts';
import { admitCaller } from './access.ts';
import { failure, newTaskId, StatusError } from './answers.ts';
import { listBatch } from './batch-list.ts';
import { processBatch, runOnce, switchSchedules } from './batch-process.ts';
import type { RiversandCall, RiversandOperation } from './call.ts';
import { deleteObject, submitObject } from './object-calls.ts';
import { getObjects } from './object-get.ts';
import { catchUp, type RiversandWorld } from './world.ts';

const PROXY = '/api/proxyservice/call';
const SCHEDULER = '/api/schedulerservice/';
/** A body may hold so many bytes. */
const MAX_BODY = 5 * 1024 * 1024;

/** What stands behind the proxy. The names of enable and disable are inferred from the others. */
const BATCH: Record<string, RiversandOperation> = {
  'schedule-batch-process': { writes: true, handle: processBatch },
  'schedule-batch-list': { writes: false, handle: listBatch },
  'schedule-batch-enable': { writes: true, handle: (call) => switchSchedules(call, true) },
  'schedule-batch-disable': { writes: true, handle: (call) => switchSchedules(call, false) },
  'batch-create-job': { writes: true, handle: runOnce },
};
const OBJECTS: Record<string, RiversandOperation> = {
  create: { writes: true, handle: (call) => submitObject(call, 'create') },
  update: { writes: true, handle: (call) => submitObject(call, 'update') },
  delete: { writes: true, handle: deleteObject },
  get: { writes: false, handle: getObjects },
};

/** What the server tells of one request. */
export interface RiversandRequest {
  method: string;
  path: string;
  headers: Headers;
  text: string;
  effect: FaultEffect;
  /** An older copy for reading operations, if a fault says so. */
  stale: RiversandWorld | undefined;
  sleep(ms: number): Promise<void>;
  /** Told which tenant calls; says what the limits make of it. */
  admit(tenantId: string): Promise<Verdict>;
}

/** True for the paths of this platform. */
export function isRiversandPath(path: string): boolean {
  return path.startsWith('/api/');
}

/** What a request asks for: the type of its proxy object, or the last part of a scheduler path. */
export function verbOf(path: string, text: string): string | undefined {
  if (path.startsWith(SCHEDULER)) return path.slice(SCHEDULER.length);
  if (path !== PROXY) return undefined;
  try {
    const body: unknown = JSON.parse(text);
    const proxy = isRecord(body) ? body['proxyObject'] : undefined;
    return isRecord(proxy) && typeof proxy['type'] === 'string' ? proxy['type'] : undefined;
  } catch {
    return undefined;
  }
}

/** Answers one request. */
export async function answerRiversand(world: RiversandWorld, request: RiversandRequest): Promise<Response> {
  let taskId = request.headers.get('x-rdp-taskid') ?? newTaskId();
  let added: Record<string, string> = {};
  try {
    const verb = verbOf(request.path, request.text);
    const operation = findOperation(request, verb);
    const tenant = admitCaller(world, request.headers, operation?.writes ?? false);
    const verdict = await request.admit(tenant.tenantId);
    added = verdict.headers;
    if (verdict.refuse !== undefined) {
      throw new StatusError('LIMIT_EXCEEDED', 'Too many requests', verdict.refuse, verdict.headers);
    }
    const whole = parseBody(request.text);
    if (operation === undefined) throw new StatusError('TYPE_UNKNOWN', `Unknown proxyObject.type ${verb}`);
    const { body, givenTask } = argumentsOf(request.path, whole);
    taskId = givenTask ?? taskId;
    const { statusError, commit } = request.effect;
    if (statusError !== undefined && statusError !== false && commit !== true) throw injected(statusError);

    const now = world.now();
    catchUp(world, now);
    const stale = operation.writes ? undefined : request.stale?.tenants.get(tenant.tenantId);
    const { effect, sleep } = request;
    const call: RiversandCall = { world, tenant: stale ?? tenant, now, body, taskId, effect, sleep };
    const answer = await operation.handle(call);
    // What is due at once has run before anybody can look.
    catchUp(world, world.now());
    if (statusError !== undefined && statusError !== false) throw injected(statusError);
    return respond(200, answer, added);
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    const status = error.httpStatus ?? world.settings.errorStatus;
    return respond(status, failure(taskId, error), { ...added, ...error.headers });
  }
}

function findOperation(
  { method, path }: RiversandRequest,
  verb: string | undefined,
): RiversandOperation | undefined {
  if (path !== PROXY && !path.startsWith(SCHEDULER))
    throw new StatusError('NOT_FOUND', `No such path ${path}`, 404);
  if (method !== 'POST') throw new StatusError('METHOD_NOT_ALLOWED', `POST is expected, not ${method}`, 405);
  const table = path === PROXY ? BATCH : OBJECTS;
  const operation = verb !== undefined && Object.hasOwn(table, verb) ? table[verb] : undefined;
  if (operation === undefined && path !== PROXY)
    throw new StatusError('NOT_FOUND', `No such path ${path}`, 404);
  return operation;
}

function parseBody(text: string): JsonRecord {
  if (Buffer.byteLength(text) > MAX_BODY)
    throw new StatusError('TOO_LARGE', 'The body is larger than 5 MB', 413);
  try {
    const body: unknown = JSON.parse(text);
    if (isRecord(body)) return body;
  } catch {
    // Said below.
  }
  throw new StatusError('NOT_JSON', 'The request body is not a JSON object', 400);
}

/** Behind the proxy the arguments are wrapped up. */
function argumentsOf(path: string, whole: JsonRecord): { body: JsonRecord; givenTask: string | undefined } {
  if (path !== PROXY) return { body: whole, givenTask: undefined };
  const jsonData = recordAt(recordAt(recordAt(whole, 'proxyObject'), 'data'), 'jsonData');
  const body = recordAt(jsonData, 'requestBody');
  const headers = jsonData['requestHeaders'];
  const task = isRecord(headers) ? headers['x-rdp-taskId'] : undefined;
  return { body, givenTask: typeof task === 'string' ? task : undefined };
}

function recordAt(owner: JsonRecord, name: string): JsonRecord {
  const value = owner[name];
  if (isRecord(value)) return value;
  throw new StatusError('INVALID_REQUEST', `${name}: an object is expected`);
}

function injected(statusError: true | string | { messageCode?: string; message?: string }): StatusError {
  if (statusError === true) return new StatusError('FAULT', 'Injected fault');
  if (typeof statusError === 'string') return new StatusError('FAULT', statusError);
  return new StatusError(statusError.messageCode ?? 'FAULT', statusError.message ?? 'Injected fault');
}

function respond(status: number, body: JsonRecord, headers: Record<string, string>): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
  });
}
