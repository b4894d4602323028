/** How often a text says that something runs. */
export type Claim =
  | { text: string; every: 'second' | 'minute' | 'hour' | 'day' | 'week' | 'month' | 'quarter' | 'year' }
  | { text: string; gap: number };

type Every = Extract<Claim, { every: string }>['every'];

const ADVERBS: Readonly<Record<string, Every>> = {
  minutely: 'minute',
  hourly: 'hour',
  daily: 'day',
  nightly: 'day',
  weekly: 'week',
  monthly: 'month',
  quarterly: 'quarter',
  yearly: 'year',
  annually: 'year',
};

const UNITS: Readonly<Record<string, Every>> = {
  second: 'second',
  minute: 'minute',
  hour: 'hour',
  day: 'day',
  night: 'day',
  morning: 'day',
  evening: 'day',
  week: 'week',
  month: 'month',
  quarter: 'quarter',
  year: 'year',
};

const SECONDS: Readonly<Record<string, number>> = {
  second: 1,
  sec: 1,
  minute: 60,
  min: 60,
  hour: 3600,
  hr: 3600,
  day: 86_400,
  week: 604_800,
};

const NUMBERS = [
  'zero',
  'one',
  'two',
  'three',
  'four',
  'five',
  'six',
  'seven',
  'eight',
  'nine',
  'ten',
  'eleven',
  'twelve',
];

/** Words before `daily` and its like that change what it says. */
const QUALIFIED = /(?:^| )(?:half|semi|bi|twice|thrice|times|non|not|no|other)$/;

/**
 * What a description says about how often something runs. English only; anything unclear (`twice weekly`, `every other
 * day`) claims nothing.
 */
export function readClaims(description: string): Claim[] {
  const text = description
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, ' ')
    .trim();
  return [...adverbs(text), ...everyUnit(text), ...everyNumber(text), ...fractions(text)];
}

function adverbs(text: string): Claim[] {
  return [
    ...text.matchAll(/\b(?:minutely|hourly|daily|nightly|weekly|monthly|quarterly|yearly|annually)\b/g),
  ].flatMap(({ 0: word, index }) => {
    const every = ADVERBS[word];
    return every === undefined || QUALIFIED.test(text.slice(0, index).trimEnd())
      ? []
      : [{ text: word, every }];
  });
}

function everyUnit(text: string): Claim[] {
  const pattern =
    /\b(?:every|each|once (?:a|an|per|every|each)) (second|minute|hour|day|night|morning|evening|week|month|quarter|year)\b(?! (?:of an )?hours?\b| (?:mon|tues|wednes|thurs|fri|satur|sun)day)/g;
  return [...text.matchAll(pattern)].flatMap(({ 0: words, 1: unit = '' }) => {
    const every = UNITS[unit];
    return every === undefined ? [] : [{ text: words, every }];
  });
}

function everyNumber(text: string): Claim[] {
  const pattern = /\bevery (\d{1,4}|[a-z]+) ?(seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?)\b/g;
  return [...text.matchAll(pattern)].flatMap(({ 0: words, 1: number = '', 2: unit = '' }) => {
    const count = /^\d/.test(number) ? Number(number) : NUMBERS.indexOf(number);
    const seconds = SECONDS[unit.replace(/s$/, '')];
    return count < 1 || seconds === undefined ? [] : [{ text: words, gap: count * seconds }];
  });
}

function fractions(text: string): Claim[] {
  const half = /\b(?:every half(?: an)? hour|half hourly)\b/.exec(text)?.[0];
  const quarter = /\bevery quarter(?: of an)? hour\b/.exec(text)?.[0];
  return [
    ...(half === undefined ? [] : [{ text: half, gap: 1800 }]),
    ...(quarter === undefined ? [] : [{ text: quarter, gap: 900 }]),
  ];
}
