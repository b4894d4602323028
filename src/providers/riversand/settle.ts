import { equalJson, type JsonObject } from '../../core/json.ts';
import { canonicalDuration } from './meaning.ts';
import { identityInId, type Pair, pairIdentity, pairText } from './pairs.ts';
import { batchPatience, poll, refusedPatience } from './polling.ts';
import type { WireBatchSchedule } from './wire.ts';
import { type Doing, type Sent, unsettled } from './writing.ts';

/** So often the call is made, all in all. */
const CALLS = 3;

/**
 * Calls, then lists until exactly one schedule of the pair shows, with an id that was not there before and the wanted interval;
 * gives its id (SEMANTICS 6). The call deletes before it creates, so that making it again is safe, and the only cure:
 *
 * | what shows when patience ends | rule |
 * |---|---|
 * | one, new, with the wanted interval | done, whatever the answer was |
 * | refused, and the earlier ones are untouched | the refusal stands: nothing happened |
 * | refused, and nothing is there any more | deleted, then failed: call again |
 * | accepted or lost, and only earlier ones or nothing | call again |
 * | several | a create raced: one more call heals |
 *
 * After the last call the error says what is live.
 */
export async function settleCreate(
  doing: Doing,
  pair: Pair,
  values: JsonObject,
  before: readonly string[],
  attempt: () => Promise<Sent>,
): Promise<string> {
  const earlier = new Set(before);
  const isWanted = (row: WireBatchSchedule): boolean =>
    !earlier.has(row.id) &&
    equalJson(
      canonicalDuration(row.recurrence_interval),
      canonicalDuration(values['recurrenceInterval'] ?? null),
    );
  let rows: WireBatchSchedule[] = [];
  let last: Sent | undefined;
  for (let call = 1; call <= CALLS; call++) {
    const sent = await attempt();
    last = sent;
    const patience = sent.as === 'refused' ? refusedPatience : batchPatience;
    const found = await poll(doing.surroundings, patience, async () => {
      rows = await listPair(doing, pair);
      const [only] = rows;
      return rows.length === 1 && only !== undefined && isWanted(only) ? only.id : undefined;
    });
    if (found !== undefined) return found;
    if (sent.as === 'refused' && isUntouched(rows, before))
      throw unsettled(sent.error.message, describe(rows), sent.error.code, sent.error);
    for (const { id } of rows) earlier.add(id);
  }
  const cause = last === undefined || last.as === 'accepted' ? undefined : last.error;
  throw unsettled(
    `The schedule of ${pairText(pair)} was called for ${CALLS} times, and no single new one shows.`,
    describe(rows),
    'RIVERSAND_NOT_CONFIRMED',
    cause,
  );
}

/** Nothing was there and nothing is, or just what was there is. */
function isUntouched(rows: readonly WireBatchSchedule[], before: readonly string[]): boolean {
  return rows.length === before.length && rows.every(({ id }) => before.includes(id));
}

async function listPair({ client, tenantId }: Doing, pair: Pair): Promise<WireBatchSchedule[]> {
  const rows = await client.batchSchedules(pair);
  return rows.filter(({ id }) => identityInId(id, tenantId) === pairIdentity(pair));
}

function describe(rows: readonly WireBatchSchedule[]): string {
  if (rows.length === 0) return 'no schedule of the pair; the next apply creates it';
  return rows.map(({ id, recurrence_interval }) => `${id} (every ${recurrence_interval})`).join(', ');
}
