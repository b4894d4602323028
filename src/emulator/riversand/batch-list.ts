import { formatIsoDuration } from '../../time/iso-duration.ts';
import { batchSuccess, StatusError } from './answers.ts';
import { ALL, type JobIdentifier, readIdentifier, readInterval } from './batch-input.ts';
import type { RiversandCall } from './call.ts';
import type { Ghost, Hidden, RiversandTenant } from './model.ts';

/** `schedule-batch-list`: what lives, and of each only id, interval and pool. */
export function listBatch(call: RiversandCall): Record<string, unknown> {
  const { world, tenant, body, taskId, now } = call;
  const identifier = readIdentifier(body);
  refuseAll(tenant, identifier);
  const { intervals } = world.settings;
  const jobSchedules = visible(tenant, identifier, now).map((schedule) => ({
    id: schedule.id,
    recurrence_interval:
      intervals === 'canonical'
        ? formatIsoDuration(readInterval(schedule.recurrenceInterval) / 1000)
        : schedule.recurrenceInterval,
    pool_id: schedule.poolId,
  }));
  return batchSuccess(taskId, body, { jobSchedules });
}

function refuseAll(tenant: RiversandTenant, { appId, jobDefId }: JobIdentifier): void {
  const refused =
    (tenant.refuseAll === true && (appId === ALL || jobDefId === ALL)) ||
    (tenant.refuseAll === 'apps' && appId === ALL) ||
    (jobDefId === ALL && tenant.apps.get(appId)?.refuseAll === true);
  if (refused) throw new StatusError('ALL_REFUSED', `_ALL is not allowed for ${appId}, ${jobDefId}`);
}

/** What the list shows of a pair. Counts as a look for what only shows after some of them. */
function visible(tenant: RiversandTenant, identifier: JobIdentifier, now: number): Ghost['schedule'][] {
  const wanted = ({ appId, jobDefId }: JobIdentifier) =>
    (identifier.appId === ALL || identifier.appId === appId) &&
    (identifier.jobDefId === ALL || identifier.jobDefId === jobDefId);
  const shown: Ghost['schedule'][] = [];
  for (const ghost of tenant.ghosts.filter(({ schedule }) => wanted(schedule))) {
    if (stillHidden(ghost.hidden, now)) shown.push(ghost.schedule);
    else tenant.ghosts = tenant.ghosts.filter((other) => other !== ghost);
  }
  for (const schedule of tenant.batch.values()) {
    if (!wanted(schedule)) continue;
    if (schedule.hidden !== undefined && stillHidden(schedule.hidden, now)) continue;
    schedule.hidden = undefined;
    shown.push(schedule);
  }
  return shown;
}

function stillHidden(hidden: Hidden, now: number): boolean {
  if (hidden.until !== undefined && now < hidden.until) return true;
  if (hidden.lists === undefined || hidden.lists === 0) return false;
  hidden.lists--;
  return true;
}
