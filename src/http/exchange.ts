import type { HttpExchange } from '../core/errors.ts';
import { isObject, type Json } from '../core/json.ts';
import { getAt, type Pointer, setAt } from '../core/pointer.ts';
import type { Redactor } from '../core/redactor.ts';
import { SENSITIVE } from '../core/resource.ts';
import type { Headers } from './authenticator.ts';
import type { FailureContext, Purpose } from './failure.ts';
import { shorten } from './service-error.ts';
import type { WireRequest } from './transport.ts';

export interface Outgoing {
  purpose: Purpose;
  method: WireRequest['method'];
  url: URL;
  headers: Headers;
  body: string | undefined;
  accept: readonly number[];
  /** Pointers into the body. */
  secrets: readonly Pointer[];
}

const shownRequest = 4000;
const shownAnswer = 2000;
/** Longer answers are not searched to their end, as only their beginning is shown. */
const redactedAnswer = 20_000;

/** What an error tells about a request and its answer, without secrets and shortened. */
export function describeExchange(
  redactor: Redactor,
  outgoing: Outgoing,
  attempts: number,
  status?: number,
  answer = '',
): FailureContext {
  const url = hideSecrets(redactor, outgoing, outgoing.url.href);
  const request = requestText(redactor, outgoing);
  const response = hideSecrets(redactor, outgoing, answer.slice(0, redactedAnswer));
  const exchange: HttpExchange = {
    method: outgoing.method,
    url,
    ...(status === undefined ? {} : { status }),
    ...(request === '' ? {} : { request: shorten(request, shownRequest) }),
    ...(response === '' ? {} : { response: shorten(response, shownAnswer) }),
  };
  return { purpose: outgoing.purpose, name: `${outgoing.method} ${url}`, exchange, attempts };
}

/** Redacts what a service said; secrets of the request that it repeats are hidden even where they are short. */
export function hideSecrets(redactor: Redactor, outgoing: Outgoing, text: string): string {
  return secretTexts(outgoing).reduce(
    (shown, secret) => shown.replaceAll(secret, SENSITIVE),
    redactor.text(text),
  );
}

function secretTexts(outgoing: Outgoing): string[] {
  if (outgoing.secrets.length === 0) return [];
  const body = bodyOf(outgoing);
  return outgoing.secrets
    .map((pointer) => getAt(body, pointer))
    .filter((value) => typeof value === 'string')
    .filter((value) => value !== '');
}

function requestText(redactor: Redactor, outgoing: Outgoing): string {
  const body = bodyOf(outgoing);
  if (body === undefined) return '';
  if (typeof body === 'string') return redactor.text(body);
  if (!isObject(body)) return JSON.stringify(redactor.json(body));
  const hidden = outgoing.secrets
    .filter((pointer) => getAt(body, pointer) !== undefined)
    .reduce((known, pointer) => setAt(known, pointer, SENSITIVE), body);
  return JSON.stringify(redactor.json(hidden));
}

function bodyOf(outgoing: Outgoing): Json | undefined {
  const isJson = outgoing.headers['content-type'] === 'application/json';
  return outgoing.body === undefined || !isJson ? outgoing.body : (JSON.parse(outgoing.body) as Json);
}
