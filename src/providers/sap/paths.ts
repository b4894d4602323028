/** Paths of the API below the base URL. Ids that are not known yet show as `{jobId}` and `{scheduleId}`. */
export const jobsPath = '/scheduler/jobs';
export const globalParametersPath = '/scheduler/globalParameters';
export const searchSchedulesPath = '/scheduler/search/schedules';

export function jobPath(jobId: string | undefined): string {
  return `${jobsPath}/${segment(jobId, '{jobId}')}`;
}

export function schedulesPath(jobId: string | undefined): string {
  return `${jobPath(jobId)}/schedules`;
}

export function schedulePath(jobId: string | undefined, scheduleId: string | undefined): string {
  return `${schedulesPath(jobId)}/${segment(scheduleId, '{scheduleId}')}`;
}

export function runsPath(jobId: string, scheduleId: string): string {
  return `${schedulePath(jobId, scheduleId)}/runs`;
}

function segment(id: string | undefined, unknown: string): string {
  return id === undefined || id === '' ? unknown : encodeURIComponent(id);
}
