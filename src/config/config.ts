import type { JsonObject } from '../core/json.ts';
import type { Pointer } from '../core/pointer.ts';
import type { Policy } from '../core/policy.ts';
import type { Place } from '../core/resource.ts';
import type { OverlayPatch } from '../manifest/index.ts';
import type { LocateOptions } from '../manifest/locate.ts';

/** The config as the program uses it: checked, with all defaults. What users write is `ConfigDocument`. */
export interface Config {
  /** Absolute path of the file. */
  file: string;
  /** Absolute path of its folder, the root of the project. */
  root: string;
  /** Globs relative to the root. */
  manifests: readonly string[];
  state: StateConfig;
  allowEnv: readonly string[];
  allowFiles: readonly string[];
  lint: LintConfig;
  /** In the order of the file. */
  targets: Readonly<Record<string, TargetConfig>>;
}

export interface StateConfig {
  backend: 'file' | 'git' | 'postgres';
  /** With `git`: the ref or branch, if chosen; `<target>` in it stands for the target. */
  ref?: string;
  /** With `git`: the remote, if chosen. */
  remote?: string;
}

export interface LintConfig {
  /** Codes of advice that is switched off, with the place of each. */
  disable: readonly { code: string; place: Place }[];
  /** More runs in one minute are a peak. */
  runsPerMinute: number;
}

export interface TargetConfig {
  name: string;
  provider: string;
  /** As written: references are filled in by `resolveConnection`. */
  url?: string;
  /** As written. */
  tenant?: JsonObject;
  /** As written. */
  credentials: JsonObject;
  /** As written. */
  variables: JsonObject;
  select: { labels: Readonly<Record<string, string>> };
  patches: readonly OverlayPatch[];
  policy: Policy;
  watch: WatchConfig;
  /** Of the whole config, for filling in manifests. */
  allowEnv: readonly string[];
  /** Where something of the target stands; pointers are relative to the target. */
  locate(pointer: Pointer, options?: LocateOptions): Place;
}

export interface WatchConfig {
  mode: 'observe' | 'approve' | 'auto';
  /** Milliseconds between two passes. */
  interval: number;
  windows: readonly WatchWindow[];
  selfHeal: boolean;
}

export interface WatchWindow {
  type: 'allow' | 'deny';
  /** Five-field Unix expression. */
  cron: string;
  /** Milliseconds. */
  duration: number;
  /** IANA name. */
  timeZone: string;
}
