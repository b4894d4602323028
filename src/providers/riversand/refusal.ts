import { ReconcileError } from '../../core/errors.ts';
import { isObject, type Json } from '../../core/json.ts';
import { getAt } from '../../core/pointer.ts';
import type { HttpRequest } from '../../core/provider.ts';
import { SENSITIVE } from '../../core/resource.ts';
import { describeServiceError } from '../../http/service-error.ts';

const REFUSED = 'RIVERSAND_REFUSED';

/** `response.status` of an answer, which decides whatever the HTTP status says; undefined when there is none. */
export function statusOf(body: Json | undefined): string | undefined {
  const response = isObject(body) ? body['response'] : undefined;
  const status = isObject(response) ? response['status'] : undefined;
  return typeof status === 'string' ? status : undefined;
}

/** The service's refusal inside an HTTP success; `reading`: of a call that reads. Secrets of the request that it repeats are hidden. */
export function refusal(
  what: string,
  request: HttpRequest,
  body: Json | undefined,
  reading = false,
): ReconcileError {
  const said = describeServiceError(body, '');
  const words = (request.secrets ?? [])
    .map((pointer) => getAt(request.body, pointer))
    .filter((value) => typeof value === 'string' && value !== '')
    .reduce<string>((text, secret) => text.replaceAll(String(secret), SENSITIVE), said?.text ?? '');
  const status = statusOf(body) ?? 'nothing';
  return new ReconcileError(
    `The service refused to ${what}: response.status is "${status}"${words === '' ? '' : `, "${words}"`}.`,
    {
      code: REFUSED,
      category: 'rejected',
      remedy:
        'The service says what it does not accept: change that, or the rights of the user, then plan again.',
      exchange: { method: request.method, url: request.path, status: 200 },
      reading,
    },
  );
}

/** A refusal for good: by `response.status`, or by an HTTP status. Not: lost answers, limits, odd answers, wrong credentials. */
export function isRefusal(error: unknown): error is ReconcileError {
  if (!(error instanceof ReconcileError)) return false;
  if (error.code === REFUSED) return true;
  const status = error.exchange?.status;
  const lasting = status !== undefined && status >= 400 && status < 500 && status !== 401 && status !== 429;
  return lasting && error.category === 'rejected';
}
