import type { Kind } from '../../../core/provider.ts';
import { classifyJob, classifySchedule } from '../classify.ts';
import { correlateSchedules } from '../correlate.ts';
import { jobDefault, scheduleDefault } from '../defaults.ts';
import { scheduleImpact } from '../impact.ts';
import { adviceCodes } from '../lint/codes.ts';
import { lintJob } from '../lint/lint-job.ts';
import { sapLoads } from '../lint/loads.ts';
import { MODES, modeOf } from '../modes.ts';
import { normalizeJob } from '../normalize.ts';
import { jobOperations } from '../operations.ts';
import { scheduleRuns, unsurePhase } from '../runs.ts';
import { settledSchedule } from '../settled.ts';
import { jobOutlook, UNUSUAL_NAME, validateJob } from '../validate.ts';

/** A job with an HTTP endpoint, and its schedules. The service knows it by its name. */
export const sapJob: Kind = {
  kind: 'SapJob',
  schemaFile: 'sap-job.schema.json',
  parts: { field: 'schedules', noun: 'schedule' },
  preExisting: false,
  deletable: true,
  replace: 'guarded',
  keepsRunLogs: true,
  unreadable: [],
  computed: ['startTime'],
  atomic: ['/data', '/startTime', '/endTime', '/time'],
  alternatives: MODES.map((mode) => `/${mode}`),
  secret: [],
  activeField: 'active',
  resetValue: (pointer, part) => (part ? scheduleDefault(pointer) : jobDefault(pointer)),
  identity: (name) => name,
  normalize: normalizeJob,
  validate: validateJob,
  correlate: correlateSchedules,
  classify: ({ pointers, part, from, to }) =>
    part ? classifySchedule(pointers, from, to) : classifyJob(pointers),
  settled: settledSchedule,
  runsOnce: (schedule) => modeOf(schedule) === 'time',
  impact: scheduleImpact,
  runs: scheduleRuns,
  unsurePhase,
  operations: jobOperations,
  outlook: jobOutlook,
  creationCodes: [UNUSUAL_NAME],
  lint: lintJob,
  adviceCodes,
  loads: sapLoads,
};
