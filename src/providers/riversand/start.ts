import type { JsonObject } from '../../core/json.ts';
import { formatInstant } from '../../time/index.ts';
import { readInstant } from './meaning.ts';
import { isRenamed } from './operations.ts';
import { firstRun, isOnGrid, leadOf, marginOf, type Rhythm, rhythmOf } from './phase.ts';
import { type Doing, internal } from './writing.ts';

/** One run is waited for, two where the clock and the rhythm meet badly; more would be a clock that stands still. */
const MOST_WAITS = 3;

/**
 * `doNotRunUntil`, computed just before each call: the first run that the plan announced, as long as it is far enough ahead. Where
 * so much time went by that it is not, a run due in the next moments is waited for, so that the schedule of before still does it:
 * no run is missed that the plan did not name. ISO instant.
 */
export async function startOf(doing: Doing, values: JsonObject): Promise<string> {
  const { change, context, surroundings } = doing;
  const rhythm = rhythmOf(values, isRenamed(change) ? undefined : change.base?.effective);
  if (rhythm === undefined)
    throw internal(`${change.address}: the interval ${String(values['recurrenceInterval'])} cannot be read.`);
  const margin = marginOf(values['startMargin']);
  // It is disabled right after: nothing may run before that, and nothing can be missed.
  if (values['enabled'] === false) return formatInstant(firstRun(rhythm, context.now(), margin));
  const lead = leadOf(rhythm, margin);
  const announced = announcedStart(doing, rhythm);
  for (let waits = 0; ; waits++) {
    const now = context.now();
    if (announced !== undefined && announced >= now + lead) return formatInstant(announced);
    const next = firstRun(rhythm, now, 0);
    if (next > now + lead) return formatInstant(next);
    if (waits === MOST_WAITS) return formatInstant(firstRun(rhythm, now, lead));
    surroundings.waiting?.(`${change.address}: the run at ${formatInstant(next)} comes first`);
    await surroundings.sleep(next - now + 1000, surroundings.signal);
  }
}

function announcedStart({ change }: Doing, rhythm: Rhythm): number | undefined {
  const at = readInstant(change.impact?.after[0]);
  return at !== undefined && isOnGrid(rhythm, at) ? at : undefined;
}
