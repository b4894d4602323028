import { ReconcileError } from '../core/errors.ts';
import type { Json } from '../core/json.ts';
import { getAt } from '../core/pointer.ts';
import type { HttpRequest, ReadRule } from '../core/provider.ts';

/** Headers by which some frameworks let a GET or POST stand for another method. */
const methodOverrides = new Set(['x-http-method-override', 'x-http-method', 'x-method-override']);

/** A request as it is going to be sent: taken once, so that nothing can change between the check and the sending. */
export interface FrozenRequest {
  method: HttpRequest['method'];
  path: string;
  query: Readonly<Record<string, string | number | boolean>>;
  headers: Readonly<Record<string, string>>;
  bodyText: string | undefined;
  accept: readonly number[];
  secrets: readonly string[];
}

export function freezeRequest(request: HttpRequest): FrozenRequest {
  const { method, path, query, headers, body, accept, secrets } = request;
  return {
    method,
    path,
    query: { ...query },
    headers: { ...headers },
    bodyText: body === undefined ? undefined : JSON.stringify(body),
    accept: [...(accept ?? [])],
    secrets: [...(secrets ?? [])],
  };
}

interface ReadyRule {
  rule: ReadRule;
  /** The rule's path, matched as a whole whatever anchors and flags it was written with. */
  whole: RegExp;
}

/** Refuses tables that could not be tables of reads, then gives the check for single requests. */
export function createReadGuard(rules: readonly ReadRule[]): (request: FrozenRequest) => ReadRule {
  const ready = rules.map((rule): ReadyRule => {
    const soundMethod = rule.method === 'GET' || rule.method === 'POST';
    if (!soundMethod) throw refused(`the rule "${rule.id}" has the method ${rule.method}`);
    const flags = rule.path.flags.replace(/[gym]/g, '');
    return { rule: { ...rule }, whole: new RegExp(`^(?:${rule.path.source})$`, flags) };
  });

  return (request) => {
    const name = `${request.method} ${request.path}`;
    const override = Object.keys(request.headers).find((header) => methodOverrides.has(header.toLowerCase()));
    if (override !== undefined) throw refused(`${name} carries the header ${override}`);
    if (request.method === 'GET' && request.bodyText !== undefined) throw refused(`${name} has a body`);
    const body = request.bodyText === undefined ? undefined : (JSON.parse(request.bodyText) as Json);
    const fitting = ready.find(
      ({ rule, whole }) => rule.method === request.method && whole.test(request.path) && fitsVerb(rule, body),
    );
    if (fitting === undefined) throw refused(`${name} is not in the table of reads`);
    return fitting.rule;
  };
}

function fitsVerb(rule: ReadRule, body: Json | undefined): boolean {
  if (rule.verb === undefined) return true;
  const verb = getAt(body, rule.verb.pointer);
  return typeof verb === 'string' && rule.verb.values.includes(verb);
}

function refused(why: string): ReconcileError {
  return new ReconcileError(`A reader refused a request: ${why}. Nothing was sent.`, {
    code: 'READER_REFUSED',
    category: 'internal',
    remedy: 'This is a defect of the provider: please report it.',
  });
}
