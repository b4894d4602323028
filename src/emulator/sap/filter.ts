import { invalid } from './errors.ts';
import type { Job } from './model.ts';

type Predicate = (job: Job) => boolean;

const FIELDS: Record<string, (job: Job) => string> = {
  name: (job) => job.name,
  subDomain: (job) => job.subdomain,
  tenantId: (job) => job.tenantId,
};

/** A quoted text (a quote inside is doubled), a word, or one of the signs of the grammar. */
const TOKEN = /\s*(?:'((?:[^']|'')*)'|([A-Za-z_]+)|([(),]))/y;

interface Token {
  kind: 'text' | 'word' | 'sign';
  value: string;
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  const end = text.trimEnd().length;
  while (TOKEN.lastIndex < end) {
    const match = TOKEN.exec(text);
    if (match === null) throw invalid('Invalid filter');
    const [, quoted, word, sign] = match;
    if (quoted !== undefined) tokens.push({ kind: 'text', value: quoted.replaceAll("''", "'") });
    else tokens.push({ kind: word === undefined ? 'sign' : 'word', value: word ?? sign ?? '' });
  }
  return tokens;
}

/**
 * Reads `filter=`: `name eq 'x'`, `contains(name, 'x')`, joined by `and` (binds tighter) and `or`, no brackets.
 * Throws 400 for anything else.
 */
export function readFilter(text: string): Predicate {
  const tokens = tokenize(text);
  let position = 0;

  function take(kind: Token['kind'], value?: string): string {
    const token = tokens[position++];
    if (token === undefined || token.kind !== kind) throw invalid('Invalid filter');
    if (value !== undefined && token.value !== value) throw invalid('Invalid filter');
    return token.value;
  }
  function takeField(): (job: Job) => string {
    const name = take('word');
    const field = Object.hasOwn(FIELDS, name) ? FIELDS[name] : undefined;
    if (field === undefined) throw invalid(`Invalid filter: unknown field ${name}`);
    return field;
  }
  function takeTerm(): Predicate {
    if (tokens[position]?.value === 'contains' && tokens[position + 1]?.value === '(') {
      position += 2;
      const field = takeField();
      take('sign', ',');
      const part = take('text');
      take('sign', ')');
      return (job) => field(job).includes(part);
    }
    const field = takeField();
    take('word', 'eq');
    const value = take('text');
    return (job) => field(job) === value;
  }
  function takeJoined(word: 'and' | 'or', takePart: () => Predicate): Predicate {
    const parts = [takePart()];
    while (tokens[position]?.kind === 'word' && tokens[position]?.value === word) {
      position++;
      parts.push(takePart());
    }
    if (word === 'and') return (job) => parts.every((part) => part(job));
    return (job) => parts.some((part) => part(job));
  }

  const predicate = takeJoined('or', () => takeJoined('and', takeTerm));
  if (position < tokens.length) throw invalid('Invalid filter');
  return predicate;
}
