import { showVersion } from '../core/source-version.ts';
import { showAge } from './instant.ts';
import type { RenderOptions } from './palette.ts';
import type { OwnedObject, StatusDocument, StatusLock, StatusTarget } from './status.ts';
import { columns, counted, oneLine, padEnd, sentence } from './text.ts';

/** What is owned, for people: first what may need somebody, then the list. */
export function renderStatusText(document: StatusDocument, options: RenderOptions): string {
  const now = Date.parse(document.createdAt);
  return `${document.targets.map((target) => targetLines(target, now, options).join('\n')).join('\n\n')}\n`;
}

function targetLines(target: StatusTarget, now: number, options: RenderOptions): string[] {
  const { palette, width } = options;
  const { name, backend, offline, state, owned, released } = target;
  const head = palette.strong(`Target ${name}`);
  const from = palette.faint(`(state in ${backend})`);
  const warning =
    offline === undefined
      ? []
      : sentence('  ! ', `The copy on this machine; it may be out of date: ${offline}`, width, palette.warn);
  if (state === null && target.open === null) {
    return [
      `${head}  ${from}`,
      ...warning,
      '  Nothing was applied yet.',
      ...lockLines(target.lock, now, options),
    ];
  }
  const nothing = owned.length === 0 ? ['  Nothing is owned.'] : [];
  return [
    `${head}  ${palette.faint(`(state in ${backend}, serial ${state?.serial ?? 0})`)}`,
    ...warning,
    ...(state === null ? [] : sentence('  instance  ', state.instance, width)),
    ...lastLines(target, now, options),
    ...lockLines(target.lock, now, options),
    ...openLines(target, now, options),
    '',
    ...nothing,
    ...ownedLines(owned, options),
    ...(released.length === 0 ? [] : ['', ...releasedLines(target, options)]),
    ...(owned.length === 0 ? [] : ['', summaryLine(owned, options)]),
  ];
}

function lastLines({ last }: StatusTarget, now: number, { width, palette }: RenderOptions): string[] {
  if (last === null) return [];
  const { failed = 0, blocked = 0, notAttempted = 0 } = last.outcomes;
  const paint = failed + blocked + notAttempted > 0 ? palette.warn : palette.good;
  const version = showVersion(last);
  const commit = version === undefined ? '' : `, commit ${version}`;
  return [
    ...sentence('  last      ', last.summary, width, paint),
    ...sentence('            ', `${showAge(last.at, now)}, by ${last.actor}${commit}`, width, palette.faint),
  ];
}

function lockLines(lock: StatusLock | null, now: number, { width, palette }: RenderOptions): string[] {
  if (lock === null) return [];
  const { owner, host, pid, command, startedAt, renewedAt } = lock;
  const who = `${owner}@${host} (pid ${pid}, ${command})`;
  return [
    ...sentence('  lock      ', `held by ${who} since ${showAge(startedAt, now)}`, width, palette.warn),
    ...sentence(
      '            ',
      `last sign of life ${showAge(renewedAt, now)}${fateOf(lock, now)}`,
      width,
      palette.faint,
    ),
  ];
}

function fateOf(lock: StatusLock, now: number): string {
  if (!isOver(lock, now)) return '';
  const why = lock.gone === true ? 'its process is gone from this machine' : 'it has expired';
  return `: ${why}, the next apply takes it over`;
}

function isOver({ gone, expiresAt }: StatusLock, now: number): boolean {
  return gone === true || now > Date.parse(expiresAt);
}

const shownChanges = 5;

function openLines(
  { open, lock }: StatusTarget,
  now: number,
  { width, palette, verbose }: RenderOptions,
): string[] {
  if (open === null) return [];
  const shown = verbose ? open.changes : open.changes.slice(0, shownChanges);
  const more = open.changes.length - shown.length;
  const unsettled = `${counted(open.changes.length, 'change')} not settled`;
  const fate =
    lock === null || isOver(lock, now)
      ? `did not end: ${unsettled}. The next apply settles them.`
      : `has not ended: ${unsettled}`;
  const since = showAge(open.startedAt, now);
  return [
    ...sentence('  open      ', `an apply of ${open.actor}, begun ${since}, ${fate}`, width, palette.warn),
    ...shown.map(({ action, address }) => `            ${action} ${oneLine(address)}`),
    ...(more > 0 ? [palette.faint(`            … and ${more} more (--verbose)`)] : []),
  ];
}

function ownedLines(owned: readonly OwnedObject[], { palette, verbose }: RenderOptions): string[] {
  const widest = Math.max(0, ...owned.map(({ address }) => columns(oneLine(address))));
  return owned.flatMap((one) => {
    const { address, id, ownedSince, parts, superseded } = one;
    const version = showVersion(one);
    const facts = [
      `since ${ownedSince.slice(0, 10)}`,
      ...(version === undefined ? [] : [version]),
      ...(parts.length === 0 ? [] : [counted(parts.length, 'schedule')]),
      ...(verbose ? [`id ${oneLine(id)}`] : []),
    ];
    const marks = [
      ...(one.protected ? [palette.accent('protected')] : []),
      ...(superseded.length === 0 ? [] : [palette.warn(`${superseded.length} still to be deleted`)]),
    ];
    const line = [
      `  ${padEnd(oneLine(address), Math.min(widest, 48))}`,
      palette.faint(facts.join('  ')),
      ...marks,
    ];
    const details = parts.map(
      ({ key, id: part, ownedSince: since }) =>
        `    ${oneLine(key)}  since ${since.slice(0, 10)}  id ${oneLine(part)}`,
    );
    return [line.join('  '), ...(verbose ? details.map(palette.faint) : [])];
  });
}

function releasedLines({ released }: StatusTarget, { palette }: RenderOptions): string[] {
  const words: Readonly<Record<string, string>> = {
    deactivate: 'deactivated',
    keep: 'kept',
    disable: 'disabled',
  };
  return [
    palette.strong('  Let go: they live on in the service'),
    ...released.map(
      ({ address, path = '', how, at }) =>
        `  ${oneLine(address + path)}  ${words[how] ?? how} ${at.slice(0, 10)}`,
    ),
  ];
}

function summaryLine(owned: readonly OwnedObject[], { palette }: RenderOptions): string {
  const parts = owned.reduce((sum, one) => sum + one.parts.length, 0);
  const kept = owned.filter((one) => one.protected).length;
  const protectedText = kept === 0 ? '' : `, ${kept} protected`;
  return `${palette.strong('Owned:')} ${counted(owned.length, 'resource')} with ${counted(parts, 'schedule')}${protectedText}.`;
}
