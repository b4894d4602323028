import type { Json, JsonObject } from '../../core/json.ts';

/**
 * Answers of the service in its own spelling, as far as they are used. Shapes vary between calls; what is written here is
 * what has to hold. Nothing outside mapping.ts, client.ts and observe.ts knows these types.
 */
export interface WireSchedule {
  scheduleId: string;
  description?: string | null;
  /** Its name in searches. */
  scheduleDescription?: string | null;
  active?: boolean | string;
  data?: Json;
  startTime?: Json;
  endTime?: Json;
  cron?: string | null;
  time?: Json;
  repeatInterval?: string | null;
  repeatAt?: string | null;
  type?: string | null;
  nextRunAt?: Json;
}

export interface WireFoundSchedule extends WireSchedule {
  parent: { _id: number | string; name?: string };
}

export interface WireJob {
  /** In lists. */
  jobId?: number | string;
  /** In single answers; in lists it may differ from `jobId`. */
  _id?: number | string;
  name: string;
  description?: string | null;
  action?: string | null;
  active: boolean | string;
  httpMethod?: string | null;
  startTime?: Json;
  endTime?: Json;
  ansConfig?: JsonObject | null;
  calmConfig?: JsonObject | null;
  jobType?: string | null;
  createdAt?: string | null;
  subDomain?: string | null;
  tenantId?: string | null;
  ACTIVECOUNT?: number | string | null;
  INACTIVECOUNT?: number | string | null;
  schedules?: WireSchedule[];
}

export interface WirePage<Row> {
  total: number;
  results: Row[];
}

export interface WireSettings {
  config: { CONFIG_NAME: string; CONFIG_VALUE: string | number }[];
}

const text = { type: ['string', 'null'] };
const id = { type: ['integer', 'string'], pattern: '^[0-9]+$', minimum: 0 };
const flag = { enum: [true, false, 'true', 'false'] };
const scheduleProperties = {
  scheduleId: { type: 'string', pattern: '^[A-Za-z0-9_-]+$' },
  description: text,
  scheduleDescription: text,
  active: flag,
  cron: text,
  repeatInterval: text,
  repeatAt: text,
};
const schedule = { type: 'object', required: ['scheduleId', 'active'], properties: scheduleProperties };
const counter = { type: ['integer', 'string', 'null'], pattern: '^[0-9]+$', minimum: 0 };
const job = {
  type: 'object',
  required: ['name', 'active'],
  anyOf: [{ required: ['jobId'] }, { required: ['_id'] }],
  properties: {
    jobId: id,
    _id: id,
    name: { type: 'string' },
    description: text,
    action: text,
    active: flag,
    httpMethod: text,
    ansConfig: { type: ['object', 'null'] },
    calmConfig: { type: ['object', 'null'] },
    jobType: text,
    subDomain: text,
    tenantId: text,
    ACTIVECOUNT: counter,
    INACTIVECOUNT: counter,
    schedules: { type: 'array', items: schedule },
  },
};

function pageOf(row: JsonObject): JsonObject {
  return {
    type: 'object',
    required: ['total', 'results'],
    properties: { total: { type: 'integer', minimum: 0 }, results: { type: 'array', items: row } },
  };
}

export const jobSchema: JsonObject = job;
export const jobPageSchema: JsonObject = pageOf(job);
export const scheduleSchema: JsonObject = schedule;
export const schedulePageSchema: JsonObject = pageOf(schedule);

/** A search row; `active` is known from the question. */
export const foundPageSchema: JsonObject = pageOf({
  type: 'object',
  required: ['scheduleId', 'parent'],
  properties: {
    ...scheduleProperties,
    parent: { type: 'object', required: ['_id'], properties: { _id: id, name: { type: 'string' } } },
  },
});

export const settingsSchema: JsonObject = {
  type: 'object',
  required: ['config'],
  properties: {
    config: {
      type: 'array',
      items: {
        type: 'object',
        required: ['CONFIG_NAME', 'CONFIG_VALUE'],
        properties: { CONFIG_NAME: { type: 'string' }, CONFIG_VALUE: { type: ['string', 'integer'] } },
      },
    },
  },
};

/** What the service says when something is not there; anything else with status 404 comes from elsewhere. */
export const serviceErrorSchema: JsonObject = {
  type: 'object',
  anyOf: [
    { required: ['error'] },
    { required: ['message'] },
    { required: ['code'] },
    { required: ['type'] },
    { required: ['detailedError'] },
  ],
};
