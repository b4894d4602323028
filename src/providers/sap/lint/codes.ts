/** Advice about SAP jobs and tasks; explained in docs/lint.md. */
export const lintCodes = [
  'LINT_MIDNIGHT',
  'LINT_FULL_HOUR',
  'LINT_ROUND_MINUTE',
  'LINT_ROUND_SECOND',
  'LINT_TOO_OFTEN',
  'LINT_UNEVEN_STEP',
  'LINT_NO_FUTURE_RUN',
  'LINT_PAST_END',
  'LINT_PAST_TIME',
  'LINT_MONTH_DAY',
  'LINT_BOTH_DAYS',
  'LINT_DESCRIPTION',
  'LINT_SHARED_DESCRIPTION',
  'LINT_HTTP_ACTION',
] as const;
export type LintCode = (typeof lintCodes)[number];

/** What `validate` warns about; shown by `lint`, too. */
const warnings = [
  'SAP_DATA_EMPTY_TEXT',
  'SAP_NAME_UNUSUAL',
  'SAP_OUTSIDE_JOB',
  'SAP_SCHEDULE_TWINS',
  'SAP_TIME_AFTER_END',
  'TIME_CRON_NEVER',
  'TIME_CRON_STEP_TOO_LARGE',
  'TIME_ZONE_ASSUMED',
] as const;

export const adviceCodes: readonly string[] = [...lintCodes, ...warnings];
