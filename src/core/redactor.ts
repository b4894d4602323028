import { isObject, type Json, type JsonObject } from './json.ts';
import { isSealed, SENSITIVE } from './resource.ts';
import { buildSecretSearch, type Range, shortestSecret } from './secret-search.ts';

export interface Redactor {
  /** From now on this value is hidden, in every usual spelling. Values under 8 characters are hidden by name only. */
  /** `passing`: a token that is soon another one; a program that runs for long forgets the oldest of these. */
  add(secret: string, passing?: boolean): void;
  text(text: string): string;
  /** A copy without secrets. Fields with well-known names lose their value, whatever it is. */
  json<T extends Json>(value: T): T;
}

/** Names of fields and headers that hold secrets by nature, without case, `-` and `_`. */
const secretNames = new Set([
  'authorization',
  'proxyauthorization',
  'cookie',
  'setcookie',
  'password',
  'passphrase',
  'clientsecret',
  'authclientsecret',
  'xrdpauthtoken',
  'accesstoken',
  'refreshtoken',
  'idtoken',
  'clientassertion',
  'privatekey',
  'apikey',
  'xapikey',
]);

const nameInText =
  'proxy-?authorization|authorization|set-?cookie|cookie|password|passphrase|(?:auth[-_]?)?client[-_]?secret|x-rdp-authtoken|(?:access|refresh|id)[-_]?token|client[-_]?assertion|private[-_]?key|(?:x-)?api[-_]?key';
/** `"client_secret": "…"`, also inside a JSON string (`\"password\":\"…\"`). */
const quotedField = new RegExp(
  `((?:^|[^a-z0-9])(?:${nameInText})(\\\\{0,3}["'])\\s{0,8}:\\s{0,8}\\2)((?:(?!\\2)[^\\\\\\r\\n]|\\\\(?!["'])[^\\r\\n]|(?!\\2)\\\\["'])*)`,
  'gi',
);
/** `authorization: Basic …` to the end of the line. */
const headerLine = /\b(authorization|cookie)(\s{0,8}:\s{0,8})(?!["'\\\s([])[^\r\n"'\\]+/gi;
/** `client_secret=…` in forms and queries, `password: …` in YAML. */
const assignment = new RegExp(
  `((?:^|[^a-z0-9])(?:${nameInText})\\s{0,8}[=:]\\s{0,8})(?!\\(sensitive\\))[^\\s&"'\\\\,;{}\\[\\]()]+`,
  'gi',
);
const privateKeyBlock =
  /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]{0,40}PRIVATE KEY-----|$)/g;
