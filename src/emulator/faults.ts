import { isRecord, type JsonRecord } from './json.ts';
import { globToRegExp } from './request-log.ts';

/** What a fault does to a request. Several parts of it work together. */
export interface FaultEffect {
  /** Answers with this status instead of calling the service. */
  status?: number;
  /** Body of that answer: a text, or anything else as JSON. */
  body?: unknown;
  /** Headers of that answer; without `status` or `html` they are added to the service's own. */
  headers?: Record<string, string>;
  /** Waits so many ms first. */
  delay?: number;
  /** Cuts the connection instead of answering. */
  reset?: boolean;
  /** Sends only so many bytes of the answer (`true`: half of it), then cuts the connection. */
  truncate?: boolean | number;
  /** Answers 200 (or `status`) with an HTML page, as a proxy in between does. */
  html?: boolean | string;
  /** Reading calls see the service as it was when the rule was set. */
  stale?: boolean;
  /** Lets the service do its work before `status`, `html` or `reset`. */
  commit?: boolean;
  /** Short for `commit` with `reset`: the write is done, its answer lost. */
  commitThenDrop?: boolean;
  /**
   * `schedule-batch-process` deletes, and does not create: `error` says so by `status: error`, `drop` cuts the connection.
   * A number waits so many ms between the two, so that other calls come in between.
   */
  betweenHalves?: 'error' | 'drop' | number;
  /** Says success, but nothing ever shows; a batch schedule that was there before is gone, with `kept` it is not. */
  neverShows?: boolean | 'kept';
  /** Somebody else's `schedule-batch-process` comes in between: two schedules. An object changes that call's body. */
  duplicate?: boolean | JsonRecord;
  /** Shows so many ms later, or only after so many batch lists; with `ghosts` these still show what was replaced. */
  showsAfter?: number | { ms?: number; lists?: number; ghosts?: boolean };
  /** `status: error` inside HTTP 200 (Riversand), before the work, or with `commit` after it. */
  statusError?: boolean | string | { messageCode?: string; message?: string };
}

/** These change what a Riversand write does, so that they hit nothing else. */
const OF_WRITES: Record<string, readonly string[]> = {
  betweenHalves: ['schedule-batch-process'],
  duplicate: ['schedule-batch-process'],
  neverShows: ['schedule-batch-process', 'create', 'update', 'delete'],
  showsAfter: ['schedule-batch-process', 'create', 'update', 'delete'],
};

/** Which requests a rule concerns. */
export interface FaultMatch {
  /** A method, or a pattern such as `P*`; default: any. */
  method?: string;
  /** A pattern such as `/scheduler/jobs/*`, or a regular expression between slashes: `/^\/scheduler/`. */
  path?: string;
  /** Riversand: the type of the proxy object, or the last part of a scheduler path; a pattern such as `schedule-batch-*`. */
  verb?: string;
  /** A part of the body's text, or a regular expression between slashes. */
  body?: string;
  /** A part of the query text, or a regular expression between slashes. */
  query?: string;
  /** Only the n-th matching request, from 1. */
  nth?: number;
  /** Only the first so many requests that would be hit. */
  count?: number;
  /** Only this share of them, from 0 to 1; the same ones each time. */
  probability?: number;
  /** Seed of that choice. */
  seed?: number;
}

/** What rules look at. */
export interface FaultTarget {
  method: string;
  path: string;
  query: string;
  verb: string | undefined;
  /** Text of the body. */
  body: string;
}

export interface FaultRule {
  id?: string;
  match?: FaultMatch;
  effect: FaultEffect;
}

/** A rule that is in force. */
export interface ActiveFault extends FaultRule {
  id: string;
  /** How many requests matched, and how many of them were hit. */
  seen: number;
  hits: number;
}

export interface Faults {
  /** Adds rules; the first one that hits a request decides. Returns their ids. */
  add(rules: readonly FaultRule[]): string[];
  list(): ActiveFault[];
  /** Takes one rule away, or all. */
  clear(id?: string): void;
  /** The rule that hits a request; counts the request in every rule it reaches. */
  take(request: FaultTarget): ActiveFault | undefined;
}

interface Compiled {
  fault: ActiveFault;
  matches(request: FaultTarget): boolean;
  random: () => number;
}

export function createFaults(onAdd: (fault: ActiveFault) => void, onClear: (id: string) => void): Faults {
  let rules: Compiled[] = [];
  let nextId = 1;
  return {
    add(added) {
      const compiled = added.map((rule) => compile(rule, rule.id ?? `fault-${nextId++}`));
      for (const rule of compiled) {
        rules = rules.filter(({ fault }) => fault.id !== rule.fault.id);
        rules.push(rule);
        onAdd(rule.fault);
      }
      return compiled.map(({ fault }) => fault.id);
    },
    list: () => rules.map(({ fault }) => ({ ...fault })),
    clear(id) {
      for (const { fault } of rules) if (id === undefined || fault.id === id) onClear(fault.id);
      rules = id === undefined ? [] : rules.filter(({ fault }) => fault.id !== id);
    },
    take(request) {
      return rules.find((rule) => hits(rule, request))?.fault;
    },
  };
}

