import type { HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { ActiveFault, FaultEffect } from './faults.ts';

const HTML_PAGE =
  '<!DOCTYPE html><html><head><title>Sign in</title></head><body><h1>Please sign in</h1></body></html>\n';

/** Cuts the connection with a TCP reset. */
function cut(env: HttpBindings): Response {
  env.incoming.socket.resetAndDestroy();
  return RESPONSE_ALREADY_SENT;
}

/** The answer a fault gives in place of the service's own; undefined: the service answers. */
function replacement(effect: FaultEffect): Response | undefined {
  const { status, html, body, headers } = effect;
  if (html !== undefined && html !== false) {
    const page = typeof html === 'string' ? html : HTML_PAGE;
    return new Response(page, {
      status: status ?? 200,
      headers: { 'content-type': 'text/html; charset=utf-8', ...headers },
    });
  }
  if (status === undefined) return undefined;
  if (status === 204 || status === 304) return new Response(null, { status, headers: headers ?? {} });
  if (typeof body === 'string')
    return new Response(body, { status, headers: { 'content-type': 'text/plain', ...headers } });
  const shown = body ?? {
    code: 'FAULT',
    message: 'Injected fault',
    type: 'SERVICE_ERROR',
    detailedError: 'Injected fault',
  };
  return new Response(JSON.stringify(shown), {
    status,
    headers: { 'content-type': 'application/json', ...headers },
  });
}

async function truncated(
  response: Response,
  bytes: boolean | number,
  date: string,
  env: HttpBindings,
): Promise<Response> {
  const whole = Buffer.from(await response.arrayBuffer());
  const length = typeof bytes === 'number' ? Math.min(bytes, whole.length) : Math.floor(whole.length / 2);
  const { outgoing, incoming } = env;
  const headers = { ...Object.fromEntries(response.headers), date, 'content-length': String(whole.length) };
  outgoing.writeHead(response.status, headers);
  outgoing.flushHeaders();
  outgoing.write(whole.subarray(0, length), () => incoming.socket.destroy());
  return RESPONSE_ALREADY_SENT;
}

/**
 * Answers one request with the service, and with what a fault does to it.
 * @param date the Date header
 * @param call lets the service answer
 */
export async function respondWithFault(
  fault: ActiveFault | undefined,
  env: HttpBindings,
  date: () => string,
  sleep: (ms: number) => Promise<void>,
  call: () => Promise<Response>,
): Promise<{ response: Response; status: number }> {
  const effect = fault?.effect ?? {};
  if (effect.delay !== undefined && effect.delay > 0) await sleep(effect.delay);
  const halfDone = effect.betweenHalves === 'drop';
  const drops = effect.reset === true || effect.commitThenDrop === true || halfDone;
  const own = replacement(effect);
  const commits = effect.commit === true || effect.commitThenDrop === true || halfDone;
  const answered = commits || (!drops && own === undefined) ? await call() : undefined;
  if (drops) return { response: cut(env), status: 0 };
  const response = own ?? answered ?? new Response(null, { status: 500 });
  if (own === undefined)
    for (const [name, value] of Object.entries(effect.headers ?? {})) response.headers.set(name, value);
  const { status } = response;
  if (effect.truncate !== undefined && effect.truncate !== false) {
    return { response: await truncated(response, effect.truncate, date(), env), status };
  }
  if (!response.headers.has('date')) response.headers.set('date', date());
  return { response, status };
}
