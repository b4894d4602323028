import type { Impact } from '../core/change.ts';
import type { PlanChange } from '../core/plan-document.ts';
import { counted } from './text.ts';

/** What nobody must overlook about a change, in few words. */
export interface Alarm {
  text: string;
  loud: boolean;
}

/** The alarms of a change and its parts: what happens to runs and run logs, and whether it is refused. */
export function alarmsOf(change: PlanChange): Alarm[] {
  const impacts = [change, ...change.parts].flatMap(({ impact }) => impact ?? []);
  const sum = (count: (impact: Impact) => number): number =>
    impacts.reduce((total, one) => total + count(one), 0);
  const missed = sum(({ missed }) => missed.length);
  const extra = sum(({ extra }) => extra.length);
  const when = (holds: boolean, text: string, loud: boolean): Alarm[] => (holds ? [{ text, loud }] : []);
  return [
    ...when(
      impacts.some(({ immediate, announced }) => immediate && announced !== true),
      'runs immediately',
      true,
    ),
    ...when(
      impacts.some(({ announced }) => announced === true),
      'first run at once',
      false,
    ),
    ...when(missed > 0, `${counted(missed, 'run')} missed`, true),
    ...when(extra > 0, counted(extra, 'extra run'), true),
    ...when(losesRunLogs(change), 'run logs lost', false),
    ...when(
      [change, ...change.parts].some(({ blocked }) => blocked !== undefined),
      'blocked',
      true,
    ),
  ];
}

/** Whether run logs go with it, or may: only where the service keeps any. */
export function losesRunLogs(change: PlanChange): boolean {
  return [change, ...change.parts].some(
    ({ impact }) => impact !== undefined && impact.runLogsLost !== false && impact.runLogsLost !== 0,
  );
}

/** A refusal with the place it is about. */
export interface Refusal {
  where: string;
  code: string;
  message: string;
  override: string;
}

/** All refusals of a target's changes and their parts. */
export function refusalsOf(changes: readonly PlanChange[]): Refusal[] {
  return changes.flatMap((change) => [
    ...(change.blocked === undefined ? [] : [{ where: change.address, ...change.blocked }]),
    ...change.parts.flatMap((part) =>
      part.blocked === undefined ? [] : [{ where: `${change.address}${part.path}`, ...part.blocked }],
    ),
  ]);
}
