import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { type Config, loadConfig } from '../../config/index.ts';
import { ReconcileError } from '../../core/errors.ts';
import { type Adopted, adoptTarget } from '../../engine/adopt.ts';
import { type ImportObservation, observeForImport } from '../../engine/import.ts';
import { kindsOf } from '../../engine/observe.ts';
import {
  type Composed,
  composeImport,
  type Layout,
  layouts,
  type PlacedFile,
  placeFiles,
  suggestExcludes,
} from '../../manifest/import/index.ts';
import { compileGlobs } from '../../manifest/index.ts';
import { addressGlobs } from '../../project/only.ts';
import { toolStamp } from '../../project/plan-targets.ts';
import { type PreparedTarget, prepareTargets } from '../../project/prepare.ts';
import { redacted } from '../../project/redacted.ts';
import { type ImportDocument, renderImportText, renderJson } from '../../report/index.ts';
import { counted } from '../../report/text.ts';
import type { Configure } from '../configure.ts';
import { type Context, openContext } from '../context.ts';
import { duration } from '../duration.ts';
import { assertFree, folderInProject, writeFiles } from '../import-files.ts';
import {
  addTargetOptions,
  collect,
  type OutputFormat,
  outputOption,
  type TargetOptions,
} from '../options.ts';

interface Options extends TargetOptions {
  output: OutputFormat;
  exclude: string[];
  into?: string;
  layout: Layout;
  force?: boolean;
  dryRun?: boolean;
  adopt?: boolean;
  yes?: boolean;
  lockTimeout?: number;
  secret: string[];
  plain: string[];
  lastRuns: boolean;
}

/** `reconcile import`. */
export const configureImport: Configure = (command, invocation) => {
  addTargetOptions(command, 'the only one')
    .option('--exclude <glob>', 'leave these addresses out; repeatable', collect, [])
    .option('--into <dir>', 'the folder for the manifests (default: the fixed part of the first pattern)')
    .addOption(
      new Option('--layout <how>', 'a file for each object, folders by kind, or one file')
        .choices(layouts)
        .default('flat'),
    )
    .option('--force', 'overwrite files that are in the way')
    .option('--dry-run', 'only list what would be written')
    .option('--adopt', 'also record ownership of all that is just as its manifest says')
    .option('-y, --yes', 'do not ask')
    .option('--lock-timeout <duration>', "wait this long for somebody else's lock", duration)
    .option('--secret <glob>', 'values that are secrets, by pointer; repeatable', collect, [])
    .option('--plain <glob>', 'values that are none, though they look so; repeatable', collect, [])
    .option('--no-last-runs', 'do not ask when everything ran last')
    .option('--verbose', 'list everything')
    .addOption(outputOption(['text', 'json']))
    .addHelpText(
      'after',
      `
Writes a manifest for each live object that has none, and nothing to the service. plan shows no change afterwards.

Examples:
  $ reconcile import --dry-run
  $ reconcile import --adopt                     write the manifests and take the objects over
  $ reconcile import --layout kind --into jobs/dev
  $ reconcile import --exclude "SapJob/tenant-*"
  $ reconcile import --secret "/schedules/*/data/user"`,
    )
    .action(async (options: Options, self: Command) => {
      const context = openContext(self, invocation);
      const document = redacted<ImportDocument>(await importTarget(context, options), context);
      if (options.output === 'json') context.io.out(renderJson(document));
      else context.io.out(renderImportText(document, context.render));
      if (options.output === 'text') hint(context, document);
    });
};

async function importTarget(context: Context, options: Options): Promise<ImportDocument> {
  const selects = selection(options);
  const { config, target, progress, protectCalls } = await prepareOne(context, options);
  const { input } = target;
  progress.show(`${input.name}: reading the service`);
  const observed = await observeForImport(input, { selects, lastRuns: options.lastRuns }).finally(
    progress.clear,
  );
  const composed = await compose(config, input, observed, options);
  for (const { value } of composed.secrets) context.invocation.redactor.add(value);
  const files = place(context, config, input.name, composed, options);
  const adopt = options.adopt === true && options.dryRun !== true;
  if (adopt) await confirm(context, input.name, options);
  if (options.dryRun !== true) await writeFiles(config.root, files, options.force === true);
  protectCalls();
  const adopted = adopt ? await adoptAll(context, composed, options, selects) : undefined;
  return toDocument({ config, target, observed, composed, files, adopted, options });
}

interface One {
  config: Config;
  target: PreparedTarget;
  progress: { show(message: string): void; clear(): void };
  protectCalls(): void;
}

/** The one target, and the config around it. That there are no manifests yet is no news here. */
async function prepareOne(context: Context, options: Options): Promise<One> {
  const quiet: Context = {
    ...context,
    showFindings: (findings) => {
      const news = findings.filter(({ code }) => code !== 'NO_FILES');
      if (news.length > 0) context.showFindings(news);
    },
  };
  const prepared = await prepareTargets(quiet, { ...options, only: [], several: 'ask', readOnly: true });
  const [target, ...others] = prepared.targets;
  const { config } = await loadConfig({
    cwd: context.cwd,
    ...(context.config === undefined ? {} : { file: context.config }),
  });
  if (target === undefined || config === undefined || others.length > 0) {
    throw new ReconcileError('import works on one target at a time.', {
      code: 'USAGE_WHICH_TARGET',
      category: 'invalid',
      remedy: 'Give one -t; repeat the command for each target.',
    });
  }
  return { config, target, progress: prepared.progress, protectCalls: prepared.protectCalls };
}

