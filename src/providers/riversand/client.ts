import { ReconcileError } from '../../core/errors.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import type { HttpRequest, Reader } from '../../core/provider.ts';
import { createWireValidator } from '../../http/wire.ts';
import { batchBody, identifierBody } from './bodies.ts';
import { makeGuid } from './guid.ts';
import type { Pair } from './pairs.ts';
import { batchPath, objectPath } from './paths.ts';
import { isRefusal, refusal, statusOf } from './refusal.ts';
import {
  answerSchema,
  batchListSchema,
  objectListSchema,
  type WireBatchList,
  type WireBatchSchedule,
  type WireObject,
  type WireObjectList,
} from './wire.ts';

const checkAnswer = createWireValidator<JsonObject>(answerSchema, 'an answer');
const checkBatchList = createWireValidator<WireBatchList>(batchListSchema, 'the list of batch schedules');
const checkObjectList = createWireValidator<WireObjectList>(objectListSchema, 'the schedule objects');

/** The most that one `get` gives. */
const MOST_RECORDS = 2000;

/** The calls of the API that read, with answers checked against what they have to be. */
export interface RiversandClient {
  /** Batch schedules of a pair; either side may be `_ALL`. Throws a refusal when the tenant does not allow that. */
  batchSchedules(pair: Pair): Promise<WireBatchSchedule[]>;
  /** All schedule objects, or an error. */
  objects(): Promise<WireObject[]>;
  /** `null` when the service knows no such object. */
  object(id: string): Promise<WireObject | null>;
  /** Objects of type `scheduleinfo`: when each schedule object ran last. */
  infos(): Promise<WireObject[]>;
}

export function createRiversandClient(reader: Reader, random: () => number): RiversandClient {
  async function read<T>(
    what: string,
    request: HttpRequest,
    check: (body: Json | undefined) => Promise<T>,
  ): Promise<T> {
    const { body } = await reader.read(request);
    await checkAnswer(body);
    if (statusOf(body) !== 'success') throw refusal(what, request, body, true);
    return check(body);
  }

  async function get(type: string, query: JsonObject): Promise<{ total: number; rows: WireObject[] }> {
    const { id, ...criteria } = query;
    const filters = { typesCriterion: [type], ...criteria };
    const answer = await read(
      'list schedule objects',
      {
        method: 'POST',
        path: objectPath('get'),
        body: {
          params: {
            query: { ...(id === undefined ? {} : { id }), filters },
            fields: { attributes: ['_ALL'] },
            options: { maxRecords: MOST_RECORDS },
          },
        },
      },
      checkObjectList,
    );
    const { totalRecords, scheduleObjects } = answer.response;
    const rows = scheduleObjects ?? [];
    if (rows.length === 0 && totalRecords > 0)
      throw unsound(`it counts ${totalRecords} schedule objects and shows none`);
    return { total: totalRecords, rows };
  }

  /** One call gives at most 2000: of more, the enabled and the others are asked for apart. */
  async function objects(): Promise<WireObject[]> {
    const all = await get('scheduleobject', {});
    if (isWhole(all)) return distinct(all.rows);
    const halves = await Promise.all(
      [true, false].map((enabled) => get('scheduleobject', { propertiesCriterion: [{ enabled }] })),
    );
    const rows = halves.flatMap((half) => half.rows);
    if (!halves.every(isWhole) || rows.length < all.total)
      throw unsound(
        `it counts ${all.total} schedule objects and shows ${Math.max(all.rows.length, rows.length)}; one call gives at most ${MOST_RECORDS}`,
      );
    return distinct(rows);
  }

  return {
    async batchSchedules(pair) {
      const request: HttpRequest = {
        method: 'POST',
        path: batchPath,
        body: batchBody('list', identifierBody(pair), makeGuid(random)),
      };
      const answer = await read('list batch schedules', request, checkBatchList);
      return distinct(answer.response.statusDetail.response.jobSchedules);
    },
    objects,
    async object(id) {
      const found = await get('scheduleobject', { id }).catch((error: unknown) => {
        // What is not there may be refused instead of left out: then the whole list tells.
        if (isRefusal(error)) return undefined;
        throw error;
      });
      const rows = found === undefined ? await objects() : found.rows;
      return rows.find((row) => row.id === id) ?? null;
    },
    infos: async () => (await get('scheduleinfo', {})).rows,
  };
}

function isWhole({ total, rows }: { total: number; rows: readonly WireObject[] }): boolean {
  return rows.length >= total && rows.length < MOST_RECORDS;
}

/** An id that shows twice makes a list that cannot be trusted. */
function distinct<Row extends { id: string }>(rows: Row[]): Row[] {
  const seen = new Set<string>();
  for (const { id } of rows) {
    if (seen.has(id)) throw unsound(`it shows ${id} twice`);
    seen.add(id);
  }
  return rows;
}

export function unsound(why: string): ReconcileError {
  return new ReconcileError(`The service's list is unsound: ${why}.`, {
    code: 'LISTING_UNSOUND',
    category: 'rejected',
    reading: true,
    remedy: 'Nothing was decided on it. Try again; if it stays so, look at the list in the service.',
  });
}
