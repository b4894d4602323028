import { createConfigEnvironment } from '../config/index.ts';
import type { Finding } from '../core/errors.ts';
import { resolveTarget, sortFindings, uniqueFindings } from '../manifest/index.ts';
import { chooseTargets, loadProject, providerOf } from './load-project.ts';
import type { ProjectContext } from './project-context.ts';

export interface CheckedProject {
  findings: Finding[];
  /** The targets that were looked at, with the number of their sound manifests. */
  targets: { name: string; resources: number }[];
}

/** Checks config and manifests offline and without secrets; everything that is wrong comes at once. */
export async function checkProject(
  context: ProjectContext,
  options: { target: readonly string[]; ref?: string },
): Promise<CheckedProject> {
  const { config, loaded, findings } = await loadProject(
    context,
    options.ref === undefined ? {} : { ref: options.ref },
  );
  if (config === undefined || loaded === undefined) {
    return { findings: sortFindings(uniqueFindings(findings)), targets: [] };
  }
  const environment = createConfigEnvironment(config, context.io.env, context.configFiles);
  const targets = chooseTargets(config, options.target, 'all').map((target) => ({
    name: target.name,
    ...resolveTarget({
      manifests: loaded.manifests,
      target,
      kinds: providerOf(target).kinds,
      environment,
      redact: (secret) => context.invocation.redactor.add(secret),
      now: context.io.now(),
      placeholders: true,
    }),
  }));
  return {
    findings: sortFindings(uniqueFindings([...findings, ...targets.flatMap((target) => target.findings)])),
    targets: targets.map(({ name, resources }) => ({ name, resources: resources.length })),
  };
}
