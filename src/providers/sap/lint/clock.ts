import { choose } from '../../../core/choose.ts';
import type { LintCode } from './codes.ts';

/** The times of day something runs at: every combination of these. Sorted, UTC. No seconds: they do not matter. */
export interface Clock {
  hours: readonly number[];
  minutes: readonly number[];
  seconds: readonly number[];
}

type PeakCode = Extract<
  LintCode,
  'LINT_MIDNIGHT' | 'LINT_FULL_HOUR' | 'LINT_ROUND_MINUTE' | 'LINT_ROUND_SECOND'
>;

/** How far a minute may move: later, within its half hour. Never earlier: the data of the hour may not be there yet. */
const FARTHEST = 29;

const isRoundMinute = (minute: number): boolean => minute % 5 === 0;
const isRoundSecond = (second: number): boolean => second % 30 === 0;

/**
 * The most crowded moment a clock meets, if it can avoid it without changing its rhythm. Source: the service's best
 * practices advise against seconds 0 and 30, minutes 0, 30 and multiples of five, full hours, above all midnight UTC.
 */
export function peakOf({ hours, minutes, seconds }: Clock): PeakCode | undefined {
  if (minutes.some(isRoundMinute) && shifts(minutes, isRoundMinute).length > 0) {
    if (!minutes.includes(0)) return 'LINT_ROUND_MINUTE';
    return hours.includes(0) && hours.length < 24 ? 'LINT_MIDNIGHT' : 'LINT_FULL_HOUR';
  }
  if (seconds.some(isRoundSecond) && shifts(seconds, isRoundSecond).length > 0) return 'LINT_ROUND_SECOND';
  return undefined;
}

/** The clock moved out of the crowd, as far as it meets one: the same rhythm, other minutes and seconds. */
export function awayFromPeaks(clock: Clock, text: string): Clock {
  return {
    hours: clock.hours,
    minutes: moved(clock.minutes, isRoundMinute, text),
    seconds: moved(clock.seconds, isRoundSecond, `${text} seconds`),
  };
}

function moved(
  values: readonly number[],
  isRound: (value: number) => boolean,
  text: string,
): readonly number[] {
  if (!values.some(isRound)) return values;
  const shift = choose(shifts(values, isRound), text) ?? 0;
  return values.map((value) => value + shift);
}

/** By how much all values can be moved on so that none is round, none meets another's old place, none passes 59. */
function shifts(values: readonly number[], isRound: (value: number) => boolean): number[] {
  const last = values.at(-1) ?? 0;
  const gaps = values.map((value, index) => (values[index + 1] ?? (values[0] ?? 0) + 60) - value);
  const farthest = Math.min(
    values.length === 1 && isRound === isRoundSecond ? 59 : FARTHEST,
    59 - last,
    ...gaps.map((gap) => gap - 1),
  );
  const found: number[] = [];
  for (let shift = 1; shift <= farthest; shift += 1) {
    if (!values.some((value) => isRound(value + shift))) found.push(shift);
  }
  return found;
}
