export type { CredentialKind, CredentialOptions, ServiceKey } from './credentials.ts';
export type { ActiveFault, FaultEffect, FaultMatch, FaultRule } from './faults.ts';
export type { Limit, Limits } from './limits.ts';
export type { LoggedRequest, RequestFilter } from './request-log.ts';
export { type RandomSeedOptions, randomSeed } from './sap/random-seed.ts';
export type { EmulatorSeed, SeedJob, SeedRun, SeedSchedule } from './sap/seed.ts';
export { type Emulator, type EmulatorOptions, type EmulatorTls, startEmulator } from './server.ts';
