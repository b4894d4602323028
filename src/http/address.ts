import { ReconcileError } from '../core/errors.ts';
import type { HttpRequest } from '../core/provider.ts';

/** Reads a base URL: http or https, no user, query or fragment. `what` names it in the error. */
export function parseBaseUrl(text: string, what: string): URL {
  const url = URL.parse(text);
  const problem =
    url === null
      ? 'is not a URL'
      : url.protocol !== 'https:' && url.protocol !== 'http:'
        ? 'is not an http or https URL'
        : url.username !== '' || url.password !== ''
          ? 'holds a user or password'
          : url.search !== '' || url.hash !== ''
            ? 'has a query or fragment'
            : undefined;
  if (url !== null && problem === undefined) return url;
  // The value itself is not repeated when it may hold a password.
  const shown = problem === 'holds a user or password' ? '' : ` "${text}"`;
  throw new ReconcileError(`The ${what}${shown} ${problem}.`, {
    code: 'URL_INVALID',
    category: 'invalid',
    remedy: 'Write it like https://service.example, with nothing after the host or path.',
  });
}

/** The URL of a request. Refuses paths that could leave the base (`..`, `//host`) or smuggle in a query. */
export function requestUrl(base: URL, request: Pick<HttpRequest, 'path' | 'query'>): URL {
  const path = request.path;
  const basePath = base.pathname.replace(/\/+$/, '');
  const url = URL.parse(`${base.origin}${basePath}${path}`);
  const sound =
    /^\/[\x21-\x7e]*$/.test(path) && !/[?#\\]|\/\//.test(path) && !/(^|\/)(\.|%2e){1,2}(\/|$)/i.test(path);
  if (url === null || !sound || url.origin !== base.origin || url.pathname !== basePath + path) {
    throw new ReconcileError(`The path ${JSON.stringify(path)} cannot be sent as it is.`, {
      code: 'PATH_UNSOUND',
      category: 'internal',
      remedy: 'Encode each part of a path with encodeURIComponent.',
    });
  }
  for (const [name, value] of Object.entries(request.query ?? {}))
    url.searchParams.append(name, String(value));
  return url;
}
