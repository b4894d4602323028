import type { Finding } from '../core/errors.ts';
import type { OutcomeError, OutcomeStatus } from '../core/outcome.ts';
import type { PlanTarget } from '../core/plan-document.ts';
import type { Waiting, WatchMode } from './decide.ts';
import type { Fight } from './fight-detector.ts';
import type { Trigger } from './work-queue.ts';

/**
 * `inStep`: nothing to do. `differs`: there is, and it waits for something. `applied`: just applied, to be confirmed by the next
 * pass. `refused`: a safety rule holds. `failed`: the last pass ended in an error. `unknown`: no pass has ended yet.
 */
export type Condition = 'unknown' | 'inStep' | 'differs' | 'refused' | 'failed';

export interface Pause {
  reason: string;
  /** Epoch ms; absent: until somebody resumes. */
  until?: number;
  at: number;
  by: string;
}

export interface Approval {
  digest: string;
  at: number;
  by: string;
}

export interface PassRecord {
  /** Epoch ms. */
  startedAt: number;
  endedAt: number;
  triggers: readonly Trigger[];
  commit?: string;
  /** Requests to the service. */
  requests: number;
  writes: number;
}

/** What people and programs see of one target. Instants are epoch ms. */
export interface TargetStatus {
  name: string;
  provider: string;
  url: string;
  mode: WatchMode;
  /** ms between two passes. */
  interval: number;
  selfHeal: boolean;
  prune: boolean;
  phase: 'idle' | 'queued' | 'planning' | 'applying';
  condition: Condition;
  /** Since when the condition holds. */
  since: number;
  waiting: Waiting;
  /** Since when the manifests are the last good ones instead of those of now. */
  staleSince?: number;
  /** What is wrong with the manifests or the config. */
  findings: readonly Finding[];
  pause?: Pause;
  approval?: Approval;
  window: { open: boolean; nextEdge?: number };
  fights: readonly Fight[];
  /** The commit that the last plan was made of. */
  commit?: string;
  /** The last plan, redacted. */
  plan?: PlanTarget;
  /** When the service was observed for it as a whole; what the manifests have changed since was read at the time of the pass. */
  observedAt?: number;
  lastPass?: PassRecord;
  lastApply?: { at: number; summary: Partial<Record<OutcomeStatus, number>>; commit?: string };
  /** Of the last pass, when it failed. */
  error?: OutcomeError;
  /** Failed passes in a row. */
  failures: number;
}