function hits(rule: Compiled, request: FaultTarget): boolean {
  const { fault } = rule;
  const { nth, count, probability } = fault.match ?? {};
  if (!rule.matches(request)) return false;
  fault.seen++;
  if (nth !== undefined && fault.seen !== nth) return false;
  if (count !== undefined && fault.hits >= count) return false;
  if (probability !== undefined && rule.random() >= probability) return false;
  fault.hits++;
  return true;
}

function compile(rule: FaultRule, id: string): Compiled {
  const { match = {} } = rule;
  const method = match.method === undefined ? undefined : globToRegExp(match.method.toUpperCase());
  const path = match.path === undefined ? undefined : pattern(match.path, globToRegExp);
  const verb = match.verb === undefined ? undefined : globToRegExp(match.verb);
  const query = match.query === undefined ? undefined : pattern(match.query, anywhere);
  const body = match.body === undefined ? undefined : pattern(match.body, anywhere);
  const verbs = Object.entries(OF_WRITES).flatMap(([key, of]) =>
    Object.hasOwn(rule.effect, key) ? [of] : [],
  );
  return {
    fault: { ...rule, id, seen: 0, hits: 0 },
    matches: (request) =>
      (method?.test(request.method) ?? true) &&
      (path?.test(request.path) ?? true) &&
      (query?.test(request.query) ?? true) &&
      (verb?.test(request.verb ?? '') ?? true) &&
      (body?.test(request.body) ?? true) &&
      verbs.every((of) => of.includes(request.verb ?? '')),
    random: createRandom(match.seed ?? 1),
  };
}

function anywhere(text: string): RegExp {
  return globToRegExp(`**${text}**`);
}

function pattern(text: string, other: (text: string) => RegExp): RegExp {
  // A path pattern also begins with a slash, but only a regular expression ends with one and says so by a sign.
  const expression = /^\/(.*[\\^$[\](){}|+?.].*)\/$/.exec(text);
  return expression?.[1] === undefined ? other(text) : new RegExp(expression[1]);
}

/** Mulberry32: small, and the same numbers for the same seed. From 0 to below 1. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) / 4_294_967_296;
  };
}

type Check = (value: unknown) => boolean;
const isText: Check = (value) => typeof value === 'string';
const isFlag: Check = (value) => typeof value === 'boolean';
const isCount: Check = (value) => Number.isInteger(value) && Number(value) >= 0;

const MATCH_KEYS: Record<keyof FaultMatch, Check> = {
  method: isText,
  path: isText,
  query: isText,
  verb: isText,
  body: isText,
  nth: (value) => isCount(value) && Number(value) > 0,
  count: isCount,
  probability: (value) => typeof value === 'number' && value >= 0 && value <= 1,
  seed: isCount,
};
const EFFECT_KEYS: Record<keyof FaultEffect, Check> = {
  status: (value) => isCount(value) && Number(value) >= 200 && Number(value) <= 599,
  body: () => true,
  headers: (value) => isRecord(value) && Object.values(value).every(isText),
  delay: isCount,
  reset: isFlag,
  truncate: (value) => isFlag(value) || isCount(value),
  html: (value) => isFlag(value) || isText(value),
  stale: isFlag,
  commit: isFlag,
  commitThenDrop: isFlag,
  betweenHalves: (value) => value === 'error' || value === 'drop' || isCount(value),
  neverShows: (value) => isFlag(value) || value === 'kept',
  duplicate: (value) => isFlag(value) || isRecord(value),
  showsAfter: (value) => isCount(value) || isRecord(value),
  statusError: (value) => isFlag(value) || isText(value) || isRecord(value),
};

/** Reads one rule or a list of them from a control request; throws an Error that says what is wrong. */
export function readFaultRules(value: unknown): FaultRule[] {
  return (Array.isArray(value) ? value : [value]).map((rule) => {
    if (!isRecord(rule)) throw new Error('faults: a rule {match, effect} or a list of rules is expected');
    checkKeys(rule, { id: isText, match: isRecord, effect: isRecord }, 'rule');
    const { match, effect, id } = rule;
    if (match !== undefined) checkKeys(match as JsonRecord, MATCH_KEYS, 'match');
    if (effect === undefined) throw new Error('faults: the rule has no effect');
    checkKeys(effect as JsonRecord, EFFECT_KEYS, 'effect');
    const texts = match as FaultMatch | undefined;
    for (const text of [texts?.path, texts?.query, texts?.body]) {
      if (text !== undefined) pattern(text, globToRegExp);
    }
    return {
      ...(id === undefined ? {} : { id: String(id) }),
      match: (match ?? {}) as FaultMatch,
      effect: effect as FaultEffect,
    };
  });
}

function checkKeys(value: JsonRecord, checks: Record<string, Check>, where: string): void {
  for (const [key, entry] of Object.entries(value)) {
    const check = Object.hasOwn(checks, key) ? checks[key] : undefined;
    if (check === undefined) {
      throw new Error(`faults: unknown key ${where}.${key}; known are ${Object.keys(checks).join(', ')}`);
    }
    if (!check(entry)) throw new Error(`faults: ${where}.${key} cannot be ${JSON.stringify(entry)}`);
  }
}
