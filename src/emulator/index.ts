export type { CredentialKind, CredentialOptions, ServiceKey } from './credentials.ts';
export type { Emulator, EmulatorOptions, EmulatorTls } from './emulator.ts';
export type { ActiveFault, FaultEffect, FaultMatch, FaultRule } from './faults.ts';
export type { Limit, Limits } from './limits.ts';
export type { LoggedRequest, RequestFilter } from './request-log.ts';
export type { RiversandCredentials } from './riversand/access.ts';
export type {
  RiversandSeed,
  SeedBatchRun,
  SeedBatchSchedule,
  SeedRiversandTenant,
  SeedScheduleObject,
} from './riversand/seed.ts';
export type { RiversandAccess, RiversandRunFilter } from './riversand/service.ts';
export type { RiversandSettings } from './riversand/settings.ts';
export { type RandomSeedOptions, randomSeed } from './sap/random-seed.ts';
export type { SeedJob, SeedRun, SeedSchedule } from './sap/seed.ts';
export type { EmulatorSeed } from './seed.ts';
export { startEmulator } from './server.ts';
