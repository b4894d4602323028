/** Advice about schedule objects; explained in docs/lint.md. */
const lintCodes = ['LINT_HTTP_ACTION', 'LINT_PAST_END'] as const;

/** What `validate` warns about; shown by `lint`, too. */
const warnings = ['RIVERSAND_MARGIN_LONG'] as const;

export const adviceCodes: readonly string[] = [...lintCodes, ...warnings];
