/**
 * A PEM text with real line ends: bindings in an environment carry `\n` as two characters (SAP's page "Authentication"),
 * and some editors turn line ends into spaces. Undefined when there is no PEM block in it.
 */
export function normalizePem(text: string): string | undefined {
  const unescaped = text.replaceAll('\\r', '').replaceAll('\\n', '\n').replaceAll('\r', '');
  const blocks = [...unescaped.matchAll(/-----BEGIN ([A-Z0-9 ]{1,60})-----([^-]*)-----END \1-----/g)];
  if (blocks.length === 0) return undefined;
  return `${blocks.map(([block, label = '', body = '']) => (body.includes('\n') ? block : wrap(label, body))).join('\n')}\n`;
}

function wrap(label: string, body: string): string {
  const lines = body.replace(/\s+/g, '').match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`].join('\n');
}
