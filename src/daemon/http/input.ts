import type { Context } from 'hono';

/** A request that cannot be answered as asked; becomes `{error: {code, message}}` with the status. */
export class HttpProblem extends Error {
  readonly status: 400 | 401 | 403 | 404 | 409 | 413 | 415;
  readonly code: string;

  constructor(status: HttpProblem['status'], code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** The body, read no further than `limit` bytes. */
export async function readBody(c: Context, limit: number): Promise<Uint8Array> {
  const tooLarge = new HttpProblem(413, 'BODY_TOO_LARGE', `The body is larger than ${limit} bytes.`);
  if (Number(c.req.header('content-length') ?? 0) > limit) throw tooLarge;
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of c.req.raw.body ?? []) {
    size += chunk.length;
    if (size > limit) throw tooLarge;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** A JSON object, or `{}` for an empty body. */
export async function readJson(c: Context): Promise<Record<string, unknown>> {
  const body = await readBody(c, 64 * 1024);
  if (body.length === 0) return {};
  const type = c.req.header('content-type') ?? '';
  // A form of another page can be sent without asking the browser; JSON cannot.
  if (!type.startsWith('application/json'))
    throw new HttpProblem(415, 'NOT_JSON', 'Send the body as application/json.');
  try {
    const value: unknown = JSON.parse(Buffer.from(body).toString('utf8'));
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>;
  } catch {
    // Said below.
  }
  throw new HttpProblem(400, 'NOT_JSON', 'The body is not a JSON object.');
}

/** A whole number of the query, within bounds. */
export function numberOf(
  c: Context,
  name: string,
  fallback: number,
  [least, most]: [number, number],
): number {
  const text = c.req.query(name);
  if (text === undefined) return fallback;
  const value = Number(text);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new HttpProblem(400, 'BAD_QUERY', `${name} has to be a whole number from ${least} to ${most}.`);
}

/** A short text of a body. */
export function textOf(body: Record<string, unknown>, name: string, most = 500): string | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string' && value.trim() !== '' && value.length <= most) return value.trim();
  throw new HttpProblem(400, 'BAD_FIELD', `${name} has to be a text of 1 to ${most} characters.`);
}
