import type { ImportDocument } from './import-document.ts';
import type { RenderOptions } from './palette.ts';
import { counted, oneLine, sentence } from './text.ts';

/** Beyond this, only with `--verbose`: a first import has hundreds of everything. */
const MOST = 10;

/** The outcome of an import for people: files, what is odd, what to set, and what to do next. */
export function renderImportText(document: ImportDocument, options: RenderOptions): string {
  const lines = [
    ...files(document, options),
    ...oddities(document, options),
    ...secrets(document, options),
    ...suggestions(document, options),
    ...adoption(document, options),
    verdict(document, options),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function files({ manifests }: ImportDocument, options: RenderOptions): string[] {
  const { palette } = options;
  const rows = manifests.map(
    ({ address, file }) => `  ${palette.create('+')} ${oneLine(file)}  ${palette.faint(oneLine(address))}`,
  );
  return rows.length === 0 ? [] : [...shortened(rows, options), ''];
}

function oddities({ manifests, leftOut, diagnostics }: ImportDocument, options: RenderOptions): string[] {
  const { palette, width } = options;
  const kept = manifests.flatMap(({ address, warnings }) =>
    warnings.flatMap(({ code, message }) =>
      sentence(`  ${palette.warn(code)} `, `${oneLine(address)}: ${oneLine(message)}`, width),
    ),
  );
  const notes = diagnostics.flatMap(({ code, message }) => sentence(`  ${code} `, oneLine(message), width));
  const out = leftOut.flatMap(({ address, why }) =>
    sentence('  ! ', `${oneLine(address)}: ${oneLine(why)}.`, width, palette.warn),
  );
  return [
    ...section('Kept as the service has it, though a new manifest could not say so', kept, options),
    ...section('Left out', out, options),
    ...section('Notes', notes, options),
  ];
}

function secrets({ secrets: names, suspects }: ImportDocument, options: RenderOptions): string[] {
  const rows = names.map(
    ({ name, usedBy }) => `  ${name}  ${options.palette.faint(`used ${counted(usedBy.length, 'time')}`)}`,
  );
  const looks = suspects.map(({ address, pointer }) => `  ${oneLine(address)} ${oneLine(pointer)}`);
  return [
    ...section('Secrets to set, in the environment or in RECONCILE_SECRETS_DIR', rows, options),
    ...section(
      'Looks like a secret and was written as it is (--secret <pointer> takes it out)',
      looks,
      options,
    ),
  ];
}

function suggestions({ suggestions: found }: ImportDocument, options: RenderOptions): string[] {
  const rows = found.map(
    ({ pattern, count }) =>
      `  --exclude ${JSON.stringify(pattern)}  ${options.palette.faint(counted(count, 'object'))}`,
  );
  return section(
    'Only one-time runs that are over; if an application makes them by itself, leave them to it',
    rows,
    options,
  );
}

function adoption({ adopted, notAdopted = [] }: ImportDocument, options: RenderOptions): string[] {
  if (adopted === undefined) return [];
  const rows = notAdopted.flatMap(({ address, why }) =>
    sentence('  ! ', `${oneLine(address)}: ${oneLine(why)}`, options.width, options.palette.warn),
  );
  return section('Not adopted', rows, options);
}

function verdict(document: ImportDocument, { palette }: RenderOptions): string {
  const { manifests, leftOut, excluded, managed, described, adopted, dryRun, requests, target } = document;
  const written = counted(manifests.length, 'manifest');
  const told = [
    dryRun ? `${written} would be written` : `${written} written`,
    ...(adopted === undefined ? [] : [`${counted(adopted.length, 'object')} adopted`]),
    ...(managed === 0 ? [] : [`${managed} managed already`]),
    ...(described.length === 0 ? [] : [`${described.length} with a manifest but not owned`]),
    ...(excluded.length === 0 ? [] : [`${excluded.length} excluded`]),
    ...(leftOut.length === 0 ? [] : [`${leftOut.length} left out`]),
  ];
  const lead = dryRun ? palette.strong('Would import:') : palette.good('Imported:');
  return `${lead} ${told.join(', ')}. ${palette.faint(`(target ${target}; ${counted(requests, 'request')})`)}`;
}

function section(title: string, rows: readonly string[], options: RenderOptions): string[] {
  if (rows.length === 0) return [];
  return [
    ...sentence('', `${title}:`, options.width, options.palette.strong),
    ...shortened(rows, options),
    '',
  ];
}

function shortened(rows: readonly string[], { verbose, palette }: RenderOptions): string[] {
  if (verbose || rows.length <= MOST + 1) return [...rows];
  const more = rows.length - MOST;
  return [...rows.slice(0, MOST), palette.faint(`  … and ${more} more lines (--verbose shows all)`)];
}
