/** `a`, `a and b`, `a, b and c`. */
export function joinWords(parts: readonly string[], conjunction = 'and'): string {
  if (parts.length < 2) return parts[0] ?? '';
  return `${parts.slice(0, -1).join(', ')} ${conjunction} ${parts[parts.length - 1]}`;
}
