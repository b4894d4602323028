import type { JsonObject } from '../core/json.ts';
import type { Redactor } from '../core/redactor.ts';
import type { Asking } from '../daemon/http/api.ts';
import { kindsOf } from '../engine/observe.ts';
import { renderCalendarSvg } from '../report/calendar/index.ts';
import { lanesOf } from './calendar/lanes.ts';
import { scheduledLive } from './calendar/scheduled-live.ts';

/** More runs than this make no picture. */
const MOST_RUNS = 5_000_000;

/** What the pages ask beyond the last pass: the state's history, run logs of the service, the picture of coming runs. */
export function createAsking(redactor: Redactor): Asking {
  return {
    async history({ input }, limit) {
      return input === undefined ? [] : await input.store.history(input.name, limit);
    },
    async runLogs({ input }, ids, limit) {
      if (input === undefined) return undefined;
      const session = await input.provider.open(input.connection, 'read', input.surroundings);
      try {
        if (session.runLogs === undefined) return undefined;
        const logs: JsonObject[] = [];
        for await (const log of session.runLogs(ids)) {
          logs.push(redactor.json(log) as JsonObject);
          if (logs.length >= limit) break;
        }
        return logs;
      } finally {
        await session.close();
      }
    },
    calendar({ seen, input, status }, from, until) {
      const scheduled =
        seen === undefined || input === undefined
          ? []
          : scheduledLive({
              live: seen.live,
              resources: seen.desired,
              inventory: seen.inventory,
              kind: kindsOf(input.provider),
            });
      const lanes = lanesOf(scheduled, { from, until, most: MOST_RUNS, redactor });
      return renderCalendarSvg(
        { title: `target ${status.name}, live`, from, until, lanes },
        { jobs: 40, peaks: 5 },
      );
    },
  };
}
