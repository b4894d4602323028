export type { CredentialKind, CredentialOptions, ServiceKey } from './credentials.ts';
export type { Emulator, EmulatorOptions, EmulatorTls } from './emulator.ts';
export type { ActiveFault, FaultEffect, FaultMatch, FaultRule } from './faults.ts';
export type { Limit, Limits } from './limits.ts';
export type { LoggedRequest, RequestFilter } from './request-log.ts';
export { type RandomSeedOptions, randomSeed } from './sap/random-seed.ts';
export type { EmulatorSeed, SeedJob, SeedRun, SeedSchedule } from './sap/seed.ts';
export { startEmulator } from './server.ts';