const bearer = /\b(bearer|basic)(\s+)[a-z0-9._~+/-]{8,}=*/gi;
const jwt = /\beyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]*/g;
const userInUrl = /(\b[a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/@:"'?#]{0,256}:[^\s/@"'?#]{1,1024}@/gi;

function hideByName(text: string): string {
  return text
    .replace(privateKeyBlock, SENSITIVE)
    .replace(quotedField, (_whole, before: string) => `${before}${SENSITIVE}`)
    .replace(headerLine, `$1$2${SENSITIVE}`)
    .replace(assignment, `$1${SENSITIVE}`)
    .replace(bearer, `$1$2${SENSITIVE}`)
    .replace(jwt, SENSITIVE)
    .replace(userInUrl, `$1${SENSITIVE}@`);
}

/** Tokens that are remembered: far more than are in use at a time, so that a late echo of one is hidden, too. */
const MOST_PASSING = 100;

/** How far before a cut the beginning of a secret is looked for. */
const longestCut = 4096;

function startsOf(forms: Iterable<string>): Map<string, string[]> {
  const starts = new Map<string, string[]>();
  for (const form of forms) {
    const start = form.slice(0, shortestSecret);
    const known = starts.get(start);
    if (known === undefined) starts.set(start, [form]);
    else known.push(form);
  }
  return starts;
}

function cut(text: string, ranges: readonly Range[]): string {
  let out = '';
  let done = 0;
  for (const [from, to] of ranges) {
    out += text.slice(done, from) + SENSITIVE;
    done = to;
  }
  return out + text.slice(done);
}

/** The base64 of `secret` at any offset within a longer text (`user:secret`): the characters that depend on it alone. */
function base64Forms(secret: string): string[] {
  const bytes = new TextEncoder().encode(secret);
  return [0, 1, 2].flatMap((offset) => {
    const padded = new Uint8Array(offset + bytes.length);
    padded.set(bytes, offset);
    const inner = toBase64(padded).slice(Math.ceil((offset * 8) / 6), Math.floor((padded.length * 8) / 6));
    return [inner, inner.replaceAll('+', '-').replaceAll('/', '_')];
  });
}

function toBase64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}

function spellings(secret: string): string[] {
  const escaped = inJson(secret);
  // By way of bytes, because half a surrogate pair would make encodeURIComponent throw.
  const encoded = encodeURIComponent(new TextDecoder().decode(new TextEncoder().encode(secret)));
  const form = encoded.replaceAll('%20', '+').replace(/[!'()~]/g, percent);
  // Renderers indent the lines of a PEM block, which would hide the block as a whole from the search.
  const lines = secret.includes('\n') ? secret.split(/\r?\n/).map((line) => line.trim()) : [];
  return [
    secret,
    secret.trim(),
    escaped,
    inJson(escaped),
    encoded,
    encoded.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    encoded.replace(/[!'()*]/g, percent),
    form,
    ...base64Forms(secret),
    ...escapedForms(secret, escaped).flatMap((form) => [form, inJson(form), inJson(inJson(form))]),
    inJson(inJson(escaped)),
    ...lines.filter((line) => !line.startsWith('-----')),
  ];
}

/** As it stands within a text of JSON. */
function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

const htmlNames: Readonly<Record<string, string>> = {
  '&': 'amp',
  '<': 'lt',
  '>': 'gt',
  '"': 'quot',
  "'": 'apos',
};

/** As pages and strict JSON writers escape it: `&amp;`, `&#38;`, `&#x26;`, `\u0026`. */
function escapedForms(secret: string, json: string): string[] {
  const named = secret.replace(/[&<>"']/g, (char) => `&${htmlNames[char]};`);
  const numbered = (pattern: RegExp, write: (code: number) => string): string =>
    secret.replace(pattern, (char) => write(char.codePointAt(0) ?? 0));
  const hex = (code: number, digits: number): string => code.toString(16).padStart(digits, '0');
  const special = /[^a-z0-9 ]/giu;
  const lower = (text: string, pattern: RegExp): string =>
    text.replace(pattern, (char) => `\\u${hex(char.charCodeAt(0), 4)}`);
  const ascii = lower(json, /[^\x20-\x7e]/g);
  const safe = lower(json, /[^\x20-\x7e]|[<>&'=+]/g);
  const strict = lower(secret, /[^\x20-\x7e]|[<>&'"\\]/g);
  return [
    named,
    named.replaceAll('&apos;', '&#39;'),
    named.replaceAll('&apos;', '&#39;').replaceAll('&quot;', '&#34;'),
    named.replaceAll('&apos;', "'"),
    ...[special, /[^a-z0-9 .,_-]/giu].flatMap((pattern) => [
      numbered(pattern, (code) => `&#${code};`),
      numbered(pattern, (code) => `&#x${hex(code, 2)};`),
      numbered(pattern, (code) => `&#x${hex(code, 2).toUpperCase()};`),
    ]),
    ...[ascii, safe, strict].flatMap((text) => [text, text.replace(/\\u[0-9a-f]{4}/g, upperCode)]),
  ];
}

function upperCode(code: string): string {
  return `\\u${code.slice(2).toUpperCase()}`;
}

function percent(char: string): string {
  return `%${char.charCodeAt(0).toString(16).toUpperCase()}`;
}

function isSecretName(name: string): boolean {
  return secretNames.has(name.toLowerCase().replace(/[-_]/g, ''));
}

/**
 * Hides secrets in everything that leaves the program (SEMANTICS 11): by value where the value is long enough to be told
 * from an ordinary word, by name for fields and headers that hold secrets by nature. Never makes a text readable again.
 */
export function createRedactor(): Redactor {
  const lasting = new Set<string>();
  const passing = new Map<string, readonly string[]>();
  let forms = new Set<string>();
  let search: ((text: string) => Range[]) | undefined;
  let starts: Map<string, string[]> | undefined;

  function add(secret: string, isPassing = false): void {
    if (secret.trim().length < shortestSecret || lasting.has(secret)) return;
    if (isPassing && passing.has(secret)) return;
    const found = spellings(secret).filter((form) => form.trim().length >= shortestSecret);
    if (isPassing) passing.set(secret, found);
    else for (const form of found) lasting.add(form);
    const [oldest] = passing.keys();
    if (passing.size > MOST_PASSING && oldest !== undefined) passing.delete(oldest);
    forms = new Set([...lasting, ...[...passing.values()].flat()]);
    search = undefined;
    starts = undefined;
  }

  function byValue(text: string): string {
    if (text.length < shortestSecret || forms.size === 0) return text;
    search ??= buildSecretSearch(forms);
    const ranges = search(text);
    return hideCut(ranges.length === 0 ? text : cut(text, ranges));
  }

  /** A text that was shortened may end within a secret: `very-sec…`. */
  function hideCut(text: string): string {
    if (!text.includes('…')) return text;
    starts ??= startsOf(forms);
    const pieces = text.split('…');
    const last = pieces.length - 1;
    return pieces.map((piece, index) => (index === last ? piece : withoutStart(piece))).join('…');
  }

  function withoutStart(piece: string): string {
    const from = Math.max(0, piece.length - longestCut);
    for (let at = from; at <= piece.length - shortestSecret; at++) {
      const rest = piece.slice(at);
      const known = starts?.get(rest.slice(0, shortestSecret));
      if (known?.some((form) => form.startsWith(rest)) === true) return `${piece.slice(0, at)}${SENSITIVE}`;
    }
    return piece;
  }

  function text(value: string): string {
    return hideByName(byValue(value));
  }

  function walk(value: Json): Json {
    if (typeof value === 'string') return text(value);
    if (Array.isArray(value)) return value.map(walk);
    if (!isObject(value)) return value;
    const copy: JsonObject = {};
    for (const [name, item] of Object.entries(value)) {
      const hidden = isSecretName(name) && item !== null && typeof item !== 'boolean' && !isSealed(item);
      const shown = hidden ? SENSITIVE : walk(item);
      // A plain assignment would treat a key `__proto__` as something else.
      Object.defineProperty(copy, byValue(name), {
        value: shown,
        enumerable: true,
        configurable: true,
        writable: true,
      });
    }
    return copy;
  }

  return { add, text, json: (value) => walk(value) as typeof value };
}
