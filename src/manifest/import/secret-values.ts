import { isObject, type Json, type JsonObject } from '../../core/json.ts';
import { formatPointer, isAtOrBelow, type Pointer } from '../../core/pointer.ts';
import type { Address } from '../../core/resource.ts';
import { compileGlobs } from '../glob.ts';

/** A value that the manifest must not hold. */
export interface SecretPlace {
  address: Address;
  /** Into spec. */
  pointer: Pointer;
  value: string;
}

/** A text that may be a secret, by the look of it. Only told of. */
export interface Suspect {
  address: Address;
  pointer: Pointer;
}

export interface SecretRules {
  /** Secret by nature: pointers of the kind. */
  kind: readonly Pointer[];
  /** `--secret`: globs over pointers. */
  also: readonly string[];
  /** `--plain`: globs over pointers that are no secrets. */
  plain: readonly string[];
}

const SECRET_NAME =
  /(password|passwd|passphrase|pwd|secret|token|apikey|privatekey|accesskey|credentials?|authorization|cookie)$/;
/** A JSON web token, an authorization header, a user in a URL, a private key. */
const SECRET_LOOK =
  /\beyJ[\w-]{8,}\.[\w-]{8,}\.|^(?:basic|bearer) \S{8,}$|:\/\/[^\s/@:]*:[^\s/@]+@|-----BEGIN [A-Z ]*PRIVATE KEY/i;

/** Where a spec holds secrets: by nature, by the name of the field, or because the user says so. */
export function findSecrets(
  address: Address,
  spec: JsonObject,
  rules: SecretRules,
): { secrets: SecretPlace[]; suspects: Suspect[] } {
  const also = compileGlobs(rules.also);
  const plain = compileGlobs(rules.plain);
  const secrets: SecretPlace[] = [];
  const suspects: Suspect[] = [];
  const walk = (value: Json, path: readonly (string | number)[]): void => {
    const pointer = formatPointer(path);
    if (Array.isArray(value)) for (const [index, item] of value.entries()) walk(item, [...path, index]);
    else if (isObject(value)) for (const [key, item] of Object.entries(value)) walk(item, [...path, key]);
    if (typeof value !== 'string' || value === '') return;
    const natural = rules.kind.some((secret) => isAtOrBelow(pointer, secret));
    const named = isFreeForm(path) && SECRET_NAME.test(lastName(path));
    if (natural || also(pointer) || (named && !plain(pointer))) secrets.push({ address, pointer, value });
    else if (SECRET_LOOK.test(value) && !plain(pointer)) suspects.push({ address, pointer });
  };
  walk(spec, []);
  return { secrets, suspects };
}

/** Names mean something only in data that the service hands on as it is, not in fields of its own. */
function isFreeForm(path: readonly (string | number)[]): boolean {
  return path.some((token) => /^(data|.*Payload)$/.test(String(token)));
}

function lastName(path: readonly (string | number)[]): string {
  const name = path.findLast((token) => typeof token === 'string') ?? '';
  return String(name)
    .toLowerCase()
    .replaceAll(/[-_ .]/g, '');
}

/**
 * A name for each value, `[A-Z0-9_]`: after object and field where a value occurs once, after the field alone where several
 * share it. The same for the same set.
 */
export function nameSecrets(places: readonly SecretPlace[]): Map<string, string> {
  const byValue = new Map<string, SecretPlace[]>();
  for (const place of places) byValue.set(place.value, [...(byValue.get(place.value) ?? []), place]);
  const taken = new Set<string>();
  return new Map(
    [...byValue].map(([value, [first, ...others]]) => {
      const own = first === undefined ? '' : stemOf(first, others.length > 0);
      const name = free(own, taken);
      taken.add(name);
      return [value, name];
    }),
  );
}

function stemOf({ address, pointer }: SecretPlace, shared: boolean): string {
  const tokens = pointer.split('/').slice(1);
  const field = tokens.findLast((token) => !/^\d+$/.test(token)) ?? 'secret';
  const name = shared ? field : `${address.slice(address.indexOf('/') + 1)}_${field}`;
  const plain = name
    .normalize('NFKD')
    .replaceAll(/(?<=[a-z])(?=[A-Z])/g, '_')
    .replaceAll(/[^A-Za-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '')
    .toUpperCase();
  return /^[A-Z]/.test(plain) ? plain.slice(0, 100) : `SECRET_${plain}`.slice(0, 100);
}

function free(stem: string, taken: ReadonlySet<string>): string {
  for (let number = 1; ; number++) {
    const name = number === 1 ? stem : `${stem}_${number}`;
    if (!taken.has(name)) return name;
  }
}
