import type { Json, JsonObject } from '../../core/json.ts';

/**
 * Answers of the service in its own spelling, as far as they are used. The HTTP status is often 200 whatever happened:
 * `response.status` decides. Nothing outside mapping.ts, bodies.ts, client.ts and observe.ts knows these types.
 */
export interface WireBatchSchedule {
  /** `{tenant}_{app}_{jobDef}_{timestamp}` */
  id: string;
  recurrence_interval: string;
  pool_id: string;
}

export interface WireBatchList {
  response: { statusDetail: { response: { jobSchedules: WireBatchSchedule[] } } };
}

export interface WireObject {
  id: string;
  name?: string | null;
  type?: string;
  properties?: JsonObject | null;
  /** `attributes`, `jsonData` and what else there is. */
  data?: JsonObject | null;
  [more: string]: Json | undefined;
}

export interface WireObjectList {
  response: { totalRecords: number; scheduleObjects?: WireObject[] | null };
}

const nothingOrObject = { type: ['object', 'null'] };

function answerWith(response: JsonObject): JsonObject {
  return {
    type: 'object',
    required: ['response'],
    properties: {
      response: {
        ...response,
        required: ['status', ...((response['required'] as string[] | undefined) ?? [])],
      },
    },
  };
}

/** Every answer: without a status it is not the service's. */
export const answerSchema: JsonObject = answerWith({
  type: 'object',
  properties: { status: { type: 'string' } },
});

export const batchListSchema: JsonObject = answerWith({
  type: 'object',
  required: ['statusDetail'],
  properties: {
    status: { type: 'string' },
    statusDetail: {
      type: 'object',
      required: ['response'],
      properties: {
        response: {
          type: 'object',
          required: ['jobSchedules'],
          properties: {
            jobSchedules: {
              type: 'array',
              items: {
                type: 'object',
                required: ['id', 'recurrence_interval', 'pool_id'],
                properties: {
                  id: { type: 'string', minLength: 1 },
                  recurrence_interval: { type: 'string' },
                  pool_id: { type: 'string' },
                },
              },
            },
          },
        },
      },
    },
  },
});

/** No list at all is fine only where the total says that there is nothing; observe.ts holds one against the other. */
export const objectListSchema: JsonObject = answerWith({
  type: 'object',
  required: ['totalRecords'],
  properties: {
    status: { type: 'string' },
    totalRecords: { type: 'integer', minimum: 0 },
    scheduleObjects: {
      type: ['array', 'null'],
      items: {
        type: 'object',
        required: ['id'],
        properties: {
          id: { type: 'string', minLength: 1 },
          name: { type: ['string', 'null'] },
          properties: nothingOrObject,
          data: {
            type: ['object', 'null'],
            properties: { attributes: nothingOrObject, jsonData: nothingOrObject },
          },
        },
      },
    },
  },
});
