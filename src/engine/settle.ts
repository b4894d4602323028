import type { Change } from '../core/change.ts';
import type { InventoryEntry } from '../core/inventory.ts';
import type { Intent } from '../core/journal.ts';
import { equalJson, type Json } from '../core/json.ts';
import type { OperationOutcome } from '../core/outcome.ts';
import type { PlanContext } from '../core/plan-context.ts';
import type { Session } from '../core/provider.ts';
import { recoverIntents } from '../core/recover.ts';
import type { LiveResource } from '../core/resource.ts';
import { formatInstant } from '../time/index.ts';
import type { Entries } from './record.ts';
import { isNeverAsked, isRefusal } from './recovery.ts';
import type { StateWriter } from './state-writer.ts';

interface SettleDeps {
  session: Session;
  writer: StateWriter;
  context(): PlanContext;
  /** May an earlier apply have sent this already, without its effect being visible yet? */
  mayBeSent(address: string): boolean;
}

/**
 * After a change that failed: what of it took effect all the same? Found out as after a crash, by reading, even when the
 * service said no: a proxy in between may have said it. What cannot be read now stays in the journal, and the next plan or
 * apply settles it.
 */
export async function settleFailure(
  change: Change,
  outcomes: readonly OperationOutcome[],
  failure: unknown,
  { session, writer, context, mayBeSent }: SettleDeps,
): Promise<void> {
  const { address } = change;
  const intent = writer.intent(address);
  if (intent === undefined) return;
  if (isNeverAsked(failure) && outcomes.every(({ status }) => status !== 'succeeded')) {
    if (!mayBeSent(address)) writer.drop(address);
    return;
  }
  try {
    const seenFrom = context();
    const look = async () =>
      recognised(change, intent, await readTouched(intent, writer, session), {
        writer,
        context: () => seenFrom,
      });
    const mayShowLate =
      mayBeSent(address) || (isMaking(intent) && seenFrom.kind(intent.kind).eventual === true);
    const found = await look();
    if (staysOpen(intent, failure, { ...found, mayShowLate })) {
      // What is of unknown end from now on has its whole time to show from now on.
      if (!isRefusal(failure)) writer.note(address, withoutSince(writer.intent(address) ?? intent));
      await writer.record(found.entries);
      return;
    }
    // What closes the intent was seen twice: nothing that one false answer says is lost or recorded for good.
    const again = await look();
    const agree = equalJson(asJson(found.entries), asJson(again.entries));
    if (agree && !staysOpen(intent, failure, { ...again, mayShowLate }))
      await writer.record(found.entries, [address]);
  } catch {
    // Neither read nor recorded: the intent is in the journal, and stays there.
    return;
  }
}

function asJson(entries: Entries): Json {
  return entries as unknown as Json;
}

function withoutSince({ since: _since, ...intent }: Intent): Intent {
  return intent;
}

interface Found {
  isRecognised: boolean;
  /** Not seen, and still within the time in which it may show. */
  isOpen: boolean;
  /** Was something sent whose effect shows late, or before this refusal? */
  mayShowLate: boolean;
}

/** One look that shows nothing settles it only where the service has said no, and to all that was sent. */
function staysOpen(intent: Intent, failure: unknown, { isRecognised, isOpen, mayShowLate }: Found): boolean {
  if (isNeverAsked(failure)) return false;
  if (isRefusal(failure)) return mayShowLate && isOpen;
  return !isRecognised || intent.action === 'update';
}

/** The object as it is to be, and the one that makes room for it under another identity. */
async function readTouched(
  intent: Intent,
  writer: StateWriter,
  session: Session,
): Promise<readonly LiveResource[]> {
  const { kind, identity, before, movedFrom } = intent;
  const id = isMaking(intent) ? undefined : before.id;
  const found = await session.read({ kind, identity, ...(id === undefined ? {} : { id }) });
  const entry = movedFrom === undefined ? undefined : writer.entry(movedFrom);
  const isOther = entry !== undefined && entry.identity !== identity;
  const old = isOther ? await session.read({ kind, identity: entry.identity, id: entry.id }) : null;
  return [found, old].filter((live) => live !== null);
}

function isMaking({ action }: Intent): boolean {
  return action === 'create' || action === 'replace';
}

/** What was sent before and shows only now: recorded as ours, so that it is not taken for somebody else's. */
export function recogniseLate(
  change: Change,
  live: LiveResource,
  deps: Omit<SettleDeps, 'session' | 'mayBeSent'>,
): Promise<void> {
  const intent = deps.writer.intent(change.address);
  if (intent === undefined) return Promise.resolve();
  return deps.writer.record(recognised(change, intent, [live], deps).entries);
}

function recognised(
  change: Change,
  intent: Intent,
  live: readonly LiveResource[],
  { writer, context }: Omit<SettleDeps, 'session' | 'mayBeSent'>,
) {
  const { address } = change;
  const { sealer, kind, now } = context();
  const from = change.movedFrom ?? address;
  const known = [address, from].flatMap((at): [string, InventoryEntry][] => {
    const entry = writer.entry(at);
    return entry === undefined ? [] : [[at, entry]];
  });
  const startedAt = formatInstant(now);
  const recovery = recoverIntents({
    journal: { id: '', startedAt, actor: '', intents: { [address]: intent } },
    inventory: Object.fromEntries(known),
    live,
    kind,
    sealer,
    now,
  });
  const entries = Object.fromEntries([address, from].map((at) => [at, recovery.inventory[at] ?? null]));
  return {
    entries,
    isRecognised: recovery.recognised.includes(address),
    isOpen: recovery.open[address] !== undefined,
  };
}
