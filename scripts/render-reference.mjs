/**
 * The field reference of one schema as Markdown: a table per object.
 * @param {string} file @param {any} schema @param {string} notice
 */
export function renderReference(file, schema, notice) {
  const sections = [];
  const pending = [{ heading: `# ${schema.title}`, schema, seen: 'root' }];
  const done = new Set();
  while (pending.length > 0) {
    const { heading, schema: part, seen } = pending.shift();
    if (done.has(seen)) continue;
    done.add(seen);
    sections.push(renderObject(heading, part, schema, pending));
  }
  const [head, ...rest] = sections;
  const kinds = schema.properties?.kind?.enum ?? [];
  const names = kinds.map((kind) => `\`${kind}\``).join(', ');
  // The kinds of the union have pages of their own.
  const below = kinds.length > 0 ? [`Kinds: ${names}.`] : rest;
  const lines = [head, `<!-- ${notice} -->`, `Schema: \`schemas/${file}.schema.json\`.`, ...below];
  return `${lines.join('\n\n')}\n`;
}

function renderObject(heading, part, root, pending) {
  const lines = [heading, part.description ?? ''];
  const required = new Set(part.required ?? []);
  const alternatives = (part.oneOf ?? []).map((branch) => branch.required?.[0]).filter(Boolean);
  const rows = Object.entries(part.properties ?? {}).map(([name, property]) => {
    const resolved = resolve(property, root);
    enqueue(name, property, resolved, root, pending);
    const must = required.has(name) ? 'yes' : alternatives.includes(name) ? 'one of these' : '';
    const standard = resolved.default === undefined ? '' : `\`${JSON.stringify(resolved.default)}\``;
    const text = (property.description ?? resolved.description ?? '').replaceAll('|', '\\|');
    return `| \`${name}\` | ${typeName(property, root)} | ${must} | ${standard} | ${text} |`;
  });
  if (rows.length > 0) {
    lines.push(
      ['| field | type | required | default | meaning |', '|---|---|---|---|---|', ...rows].join('\n'),
    );
  }
  return lines.filter((line) => line !== '').join('\n\n');
}

function enqueue(name, property, resolved, root, pending) {
  const variants = [property, ...(resolved.anyOf ?? []), resolved.items, resolved.additionalProperties];
  for (const variant of variants) {
    if (typeof variant !== 'object' || variant === null) continue;
    const target = resolve(variant, root);
    if (target.properties === undefined) continue;
    const title = target.title ?? name;
    pending.push({ heading: `## ${title}`, schema: target, seen: title });
  }
}

function resolve(schema, root) {
  if (schema.$ref === undefined) return schema;
  const name = schema.$ref.replace('#/$defs/', '');
  return root.$defs[name];
}

function typeName(schema, root) {
  const target = resolve(schema, root);
  if (target.const !== undefined) return `\`${JSON.stringify(target.const)}\``;
  if (target.enum !== undefined) return target.enum.map((value) => `\`${value}\``).join(' \\| ');
  if (target.anyOf !== undefined) return target.anyOf.map((branch) => typeName(branch, root)).join(' or ');
  if (target.type === 'array') return `list of ${typeName(target.items ?? {}, root)}`;
  if (target.type === 'object' && target.properties !== undefined) return link(target.title ?? 'object');
  if (target.type === 'object' && typeof target.additionalProperties === 'object')
    return `map of ${typeName(target.additionalProperties, root)}`;
  return `${target.type ?? 'any value'}${range(target)}`;
}

function range(schema) {
  if (schema.minimum !== undefined && schema.maximum !== undefined)
    return ` ${schema.minimum}…${schema.maximum}`;
  if (schema.minimum !== undefined) return ` ≥ ${schema.minimum}`;
  return '';
}

function link(title) {
  return `[${title}](#${title.toLowerCase()})`;
}
