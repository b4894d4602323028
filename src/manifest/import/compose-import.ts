import type { Finding } from '../../core/errors.ts';
import type { ImportDraft } from '../../core/import-draft.ts';
import type { JsonObject } from '../../core/json.ts';
import { formatPointer, getAt, type Pointer, parsePointer, setAt } from '../../core/pointer.ts';
import type { Kind } from '../../core/provider.ts';
import { type Address, formatAddress } from '../../core/resource.ts';
import { defaultLimits } from '../limits.ts';
import { loadManifests } from '../load-manifests.ts';
import { resolveTarget } from '../resolve-target.ts';
import { commentsOf } from './comments.ts';
import { escapeReferences } from './escape-references.ts';
import { findSecrets, nameSecrets, type SecretPlace, type Suspect } from './secret-values.ts';
import { isWritable, writeManifest } from './write-manifest.ts';

export interface ComposeInput {
  drafts: readonly ImportDraft[];
  kind(name: string): Kind;
  kinds: readonly Kind[];
  /** Labels that the target selects by; manifests without them would not be its own. */
  labels: Readonly<Record<string, string>>;
  /** `--secret` and `--plain`: globs over pointers into spec. */
  secret: readonly string[];
  plain: readonly string[];
  /** Id of object or part → when it ran last. */
  lastRuns: ReadonlyMap<string, string>;
  /** The service's clock, epoch ms. */
  now: number;
}

/** One manifest, ready to be written. */
export interface ComposedManifest {
  address: Address;
  id: string;
  text: string;
  /** Names of the secrets that it needs. */
  secrets: string[];
  /** What is odd about it, and stands as the service has it. */
  warnings: Finding[];
}

export interface Composed {
  manifests: ComposedManifest[];
  /** Objects that cannot be said in a manifest. */
  leftOut: { address: Address; id: string; why: string }[];
  /** What to set, with the places that use it. */
  secrets: { name: string; value: string; usedBy: { address: Address; pointer: Pointer }[] }[];
  suspects: Suspect[];
}

interface Work {
  draft: ImportDraft;
  address: Address;
  kind: Kind;
  spec: JsonObject;
  secrets: SecretPlace[];
  asFound: Pointer[];
  warnings: Finding[];
  text: string | undefined;
}

/**
 * Manifests for live objects. Each is read again by the loader: what the loader would refuse, and the service holds all
 * the same, is named in `lifecycle.asFound`; what no manifest can hold is left out with the reason. Pure but for time.
 */
export async function composeImport(input: ComposeInput): Promise<Composed> {
  const suspects: Suspect[] = [];
  const all = input.drafts.map((draft): Work => {
    const kind = input.kind(draft.kind);
    const address = formatAddress(draft.kind, draft.name);
    const { spec, warnings } = withoutUnwritable(draft, kind, address);
    const rules = { kind: kind.secret, also: input.secret, plain: input.plain };
    const found = findSecrets(address, spec, rules);
    suspects.push(...found.suspects);
    return { draft, address, kind, spec, secrets: found.secrets, asFound: [], warnings, text: undefined };
  });
  const names = nameSecrets(all.flatMap(({ secrets }) => secrets));
  const errors = new Map<Work, Finding[]>();
  // The first reading tells what has to be named in asFound, the second whether that was enough.
  let open = all;
  for (let reading = 0; reading < 2 && open.length > 0; reading++) {
    for (const work of open) work.text = writeWork(work, names, input);
    const found = await check(open, input);
    open = open.filter((work) => {
      const own = found.get(work) ?? [];
      errors.set(work, own);
      work.asFound = [
        ...new Set([...work.asFound, ...own.flatMap((finding) => fieldOf(finding, work))]),
      ].sort();
      if (reading === 0) work.warnings.push(...own.map((finding) => kept(finding)));
      return own.length > 0;
    });
  }
  const failed = all.filter((work) => work.text === undefined || (errors.get(work) ?? []).length > 0);
  const good = all.filter((work) => !failed.includes(work));
  return {
    manifests: good.map(({ address, draft, text = '', secrets, warnings }) => ({
      address,
      id: draft.id,
      text,
      secrets: [...new Set(secrets.map(({ value }) => names.get(value) ?? ''))].sort(),
      warnings,
    })),
    leftOut: failed.map((work) => ({
      address: work.address,
      id: work.draft.id,
      why:
        errors.get(work)?.[0]?.message ??
        'its manifest would be too large, or hold what YAML manifests cannot',
    })),
    secrets: secretsOf(good, names),
    suspects: suspects.filter(({ address }) => good.some((work) => work.address === address)),
  };
}

