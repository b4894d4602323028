import type { Change, Operation, PartChange } from '../../core/change.ts';
import { ReconcileError } from '../../core/errors.ts';
import { equalJson, isObject, type Json, type JsonObject } from '../../core/json.ts';
import { getAt, type Pointer, setAt } from '../../core/pointer.ts';
import type { ExecuteContext, HttpAnswer, HttpRequest, Writer } from '../../core/provider.ts';
import { outcomeUnknown } from '../../http/failure.ts';
import type { SapClient } from './client.ts';
import type { TenantScope } from './tenants.ts';

/** What a step has in hand. */
export interface Doing {
  operation: Operation;
  context: ExecuteContext;
  change: Change;
  client: SapClient;
  writer: Writer;
  tenants: TenantScope;
}

/**
 * Sends a write. When its answer is lost, `settle` reads whether it took effect: a value when it did. If it did not, it is
 * sent once more where `repeat` says that this cannot make a second object; else the failure stands.
 */
export async function writeOrSettle<T>(
  doing: Doing,
  request: HttpRequest,
  settle: () => Promise<T | undefined>,
  repeat: boolean,
): Promise<{ answer: HttpAnswer } | { settled: T }> {
  try {
    return { answer: await doing.writer.write(request) };
  } catch (error) {
    if (!outcomeUnknown(error)) throw error;
    const settled = await settle();
    if (settled !== undefined) return { settled };
    if (!repeat) throw error;
    return writeOrSettle(doing, request, settle, false).catch((later: unknown) => {
      throw triedBefore(later);
    });
  }
}

/** A refusal of the second try says nothing about the first: the read between them may have shown what was before. */
function triedBefore(error: unknown): unknown {
  if (!(error instanceof ReconcileError)) return error;
  const { message, code, category, remedy, findings, exchange, reading, cause } = error;
  return new ReconcileError(message, {
    code,
    category,
    findings,
    reading,
    cause,
    triedBefore: true,
    ...(remedy === undefined ? {} : { remedy }),
    ...(exchange === undefined ? {} : { exchange }),
  });
}

/** What can stand in a path as an id; anything else in its place is no id. */
const ID = /^[\w-]{1,100}$/;

/** The id of what a POST made: from the answer, else from `Location`. */
export function idFromAnswer(answer: HttpAnswer, fields: readonly string[]): string | undefined {
  const body = isObject(answer.body) ? answer.body : {};
  for (const field of fields) {
    const value = body[field];
    if ((typeof value === 'number' || typeof value === 'string') && ID.test(String(value)))
      return String(value);
  }
  return /\/([\w-]{1,100})\/?(?:\?.*)?$/.exec(answer.headers['location'] ?? '')?.[1];
}

/** The job's id: of the one that this change made, else of the live one. */
export function jobIdOf({ change, context, operation }: Doing): string {
  const made = [...context.results.values()].find(({ id }) => id !== undefined)?.id;
  const id = made ?? context.live?.id ?? change.live?.id ?? change.base?.id;
  if (id !== undefined) return id;
  throw new ReconcileError(`The job of ${change.address} has no id yet.`, {
    code: 'INTERNAL',
    category: 'internal',
    remedy: `Operation ${operation.id} needs one that makes the job before it.`,
  });
}

function partOf({ change, operation }: Doing): PartChange | undefined {
  return change.parts.find((part) => part.key === operation.part);
}

export function requirePart(doing: Doing): PartChange {
  const part = partOf(doing);
  if (part !== undefined) return part;
  throw new ReconcileError(`${doing.operation.id} is about a schedule that its change does not name.`, {
    code: 'INTERNAL',
    category: 'internal',
  });
}

/** Are these fields of the live object as wanted by now? Both canonical. */
export function agreesAt(wanted: JsonObject, live: JsonObject, pointers: readonly Pointer[]): boolean {
  return pointers.every((pointer) => equalJson(getAt(wanted, pointer), getAt(live, pointer)));
}

/** The live object with the wanted values at these fields: what others changed meanwhile stays theirs. */
export function overlay(live: JsonObject, wanted: JsonObject, pointers: readonly Pointer[]): JsonObject {
  return pointers.reduce<JsonObject>(
    (spec, pointer) => setAt(spec, pointer, orNull(getAt(wanted, pointer))),
    live,
  );
}

function orNull(value: Json | undefined): Json {
  return value ?? null;
}

export function gone(what: string): ReconcileError {
  return goneFor(what, false);
}

/** What a write of ours made and a read does not show: the read says nothing about the write. */
export function notFoundAfterWrite(what: string): ReconcileError {
  return goneFor(`${what}, just created,`, true);
}

function goneFor(what: string, reading: boolean): ReconcileError {
  return new ReconcileError(`${what} is gone since the plan was made.`, {
    code: 'GONE_MEANWHILE',
    category: 'stale',
    reading,
    remedy: 'Plan again.',
  });
}

/** Pointers of secrets as they lie in a request body. `places`: where each schedule lies in it, by key. */
export function secretPointers(
  change: Change,
  places: Readonly<Record<string, string>>,
  job: boolean,
): Pointer[] {
  const known = new Set([...(change.desired?.secrets ?? []), ...(change.base?.secrets ?? [])]);
  return [...known].flatMap((pointer) => {
    const match = /^\/schedules\/([^/]*)(.*)$/.exec(pointer);
    if (match === null) return job ? [pointer] : [];
    const key = (match[1] ?? '').replaceAll('~1', '/').replaceAll('~0', '~');
    const rest = match[2] === '/crontab' ? '/cron' : (match[2] ?? '');
    return Object.hasOwn(places, key) ? [`${places[key]}${rest}`] : [];
  });
}
