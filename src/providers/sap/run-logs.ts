import { ReconcileError } from '../../core/errors.ts';
import { isObject, type JsonObject } from '../../core/json.ts';
import type { HttpRequest, Reader } from '../../core/provider.ts';
import { createWireValidator } from '../../http/wire.ts';
import { runsPath } from './paths.ts';

interface RunPage {
  total?: number;
  results: JsonObject[];
}

const checkRuns = createWireValidator<RunPage>(
  {
    type: 'object',
    required: ['results'],
    properties: {
      total: { type: 'integer', minimum: 0 },
      results: {
        type: 'array',
        items: { type: 'object', required: ['runId'], properties: { runId: { type: 'string' } } },
      },
    },
  },
  'the run logs of a schedule',
);

const PAGE = 100;

/**
 * All run logs of one schedule, newest first. The first page tells how many there are; the next ones follow the run id
 * (`next=`), because new runs at the head would shift offsets. Throws RUN_LOGS_INCOMPLETE rather than give fewer.
 */
export async function* runLogs(
  reader: Reader,
  jobId: string,
  scheduleId: string,
): AsyncGenerator<JsonObject> {
  const path = runsPath(jobId, scheduleId);
  const page = async (query: HttpRequest['query']): Promise<RunPage> =>
    checkRuns((await reader.read({ method: 'GET', path, query: { page_size: PAGE, ...query } })).body);
  const seen = new Set<string>();
  let current = await page({ offset: 0 });
  const { total = current.results.length } = current;
  for (;;) {
    const fresh = current.results.filter((run) => !seen.has(idOf(run)));
    for (const run of fresh) {
      seen.add(idOf(run));
      yield run;
    }
    const last = fresh.at(-1);
    if (seen.size >= total || last === undefined) break;
    current = await page({ next: idOf(last) });
  }
  if (seen.size >= total) return;
  throw new ReconcileError(
    `Only ${seen.size} of ${total} run logs of schedule ${scheduleId} could be read.`,
    {
      code: 'RUN_LOGS_INCOMPLETE',
      category: 'transient',
      remedy: 'The schedule was not deleted. Try again, or apply without --archive-logs to let the logs go.',
    },
  );
}

/** How many run logs a schedule has: the first page tells. Undefined when it does not, or when the schedule is gone. */
export async function countRunLogs(
  reader: Reader,
  jobId: string,
  scheduleId: string,
): Promise<number | undefined> {
  const path = runsPath(jobId, scheduleId);
  const query = { page_size: 1, offset: 0 };
  const { status, body } = await reader.read({ method: 'GET', path, query, accept: [404] });
  return status === 404 ? undefined : (await checkRuns(body)).total;
}

function idOf(run: JsonObject): string {
  return isObject(run) ? String(run['runId']) : '';
}
