/** Advice that concerns several resources, or the switching off of advice; explained in docs/lint.md. */
export const lintCodes = ['LINT_OVERLAP', 'LINT_PEAK', 'LINT_SAME_REQUEST', 'LINT_UNKNOWN_CODE'] as const;

/** Warnings of the loader that every kind may have. */
const warnings = ['EMPTY_FILE', 'NO_FILES', 'PATCH_MATCHES_NOTHING', 'POINTER_NAMES_NOTHING'] as const;

/** All codes that can be switched off: ours, and those of the kinds. */
export function knownCodes(kinds: readonly { adviceCodes?: readonly string[] }[]): ReadonlySet<string> {
  return new Set([...lintCodes, ...warnings, ...kinds.flatMap(({ adviceCodes = [] }) => adviceCodes)]);
}
