import { printable } from './text.ts';

/**
 * A text from outside as inline code. Every character that could mean something to Markdown or HTML becomes an entity,
 * so the text can neither end the code nor mention people, link, or open a tag.
 */
export function code(text: string): string {
  return `<code>${escapeMarkdown(text)}</code>`;
}

/** The same for running text. A zero-width joiner after `@` and `#` keeps them from becoming mentions and links. */
export function prose(text: string): string {
  return escapeMarkdown(text)
    .replaceAll('&#64;', '&#64;&#8288;')
    .replaceAll('&#35;', '&#35;&#8288;')
    .replaceAll('://', '&#58;&#8288;//')
    .replaceAll('www&#46;', 'www&#8288;&#46;');
}

function escapeMarkdown(text: string): string {
  return printable(text)
    .replace(/[&<>"'`*_{}[\]()#+\-.!|\\~@:$^=]/g, (character) => `&#${character.charCodeAt(0)};`)
    .replace(/\s+/g, ' ');
}

/** A block of text in a fence that is longer than any run of back-ticks inside. */
export function fence(language: string, text: string): string {
  const body = printable(text);
  const longest = Math.max(2, ...[...body.matchAll(/`+/g)].map(([run]) => run.length));
  const marks = '`'.repeat(longest + 1);
  return `${marks}${language}\n${body}\n${marks}`;
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

export function details(summary: string, body: string): string {
  return `<details><summary>${summary}</summary>\n\n${body}\n\n</details>`;
}
