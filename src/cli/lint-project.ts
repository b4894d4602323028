import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { type Config, createConfigEnvironment, type TargetConfig } from '../config/index.ts';
import type { Finding } from '../core/errors.ts';
import { canonicalText, type JsonObject } from '../core/json.ts';
import { getAt, type Pointer, setAt } from '../core/pointer.ts';
import type { Kind, LintInput } from '../core/provider.ts';
import { formatAddress } from '../core/resource.ts';
import {
  type Disable,
  knownCodes,
  lintLoads,
  type PlacedLoad,
  readDisables,
  switchOff,
} from '../lint/index.ts';
import {
  type LoadedManifest,
  type ResolvedTarget,
  resolveTarget,
  sortFindings,
  uniqueFindings,
} from '../manifest/index.ts';
import { chooseTargets, loadProject, providerOf } from '../project/load-project.ts';
import { providers } from '../providers/registry.ts';
import type { Context } from './context.ts';
import { keepTexts } from './manifest-texts.ts';
import { mergeTargets } from './merge-targets.ts';

export interface Linted {
  /** False: there are errors, and no advice was looked for. */
  valid: boolean;
  findings: Finding[];
  targets: { name: string; resources: number }[];
  /** How many findings config and comments switched off. */
  hidden: number;
}

/** Config and manifests checked as `validate` does; when they are valid, the advice on them too. */
export async function lintProject(
  context: Context,
  { target, ref }: { target: readonly string[]; ref?: string },
): Promise<Linted> {
  const { cache, texts } = keepTexts();
  const project = await loadProject(context, { cache, ...(ref === undefined ? {} : { ref }) });
  const { config, loaded } = project;
  if (config === undefined || loaded === undefined) return invalid(project.findings, []);
  const chosen = chooseTargets(config, target, 'all');
  const seen = chosen.map((one) => ({
    target: one,
    ...resolveSeen(one, loaded.manifests, config, context),
  }));
  const targets = seen.map(({ target: { name }, resources }) => ({ name, resources: resources.length }));
  const findings = [...project.findings, ...seen.flatMap((one) => one.findings)];
  if (findings.some(({ severity }) => severity === 'error')) return invalid(findings, targets);
  const advised = seen.map(({ target: one, inputs }) => ({
    target: one.name,
    findings: advise(one, inputs, loaded.manifests, config, context),
  }));
  const { findings: shown, hidden } = switchOff([...project.findings, ...mergeTargets(advised)], {
    config: config.lint.disable,
    comments: [...commentsIn(texts), ...(await commentsInConfig(config, context))],
    known: knownCodes(providers.flatMap(({ kinds }) => kinds)),
  });
  return { valid: true, findings: sortFindings(uniqueFindings(shown)), targets, hidden };
}

function invalid(findings: readonly Finding[], targets: Linted['targets']): Linted {
  return { valid: false, findings: sortFindings(uniqueFindings(findings)), targets, hidden: 0 };
}

interface Seen extends LintInput {
  kind: Kind;
}

/** The target as `validate` sees it, and each document as it is after patches and references. */
function resolveSeen(
  target: TargetConfig,
  manifests: readonly LoadedManifest[],
  config: Config,
  context: Context,
): ResolvedTarget & { inputs: Seen[] } {
  const written: Seen[] = [];
  const kinds = providerOf(target).kinds.map((kind) =>
    withRules(kind, (input) => {
      written.push({ ...input, kind });
      return [];
    }),
  );
  const resolved = resolveAs(kinds, target, manifests, config, context);
  const secrets = new Map(resolved.resources.map((resource) => [resource.address, resource.secrets]));
  const inputs = written.map((input) => ({
    ...input,
    spec: sealed(input.spec, secrets.get(formatAddress(input.kind.kind, input.name)) ?? []),
  }));
  return { ...resolved, inputs };
}

/** Advice offers texts made from what is written, which no redactor knows: so it never sees a secret. */
function sealed(spec: JsonObject, secrets: readonly Pointer[]): JsonObject {
  return secrets.reduce((rest, pointer) => {
    const value = getAt(rest, pointer);
    // Two equal secrets stay equal, so that data can still be compared.
    return value === undefined ? rest : setAt(rest, pointer, { $sealed: canonicalText(value) });
  }, spec);
}

/** All findings of a valid target. The rules run where those of `validate` do: that is what knows patches and places. */
function advise(
  target: TargetConfig,
  inputs: readonly Seen[],
  manifests: readonly LoadedManifest[],
  config: Config,
  context: Context,
): Finding[] {
  const { runsPerMinute } = config.lint;
  const together = byAddress(lintLoads(loadsOf(inputs), { now: context.io.now(), runsPerMinute }));
  const seen = new Map(inputs.map((input) => [formatAddress(input.kind.kind, input.name), input]));
  const kinds = providerOf(target).kinds.map((kind) =>
    withRules(kind, ({ name }) => {
      const address = formatAddress(kind.kind, name);
      const input = seen.get(address);
      const own = input === undefined ? [] : (kind.lint?.(input) ?? []);
      return [...own, ...(together.get(address) ?? [])];
    }),
  );
  return resolveAs(kinds, target, manifests, config, context).findings;
}

function byAddress(findings: readonly Finding[]): ReadonlyMap<string | undefined, Finding[]> {
  const groups = new Map<string | undefined, Finding[]>();
  for (const finding of findings) {
    const group = groups.get(finding.address);
    if (group === undefined) groups.set(finding.address, [finding]);
    else group.push(finding);
  }
  return groups;
}

function loadsOf(inputs: readonly Seen[]): PlacedLoad[] {
  return inputs
    .flatMap(({ kind, ...input }) => {
      const address = formatAddress(kind.kind, input.name);
      return (kind.loads?.(input) ?? []).map((load) => ({ ...load, address }));
    })
    .sort((a, b) => (a.address < b.address ? -1 : a.address > b.address ? 1 : 0));
}

function withRules(kind: Kind, rules: (input: LintInput) => Finding[]): Kind {
  return {
    ...kind,
    validate: (name, spec, now) => [...kind.validate(name, spec, now), ...rules({ name, spec, now })],
  };
}

function resolveAs(
  kinds: readonly Kind[],
  target: TargetConfig,
  manifests: readonly LoadedManifest[],
  config: Config,
  context: Context,
): ResolvedTarget {
  return resolveTarget({
    manifests,
    target,
    kinds,
    environment: createConfigEnvironment(config, context.io.env),
    redact: (secret) => context.invocation.redactor.add(secret),
    now: context.io.now(),
    placeholders: true,
  });
}

function commentsIn(texts: ReadonlyMap<string, string>): Disable[] {
  return [...texts].flatMap(([file, text]) =>
    file.toLowerCase().endsWith('.json') ? [] : readDisables(file, text),
  );
}

/** Patches stand in the config, and so do comments on them. */
async function commentsInConfig(config: Config, context: Context): Promise<Disable[]> {
  const shown = relative(context.cwd, config.file) || config.file;
  return readDisables(shown, await readFile(config.file, 'utf8'));
}
