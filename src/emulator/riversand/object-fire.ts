import { request } from 'undici';
import { isRecord } from '../json.ts';
import type { ScheduleObject } from './model.ts';
import { attribute, jsonDataOf } from './object-input.ts';
import type { TaskResult } from './world.ts';

const TIMEOUT = 15_000;
/** Headers that a request makes itself. */
const OWN = new Set(['content-length', 'host', 'connection', 'transfer-encoding']);

/** Really calls the task URL: a POST of the payload with the headers of `authContext`. Only http and https. */
export async function callTask({ body }: ScheduleObject): Promise<TaskResult> {
  const url = attribute(body, 'scheduleTaskUrl');
  if (!/^https?:/i.test(url) || !URL.canParse(url)) return { httpStatus: null, text: 'Not an http(s) URL' };
  const { scheduleConfiguration, scheduleTaskPayload = {} } = jsonDataOf(body);
  const authContext = isRecord(scheduleConfiguration) ? scheduleConfiguration['authContext'] : undefined;
  try {
    const answer = await request(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headersOf(authContext) },
      body: JSON.stringify(scheduleTaskPayload),
      signal: AbortSignal.timeout(TIMEOUT),
    });
    const text = await answer.body.text();
    return { httpStatus: answer.statusCode, text: text.slice(0, 1_000) };
  } catch (error) {
    return { httpStatus: null, text: error instanceof Error ? error.message : String(error) };
  }
}

/** The headers stand in `authContext.headers`, or in `authContext` itself. */
function headersOf(authContext: unknown): Record<string, string> {
  if (!isRecord(authContext)) return {};
  const source = isRecord(authContext['headers']) ? authContext['headers'] : authContext;
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(source)) {
    if (typeof value === 'string' && !OWN.has(name.toLowerCase())) headers[name.toLowerCase()] = value;
    // Roles are an array as text.
    else if (Array.isArray(value)) headers[name.toLowerCase()] = JSON.stringify(value);
  }
  return headers;
}
