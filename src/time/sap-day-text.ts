import { numberListText } from './number-list.ts';
import {
  ALL_DAYS,
  type DayMasks,
  dayRangeMasks,
  MONTH_LENGTHS,
  monthMask,
  numberRange,
  unionDays,
} from './sap-cron-model.ts';

/**
 * The canonical text of a day field. Only the month lengths that can occur count: with the month fixed to January,
 * `-1` and `31` are the same. Depends on the meaning alone, not on how it was written.
 */
export function dayText(days: DayMasks, lengths: readonly number[]): string {
  const indexes = lengths.map((length) => length - 28);
  if (indexes.every((i) => days[i] === ALL_DAYS[i])) return '*';
  if (indexes.every((i) => days[i] === 0)) return neverText(lengths);
  return (
    fromStart(days, lengths) ??
    fromEnd(days, lengths) ??
    mixedRange(days, lengths) ??
    fewFromBothEnds(days, lengths) ??
    coverText(days, indexes)
  );
}

// A day that does not exist in the months concerned. `-20:9` is day 9 of a month of 28 days and nothing in others.
function neverText(lengths: readonly number[]): string {
  return lengths.includes(31) ? '-20:9' : '31';
}

/** The days as plain positive numbers, if every month agrees on them. */
export function daysFromStart(days: DayMasks, lengths: readonly number[]): number[] | null {
  const longest = lengths[lengths.length - 1] ?? 31;
  const mask = days[longest - 28] ?? 0;
  const agree = lengths.every((length) => days[length - 28] === (mask & monthMask(length)));
  return agree ? bitsOf(mask).map((bit) => bit + 1) : null;
}

function fromStart(days: DayMasks, lengths: readonly number[]): string | null {
  const numbers = daysFromStart(days, lengths);
  return numbers === null ? null : numberListText(numbers);
}

/** The days as negative numbers, if every month agrees on them. */
function daysFromEnd(days: DayMasks, lengths: readonly number[]): number[] | null {
  const longest = lengths[lengths.length - 1] ?? 31;
  const numbers = bitsOf(days[longest - 28] ?? 0).map((bit) => bit - longest);
  const agree = lengths.every((length) => {
    let mask = 0;
    for (const n of numbers) if (length + n >= 0) mask |= 1 << (length + n);
    return mask === days[length - 28];
  });
  return agree ? numbers : null;
}

function fromEnd(days: DayMasks, lengths: readonly number[]): string | null {
  const numbers = daysFromEnd(days, lengths);
  return numbers === null ? null : numberListText(numbers);
}

function bitsOf(mask: number): number[] {
  const bits: number[] = [];
  for (let bit = 0; bit < 31; bit++) if ((mask >> bit) & 1) bits.push(bit);
  return bits;
}

/** One range with ends counted from different sides, such as `3:-2`. */
function mixedRange(days: DayMasks, lengths: readonly number[]): string | null {
  const longest = lengths[lengths.length - 1] ?? 31;
  const bits = bitsOf(days[longest - 28] ?? 0);
  const first = bits[0];
  const last = bits[bits.length - 1];
  if (first === undefined || last === undefined) return null;
  for (const [from, to] of [
    [first + 1, last - longest],
    [first - longest, last + 1],
  ] as const) {
    const range = dayRangeMasks(from, to);
    if (lengths.every((length) => range[length - 28] === days[length - 28])) return `${from}:${to}`;
  }
  return null;
}

const FEW = 6;

/** A few single days from the start and a few from the end, such as `1,15,-1`. */
function fewFromBothEnds(days: DayMasks, lengths: readonly number[]): string | null {
  const inside = (day: number) => {
    const masks = dayRangeMasks(day, day);
    return lengths.every((length) => ((masks[length - 28] ?? 0) & ~(days[length - 28] ?? 0)) === 0);
  };
  const union = (numbers: readonly number[]) =>
    numbers.map((day) => dayRangeMasks(day, day)).reduce<DayMasks>(unionDays, [0, 0, 0, 0]);
  const covers = (numbers: readonly number[]) => {
    const masks = union(numbers);
    return lengths.every((length) => masks[length - 28] === days[length - 28]);
  };
  let kept = [...numberRange(1, 31), ...numberRange(-31, -1)].filter(inside);
  if (!covers(kept)) return null;
  // The far ends first, so that -31 gives way to 1 and 31 to -1.
  for (const day of [...kept].sort((a, b) => Math.abs(b) - Math.abs(a) || a - b)) {
    const others = kept.filter((other) => other !== day);
    if (covers(others)) kept = others;
  }
  if (kept.length > FEW) return null;
  const [positive, negative] = [kept.filter((day) => day > 0), kept.filter((day) => day < 0)];
  return [positive, negative]
    .filter((part) => part.length > 0)
    .map((part) => numberListText(part))
    .join(',');
}

