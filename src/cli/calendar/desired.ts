import { createConfigEnvironment } from '../../config/index.ts';
import type { JsonObject } from '../../core/json.ts';
import { resolveTarget, sortFindings, uniqueFindings } from '../../manifest/index.ts';
import { assertNoErrors, chooseTargets, loadProject, providerOf } from '../../project/load-project.ts';
import { createOnly } from '../../project/only.ts';
import type { Context } from '../context.ts';
import { type Scheduled, scheduledOf } from './scheduled.ts';
import { nothingMatches, type Source, type SourceOptions } from './source.ts';

/** What the manifests want, offline: no credentials, no secrets. Throws all findings at once. */
export async function desiredSource(context: Context, options: SourceOptions): Promise<Source> {
  const only = createOnly(options.only);
  const { config, loaded, findings } = await loadProject(context);
  if (config === undefined || loaded === undefined) {
    assertNoErrors(sortFindings(uniqueFindings(findings)));
    return { title: '', scheduled: [], now: context.io.now(), notes: [] };
  }
  const [target] = chooseTargets(config, options.target, 'ask');
  if (target === undefined) return { title: '', scheduled: [], now: context.io.now(), notes: [] };
  const { kinds } = providerOf(target);
  const resolved = resolveTarget({
    manifests: loaded.manifests,
    target,
    kinds,
    environment: createConfigEnvironment(config, context.io.env),
    redact: (secret) => context.invocation.redactor.add(secret),
    now: context.io.now(),
    placeholders: true,
  });
  assertNoErrors(sortFindings(uniqueFindings([...findings, ...resolved.findings])));
  const chosen = resolved.resources.filter(({ address }) => only?.selects(address) ?? true);
  if (only !== undefined && !only.matched()) throw nothingMatches(only);
  const scheduled = chosen.flatMap((resource) => {
    const kind = kinds.find((candidate) => candidate.kind === resource.kind);
    return kind === undefined ? [] : scheduledOf(kind, resource);
  });
  return {
    title: `target ${target.name}`,
    scheduled,
    now: context.io.now(),
    notes: unknownNote(scheduled),
  };
}

/** What a value is that needs a secret or a variable which is not there (manifest/environment.ts). */
const UNKNOWN = '(unknown)';

function unknownNote(scheduled: readonly Scheduled[]): string[] {
  const hasUnknown = (spec: JsonObject = {}) => Object.values(spec).includes(UNKNOWN);
  const count = scheduled.filter(({ resource, part }) => hasUnknown(part) || hasUnknown(resource)).length;
  if (count === 0) return [];
  const verb = count === 1 ? '1 schedule depends' : `${count} schedules depend`;
  return [
    `${verb} on secrets or variables that are not set here; if these say when it runs, it is not shown.`,
  ];
}
