import type { JsonObject } from '../../core/json.ts';

/** The four ways a schedule can say when it runs; the service takes exactly one and never changes it in place. */
export const MODES = ['cron', 'time', 'repeatInterval', 'repeatAt'] as const;
export type Mode = (typeof MODES)[number];

/** The modes a schedule mentions with a value. More than one only in faulty manifests. */
export function modesOf(schedule: JsonObject): Mode[] {
  return MODES.filter((mode) => (schedule[mode] ?? null) !== null);
}

/** The mode of a schedule, or undefined when it has none or several. */
export function modeOf(schedule: JsonObject): Mode | undefined {
  const [mode, ...others] = modesOf(schedule);
  return others.length === 0 ? mode : undefined;
}

export function isMode(field: string): field is Mode {
  return MODES.some((mode) => mode === field);
}
