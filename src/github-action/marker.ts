import { createHmac, timingSafeEqual } from 'node:crypto';
import { canonicalText, isObject, type Json, type JsonObject } from '../core/json.ts';

/** What the hidden first line of our comments and issues says. */
export interface Marker {
  kind: 'plan' | 'drift';
  label: string;
  /** Commit that was planned. */
  head?: string;
  /** Target → digest of its plan; absent when there is no plan that could be approved. */
  targets?: Readonly<Record<string, string>>;
  /** HMAC under RECONCILE_STATE_KEY over all the rest and the place it stands at. */
  mac?: string;
}

const start = '<!-- reconcile-jobs ';
const end = ' -->';

/** The line, signed when there is a key. `place` is the repository and the number of the pull request. */
export function formatMarker(marker: Omit<Marker, 'mac'>, place: string, key: string | undefined): string {
  const signed = key === undefined ? marker : { ...marker, mac: macOf(marker, place, key) };
  // Neither a name nor anything else may end the comment.
  const text = JSON.stringify(signed).replace(/[<>-]/g, escapeCharacter);
  return `${start}${text}${end}`;
}

function escapeCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** The marker in the first line of a text; undefined when there is none. */
export function parseMarker(body: string): Marker | undefined {
  const [line = ''] = body.split(/\r?\n/, 1);
  if (!line.startsWith(start) || !line.endsWith(end)) return undefined;
  try {
    const value = JSON.parse(line.slice(start.length, -end.length)) as Json;
    return isObject(value) ? readMarker(value) : undefined;
  } catch {
    return undefined;
  }
}

function readMarker({ kind, label, head, targets, mac }: JsonObject): Marker | undefined {
  if ((kind !== 'plan' && kind !== 'drift') || typeof label !== 'string') return undefined;
  const digests = isObject(targets)
    ? Object.fromEntries(
        Object.entries(targets).flatMap(([name, digest]) =>
          typeof digest === 'string' ? [[name, digest]] : [],
        ),
      )
    : undefined;
  return {
    kind,
    label,
    ...(typeof head === 'string' ? { head } : {}),
    ...(digests === undefined ? {} : { targets: digests }),
    ...(typeof mac === 'string' ? { mac } : {}),
  };
}

/** Whether the marker was written with this key for this place. */
export function isGenuine(marker: Marker, place: string, key: string): boolean {
  const { mac, ...rest } = marker;
  if (mac === undefined) return false;
  const expected = Buffer.from(macOf(rest, place, key));
  const found = Buffer.from(mac);
  return expected.length === found.length && timingSafeEqual(expected, found);
}

function macOf(marker: Omit<Marker, 'mac'>, place: string, key: string): string {
  const { kind, label, head, targets } = marker;
  const text = canonicalText({ place, kind, label, head: head ?? null, targets: { ...targets } });
  return createHmac('sha256', key).update(`reconcile approval\n${text}`).digest('hex');
}
