import type { Json, JsonObject } from './json.ts';
import type { Pointer } from './pointer.ts';

/** `SapJob/salesReportJob`: kind and name, unique within a target. */
export type Address = string;

export function formatAddress(kind: string, name: string): Address {
  return `${kind}/${name}`;
}

export function parseAddress(address: Address): { kind: string; name: string } | undefined {
  const slash = address.indexOf('/');
  if (slash < 1 || slash === address.length - 1) return undefined;
  return { kind: address.slice(0, slash), name: address.slice(slash + 1) };
}

/** A place in a file; line and column count from 1. */
export interface Place {
  file: string;
  line: number;
  col: number;
}

export type OnRemove = 'delete' | 'deactivate' | 'keep';

export interface Lifecycle {
  protect: boolean;
  onRemove: OnRemove;
  /** Pointers into spec that are left to others. */
  ignore: readonly Pointer[];
  sensitive: readonly Pointer[];
  exclusive: boolean;
  allowImmediate: boolean;
  allowReplace: boolean;
}

export const defaultLifecycle: Lifecycle = {
  protect: false,
  onRemove: 'delete',
  ignore: [],
  sensitive: [],
  exclusive: false,
  allowImmediate: false,
  allowReplace: false,
};

/**
 * A specification in two forms with the same field names:
 * `spec` keeps the values as somebody wrote them (this is what is sent), `canonical` says the same by meaning (this is what is compared).
 */
export interface Normalized {
  spec: JsonObject;
  canonical: JsonObject;
}

/** A part as desired: a schedule of a SAP job. `key` is its name in the manifest. */
export interface Part extends Normalized {
  key: string;
  movedFrom?: string;
}

/** A value that stands only because the service has it (`lifecycle.asFound`): it would be refused otherwise. */
export interface AsFound {
  /** Into spec, or `/metadata/name`. */
  pointer: Pointer;
  /** What is wrong with it. */
  why: string;
}

/** A manifest after overlays, interpolation, defaults and normalisation. */
export interface Resource extends Normalized {
  kind: string;
  name: string;
  address: Address;
  /** Identity in the service within its kind (SAP: the job name). Two resources of a target must not share one. */
  identity: string;
  labels: Readonly<Record<string, string>>;
  lifecycle: Lifecycle;
  /** The name it used to have (`moved.from`). */
  movedFrom?: string;
  parts: readonly Part[];
  /** Pointers into the whole spec (parts included, `/schedules/daily/data/token`) whose values must never be shown. */
  secrets: readonly Pointer[];
  /** Values that may never be sent anew. */
  asFound?: readonly AsFound[];
  place: Place;
}

/** A part as the service has it. */
export interface LivePart extends Normalized {
  /** The server's id (SAP: scheduleId). */
  id: string;
  /** What is read only: `nextRunAt` (ISO instant), `type`, … */
  facts: JsonObject;
}

/** An object as the service has it, in the vocabulary of manifests. */
export interface LiveResource extends Normalized {
  kind: string;
  identity: string;
  /** The server's id (SAP: jobId as text). */
  id: string;
  parts: readonly LivePart[];
  /** What is read only: `jobType`, `createdAt`, … */
  facts: JsonObject;
}

/** Pointer of a part within its resource: `/schedules/daily`. */
export function partPath(partsField: string, key: string): Pointer {
  return `/${partsField}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** Shown instead of a secret in every output. */
export const SENSITIVE = '(sensitive)';

/** What stands for a secret in state, plans and comparisons: `{ "$sealed": "<key id>:<hmac>" }`, or `{ "$sealed": "unverifiable" }`. */
export interface Sealed extends JsonObject {
  $sealed: string;
}

export function isSealed(value: Json | undefined): value is Sealed {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    typeof value['$sealed'] === 'string'
  );
}
