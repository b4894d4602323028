import type { Kind } from '../../../core/provider.ts';
import { classifySchedule } from '../classify.ts';
import { correlateSchedules } from '../correlate.ts';
import { impossibleTask, scheduleDefault } from '../defaults.ts';
import { scheduleImpact } from '../impact.ts';
import { adviceCodes } from '../lint/codes.ts';
import { lintJob } from '../lint/lint-job.ts';
import { sapLoads } from '../lint/loads.ts';
import { MODES, modeOf } from '../modes.ts';
import { normalizeTask } from '../normalize.ts';
import { taskOperations } from '../operations.ts';
import { scheduleRuns, unsurePhase } from '../runs.ts';
import { settledSchedule } from '../settled.ts';
import { validateTask } from '../validate.ts';

/** The schedules of an existing Cloud Foundry task job; the job itself cannot be created through the API. */
export const sapTask: Kind = {
  kind: 'SapTask',
  schemaFile: 'sap-task.schema.json',
  parts: { field: 'schedules', noun: 'schedule' },
  preExisting: true,
  deletable: false,
  replace: 'guarded',
  keepsRunLogs: true,
  unreadable: [],
  computed: ['startTime'],
  atomic: ['/data', '/startTime', '/endTime', '/time'],
  alternatives: MODES.map((mode) => `/${mode}`),
  secret: [],
  activeField: 'active',
  resetValue: (pointer, part) => (part ? scheduleDefault(pointer) : null),
  identity: (name) => name,
  normalize: normalizeTask,
  validate: validateTask,
  correlate: correlateSchedules,
  classify: ({ pointers, part, from, to }) =>
    part ? classifySchedule(pointers, from, to) : { how: 'impossible', why: impossibleTask },
  settled: settledSchedule,
  runsOnce: (schedule) => modeOf(schedule) === 'time',
  impact: scheduleImpact,
  runs: scheduleRuns,
  unsurePhase,
  operations: taskOperations,
  lint: lintJob,
  adviceCodes,
  loads: sapLoads,
};
