import type { Kind } from '../../../core/provider.ts';
import { objectDefault } from '../defaults.ts';
import { objectOutlook } from '../impact-object.ts';
import { adviceCodes } from '../lint/codes.ts';
import { lintObject } from '../lint/lint-object.ts';
import { objectLoads } from '../lint/loads.ts';
import { normalizeObject } from '../normalize.ts';
import { objectOperations } from '../operations.ts';
import { objectRuns, unsureObjectPhase } from '../runs.ts';
import { validateObject } from '../validate.ts';

/** A schedule object of the older scheduler service: readable as a whole, with a real delete. */
export const riversandSchedule: Kind = {
  kind: 'RiversandSchedule',
  schemaFile: 'riversand-schedule.schema.json',
  preExisting: false,
  deletable: true,
  replace: 'guarded',
  eventual: true,
  unreadable: [],
  atomic: ['/taskPayload', '/authContext'],
  secret: ['/authContext'],
  activeField: 'enabled',
  resetValue: objectDefault,
  identity: (name) => name,
  normalize: normalizeObject,
  validate: validateObject,
  correlate: () => ({ matched: new Map(), ambiguous: [] }),
  classify: () => ({ how: 'in-place' }),
  settled: () => undefined,
  impact: () => undefined,
  runs: objectRuns,
  unsurePhase: unsureObjectPhase,
  operations: objectOperations,
  outlook: objectOutlook,
  lint: lintObject,
  adviceCodes,
  loads: objectLoads,
};
