import { parseIsoDuration } from '../../time/iso-duration.ts';
import { readIsoInstant } from '../../time/iso-instant.ts';
import { isRecord, type JsonRecord } from '../json.ts';
import { StatusError } from './answers.ts';
import type { BatchRequest } from './model.ts';

export const ALL = '_ALL';
const MINUTE = 60_000;
const DEFAULT_POOL = 'rsbatch';

/** The pair an operation is about. */
export interface JobIdentifier {
  appId: string;
  jobDefId: string;
}

export function readIdentifier(body: JsonRecord): JobIdentifier {
  const identifier = body['jobIdentifier'];
  if (!isRecord(identifier)) throw invalid('jobIdentifier {appId, jobDefId} is expected');
  return { appId: readName(identifier, 'appId'), jobDefId: readName(identifier, 'jobDefId') };
}

/** The pair, where `_ALL` means nothing. */
export function readPair(body: JsonRecord): JobIdentifier {
  const pair = readIdentifier(body);
  if (pair.appId === ALL || pair.jobDefId === ALL) throw invalid('_ALL is only for lists');
  return pair;
}

export function readBatchRequest(body: JsonRecord): BatchRequest {
  const pair = readPair(body);
  const { batchOptions = {}, scheduledJobOptions, jobInputPayload = {} } = body;
  if (!isRecord(batchOptions)) throw invalid('batchOptions: an object is expected');
  if (!isRecord(scheduledJobOptions)) throw invalid('scheduledJobOptions: an object is expected');
  if (!isRecord(jobInputPayload)) throw invalid('jobInputPayload: an object is expected');
  const { poolId = DEFAULT_POOL } = batchOptions;
  if (typeof poolId !== 'string' || poolId === '') throw invalid('batchOptions.poolId: a text is expected');
  const { recurrenceInterval, doNotRunUntil } = scheduledJobOptions;
  if (typeof recurrenceInterval !== 'string') throw invalid('recurrenceInterval: a text is expected');
  readInterval(recurrenceInterval);
  if (doNotRunUntil !== undefined) readInstant(doNotRunUntil);
  return {
    ...pair,
    poolId,
    recurrenceInterval,
    doNotRunUntil: doNotRunUntil as string | undefined,
    jobInputPayload: structuredClone(jobInputPayload),
  };
}

/** Ms; at least a minute. */
export function readInterval(text: string): number {
  const parsed = parseIsoDuration(text);
  if (!parsed.ok) throw invalid(`recurrenceInterval: ${parsed.issue.message}`);
  const ms = parsed.value.seconds * 1000;
  if (ms < MINUTE) throw invalid(`recurrenceInterval: ${text} is shorter than PT1M`);
  return ms;
}

/** Epoch ms; a text without a zone is UTC. */
export function readInstant(value: unknown): number {
  const result = typeof value === 'string' ? readIsoInstant(value) : undefined;
  if (result?.ok !== true)
    throw invalid(`doNotRunUntil: ${JSON.stringify(value)} is not an ISO 8601 instant`);
  return result.value.at;
}

function readName(identifier: JsonRecord, name: 'appId' | 'jobDefId'): string {
  const value = identifier[name];
  if (typeof value !== 'string' || value.trim() === '')
    throw invalid(`jobIdentifier.${name}: a text is expected`);
  return value;
}

export function invalid(message: string): StatusError {
  return new StatusError('INVALID_REQUEST', message);
}
