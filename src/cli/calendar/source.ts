import { ReconcileError } from '../../core/errors.ts';
import type { Only } from '../../project/only.ts';
import type { Scheduled } from './scheduled.ts';

export interface SourceOptions {
  target: readonly string[];
  only: readonly string[];
  concurrency: number;
}

/** Everything that may run, wherever it was read. */
export interface Source {
  /** For the title: `target dev`. */
  title: string;
  scheduled: Scheduled[];
  /** Epoch ms: the service's clock where there is one, else ours. */
  now: number;
  /** What to know, for the person at the terminal. */
  notes: string[];
}

export function nothingMatches({ patterns }: Only): ReconcileError {
  return new ReconcileError(`--only ${patterns.join(' ')} matches nothing that could run.`, {
    code: 'USAGE_ONLY_MATCHES_NOTHING',
    category: 'invalid',
    remedy: 'Give an address such as SapJob/salesReportJob, or a glob such as "SapJob/report*".',
  });
}
