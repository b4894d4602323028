const lineWidth = 110;

/**
 * JSON text in the project's own format: objects always over several lines, short lists of plain values on one.
 * @param {any} value @param {string} [indent] @param {number} [taken] characters before the value on its line
 * @returns {string}
 */
export function printJson(value, indent = '', taken = 0) {
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    if (value.every((item) => typeof item !== 'object' || item === null)) {
      const line = `[${value.map((item) => JSON.stringify(item)).join(', ')}]`;
      if (taken + line.length <= lineWidth) return line;
    }
    return `[\n${value.map((item) => `${inner}${printJson(item, inner, inner.length)}`).join(',\n')}\n${indent}]`;
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value);
  if (entries.length === 0) return '{}';
  const lines = entries.map(([key, item]) => {
    const start = `${inner}${JSON.stringify(key)}: `;
    return `${start}${printJson(item, inner, start.length + 1)}`;
  });
  return `{\n${lines.join(',\n')}\n${indent}}`;
}
