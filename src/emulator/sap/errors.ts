/** An answer of the service that is not a success. */
export class ServiceError extends Error {
  readonly status: number;
  readonly code: string;
  readonly type: string;
  readonly detailedError: string;
  readonly headers: Record<string, string>;

  constructor(
    status: number,
    code: string,
    message: string,
    detailedError = message,
    headers: Record<string, string> = {},
  ) {
    super(message);
    this.name = 'ServiceError';
    this.status = status;
    this.code = code;
    this.type = status === 400 ? 'VALIDATION_ERROR' : status === 404 ? 'NOT_FOUND' : 'SERVICE_ERROR';
    this.detailedError = detailedError;
    this.headers = headers;
  }
}

export function invalid(message: string, detail = message): ServiceError {
  return new ServiceError(400, 'INVALID_REQUEST', message, detail);
}

export function notFound(message: string): ServiceError {
  return new ServiceError(404, 'NOT_FOUND', message);
}
