/**
 * Globs for paths (`/` between segments) and names. `*` and `?` stay within a segment, `**` spans segments,
 * `{a,b}` are alternatives (also nested), `[a-z]` and `[!a-z]` are sets, a backslash takes the next character as it is.
 */
export type Matcher = (path: string) => boolean;

/** Matches when one of the patterns does and none of those with a leading `!`. */
export function compileGlobs(patterns: readonly string[]): Matcher {
  const wanted = patterns.filter((pattern) => !pattern.startsWith('!')).map(compileGlob);
  const unwanted = patterns.filter((pattern) => pattern.startsWith('!')).map((p) => compileGlob(p.slice(1)));
  return (path) => wanted.some((matches) => matches(path)) && !unwanted.some((matches) => matches(path));
}

export function compileGlob(pattern: string): Matcher {
  const expressions = expandBraces(pattern.replace(/^(\.\/)+/, '')).map(
    (text) => new RegExp(`^${translate(text)}$`, 'u'),
  );
  return (path) => expressions.some((expression) => expression.test(path));
}

/** The folder (`jobs/sap`, or `` for the root) below which all matches of the pattern lie. */
export function globBase(pattern: string): string {
  const segments = pattern.replace(/^(\.\/)+/, '').split('/');
  const magic = segments.findIndex((segment) => /[*?[{\\]/.test(segment));
  return segments.slice(0, magic === -1 ? -1 : magic).join('/');
}

const maxAlternatives = 1000;

function expandBraces(pattern: string): string[] {
  const open = findOpen(pattern);
  if (open === -1) return [pattern];
  const parts: string[] = [];
  let depth = 0;
  let start = open + 1;
  for (let index = open; index < pattern.length; index += 1) {
    const character = pattern[index];
    if (character === '\\') index += 1;
    else if (character === '{') depth += 1;
    else if (character === ',' && depth === 1) {
      parts.push(pattern.slice(start, index));
      start = index + 1;
    } else if (character === '}') {
      depth -= 1;
      if (depth > 0) continue;
      parts.push(pattern.slice(start, index));
      const head = pattern.slice(0, open);
      const tails = expandBraces(pattern.slice(index + 1));
      const expanded = parts
        .flatMap((part) => expandBraces(part))
        .flatMap((part) => tails.map((tail) => head + part + tail));
      return expanded.slice(0, maxAlternatives);
    }
  }
  return [pattern];
}

/** The first brace that is not escaped. */
function findOpen(pattern: string): number {
  for (let index = 0; index < pattern.length; index += 1) {
    if (pattern[index] === '\\') index += 1;
    else if (pattern[index] === '{') return index;
  }
  return -1;
}

function translate(pattern: string): string {
  let expression = '';
  let index = 0;
  while (index < pattern.length) {
    const rest = pattern.slice(index);
    const atStart = index === 0 || pattern[index - 1] === '/';
    if (atStart && /^\*\*+\//.test(rest)) {
      expression += '(?:[^/]+/)*';
      index += rest.indexOf('/') + 1;
    } else if (atStart && /^\*\*+$/.test(rest)) {
      expression += '.+';
      index = pattern.length;
    } else if (rest[0] === '*') {
      expression += '[^/]*';
      index += /^\*+/.exec(rest)?.[0].length ?? 1;
    } else if (rest[0] === '?') {
      expression += '[^/]';
      index += 1;
    } else if (rest[0] === '[' && rest.indexOf(']', 2) > 0) {
      const end = rest.indexOf(']', 2);
      expression += translateSet(rest.slice(1, end));
      index += end + 1;
    } else {
      const escaped = rest[0] === '\\' && rest.length > 1;
      const [character = ''] = escaped ? rest.slice(1) : rest;
      expression += character.replace(/[\\^$.*+?()[\]{}|/]/u, '\\$&');
      index += character.length + (escaped ? 1 : 0);
    }
  }
  return expression;
}

function translateSet(content: string): string {
  const negated = content.startsWith('!') || content.startsWith('^');
  const members = (negated ? content.slice(1) : content).replace(/[\\\]^[]/g, '\\$&');
  const safe = /([^-])-([^-])/.test(members) ? keepAscendingRanges(members) : members.replace(/-/g, '\\-');
  return `(?!/)[${negated ? '^' : ''}${safe}]`;
}

/** `[z-a]` would not compile; its dash is then an ordinary character. */
function keepAscendingRanges(members: string): string {
  try {
    new RegExp(`[${members}]`, 'u');
    return members;
  } catch {
    return members.replace(/-/g, '\\-');
  }
}
