/** Paths of the API below the tenant's URL. */
export const batchPath = '/api/proxyservice/call';

export type ObjectCall = 'create' | 'update' | 'get' | 'delete';

export function objectPath(call: ObjectCall): string {
  return `/api/schedulerservice/${call}`;
}