function selection({ only, exclude }: Options): (address: string) => boolean {
  const wanted = only.length === 0 ? () => true : compileGlobs(addressGlobs(only));
  const unwanted = exclude.length === 0 ? () => false : compileGlobs(addressGlobs(exclude));
  return (address) => wanted(address) && !unwanted(address);
}

function compose(
  config: Config,
  input: PreparedTarget['input'],
  observed: ImportObservation,
  options: Options,
): Promise<Composed> {
  return composeImport({
    drafts: observed.drafts,
    kind: kindsOf(input.provider),
    kinds: input.provider.kinds,
    labels: config.targets[input.name]?.select.labels ?? {},
    secret: options.secret,
    plain: options.plain,
    lastRuns: observed.lastRuns,
    now: observed.now,
  });
}

function place(
  context: Context,
  config: Config,
  target: string,
  { manifests }: Composed,
  options: Options,
): PlacedFile[] {
  if (manifests.length === 0) return [];
  const force = options.force === true;
  const files = placeFiles({
    manifests,
    layout: options.layout,
    ...(options.into === undefined ? {} : { into: folderInProject(options.into, context.cwd, config.root) }),
    patterns: config.manifests,
    target,
    exists: (path) => !force && existsSync(join(config.root, path)),
  });
  assertFree(config.root, files, force || options.dryRun === true);
  return files;
}

async function confirm({ io }: Context, target: string, options: Options): Promise<void> {
  if (options.yes === true) return;
  const refused = (message: string, remedy: string): ReconcileError =>
    new ReconcileError(message, { code: 'NOT_CONFIRMED', category: 'refused', remedy });
  if (!io.interactive)
    throw refused(
      'Nobody is there to confirm the adoption; nothing was written.',
      'Repeat the command with --yes.',
    );
  if (await io.confirm(`Write the manifests and record ownership of what matches in target ${target}?`))
    return;
  throw refused(
    'The adoption was not confirmed; nothing was written.',
    'Leave out --adopt to only write manifests.',
  );
}

/** The manifests are read again from disk; secrets that nobody has set yet are those that were just read. */
async function adoptAll(
  context: Context,
  composed: Composed,
  options: Options,
  selects: (address: string) => boolean,
): Promise<Adopted> {
  const known = Object.fromEntries(composed.secrets.map(({ name, value }) => [name, value]));
  const env = { ...known, ...context.io.env };
  const again = await prepareTargets(
    { ...context, io: { ...context.io, env }, showFindings: () => undefined },
    { ...options, only: [], several: 'ask', readOnly: true },
  );
  const [target] = again.targets;
  if (target === undefined) return { adopted: [], notAdopted: [], requests: 0 };
  again.progress.show(`${target.input.name}: adopting`);
  return adoptTarget({ ...target.input, selects }).finally(again.progress.clear);
}

interface Outcome {
  config: Config;
  target: PreparedTarget;
  observed: ImportObservation;
  composed: Composed;
  files: readonly PlacedFile[];
  adopted: Adopted | undefined;
  options: Options;
}

function toDocument({ target, observed, composed, files, adopted, options }: Outcome): ImportDocument {
  const fileOf = new Map(files.flatMap(({ path, addresses }) => addresses.map((address) => [address, path])));
  return {
    formatVersion: '1',
    tool: toolStamp(),
    target: target.input.name,
    dryRun: options.dryRun === true,
    manifests: composed.manifests.map(({ address, id, secrets, warnings }) => ({
      address,
      id,
      file: fileOf.get(address) ?? '',
      secrets,
      warnings: warnings.map(({ code, message }) => ({ code, message })),
    })),
    leftOut: [...observed.leftOut, ...composed.leftOut],
    excluded: observed.excluded,
    managed: observed.managed,
    described: observed.described.filter((address) => adopted?.adopted.includes(address) !== true),
    secrets: composed.secrets.map(({ name, usedBy }) => ({ name, usedBy })),
    suspects: composed.suspects,
    suggestions: suggestExcludes(observed.drafts, kindsOf(target.input.provider), observed.now),
    diagnostics: observed.diagnostics.map(({ code, message }) => ({ code, message })),
    ...(adopted === undefined ? {} : { adopted: adopted.adopted, notAdopted: adopted.notAdopted }),
    requests: observed.requests + (adopted?.requests ?? 0),
  };
}

function hint(context: Context, { dryRun, manifests, adopted, described, secrets }: ImportDocument): void {
  if (dryRun) return;
  if (manifests.length === 0) {
    if (described.length > 0 && adopted === undefined)
      context.note('Next: reconcile import --adopt takes over what is just as its manifest says.');
    return;
  }
  const set = secrets.length === 0 ? '' : `set ${counted(secrets.length, 'secret')}, then `;
  const next = adopted === undefined ? 'reconcile import --adopt' : 'reconcile plan';
  context.note(`Next: read and commit the manifests; ${set}${next}.`);
}
