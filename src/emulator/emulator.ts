import type { CredentialKind, CredentialOptions, ServiceKey } from './credentials.ts';
import type { ActiveFault, FaultRule } from './faults.ts';
import type { Limits } from './limits.ts';
import type { LoggedRequest, RequestFilter } from './request-log.ts';
import type { RiversandAccess } from './riversand/service.ts';
import type { StartedRun } from './sap/runner.ts';
import type { PutEffect } from './sap/store.ts';
import type { QueueTimes } from './sap/world.ts';
import type { EmulatorSeed } from './seed.ts';

/** Certificates as PEM texts. */
export interface EmulatorTls {
  cert: string;
  key: string;
  /** Authority that client certificates must come from. */
  ca: string;
  /** The binding's own certificate: no other one is accepted, and `credentialsFor` shows it. */
  clientCertificate?: string;
  clientKey?: string;
}

export interface EmulatorOptions {
  /** Default 0: any free port. */
  port?: number;
  /** Default 127.0.0.1. */
  host?: string;
  seed?: EmulatorSeed;
  /** Folder in which the state survives a restart; what is there wins over `seed`. */
  persistDir?: string;
  /** Really call the action endpoints. */
  fire?: boolean;
  /** Clock of the machine, epoch ms. */
  now?: () => number;
  /** Waits; used for delays. */
  sleep?: (ms: number) => Promise<void>;
  /** Opens a second, TLS port that asks for client certificates. */
  tls?: EmulatorTls;
  /** Seed that lets the shapes of answers vary; without it each endpoint has the shape that is documented for it. */
  shapes?: number;
  limits?: Limits;
  queueTimes?: Partial<QueueTimes>;
  /** Told of every run of a SAP schedule as it starts; those of deleted schedules were told, too. */
  onRun?: (run: StartedRun) => void;
  /** Told of every request when it has been answered. */
  log?: (request: LoggedRequest) => void;
}

export interface Emulator {
  readonly url: string;
  /** Base URL of the TLS port, if there is one. */
  readonly certUrl: string | undefined;
  /** Service key of the first instance, usable as `credentials: {serviceKey: …}`. */
  readonly credentials: ServiceKey;
  /** The second service, at the same address. */
  readonly riversand: RiversandAccess;
  credentialsFor(kind: CredentialKind, options?: CredentialOptions): Record<string, unknown>;
  close(): Promise<void>;
  /** Everything the service knows, in the form of a seed. */
  state(): EmulatorSeed;
  /** Replaces everything the service knows; throws an Error that says what is wrong and then changes nothing. */
  setState(seed: EmulatorSeed): void;
  readonly clock: {
    now(): number;
    /** Goes to an instant (epoch ms), letting everything due on the way run, and stops there. */
    set(instant: number): Promise<void>;
    /** Goes on by so many ms, likewise; with `down` the service does not run meanwhile. */
    advance(ms: number, options?: { down?: boolean }): Promise<void>;
    freeze(): void;
    run(): void;
    isFrozen(): boolean;
  };
  readonly faults: {
    /** Adds rules and gives their ids; a rule with a known id replaces it. */
    set(rules: FaultRule | readonly FaultRule[]): string[];
    list(): ActiveFault[];
    clear(id?: string): void;
  };
  readonly limits: { get(): Limits; set(limits: Limits): void };
  /** Seed that lets the shapes of answers vary; undefined: as documented. */
  readonly shapes: { get(): number | undefined; set(seed: number | undefined): void };
  readonly tokens: {
    revoke(): void;
    /** Seconds. */
    setLifetime(seconds: number): void;
    /** New secrets for the first instance; the old ones are refused unless they are kept. Gives the new service key. */
    rotate(options?: { keepOld?: boolean }): ServiceKey;
  };
  requests(filter?: RequestFilter): LoggedRequest[];
  clearRequests(): void;
  /** What PUTs on schedules did to runs that were on their way. */
  effects(): PutEffect[];
  /** Waits for the endpoints that are being called. */
  settled(): Promise<void>;
}
