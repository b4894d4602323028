import { ReconcileError } from '../../core/errors.ts';
import type { JsonObject } from '../../core/json.ts';
import type { HttpRequest, OperationResult } from '../../core/provider.ts';
import { batchBody, batchSecrets, identifierBody, processBody } from './bodies.ts';
import { makeGuid } from './guid.ts';
import { idsOf } from './mapping.ts';
import { type Pair, pairIdentity, pairOf, pairText } from './pairs.ts';
import { batchPath } from './paths.ts';
import { settleCreate } from './settle.ts';
import { startOf } from './start.ts';
import { batchTarget } from './target.ts';
import type { Verb } from './verbs.ts';
import { type Doing, internal, send, unsettled } from './writing.ts';

/** A pair that had no schedule when the change was planned and read again. */
export async function createBatch(doing: Doing): Promise<OperationResult> {
  const { change, client, context } = doing;
  const pair = requirePair(change.desired?.spec);
  // Under a new identity, `context.live` is the old pair's.
  const isClear = context.live === undefined && context.results.size === 0;
  const there = isClear ? [] : await client.batchSchedules(pair);
  const [first] = there;
  if (first === undefined) return write(doing, pair, []);
  throw new ReconcileError(
    `${pairText(pair)} has got a schedule since the plan was made (${first.id}): creating one would delete it.`,
    { code: 'APPEARED_MEANWHILE', category: 'stale', remedy: 'Plan again.' },
  );
}

/** The service deletes all schedules of the pair, then creates one. Not atomic: settle.ts looks what came of it. */
export function recreateBatch(doing: Doing): Promise<OperationResult> {
  return write(doing, requirePair(doing.change.desired?.spec), idsOf(doing.context.live));
}

async function write(doing: Doing, pair: Pair, before: readonly string[]): Promise<OperationResult> {
  const { change, surroundings } = doing;
  const values = batchTarget(change);
  let doNotRunUntil = '';
  const attempt = async () => {
    doNotRunUntil = await startOf(doing, values);
    const request: HttpRequest = {
      method: 'POST',
      path: batchPath,
      body: batchBody('process', processBody(pair, values, doNotRunUntil), makeGuid(surroundings.random)),
      secrets: batchSecrets([...(change.desired?.secrets ?? []), ...(change.base?.secrets ?? [])]),
    };
    return send(doing, `create the schedule of ${pairText(pair)}`, request);
  };
  const id = await settleCreate(doing, pair, values, before, attempt);
  return { id, effective: { '': { doNotRunUntil } }, wrote: true };
}

export function enableBatch(doing: Doing): Promise<OperationResult> {
  return toggle(doing, 'enable', requirePair(doing.change.desired?.spec));
}

export function disableBatch(doing: Doing): Promise<OperationResult> {
  return toggle(doing, 'disable', requirePair(doing.change.desired?.spec ?? doing.change.base?.spec));
}

/** The manifest names another pair by now. */
export function disableOldBatch(doing: Doing): Promise<OperationResult> {
  const { change, pairs } = doing;
  const old = change.live?.identity ?? '';
  const known = pairOf(change.base?.spec ?? {});
  const fits = known !== undefined && pairIdentity(known) === old;
  return toggle(doing, 'disable', fits ? known : requirePair({ ...pairs.get(old) }));
}

/** Nothing shows whether a schedule is on. Both calls may be repeated, so a lost answer is met with one more call. */
async function toggle(doing: Doing, verb: Verb, pair: Pair): Promise<OperationResult> {
  const what = `${verb} the schedule of ${pairText(pair)}`;
  const attempt = () =>
    send(doing, what, {
      method: 'POST',
      path: batchPath,
      body: batchBody(verb, identifierBody(pair), makeGuid(doing.surroundings.random)),
    });
  const first = await attempt();
  const sent = first.as === 'unknown' ? await attempt() : first;
  if (sent.as === 'accepted') return { wrote: true };
  const live =
    sent.as === 'unknown'
      ? 'whether the schedule is enabled is unknown, and cannot be read; the next apply calls again'
      : 'the schedule as it was, as far as the answer tells';
  throw unsettled(`${sent.error.message}`, live, sent.error.code, sent.error);
}

function requirePair(spec: JsonObject | undefined): Pair {
  const pair = pairOf(spec ?? {});
  if (pair !== undefined) return pair;
  throw internal('A batch schedule without appId and jobDefId cannot be written.');
}