function secretsOf(works: readonly Work[], names: ReadonlyMap<string, string>): Composed['secrets'] {
  const places = works.flatMap(({ secrets }) => secrets);
  return [...names]
    .map(([value, name]) => ({
      name,
      value,
      usedBy: places
        .filter((place) => place.value === value)
        .map(({ address, pointer }) => ({ address, pointer })),
    }))
    .filter(({ usedBy }) => usedBy.length > 0)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Free-form values that YAML manifests cannot hold are not managed: a manifest that does not mention them is still true. */
function withoutUnwritable(
  draft: ImportDraft,
  kind: Kind,
  address: Address,
): Pick<Work, 'spec' | 'warnings'> {
  if (isWritable(draft.spec)) return { spec: draft.spec, warnings: [] };
  const field = kind.parts?.field;
  const paths = [
    ...kind.atomic,
    ...[...draft.parts.keys()].flatMap((key) =>
      kind.atomic.map((pointer) => formatPointer([field ?? '', key]) + pointer),
    ),
  ];
  let { spec } = draft;
  const warnings: Finding[] = [];
  for (const pointer of paths) {
    const value = getAt(spec, pointer);
    if (value === undefined || isWritable(value)) continue;
    spec = setAt(spec, pointer, undefined);
    warnings.push({
      code: 'IMPORT_NOT_WRITABLE',
      severity: 'warning',
      message: `${pointer} holds a key or a number that manifests cannot hold: it is left out, and so not managed.`,
      pointer: `/spec${pointer}`,
      address,
    });
  }
  return { spec, warnings };
}

function writeWork(work: Work, names: ReadonlyMap<string, string>, input: ComposeInput): string | undefined {
  const { draft, asFound, secrets } = work;
  const escaped = escapeReferences(work.spec) as JsonObject;
  const spec = secrets.reduce(
    (filled, { pointer, value }) => setAt(filled, pointer, `\${secret:${names.get(value)}}`),
    escaped,
  );
  const metadata: JsonObject = { name: escapeReferences(draft.name) };
  if (Object.keys(input.labels).length > 0) metadata['labels'] = escapeReferences({ ...input.labels });
  const document: JsonObject = {
    apiVersion: 'reconcile/v1',
    kind: draft.kind,
    metadata,
    ...(asFound.length === 0 ? {} : { lifecycle: { asFound: escapeReferences(asFound) } }),
    spec,
  };
  const text = writeManifest(document, commentsOf(draft, work.kind, input));
  return text !== undefined && Buffer.byteLength(text) <= defaultLimits.fileBytes ? text : undefined;
}

/** What the loader says against each, as it will be loaded: errors only. */
async function check(works: readonly Work[], { kinds, now }: ComposeInput): Promise<Map<Work, Finding[]>> {
  const byFile = new Map(works.map((work, index) => [`${index}.yaml`, work]));
  const files = [...byFile].flatMap(([path, { text }]) =>
    text === undefined ? [] : [{ path, bytes: Buffer.from(text) }],
  );
  const loaded = await loadManifests({ list: async () => ({ files, findings: [] }) });
  const { findings } = resolveTarget({
    manifests: loaded.manifests,
    target: { name: 'import', variables: {}, select: { labels: {} }, patches: [], allowEnv: [] },
    kinds,
    environment: { env: {} },
    redact: () => undefined,
    now,
    placeholders: true,
  });
  const found = new Map<Work, Finding[]>();
  for (const finding of [...loaded.findings, ...findings]) {
    const work = byFile.get(finding.place?.file ?? '');
    if (work === undefined || finding.severity !== 'error') continue;
    found.set(work, [...(found.get(work) ?? []), finding]);
  }
  return found;
}

/** The field that an error is about, as `lifecycle.asFound` names it; none for errors about the document itself. */
function fieldOf({ pointer }: Finding, { kind }: Work): Pointer[] {
  if (pointer === '/metadata/name') return [pointer];
  const tokens = parsePointer(pointer ?? '');
  if (tokens[0] !== 'spec' || tokens.length < 2) return [];
  const inPart = kind.parts !== undefined && tokens[1] === kind.parts.field;
  return [formatPointer(tokens.slice(1, inPart ? 4 : 2))];
}

function kept({ code, message, pointer, address }: Finding): Finding {
  return {
    code,
    severity: 'warning',
    message: `${message.replace(/\.$/, '')}: kept as the service has it.`,
    ...(pointer === undefined ? {} : { pointer }),
    ...(address === undefined ? {} : { address }),
  };
}
