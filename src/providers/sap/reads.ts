import type { ReadRule } from '../../core/provider.ts';

/** All that a reader may send: the whole of what `plan` can do to the service. */
export const sapReads: readonly ReadRule[] = [
  { id: 'jobs', method: 'GET', path: /^\/scheduler\/jobs$/ },
  { id: 'job', method: 'GET', path: /^\/scheduler\/jobs\/\d+$/ },
  { id: 'schedules', method: 'GET', path: /^\/scheduler\/jobs\/\d+\/schedules$/ },
  { id: 'schedule', method: 'GET', path: /^\/scheduler\/jobs\/\d+\/schedules\/[\w-]+$/ },
  { id: 'runs', method: 'GET', path: /^\/scheduler\/jobs\/\d+\/schedules\/[\w-]+\/runs$/ },
  { id: 'search-schedules', method: 'GET', path: /^\/scheduler\/search\/schedules$/ },
  { id: 'settings', method: 'GET', path: /^\/scheduler\/globalParameters$/ },
];
