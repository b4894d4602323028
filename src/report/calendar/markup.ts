import { oneLine } from '../text.ts';

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  // Harmless by themselves; but the redactor of all outputs knows secrets by `name: value` and would eat the tag behind.
  ':': '&#58;',
  '=': '&#61;',
};

/** Somebody's text as text of XML or HTML: never a tag, an attribute's end, or a character that XML does not allow. */
export function escapeText(text: string): string {
  return oneLine(text)
    .replace(/[\p{Cs}\p{Cn}]/gu, '\ufffd')
    .replace(/[&<>"':=]/g, (character) => entities[character] ?? character);
}

/** Cut to about so many columns; wide characters take two. */
export function shortened(text: string, most: number): string {
  const characters = [...oneLine(text)];
  let taken = 0;
  for (const [index, character] of characters.entries()) {
    taken += columnsOf(character);
    if (taken <= most) continue;
    let end = index;
    while (end > 0 && taken > most - 1) {
      end -= 1;
      taken = characters.slice(0, end).reduce((sum, one) => sum + columnsOf(one), 0);
    }
    return `${characters.slice(0, end).join('').trimEnd()}…`;
  }
  return characters.join('');
}

function columnsOf(character: string): number {
  return (character.codePointAt(0) ?? 0) >= 0x1100 ? 2 : 1;
}

/** A coordinate with at most one digit after the point: finer is not seen, and takes room. */
export function coordinate(value: number): string {
  return String(Math.round(value * 10) / 10);
}
