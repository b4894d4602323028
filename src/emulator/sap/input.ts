import { isRecord, type JsonRecord } from '../json.ts';
import { invalid } from './errors.ts';
import {
  HTTP_METHODS,
  type HttpMethod,
  type Job,
  MODES,
  type Mode,
  type SentDate,
  type Timing,
} from './model.ts';
import { readDate, readTiming } from './when.ts';

/** What a client says of a job; undefined: not mentioned. An `end` of null takes the end away. */
export interface JobInput {
  name?: string;
  description?: string;
  action?: string;
  active?: boolean;
  httpMethod?: HttpMethod;
  start?: SentDate | null;
  end?: SentDate | null;
  ansConfig?: Record<string, boolean> | null;
  calmConfig?: { enabled: boolean } | null;
  schedules?: ScheduleInput[];
}

/** What a client says of a schedule; undefined: not mentioned. */
export interface ScheduleInput {
  description?: string | null;
  data?: unknown;
  active?: boolean;
  start?: SentDate | null;
  end?: SentDate | null;
  timing?: Timing;
}

const JOB_CREATE_FIELDS = ['name', 'description', 'action', 'active', 'httpMethod', 'schedules'] as const;
const ANS_FIELDS = ['onSuccess', 'onError', 'onDelay'];

export function readBody(body: unknown): JsonRecord {
  if (!isRecord(body)) throw invalid('The request body must be a JSON object');
  return body;
}

/** Refuses a body that lacks what a new job needs. */
export function requireJobFields(body: JsonRecord): void {
  for (const field of JOB_CREATE_FIELDS) {
    if (body[field] === undefined || body[field] === null) throw invalid(`Job ${field} is required`);
  }
}

/** @param now the instant at which relative times are read, epoch ms */
export function readJobInput(body: JsonRecord, now: number): JobInput {
  if (body['jobType'] === 'CF_TASK')
    throw invalid('Jobs of type CF_TASK cannot be created with the REST API');
  const input: JobInput = {};
  if (body['name'] !== undefined) input.name = readName(body['name']);
  if (body['description'] !== undefined)
    input.description = readText(body['description'], 'description') ?? '';
  if (body['action'] !== undefined) input.action = readAction(body['action']);
  if (body['active'] !== undefined) input.active = readFlag(body['active'], 'active');
  if (body['httpMethod'] !== undefined) input.httpMethod = readMethod(body['httpMethod']);
  if (body['startTime'] !== undefined) input.start = readSentDate(body['startTime'], 'startTime');
  if (body['endTime'] !== undefined) input.end = readSentDate(body['endTime'], 'endTime');
  if (body['ansConfig'] !== undefined) input.ansConfig = readAnsConfig(body['ansConfig']);
  if (body['calmConfig'] !== undefined) input.calmConfig = readCalmConfig(body['calmConfig']);
  if (body['schedules'] !== undefined) input.schedules = readSchedules(body['schedules'], now);
  return input;
}

function readSchedules(value: unknown, now: number): ScheduleInput[] {
  if (!Array.isArray(value)) throw invalid('Schedules must be an array');
  return value.map((entry) => {
    const schedule = readScheduleInput(readBody(entry), now);
    requireTiming(schedule);
    return schedule;
  });
}

/** Refuses a new schedule that does not say when it runs. */
export function requireTiming(input: ScheduleInput): asserts input is ScheduleInput & { timing: Timing } {
  if (input.timing === undefined) throw invalid(`One of ${MODES.join(', ')} is required in a schedule`);
}

/** @param now the instant at which relative times are read, epoch ms */
export function readScheduleInput(body: JsonRecord, now: number): ScheduleInput {
  const input: ScheduleInput = {};
  if (body['description'] !== undefined) input.description = readText(body['description'], 'description');
  if (body['data'] !== undefined) input.data = readData(body['data']);
  if (body['active'] !== undefined) input.active = readFlag(body['active'], 'active');
  if (body['startTime'] !== undefined) input.start = readSentDate(body['startTime'], 'startTime');
  if (body['endTime'] !== undefined) input.end = readSentDate(body['endTime'], 'endTime');
  const mode = onlyMode(body);
  if (mode !== undefined) input.timing = readTiming(mode, body[mode], now);
  return input;
}

function onlyMode(body: JsonRecord): Mode | undefined {
  const named = MODES.filter((mode) => body[mode] !== undefined && body[mode] !== null);
  if (named.length > 1) throw invalid('Extra scheduling parameters passed');
  return named[0];
}

function readName(value: unknown): string {
  if (typeof value !== 'string' || value === '') throw invalid('Job name must be a text');
  if (/^\d+$/.test(value)) throw invalid('Job name must not contain only digits');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(value)) throw invalid('Job name must not contain special characters');
  return value;
}

function readText(value: unknown, field: string): string | null {
  if (value === null || typeof value === 'string') return value;
  throw invalid(`${field} must be a text`);
}

function readAction(value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  throw invalid('Job action must be a URL');
}

function readFlag(value: unknown, field: string): boolean {
  if (value === true || value === 'true') return true;
  if (value === false || value === 'false') return false;
  throw invalid(`${field} must be true or false`);
}

function readMethod(value: unknown): HttpMethod {
  const method = HTTP_METHODS.find((known) => known === value);
  if (method === undefined) throw invalid(`httpMethod must be one of ${HTTP_METHODS.join(', ')}`);
  return method;
}

function readSentDate(value: unknown, field: string): SentDate | null {
  if (value === null || value === '') return null;
  const at = readDate(value);
  if (at === undefined) throw invalid(`Invalid date specified in ${field}`);
  return { raw: value, at };
}

function readData(value: unknown): unknown {
  if (value === null || typeof value === 'string' || isRecord(value)) return value;
  throw invalid('data must be an object');
}

function readAnsConfig(value: unknown): Record<string, boolean> | null {
  if (value === null) return null;
  if (!isRecord(value)) throw invalid('ansConfig must be an object');
  const config: Record<string, boolean> = {};
  for (const [key, flag] of Object.entries(value)) {
    if (!ANS_FIELDS.includes(key)) throw invalid(`ansConfig must not contain ${key}`);
    config[key] = readFlag(flag, `ansConfig.${key}`);
  }
  return config;
}

function readCalmConfig(value: unknown): { enabled: boolean } | null {
  if (value === null) return null;
  if (!isRecord(value) || typeof value['enabled'] !== 'boolean' || Object.keys(value).length !== 1) {
    throw invalid('calmConfig must be of the form {"enabled": boolean}');
  }
  return { enabled: value['enabled'] };
}

/** Takes over what was mentioned; null takes the value away. */
export function applyJobInput(job: Job, input: JobInput): void {
  if (input.description !== undefined) job.description = input.description;
  if (input.action !== undefined) job.action = input.action;
  if (input.active !== undefined) job.active = input.active;
  if (input.httpMethod !== undefined) job.httpMethod = input.httpMethod;
  if (input.start !== undefined) job.start = input.start ?? undefined;
  if (input.end !== undefined) job.end = input.end ?? undefined;
  if (input.ansConfig !== undefined) job.ansConfig = input.ansConfig ?? undefined;
  if (input.calmConfig !== undefined) job.calmConfig = input.calmConfig ?? undefined;
}
