import type { Annotation } from './annotations.ts';
import type { FailureReason } from './failure.ts';
import type { Outputs } from './outputs.ts';
import type { Report } from './report.ts';

/** What a command has come to: everything that is still to be told. */
export interface CommandResult {
  report: Report;
  /** Whether a comment with `comment: changes` is worth it. */
  worthSaying: boolean;
  outputs: Partial<Outputs>;
  annotations: Annotation[];
  failure?: { reason: FailureReason; message: string };
  /** Target → digest of what could be approved. */
  digests?: Readonly<Record<string, string>>;
  /** Pull request to report to, when it is not the event's. */
  pull?: number;
}
