import { isRecord } from '../json.ts';
import type { Call, Reply } from './call.ts';
import { invalid } from './errors.ts';

const MAX_TIMEOUT = 604_800;

/** GET /scheduler/globalParameters */
export function getGlobalParameters(call: Call): Reply {
  const value = String(call.store.asyncExecTimeout);
  return { status: 200, body: { config: [{ CONFIG_NAME: 'ASYNC_EXEC_TIMEOUT', CONFIG_VALUE: value }] } };
}

/** PUT /scheduler/globalParameters: seconds, as a text or a number, at most seven days. */
export function putGlobalParameters(call: Call): Reply {
  const { body } = call;
  if (!isRecord(body)) throw invalid('The request body must be a JSON object');
  const unknown = Object.keys(body).find((key) => key !== 'ASYNC_EXEC_TIMEOUT');
  if (unknown !== undefined) throw invalid(`Unknown parameter ${unknown}`);
  const text = String(body['ASYNC_EXEC_TIMEOUT']);
  const seconds = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (seconds < 1 || seconds > MAX_TIMEOUT)
    throw invalid(`ASYNC_EXEC_TIMEOUT must be from 1 to ${MAX_TIMEOUT} seconds`);
  call.store.asyncExecTimeout = seconds;
  call.store.version++;
  return { status: 200, body: { success: true } };
}
