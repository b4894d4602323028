import type { LiveResource } from '../../core/resource.ts';
import { formatInstant } from '../../time/index.ts';
import type { RiversandClient } from './client.ts';
import { lastInvocations } from './mapping.ts';
import { isRefusal } from './refusal.ts';

/** When each schedule object ran last: id → ISO instant, with one call. Of batch schedules the service tells nothing. */
export async function lastRuns(
  client: RiversandClient,
  resources: readonly LiveResource[],
): Promise<Map<string, string>> {
  if (!resources.some(({ kind }) => kind === 'RiversandSchedule')) return new Map();
  const infos = await client.infos().catch((error: unknown) => {
    // Of use to people only: a tenant may refuse it.
    if (isRefusal(error)) return [];
    throw error;
  });
  return new Map([...lastInvocations(infos)].map(([id, at]) => [id, formatInstant(at)]));
}
