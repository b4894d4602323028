/** The names of all elements of an XML text, or what is wrong with it. HTML passes but for its doctype and its void tags. */
export function elementsOf(xml: string): string[] {
  const open: string[] = [];
  const seen: string[] = [];
  const token =
    /<!doctype html>|<(\/?)([a-zA-Z][\w-]*)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>|&(?:amp|lt|gt|quot|#\d+);|[^<&]/y;
  while (token.lastIndex < xml.length) {
    const at = token.lastIndex;
    const found = token.exec(xml);
    if (found === null) throw new Error(`not well formed: ${JSON.stringify(xml.slice(at, at + 80))}`);
    const [, slash, name, , self] = found;
    if (name === undefined) continue;
    if (slash === '/') {
      if (open.pop() !== name) throw new Error(`</${name}> closes nothing at ${at}`);
      continue;
    }
    seen.push(name);
    if (self === '' && name !== 'meta') open.push(name);
  }
  if (open.length > 0) throw new Error(`not closed: ${open.join(' ')}`);
  return seen;
}

/** The texts of all elements of this name, without tags inside. */
export function textsOf(xml: string, name: string): string[] {
  return [...xml.matchAll(new RegExp(`<${name}(?:\\s[^>]*)?>(.*?)</${name}>`, 'gs'))].map(([, inner = '']) =>
    inner
      .replace(/<[^>]*>/g, '')
      .replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))
      .replace(/&quot;/g, '"')
      .replace(/&lt;/g, '<')
      .replace(/&gt;/g, '>')
      .replace(/&amp;/g, '&'),
  );
}
