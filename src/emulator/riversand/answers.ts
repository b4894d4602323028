import { randomUUID } from 'node:crypto';
import type { JsonRecord } from '../json.ts';

/** The service says no: `response.status` is `error`, whatever the HTTP status is. */
export class StatusError extends Error {
  readonly messageCode: string;
  /** undefined: that of the settings. */
  readonly httpStatus: number | undefined;
  readonly headers: Record<string, string>;

  constructor(
    messageCode: string,
    message: string,
    httpStatus?: number,
    headers: Record<string, string> = {},
  ) {
    super(message);
    this.messageCode = messageCode;
    this.httpStatus = httpStatus;
    this.headers = headers;
  }
}

/** What every answer says about its request. */
function requestPart(taskId: string): JsonRecord {
  return { returnRequest: false, requestId: taskId, taskId };
}

/** Success of an operation behind the proxy: the request comes back at `statusDetail.request`. */
export function batchSuccess(taskId: string, request: unknown, response: JsonRecord): JsonRecord {
  return {
    request: requestPart(taskId),
    response: {
      status: 'success',
      statusDetail: { status: 'success', request, response },
      totalRecords: 0,
    },
  };
}

/** Success of the scheduler service. */
export function objectSuccess(taskId: string, response: JsonRecord): JsonRecord {
  return { request: requestPart(taskId), response: { status: 'success', ...response } };
}

export function failure(taskId: string, { messageCode, message }: StatusError): JsonRecord {
  return {
    request: requestPart(taskId),
    response: {
      status: 'error',
      statusDetail: {
        status: 'error',
        message,
        messages: [{ messageCode, message, messageType: 'error' }],
      },
      totalRecords: 0,
    },
  };
}

export function newTaskId(): string {
  return randomUUID();
}
