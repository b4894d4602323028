import type { JsonObject } from '../../core/json.ts';
import type { Kind } from '../../core/provider.ts';

/** One thing that runs, before its runs are computed. */
export interface Scheduled {
  address: string;
  /** The key of the schedule; empty for kinds that have none. */
  schedule: string;
  kind: Kind;
  resource: JsonObject;
  part?: JsonObject;
  facts?: JsonObject;
  /** The next run that a plan announces, epoch ms. */
  due?: number;
}

interface Whole {
  address: string;
  spec: JsonObject;
  facts?: JsonObject;
  parts: readonly { key: string; spec: JsonObject; facts?: JsonObject }[];
}

/** What of a resource runs: its schedules, or itself when its kind has none; nothing for kinds that never run. */
export function scheduledOf(kind: Kind, { address, spec, facts, parts }: Whole): Scheduled[] {
  if (kind.runs === undefined) return [];
  if (kind.parts === undefined) {
    return [{ address, schedule: '', kind, resource: spec, ...(facts === undefined ? {} : { facts }) }];
  }
  return parts.map((part) => ({
    address,
    schedule: part.key,
    kind,
    resource: spec,
    part: part.spec,
    ...(part.facts === undefined ? {} : { facts: part.facts }),
  }));
}
