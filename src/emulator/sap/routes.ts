import type { Context } from 'hono';
import { Hono } from 'hono';
import type { Call, Handler, Reply } from './call.ts';
import { invalid, ServiceError } from './errors.ts';
import { countJobs, getJob, listJobs } from './job-list.ts';
import { createJob, deleteJob, putJob } from './jobs.ts';
import { getRun, listRuns, putRun } from './runs.ts';
import {
  deleteAllSchedules,
  deleteSchedule,
  getSchedule,
  listSchedules,
  postSchedule,
  putSchedule,
  setActivationStatus,
} from './schedules.ts';
import { searchJobs, searchSchedules } from './search.ts';
import { getGlobalParameters, putGlobalParameters } from './settings.ts';
import { showError } from './shapes.ts';
import type { JobStore } from './store.ts';
import type { Tokens } from './tokens.ts';
import type { World } from './world.ts';

/** A body may hold so many bytes. */
export const MAX_BODY = 100 * 1024;

/** What the server tells the routes of one request. */
export interface SapEnv {
  Bindings: {
    /** Raw text of the body. */
    text: string;
    /** True if the connection showed the binding's own client certificate. */
    certificate: boolean;
    /** Older copies of the instances, if a fault says so. */
    stale: Map<string, JobStore> | undefined;
    /** Called when it is known who calls; may throw, or give headers to add. */
    admit(call: Pick<Call, 'caller'>): Promise<Record<string, string>>;
  };
}

/** The routes of the service and of both its token services. */
export function createSapRoutes(world: World, tokens: Tokens): Hono<SapEnv> {
  const app = new Hono<SapEnv>({ strict: false });
  const on = (method: string, path: string, handler: Handler) =>
    app.on(method, `/scheduler${path}`, (c) => answer(c, world, tokens, handler));

  on('GET', '/jobs', listJobs);
  on('POST', '/jobs', createJob);
  on('GET', '/jobCount', countJobs);
  on('GET', '/globalParameters', getGlobalParameters);
  on('PUT', '/globalParameters', putGlobalParameters);
  on('GET', '/search/jobs', searchJobs);
  on('GET', '/search/schedules', searchSchedules);
  on('GET', '/jobs/:jobId', getJob);
  on('PUT', '/jobs/:jobId', putJob);
  on('DELETE', '/jobs/:jobId', deleteJob);
  on('GET', '/jobs/:jobId/schedules', listSchedules);
  on('POST', '/jobs/:jobId/schedules', postSchedule);
  on('DELETE', '/jobs/:jobId/schedules', deleteAllSchedules);
  on('POST', '/jobs/:jobId/schedules/activationStatus', setActivationStatus);
  on('GET', '/jobs/:jobId/schedules/:scheduleId', getSchedule);
  on('PUT', '/jobs/:jobId/schedules/:scheduleId', putSchedule);
  on('DELETE', '/jobs/:jobId/schedules/:scheduleId', deleteSchedule);
  on('GET', '/jobs/:jobId/schedules/:scheduleId/runs', listRuns);
  on('GET', '/jobs/:jobId/schedules/:scheduleId/runs/:runId', getRun);
  on('PUT', '/jobs/:jobId/schedules/:scheduleId/runs/:runId', putRun);

  const issue = (c: Context<SapEnv>, service: 'xsuaa' | 'ias') => issueToken(c, world, tokens, service);
  app.post('/oauth/token', (c) => issue(c, 'xsuaa'));
  app.post('/tenant/:subdomain/oauth/token', (c) => issue(c, 'xsuaa'));
  app.post('/oauth2/token', (c) => issue(c, 'ias'));
  app.onError((error) => respond({ status: 500, body: { code: 'INTERNAL', message: String(error) } }, {}));
  return app;
}

async function answer(c: Context<SapEnv>, world: World, tokens: Tokens, handler: Handler): Promise<Response> {
  let added: Record<string, string> = {};
  try {
    const caller = tokens.caller(c.req.header('authorization'), c.req.header('x-sap-scheduler-instance-id'));
    const instance = world.instances.get(caller.instanceId);
    if (instance === undefined) throw new ServiceError(401, 'UNAUTHORIZED', 'The service instance is gone');
    added = await c.env.admit({ caller });
    const { text } = c.env;
    if (Buffer.byteLength(text) > MAX_BODY)
      throw new ServiceError(413, 'TOO_LARGE', 'The request body is larger than 100 KB');
    const now = world.now();
    world.runner.catchUp(instance.store, now);
    const reading = c.req.method === 'GET';
    const reply = handler({
      world,
      store: (reading ? c.env.stale?.get(caller.instanceId) : undefined) ?? instance.store,
      caller,
      now,
      query: new URL(c.req.url).searchParams,
      params: c.req.param() as Record<string, string>,
      body: reading ? undefined : parseJson(text),
    });
    // What is due at once has run before anybody can look.
    if (!reading) world.runner.catchUp(instance.store, now);
    return respond(reply, added);
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    const style = world.shapes('error', c.req.path);
    return respond({ status: error.status, body: showError(error, style), headers: error.headers }, added);
  }
}

function parseJson(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw invalid('The request body is not JSON');
  }
}

function respond(reply: Reply, added: Record<string, string>): Response {
  const { status, body, headers } = reply;
  if (body === undefined) return new Response(null, { status, headers: { ...added, ...headers } });
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...added, ...headers },
  });
}

function issueToken(c: Context<SapEnv>, world: World, tokens: Tokens, service: 'xsuaa' | 'ias'): Response {
  try {
    const token = tokens[service]({
      form: new URLSearchParams(c.env.text),
      authorization: c.req.header('authorization'),
      subdomain: c.req.param('subdomain') ?? subdomainOfHost(world, c.req.header('host') ?? ''),
      certificate: c.env.certificate,
    });
    return respond({ status: 200, body: { ...token } }, {});
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    const body = { error: error.code, error_description: error.message };
    return respond({ status: error.status, body }, {});
  }
}

/** `acme.localhost:1234` names the subdomain acme; an address or `localhost` alone names none. */
function subdomainOfHost(world: World, host: string): string | undefined {
  const [first = '', ...others] = host.replace(/:\d+$/, '').split('.');
  if (others.length === 0 || /^\d+$/.test(first) || host.startsWith('[')) return undefined;
  return world.tenants.has(first) || others.at(-1) === 'localhost' ? first : undefined;
}
