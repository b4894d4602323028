import type { Finding } from './errors.ts';
import { fingerprint } from './fingerprint.ts';
import { canonicalText, equalJson, isObject, type Json, type JsonObject } from './json.ts';
import type { PatchOperation, PlanChange, PlanDocument, PlanTarget } from './plan-document.ts';
import { isSealed } from './resource.ts';

/** How many fields are named in one difference. */
const MOST_NAMED = 8;

/** sha256 over all of a plan document but this hash itself: what was saved is what is read, to the last character. */
export function planIntegrity(document: PlanDocument): string {
  const { integrity: _, ...rest } = document;
  return fingerprint(rest as unknown as Json);
}

/**
 * In what the plan that was approved and the plan as of now differ: address by address, each a sentence with what was
 * approved and what is now. Both redacted. Never empty, because it is asked for when the digests differ.
 */
export function planDifferences(approved: PlanTarget, now: PlanTarget): Finding[] {
  const found = [...wholeTarget(approved, now)];
  const before = new Map(approved.changes.map((change) => [change.address, change]));
  const after = new Map(now.changes.map((change) => [change.address, change]));
  for (const address of [...new Set([...before.keys(), ...after.keys()])].sort()) {
    for (const message of changeDifferences(before.get(address), after.get(address)))
      found.push(differs(message, address));
  }
  if (found.length > 0) return found;
  return [differs('values that are not shown have changed')];
}

function differs(message: string, address?: string): Finding {
  return { code: 'PLAN_DIFFERS', severity: 'error', message, ...(address === undefined ? {} : { address }) };
}

function wholeTarget(approved: PlanTarget, now: PlanTarget): Finding[] {
  const found: Finding[] = [];
  if (approved.lineage !== now.lineage) {
    found.push(
      differs(
        approved.lineage === undefined
          ? 'the plan was made before this target had a state; it has one now'
          : now.lineage === undefined
            ? 'the plan was made with a state of this target; there is none now'
            : `the state is another one: lineage ${approved.lineage} then, ${now.lineage} now`,
      ),
    );
  }
  return [...found, ...newRefusals(approved, now)];
}

function newRefusals(approved: PlanTarget, now: PlanTarget): Finding[] {
  const errorsOf = ({ diagnostics }: PlanTarget) =>
    diagnostics.filter(({ severity }) => severity === 'error');
  const known = new Set(errorsOf(approved).map(({ code }) => code));
  return errorsOf(now)
    .filter(({ code }) => !known.has(code))
    .map(({ code, message }) => differs(`now refused: ${message} (${code})`));
}

function changeDifferences(approved: PlanChange | undefined, now: PlanChange | undefined): string[] {
  if (approved === undefined) return now === undefined ? [] : [`not in the plan; now: ${now.action}`];
  if (now === undefined) return [`approved: ${approved.action}; now there is nothing to do`];
  const found = [
    ...(approved.action === now.action ? [] : [`approved: ${approved.action}; now: ${now.action}`]),
    ...blockDifferences(approved, now),
    ...patchDifferences(approved.patch, now.patch),
    ...named('what the manifest wants has changed', approved.desired, now.desired),
    ...named('what was last applied has changed', approved.base, now.base),
    ...operationDifferences(approved, now),
    ...liveDifferences(approved, now),
  ];
  if (approved.movedFrom !== now.movedFrom)
    found.push(
      `approved: moved from ${approved.movedFrom ?? 'nothing'}; now: from ${now.movedFrom ?? 'nothing'}`,
    );
  if (found.length > 0 || sameWork(approved, now)) return found;
  return ['its parts are to be handled in another way'];
}

function sameWork(approved: PlanChange, now: PlanChange): boolean {
  return canonicalText(workOf(approved)) === canonicalText(workOf(now));
}

function workOf({ parts }: PlanChange): Json {
  return parts.map(({ path, action, blocked }) => ({ path, action, blocked: blocked?.code ?? null }));
}

function blockDifferences(approved: PlanChange, now: PlanChange): string[] {
  const blocks = (change: PlanChange) =>
    [change.blocked, ...change.parts.map(({ blocked }) => blocked)].filter((block) => block !== undefined);
  const known = new Set(blocks(approved).map(({ code }) => code));
  return blocks(now)
    .filter(({ code }) => !known.has(code))
    .map(({ code, message }) => `now refused: ${message} (${code})`);
}

function patchDifferences(approved: readonly PatchOperation[], now: readonly PatchOperation[]): string[] {
  const before = new Map(approved.map((operation) => [operation.path, operation]));
  const after = new Map(now.map((operation) => [operation.path, operation]));
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((path) => !equalJson(asJson(before.get(path)), asJson(after.get(path))))
    .map(
      (path) =>
        `${path === '' ? 'as a whole' : path}: approved ${said(before.get(path))}; now ${said(after.get(path))}`,
    );
}

function said(operation: PatchOperation | undefined): string {
  if (operation === undefined) return 'no change';
  if (operation.op === 'remove') return 'taken away';
  const text = canonicalText(operation.value);
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}

function operationDifferences(approved: PlanChange, now: PlanChange): string[] {
  const before = new Set(approved.operations.map(({ summary }) => summary));
  const after = new Set(now.operations.map(({ summary }) => summary));
  const gone = [...before].filter((summary) => !after.has(summary));
  const come = [...after].filter((summary) => !before.has(summary));
  return [
    ...(come.length === 0 ? [] : [`now it would also: ${come.join(', ')}`]),
    ...(gone.length === 0 ? [] : [`no longer needed: ${gone.join(', ')}`]),
  ];
}

/** What somebody did to the live object since, as far as the plan shows live values. */
function liveDifferences(approved: PlanChange, now: PlanChange): string[] {
  if (approved.liveFingerprint === now.liveFingerprint) return [];
  if (now.liveFingerprint === undefined) return ['it is no longer there in the service'];
  if (approved.liveFingerprint === undefined) return ['it is there in the service now'];
  const live = ({ fields }: PlanChange) =>
    Object.fromEntries(fields.map((field) => [field.path, field.live ?? null]));
  const paths = changedPaths(live(approved), live(now));
  return [`the service's own version was changed since the plan${listed(paths)}`];
}

function named(what: string, approved: JsonObject | undefined, now: JsonObject | undefined): string[] {
  if (equalJson(approved, now)) return [];
  return [`${what}${listed(changedPaths(approved ?? {}, now ?? {}))}`];
}

function listed(paths: readonly string[]): string {
  if (paths.length === 0) return '';
  const more = paths.length - MOST_NAMED;
  return `: ${paths.slice(0, MOST_NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** Pointers of the smallest values that differ. */
function changedPaths(a: Json | undefined, b: Json | undefined, path = ''): string[] {
  if (equalJson(a, b)) return [];
  if (!isObject(a) || !isObject(b) || isSealed(a) || isSealed(b)) {
    return [isSealed(a) || isSealed(b) ? `${path} (a secret)` : path];
  }
  return [...new Set([...Object.keys(a), ...Object.keys(b)])]
    .sort()
    .flatMap((key) =>
      changedPaths(
        Object.hasOwn(a, key) ? a[key] : undefined,
        Object.hasOwn(b, key) ? b[key] : undefined,
        key.startsWith('/') ? key : `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`,
      ),
    );
}

function asJson(operation: PatchOperation | undefined): Json | undefined {
  return operation as unknown as Json | undefined;
}
