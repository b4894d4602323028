import type { JsonObject } from '../core/json.ts';
import { formatPointer, type Pointer } from '../core/pointer.ts';
import { defaultPolicy, type Policy } from '../core/policy.ts';
import type { Place } from '../core/resource.ts';
import type {
  ConfigDocument,
  PatchDocument,
  PolicyDocument,
  TargetDocument,
  WatchDocument,
} from '../generated/types/config.ts';
import type { OverlayPatch } from '../manifest/index.ts';
import type { LocateOptions } from '../manifest/locate.ts';
import type { Config, TargetConfig, WatchConfig } from './config.ts';

export interface ConfigOrigin {
  file: string;
  root: string;
  locate(pointer: Pointer, options?: LocateOptions): Place;
}

/** What a checked document means: defaults filled in, durations in milliseconds. */
export function toConfig(document: ConfigDocument, origin: ConfigOrigin): Config {
  const allowEnv = document.allowEnv ?? [];
  const targets = Object.entries(document.targets).map(
    ([name, target]) => [name, toTarget(name, target, allowEnv, origin)] as const,
  );
  return {
    file: origin.file,
    root: origin.root,
    manifests: document.manifests,
    state: { ...document.state, backend: document.state?.backend ?? 'file' },
    allowEnv,
    allowFiles: document.allowFiles ?? [],
    lint: {
      disable: (document.lint?.disable ?? []).map((code, index) => ({
        code,
        place: origin.locate(formatPointer(['lint', 'disable', index])),
      })),
      runsPerMinute: document.lint?.runsPerMinute ?? 10,
    },
    targets: Object.fromEntries(targets),
  };
}

function toTarget(
  name: string,
  target: TargetDocument,
  allowEnv: readonly string[],
  origin: ConfigOrigin,
): TargetConfig {
  const prefix = formatPointer(['targets', name]);
  return {
    name,
    provider: target.provider,
    ...(target.url !== undefined && { url: target.url }),
    ...(target.tenant !== undefined && { tenant: target.tenant as JsonObject }),
    credentials: target.credentials as JsonObject,
    variables: (target.variables ?? {}) as JsonObject,
    select: { labels: target.select?.labels ?? {} },
    patches: (target.patches ?? []).map(toPatch),
    policy: toPolicy(target.policy ?? {}),
    watch: toWatch(target.watch ?? {}),
    allowEnv,
    locate: (pointer, options) => origin.locate(prefix + pointer, options),
  };
}

function toPatch({ match, merge, patch }: PatchDocument): OverlayPatch {
  return {
    match,
    ...(merge !== undefined && { merge: merge as JsonObject }),
    // Generated types know neither that values are JSON nor that absent properties are absent.
    ...(patch !== undefined && { patch: patch as unknown as readonly JsonObject[] }),
  };
}

function toPolicy(policy: PolicyDocument): Policy {
  return {
    ...defaultPolicy,
    ...policy,
    maxDeletes: { ...defaultPolicy.maxDeletes, ...policy.maxDeletes },
  };
}

function toWatch(watch: WatchDocument): WatchConfig {
  return {
    mode: watch.mode ?? 'observe',
    interval: toMilliseconds(watch.interval ?? '60s'),
    windows: (watch.windows ?? []).map(({ type, cron, duration, timeZone }) => ({
      type,
      cron,
      duration: toMilliseconds(duration),
      timeZone: timeZone ?? 'UTC',
    })),
    selfHeal: watch.selfHeal ?? false,
  };
}

const units: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `90s`, `5m`, `2h`, `1d`; the schema has checked the form. */
function toMilliseconds(text: string): number {
  return Number.parseInt(text, 10) * (units[text.at(-1) ?? 's'] ?? 1000);
}
