import type { Inventory } from '../core/inventory.ts';
import type { Journal } from '../core/journal.ts';
import { type SourceVersion, sourceVersion } from '../core/source-version.ts';

/** What is owned, and by what right: all from the state. */
export interface StatusDocument {
  formatVersion: '1';
  tool: { name: string; version: string };
  createdAt: string;
  targets: StatusTarget[];
}

export interface StatusTarget {
  name: string;
  backend: string;
  /** Why this is a copy on this machine, which may be out of date. */
  offline?: string;
  /** null: nothing was applied yet. */
  state: { lineage: string; serial: number; instance: string } | null;
  /** The newest command that wrote something. */
  last: StatusRecord | null;
  lock: StatusLock | null;
  /** An apply that is under way, or was cut short. */
  open: (SourceVersion & { id: string; startedAt: string; actor: string; changes: OpenChange[] }) | null;
  owned: OwnedObject[];
  /** What lives on in the service but was let go. */
  released: ReleasedObject[];
}

export interface StatusRecord extends SourceVersion {
  id: string;
  serial: number;
  at: string;
  command: string;
  actor: string;
  summary: string;
  outcomes: Readonly<Record<string, number>>;
  changes: readonly { address: string; action: string; status: string; code?: string }[];
}

export interface StatusLock {
  id: string;
  owner: string;
  host: string;
  pid: number;
  command: string;
  startedAt: string;
  renewedAt: string;
  expiresAt: string;
  /** Its process was on this machine, and is there no more. */
  gone?: boolean;
}

interface OpenChange {
  address: string;
  action: string;
}

/** With the version of the manifest that was applied last. */
export interface OwnedObject extends SourceVersion {
  address: string;
  /** The server's id. */
  id: string;
  ownedSince: string;
  protected: boolean;
  parts: { key: string; id: string; ownedSince: string }[];
  /** Ids that are still to be deleted after a replace. */
  superseded: string[];
}

interface ReleasedObject {
  address: string;
  /** `/schedules/daily`; absent for the whole object. */
  path?: string;
  at: string;
  how: string;
}

export interface StatusInput {
  name: string;
  backend: string;
  offline?: string;
  state: {
    lineage: string;
    serial: number;
    instance: string;
    inventory: Inventory;
    journal: Journal | null;
  } | null;
  last: StatusRecord | undefined;
  lock: StatusLock | null;
}

export function statusOf({ name, backend, offline, state, last, lock }: StatusInput): StatusTarget {
  const inventory = state?.inventory ?? {};
  return {
    name,
    backend,
    ...(offline === undefined ? {} : { offline }),
    state: state && { lineage: state.lineage, serial: state.serial, instance: state.instance },
    last: last ?? null,
    lock: lock && statusLock(lock),
    open: state?.journal ? openApply(state.journal) : null,
    owned: ownedObjects(inventory),
    released: releasedObjects(inventory),
  };
}

function statusLock({
  id,
  owner,
  host,
  pid,
  command,
  startedAt,
  renewedAt,
  expiresAt,
  gone,
}: StatusLock): StatusLock {
  const lock = { id, owner, host, pid, command, startedAt, renewedAt, expiresAt };
  return gone === true ? { ...lock, gone } : lock;
}

function openApply({ id, startedAt, actor, intents, ...version }: Journal): StatusTarget['open'] {
  const changes = sorted(intents).map(([address, { action }]) => ({ address, action }));
  return { id, startedAt, actor, ...sourceVersion(version), changes };
}

function ownedObjects(inventory: Inventory): OwnedObject[] {
  return sorted(inventory)
    .filter(([, { released }]) => released === undefined)
    .map(([address, { id, ownedSince, lifecycle, parts, ...entry }]) => ({
      address,
      id,
      ownedSince,
      ...sourceVersion(entry),
      protected: lifecycle.protect,
      parts: sorted(parts)
        .filter(([, part]) => part.released === undefined)
        .map(([key, part]) => ({ key, id: part.id, ownedSince: part.ownedSince })),
      superseded: sorted(parts).flatMap(([, part]) => part.superseded ?? []),
    }));
}

function releasedObjects(inventory: Inventory): ReleasedObject[] {
  return sorted(inventory).flatMap(([address, { released, parts }]) => {
    if (released !== undefined) return [{ address, ...released }];
    return sorted(parts).flatMap(([key, part]) =>
      part.released === undefined ? [] : [{ address, path: `/schedules/${key}`, ...part.released }],
    );
  });
}

function sorted<T>(record: Readonly<Record<string, T>>): [string, T][] {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
}
