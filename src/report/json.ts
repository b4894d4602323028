/** A document for programs: indented JSON with a final line feed. */
export function renderJson(document: object): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}
