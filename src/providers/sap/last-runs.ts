import { ReconcileError } from '../../core/errors.ts';
import { isObject, type Json } from '../../core/json.ts';
import type { Reader } from '../../core/provider.ts';
import type { LiveResource } from '../../core/resource.ts';
import { canonicalDate } from './meaning.ts';
import { forEachLimited } from './paging.ts';
import { runsPath } from './paths.ts';

const AT_ONCE = 16;

/**
 * When each schedule ran last: scheduleId → ISO instant; one request for each schedule, for the newest row of its run logs
 * alone. Run logs are kept for 15 days, so that nothing is known of what ran before. Of use to people only: a log that the service refuses to
 * show is left out.
 */
export async function lastRuns(
  reader: Reader,
  jobs: readonly LiveResource[],
  progress?: (message: string) => void,
): Promise<Map<string, string>> {
  const schedules = jobs.flatMap((job) => job.parts.map((part) => ({ job: job.id, id: part.id })));
  const found = new Map<string, string>();
  let read = 0;
  await forEachLimited(schedules, AT_ONCE, async ({ job, id }) => {
    const at = await lastRun(reader, job, id);
    if (at !== undefined) found.set(id, at);
    read += 1;
    progress?.(`last runs: ${read} of ${schedules.length}`);
  });
  return found;
}

async function lastRun(reader: Reader, job: string, schedule: string): Promise<string | undefined> {
  try {
    const query = { page_size: 1, offset: 0 };
    const { body } = await reader.read({ method: 'GET', path: runsPath(job, schedule), query });
    return instantIn(body);
  } catch (error) {
    if (error instanceof ReconcileError && error.category === 'rejected') return undefined;
    throw error;
  }
}

function instantIn(body: Json | undefined): string | undefined {
  const [run] = isObject(body) && Array.isArray(body['results']) ? body['results'] : [];
  if (!isObject(run)) return undefined;
  const at = canonicalDate(run['executionTimestamp'] ?? run['scheduleTimestamp'] ?? null);
  return typeof at === 'string' ? at : undefined;
}
