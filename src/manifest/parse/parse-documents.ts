import type { Document, LineCounter, YAMLError } from 'yaml';
import type { Finding } from '../../core/errors.ts';
import { composeTrees } from '../compose-trees.ts';
import { defaultLimits, type Limits } from '../limits.ts';
import { documentToJson, nestedTooDeep, type Trouble } from './node-to-json.ts';
import { findJsonError, parseCleanJson } from './parse-json.ts';
import type { ParsedDocument } from './parsed-document.ts';
import { readPlainYaml } from './read-plain-yaml.ts';

export interface ParsedText {
  documents: ParsedDocument[];
  findings: Finding[];
}

/** All documents of a YAML or JSON text (JSON when the name ends in `.json`). Documents with errors are left out. */
export function parseDocuments(file: string, text: string, limits: Limits = defaultLimits): ParsedText {
  if (!isJsonFile(file)) {
    const plain = readPlainYaml(text, limits);
    return plain === undefined ? parseYaml(file, text, limits) : { documents: plain, findings: [] };
  }
  const value = parseCleanJson(text, limits);
  if (value !== undefined) return { documents: [{ index: 0, value, ...jsonStart(text) }], findings: [] };
  const parsed = parseYaml(file, text, limits);
  const offset = findJsonError(text);
  if (offset === undefined || parsed.findings.some(({ code }) => code !== 'YAML_SYNTAX')) return parsed;
  const trouble: Trouble = {
    code: 'JSON_SYNTAX',
    message: offset === text.length ? 'The JSON text ends too early.' : 'This is not JSON.',
    expected: 'one JSON value, without comments and trailing commas',
    remedy: 'Mend the JSON, or name the file .yaml.',
    offset,
  };
  return { documents: [], findings: [atOffset(file, text, trouble)] };
}

function isJsonFile(file: string): boolean {
  return file.toLowerCase().endsWith('.json');
}

/** With the full parser: all of YAML, and the place of everything that is wrong. */
export function parseYaml(file: string, text: string, limits: Limits): ParsedText {
  const { trees, lines, tooDeep } = composeTrees(text, limits.depth);
  const documents: ParsedDocument[] = [];
  const troubles: Trouble[] = [];
  for (const [index, tree] of trees.entries()) {
    const end = trees[index + 1]?.range[0] ?? text.length + 1;
    const deep = tooDeep.find((offset) => offset >= tree.range[0] && offset < end);
    // What was cut off leaves syntax errors behind that nobody made.
    const found = deep === undefined ? troublesOf(tree, text, lines) : [nestedTooDeep(deep, limits)];
    const start = tree.contents?.range?.[0];
    if (found.length === 0 && start !== undefined && !isEmpty(tree)) {
      const { value, troubles: inValues } = documentToJson(tree, limits);
      found.push(...inValues);
      if (inValues.length === 0) documents.push({ index, value, ...position(lines, start) });
    }
    troubles.push(...found);
  }
  return { documents, findings: limited(file, troubles, lines, limits) };
}

function troublesOf(tree: Document.Parsed, text: string, lines: LineCounter): Trouble[] {
  const errors = firstOfEachLine([...tree.errors, ...tree.warnings], lines);
  const troubles = errors.map((error) => fromYaml(error, text));
  const version = tree.directives?.yaml;
  if (version?.explicit === true && version.version !== '1.2') troubles.push(oldYaml(version.version));
  return troubles;
}

/** `---` followed by nothing; but a written `null` is content, and wrong. */
function isEmpty(tree: Document.Parsed): boolean {
  const range = tree.contents?.range;
  return range === undefined || range === null || range[0] === range[1];
}

/** One slip of the pen makes the parser stumble several times on the same line. */
function firstOfEachLine(errors: readonly YAMLError[], lines: LineCounter): YAMLError[] {
  const seen = new Set<number>();
  return errors.filter(({ pos }) => {
    const { line } = lines.linePos(pos[0]);
    if (seen.has(line)) return false;
    seen.add(line);
    return true;
  });
}

/** `{key: ${var:x}}`: within a flow map the brace of a reference begins another map. */
function isBareReference(text: string, offset: number): boolean {
  return text[offset] === '{' && text[offset - 1] === '$';
}

function fromYaml(error: YAMLError, text: string): Trouble {
  const offset = error.pos[0];
  const message = `${error.message.replace(/\.$/, '')}.`;
  if (error.code === 'TAB_AS_INDENT') {
    return {
      code: 'TAB_INDENT',
      message: 'A tab is used for indentation.',
      expected: 'spaces',
      remedy: 'Replace the tab by spaces.',
      offset,
    };
  }
  if (error.code === 'TAG_RESOLVE_FAILED') {
    return {
      code: 'UNKNOWN_TAG',
      message,
      expected: 'plain YAML values without custom tags',
      remedy: 'Remove the tag.',
      offset,
    };
  }
  if (error.code === 'NON_STRING_KEY') {
    return {
      code: 'BAD_KEY',
      message: 'A key must be plain text, not a map, a list or an alias.',
      remedy: 'Write the key as text; quote it if it begins with `{`, `[` or `*`.',
      offset,
    };
  }
  const remedy = isBareReference(text, offset) ? 'Put the reference in quotes.' : 'Mend the syntax.';
  return { code: 'YAML_SYNTAX', message: `This is not YAML: ${message}`, remedy, offset };
}

function oldYaml(version: string): Trouble {
  return {
    code: 'YAML_VERSION',
    message: `The directive asks for YAML ${version}.`,
    expected: 'YAML 1.2',
    remedy: 'Remove the %YAML line.',
    offset: 0,
  };
}

function limited(file: string, troubles: readonly Trouble[], lines: LineCounter, limits: Limits): Finding[] {
  const ordered = [...troubles].sort((a, b) => a.offset - b.offset);
  const shown = ordered.slice(0, limits.findings).map(
    ({ offset, ...trouble }): Finding => ({
      ...trouble,
      severity: 'error',
      place: { file, ...position(lines, offset) },
    }),
  );
  const hidden = troubles.length - shown.length;
  if (hidden > 0) {
    shown.push({
      code: 'MORE_FINDINGS',
      severity: 'error',
      message: `The file has ${hidden} more errors that are not listed.`,
      remedy: 'Mend the first ones and validate again.',
      place: { file, line: 1, col: 1 },
    });
  }
  return shown;
}

function position(lines: LineCounter, offset: number): { line: number; col: number } {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(line, 1), col: Math.max(col, 1) };
}

function atOffset(file: string, text: string, { offset, ...trouble }: Trouble): Finding {
  const before = text.slice(0, offset).split('\n');
  return {
    ...trouble,
    severity: 'error',
    place: { file, line: before.length, col: (before.at(-1)?.length ?? 0) + 1 },
  };
}

function jsonStart(text: string): { line: number; col: number } {
  const before = (/^\s*/.exec(text)?.[0] ?? '').split('\n');
  return { line: before.length, col: (before.at(-1)?.length ?? 0) + 1 };
}
