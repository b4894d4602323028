import type { Json, JsonObject } from '../../core/json.ts';
import { forbiddenKeys } from './node-to-json.ts';

/** Thrown at the first thing that is not plain; it never leaves the reader of plain YAML. */
export class NotPlain extends Error {}

const textStart = /[A-Za-z0-9_/$(]|[-+][A-Za-z0-9]|\.[/A-Za-z]|[^\0-\u00a0]/uy;
const yes = /^(?:[Tt]rue|TRUE)$/;
const no = /^(?:[Ff]alse|FALSE)$/;
const nothing = /^(?:[Nn]ull|NULL)$/;
const wholeNumber = /^-?(?:0|[1-9]\d{0,14})$/;
/** Other ways to write numbers; what they mean is left to the full parser. */
const otherNumber = /^[-+]?[\d.]+(?:[eE][-+]?\d+)?$|^0[xo]|^[-+]?\.(?:inf|nan)$/i;
const longestKey = 200;

/** Can a text without quotes begin here? Not with anything that may be an indicator. */
export function isPlainStart(line: string, at: number): boolean {
  textStart.lastIndex = at;
  return textStart.test(line);
}

/** What a text without quotes means (core schema of YAML 1.2). */
export function resolvePlain(text: string): Json {
  if (text.length <= 5) {
    if (yes.test(text)) return true;
    if (no.test(text)) return false;
    if (nothing.test(text)) return null;
  }
  // Numbers begin with a digit, a sign or a dot, which all come before the letters.
  if (text.charCodeAt(0) > 0x39) return text;
  // There is no negative zero in a manifest.
  if (wholeNumber.test(text)) return Number(text) + 0;
  if (otherNumber.test(text)) throw new NotPlain();
  return text;
}

/** Makes sure that a key is new and harmless before it is set. */
export function takeKey(map: JsonObject, key: string): void {
  if (Object.hasOwn(map, key) || key.length > longestKey || key === '<<' || forbiddenKeys.has(key))
    throw new NotPlain();
}

export function skipSpaces(line: string, from: number): number {
  let at = from;
  while (line.charCodeAt(at) === 0x20) at += 1;
  return at;
}
