import type { Kind } from '../../../core/provider.ts';
import { classifyBatch } from '../classify.ts';
import { batchOutlook } from '../impact.ts';
import { adviceCodes } from '../lint/codes.ts';
import { batchLoads } from '../lint/loads.ts';
import { idsOf } from '../mapping.ts';
import { normalizeBatch } from '../normalize.ts';
import { batchOperations } from '../operations.ts';
import { pairIdentity, pairOf } from '../pairs.ts';
import { batchRuns, unsureBatchPhase } from '../runs.ts';
import { validateBatch } from '../validate.ts';

/** The schedule of a batch job. The service knows no update but on and off, shows little of it, and never deletes. */
export const riversandBatchJob: Kind = {
  kind: 'RiversandBatchJob',
  schemaFile: 'riversand-batch-job.schema.json',
  preExisting: false,
  deletable: false,
  replace: 'usual',
  unreadable: ['/enabled', '/startAt', '/jobInputPayload', '/recreateOn'],
  instances: idsOf,
  eventual: true,
  atomic: ['/jobInputPayload', '/recreateOn'],
  derived: ['/instances'],
  secret: [],
  activeField: 'enabled',
  resetValue: () => null,
  identity: (name, spec) => {
    const pair = pairOf(spec);
    return pair === undefined ? name : pairIdentity(pair);
  },
  normalize: normalizeBatch,
  validate: validateBatch,
  correlate: () => ({ matched: new Map(), ambiguous: [] }),
  classify: ({ pointers }) => classifyBatch(pointers),
  settled: () => undefined,
  impact: () => undefined,
  runs: batchRuns,
  unsurePhase: unsureBatchPhase,
  operations: batchOperations,
  outlook: batchOutlook,
  adviceCodes,
  loads: batchLoads,
};
