export type { Policy } from '../core/policy.ts';
export type { Config, StateConfig, TargetConfig, WatchConfig, WatchWindow } from './config.ts';
export { createConfigEnvironment } from './config-environment.ts';
export { findConfig } from './find-config.ts';
export { type LoadConfigInput, type LoadedConfig, loadConfig } from './load-config.ts';
export { type ConnectionRules, type ResolvedConnection, resolveConnection } from './resolve-connection.ts';
