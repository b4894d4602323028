/** The public library: everything an entry point of your own needs to validate, plan and apply. */
export {
  type Config,
  createConfigEnvironment,
  findConfig,
  type LoadedConfig,
  loadConfig,
  resolveConnection,
  type TargetConfig,
} from './config/index.ts';
export type {
  Action,
  Block,
  Change,
  FieldDiff,
  Impact,
  Operation,
  PartChange,
  Reason,
} from './core/change.ts';
export type { Drift } from './core/drift.ts';
export {
  type Diagnostic,
  type ErrorCategory,
  type Finding,
  type HttpExchange,
  ReconcileError,
} from './core/errors.ts';
export type { Json, JsonObject } from './core/json.ts';
export type { ChangeOutcome, OutcomeDocument, OutcomeStatus, TargetOutcome } from './core/outcome.ts';
export type { PlanChange, PlanDocument, PlanSummary, PlanTarget } from './core/plan-document.ts';
export { defaultPolicy, type Policy } from './core/policy.ts';
export type { Connection, Kind, Provider, Session, Surroundings } from './core/provider.ts';
export { createRedactor, type Redactor } from './core/redactor.ts';
export { type Address, formatAddress, parseAddress, type Resource } from './core/resource.ts';
export { type Emulator, type EmulatorOptions, type EmulatorSeed, startEmulator } from './emulator/index.ts';
export {
  type ApplyEvent,
  type ApplyOptions,
  applyTarget,
  type PlannedTarget,
  planTarget,
  type TargetInput,
} from './engine/index.ts';
export {
  folderSource,
  gitSource,
  loadManifests,
  type ManifestSource,
  resolveTarget,
} from './manifest/index.ts';
export { findKind, findProvider, providers } from './providers/registry.ts';
export * from './report/index.ts';
export { type FileStoreOptions, fileStore } from './state/file.ts';
export { memoryStore } from './state/memory.ts';
export type {
  HistoryRecord,
  LockClaim,
  LockInfo,
  StateLock,
  StateStore,
  StoreClock,
  TargetState,
} from './state/store.ts';
export { type ThisProcess, thisProcess } from './state/this-process.ts';
export * as time from './time/index.ts';
