import type { ReadRule } from '../../core/provider.ts';
import { VERBS } from './verbs.ts';

/** All that a reader may send: the whole of what `plan` can do to the service. Batch calls differ by a verb in the body alone. */
export const riversandReads: readonly ReadRule[] = [
  {
    id: 'batch-list',
    method: 'POST',
    path: /^\/api\/proxyservice\/call$/,
    verb: { pointer: '/proxyObject/type', values: [VERBS.list.type] },
  },
  { id: 'schedule-objects', method: 'POST', path: /^\/api\/schedulerservice\/get$/ },
];
