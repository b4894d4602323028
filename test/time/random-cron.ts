/** Deterministic random numbers in [0, 1) from a seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

type Random = () => number;
const between = (random: Random, from: number, to: number) => from + Math.floor(random() * (to - from + 1));
const oneOf = <T>(random: Random, items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;

const WEEK = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'MON', 'Fri'];
const END_OF_SHORTEST = 28;

function list(random: Random, term: () => string): string {
  const terms = [term()];
  while (random() < 0.3 && terms.length < 4) terms.push(term());
  return terms.join(',');
}

function number(random: Random, min: number, max: number, zero: boolean): string {
  const kind = random();
  if (kind < 0.2) return '*';
  if (kind < 0.35) return `*/${between(random, 1, zero ? max + 5 : max)}`;
  if (kind < 0.65) return String(between(random, min, max));
  const from = between(random, min, max);
  const to = between(random, from, max);
  return kind < 0.85 ? `${from}:${to}` : `${from}:${to}/${between(random, 1, 9)}`;
}

/** A day range that is not empty in months of every length. */
function dayRange(random: Random): string {
  const from = between(random, 1, END_OF_SHORTEST);
  const to = between(random, from, 31);
  const ends = oneOf(random, [
    [from, to],
    [from, -between(random, 1, 29 - from)],
    [-to, -from],
    [-to, between(random, 31 + 1 - to, 31)],
  ]);
  return `${ends[0]}:${ends[1]}`;
}

function day(random: Random): string {
  const kind = random();
  if (kind < 0.15) return '*';
  if (kind < 0.25) return `*/${between(random, 1, 31)}`;
  if (kind < 0.5) return String(between(random, 1, 31));
  if (kind < 0.65) return String(-between(random, 1, 31));
  return random() < 0.7 ? dayRange(random) : `${dayRange(random)}/${between(random, 1, 9)}`;
}

function weekday(random: Random): string {
  const kind = random();
  if (kind < 0.15) return '*';
  if (kind < 0.2) return `*/${between(random, 1, 6)}`;
  if (kind < 0.45) return oneOf(random, WEEK);
  if (kind < 0.7) return `${oneOf(random, [1, 2, 3, 4, 5, -1, -2, -3, -4, -5])}.${oneOf(random, WEEK)}`;
  const range = `${oneOf(random, WEEK)}:${oneOf(random, WEEK)}`;
  return random() < 0.7 ? range : `${range}/${between(random, 1, 4)}`;
}

function year(random: Random): string {
  const kind = random();
  if (kind < 0.7) return '*';
  if (kind < 0.8) return `*/${between(random, 1, 5)}`;
  const from = between(random, 1990, 2060);
  return kind < 0.9 ? String(from) : `${from}:${between(random, from, 2099)}`;
}

export function randomDayField(random: Random): string {
  return list(random, () => day(random));
}

export function randomWeekdayField(random: Random): string {
  return list(random, () => weekday(random));
}

/** A valid SAP cron over the whole grammar; some of them never fire. */
export function randomSapCron(random: Random): string {
  return [
    list(random, () => year(random)),
    random() < 0.5 ? '*' : list(random, () => number(random, 1, 12, false)),
    random() < 0.4 ? '*' : randomDayField(random),
    random() < 0.4 ? '*' : randomWeekdayField(random),
    list(random, () => number(random, 0, 23, true)),
    list(random, () => number(random, 0, 59, true)),
    random() < 0.5 ? String(between(random, 0, 59)) : list(random, () => number(random, 0, 59, true)),
  ].join(' ');
}

/** A valid Unix crontab; with at most one of the two day fields restricted. */
export function randomCrontab(random: Random): string {
  const field = (min: number, max: number) =>
    list(random, () => {
      const kind = random();
      if (kind < 0.15) return '*';
      if (kind < 0.4) return `*/${between(random, 1, max)}`;
      if (kind < 0.7) return String(between(random, min, max));
      const from = between(random, min, max);
      const range = `${from}-${between(random, from, max)}`;
      return kind < 0.9 ? range : `${range}/${between(random, 1, 7)}`;
    });
  const days = random();
  return [
    field(0, 59),
    field(0, 23),
    days < 0.4 ? field(1, 31) : '*',
    random() < 0.5 ? '*' : random() < 0.2 ? oneOf(random, ['jan,JUL', 'feb', 'mar-may']) : field(1, 12),
    days > 0.7 ? (random() < 0.3 ? oneOf(random, ['mon-fri', 'SUN', 'sat,sun']) : field(0, 6)) : '*',
  ].join(' ');
}
