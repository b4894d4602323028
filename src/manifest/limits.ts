/** What one file may cost. */
export interface Limits {
  /** Bytes of a file. */
  fileBytes: number;
  /** Depth of nested maps and lists. */
  depth: number;
  /** Values that aliases add up to in one document. */
  aliasedValues: number;
  /** Findings of one file; the rest is only counted. */
  findings: number;
}

export const defaultLimits: Limits = {
  fileBytes: 1_000_000,
  depth: 60,
  aliasedValues: 20_000,
  findings: 50,
};
