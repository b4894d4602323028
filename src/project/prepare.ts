import {
  type Config,
  createConfigEnvironment,
  resolveConnection,
  type TargetConfig,
} from '../config/index.ts';
import { type Finding, ReconcileError } from '../core/errors.ts';
import type { Look } from '../core/look.ts';
import type { Surroundings } from '../core/provider.ts';
import { sourceVersion } from '../core/source-version.ts';
import type { TargetInput } from '../engine/types.ts';
import {
  type LoadResult,
  type ResolveMemo,
  resolveTarget,
  sortFindings,
  uniqueFindings,
} from '../manifest/index.ts';
import type { LockClaim, StateStore } from '../state/store.ts';
import { assertNoErrors, chooseTargets, loadProject, providerOf } from './load-project.ts';
import { createOnly, type Only } from './only.ts';
import { openStore } from './open-store.ts';
import type { PlanningContext, Progress } from './project-context.ts';

interface PrepareOptions extends ResolveOptions {
  target: readonly string[];
  concurrency: number;
  ref?: string;
  /** Which targets without `-t` when there are several. */
  several: 'all' | 'ask';
}

interface ResolveOptions {
  only: readonly string[];
  acceptInstance?: boolean;
  /** How far to look at coming runs. */
  look?: Look;
  readOnly: boolean;
  /** ms to wait for somebody else's lock; default: the entry point's. */
  lockTimeout?: number;
}

export interface PreparedTarget {
  input: TargetInput;
  only?: Only;
}

/** Everything checked, nothing sent yet. */
export interface Prepared {
  targets: PreparedTarget[];
  /** Of the manifests. */
  source: { commit?: string; dirty?: boolean };
  progress: Progress;
  /** Called before the first write. */
  protectCalls(): void;
}

/**
 * From the project to targets that can be planned. All findings about config, manifests and credentials are
 * thrown together, before any request is sent; warnings are shown.
 */
export async function prepareTargets(context: PlanningContext, options: PrepareOptions): Promise<Prepared> {
  createOnly(options.only);
  const { config, loaded, findings } = await loadProject(
    context,
    options.ref === undefined ? {} : { ref: options.ref },
  );
  if (config === undefined || loaded === undefined) {
    assertNoErrors(sortFindings(uniqueFindings(findings)));
    throw new ReconcileError('There is no config.', { code: 'NO_CONFIG', category: 'invalid' });
  }
  const chosen = chooseTargets(config, options.target, options.several);
  const gathered = await context.gather(options.concurrency);
  const { surroundings, progress, protectCalls } = gathered;
  const { signal } = gathered.store.claim;
  const store = await openStore(config, {
    clock: gathered.store.clock,
    env: context.io.env,
    ...(signal === undefined ? {} : { signal }),
  });
  const claim: LockClaim = {
    ...gathered.store.claim,
    ...(options.lockTimeout === undefined ? {} : { timeout: options.lockTimeout }),
  };
  addOtherSecrets(config, chosen, environmentOf(context, config), surroundings.redact);
  const resolved = chosen.map((target) =>
    resolveOne({ context, config, loaded, target, options, surroundings, store, claim }),
  );
  const all = sortFindings(uniqueFindings([...findings, ...resolved.flatMap((one) => one.findings)]));
  assertNoErrors(all);
  if (all.length > 0) context.showFindings(all);
  return {
    targets: resolved.flatMap(({ prepared }) => prepared ?? []),
    source: loaded.source,
    progress,
    protectCalls,
  };
}

function environmentOf(
  context: Pick<PlanningContext, 'io' | 'configFiles'>,
  config: Config,
): ReturnType<typeof createConfigEnvironment> {
  return createConfigEnvironment(config, context.io.env, context.configFiles);
}

/** Also what belongs to targets that are not meant: a mistaken answer or a crash must not show it either. */
function addOtherSecrets(
  config: Config,
  chosen: readonly TargetConfig[],
  environment: ReturnType<typeof createConfigEnvironment>,
  redact: Surroundings['redact'],
): void {
  for (const target of Object.values(config.targets)) {
    if (!chosen.includes(target)) resolveConnection(target, { environment, redact });
  }
}

export interface ResolveOneInput {
  context: Pick<PlanningContext, 'io' | 'configFiles'>;
  config: Config;
  loaded: LoadResult;
  target: TargetConfig;
  options: ResolveOptions;
  surroundings: Surroundings;
  store: StateStore;
  claim: LockClaim;
  memo?: ResolveMemo;
}

/** One target of a project that was read: what it wants and how to reach it, and all that is wrong with either. */
export function resolveOne(input: ResolveOneInput): { prepared?: PreparedTarget; findings: Finding[] } {
  const { context, config, loaded, target, options, surroundings, store, claim } = input;
  const { env } = context.io;
  const environment = environmentOf(context, config);
  const provider = providerOf(target);
  const { resources, findings } = resolveTarget({
    manifests: loaded.manifests,
    target,
    kinds: provider.kinds,
    environment,
    redact: surroundings.redact,
    now: context.io.now(),
    ...(input.memo === undefined ? {} : { memo: input.memo }),
  });
  const { connection, findings: connecting } = resolveConnection(target, {
    environment,
    redact: surroundings.redact,
  });
  const onCreation = provider.kinds.flatMap(({ creationCodes = [] }) => creationCodes);
  const all = [...findings.filter(({ code }) => !onCreation.includes(code)), ...connecting];
  if (connection === undefined) return { findings: all };
  const only = createOnly(options.only);
  const stateKey = env['RECONCILE_STATE_KEY'];
  return {
    findings: all,
    prepared: {
      ...(only === undefined ? {} : { only }),
      input: {
        name: target.name,
        provider,
        connection,
        policy: target.policy,
        resources,
        store,
        others: Object.keys(config.targets).filter((name) => name !== target.name),
        surroundings,
        ...(stateKey === undefined || stateKey === '' ? {} : { stateKey }),
        ...sourceVersion(loaded.source),
        ...(options.acceptInstance === true ? { acceptInstance: true } : {}),
        ...(only === undefined ? {} : { selects: only.selects }),
        readOnly: options.readOnly,
        claim,
        ...(options.look === undefined ? {} : { look: options.look }),
      },
    },
  };
}
