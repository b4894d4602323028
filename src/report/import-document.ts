/** What `import` did, or with `dryRun` would do. */
export interface ImportDocument {
  formatVersion: '1';
  tool: { name: string; version: string };
  target: string;
  dryRun: boolean;
  manifests: {
    address: string;
    /** The server's id. */
    id: string;
    /** Relative to the project. */
    file: string;
    /** Names of the secrets to set. */
    secrets: string[];
    /** What is odd, and kept as the service has it. */
    warnings: { code: string; message: string }[];
  }[];
  /** Objects that cannot be said in a manifest. */
  leftOut: { address: string; id: string; why: string }[];
  /** Left out by `--only` and `--exclude`. */
  excluded: string[];
  /** Live objects that were owned before. */
  managed: number;
  /** Manifests that were there before, whose object exists but is not owned (with `--adopt`: still not). */
  described: string[];
  secrets: { name: string; usedBy: { address: string; pointer: string }[] }[];
  /** Texts that look like secrets and were written as they are. */
  suspects: { address: string; pointer: string }[];
  /** Patterns for `--exclude`. */
  suggestions: { pattern: string; count: number }[];
  /** Remarks about the reading. */
  diagnostics: { code: string; message: string }[];
  /** With `--adopt`. */
  adopted?: string[];
  notAdopted?: { address: string; why: string }[];
  requests: number;
}