type DayTerm = { text: string; masks: DayMasks; cost: number };
let allTerms: DayTerm[] | undefined;

/** Every range that the grammar knows, once for each meaning, the cheapest text first. Only odd mixtures ask for it. */
function dayTerms(): DayTerm[] {
  if (allTerms !== undefined) return allTerms;
  const positions = MONTH_LENGTHS[3];
  const byMeaning = new Map<string, DayTerm>();
  for (let from = -positions; from <= positions; from++) {
    for (let to = -positions; to <= positions; to++) {
      if (from === 0 || to === 0) continue;
      for (let step = 1; step < positions; step++) {
        const masks = dayRangeMasks(from, to, step);
        const key = masks.join();
        if (key === '0,0,0,0') break;
        const text = from === to ? `${from}` : step === 1 ? `${from}:${to}` : `${from}:${to}/${step}`;
        // The comma counts, and steps are harder to read than they are short.
        const cost = text.length + 1 + (step > 1 ? 3 : 0);
        const known = byMeaning.get(key);
        if (
          known === undefined ||
          cost < known.cost ||
          (cost === known.cost && from > 0 && !known.text.startsWith('-'))
        )
          byMeaning.set(
            key,
            known !== undefined && cost === known.cost && known.text < text ? known : { text, masks, cost },
          );
        if (from === to) break;
      }
    }
  }
  allTerms = [...byMeaning.values()].sort((a, b) => a.cost - b.cost || (a.text < b.text ? -1 : 1));
  return allTerms;
}

const coverTexts = new Map<string, string>();

function coverText(days: DayMasks, indexes: readonly number[]): string {
  const key = `${indexes}|${indexes.map((i) => days[i])}`;
  const known = coverTexts.get(key);
  if (known !== undefined) return known;
  const text = withoutRedundant(greedyCover(days, indexes), days, indexes)
    .map((term) => term.text)
    .sort(byPosition)
    .join(',');
  coverTexts.set(key, text);
  return text;
}

/** Takes the term that covers most per character until all days are covered. */
function greedyCover(days: DayMasks, indexes: readonly number[]): DayTerm[] {
  const usable = dayTerms().filter((term) =>
    indexes.every((i) => ((term.masks[i] ?? 0) & ~(days[i] ?? 0)) === 0),
  );
  const open = [...days];
  const chosen: DayTerm[] = [];
  while (indexes.some((i) => open[i] !== 0)) {
    let best: DayTerm | undefined;
    let bestWorth = 0;
    for (const term of usable) {
      let covered = 0;
      for (const i of indexes) covered += countBits((term.masks[i] ?? 0) & (open[i] ?? 0));
      if (covered / term.cost > bestWorth) {
        best = term;
        bestWorth = covered / term.cost;
      }
    }
    if (best === undefined) break; // cannot be: the masks come from such terms
    chosen.push(best);
    for (const i of indexes) open[i] = (open[i] ?? 0) & ~(best.masks[i] ?? 0);
  }
  return chosen;
}

function withoutRedundant(terms: DayTerm[], days: DayMasks, indexes: readonly number[]): DayTerm[] {
  let kept = terms;
  for (const term of terms) {
    const others = kept.filter((other) => other !== term);
    const same = indexes.every(
      (i) => others.reduce((mask, other) => mask | (other.masks[i] ?? 0), 0) === days[i],
    );
    if (same) kept = others;
  }
  return kept;
}

function byPosition(a: string, b: string): number {
  const [x, y] = [Number.parseInt(a, 10), Number.parseInt(b, 10)];
  if (x > 0 !== y > 0) return x > 0 ? -1 : 1;
  return x - y || (a < b ? -1 : 1);
}

function countBits(mask: number): number {
  let count = 0;
  for (let rest = mask; rest !== 0; rest &= rest - 1) count++;
  return count;
}
