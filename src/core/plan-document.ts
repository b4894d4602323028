import type { Action, Block, Impact, Reason } from './change.ts';
import type { Diagnostic } from './errors.ts';
import type { Json, JsonObject } from './json.ts';

/** The plan as users and programs see it (`-o json`, `--out`): plain, redacted, deterministic. schemas/plan.schema.json. */
export interface PlanDocument {
  formatVersion: '1';
  tool: { name: string; version: string };
  /** ISO instant. */
  createdAt: string;
  source: { commit?: string; dirty?: boolean };
  targets: PlanTarget[];
  /** sha256 over all the rest: a saved plan that was edited is refused. */
  integrity?: string;
}

export interface PlanSummary {
  create: number;
  update: number;
  replace: number;
  delete: number;
  deactivate: number;
  adopt: number;
  forget: number;
  noop: number;
  /** Resources that somebody else changed, healed or not. */
  drifted: number;
  conflicts: number;
  /** Live objects that are neither in a manifest nor ours; never touched. */
  unmanaged: number;
  blocked: number;
}

export interface PlanTarget {
  name: string;
  provider: string;
  url: string;
  /** Identity of the state; absent when there is none yet. */
  lineage?: string;
  /** Fingerprint (sha256) of the service instance's identity. */
  instance?: string;
  requests: number;
  summary: PlanSummary;
  changes: PlanChange[];
  diagnostics: Diagnostic[];
  /** sha256 over what would be done. */
  digest: string;
}

export interface PatchOperation {
  op: 'add' | 'remove' | 'replace';
  path: string;
  value?: Json;
}

export interface PlanFieldNote {
  path: string;
  reason: 'edited' | 'drift' | 'conflict' | 'unowned';
  /** False: reported, but left as it is. */
  healed: boolean;
  live?: Json;
  desired?: Json;
  base?: Json;
}

export interface PlanPart {
  path: string;
  action: Action;
  reason: Reason;
  impact?: Impact;
  blocked?: Block;
  warnings?: string[];
}

export interface PlanOperation {
  id: string;
  summary: string;
  method: string;
  path: string;
  after: string[];
  destructive: boolean;
  lateBound?: string[];
}

export interface PlanChange {
  address: string;
  action: Action;
  reason: Reason;
  /** Live to desired (RFC 6902), redacted. */
  patch: PatchOperation[];
  /** Why each field differs; pointers into the spec, parts included. */
  fields: PlanFieldNote[];
  desired?: JsonObject;
  base?: JsonObject;
  movedFrom?: string;
  /** What it does to the resource's own runs. */
  impact?: Impact;
  parts: PlanPart[];
  operations: PlanOperation[];
  blocked?: Block;
  warnings: string[];
  liveFingerprint?: string;
}
