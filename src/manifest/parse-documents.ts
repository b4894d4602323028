import { type Document, LineCounter, parseAllDocuments, type YAMLError } from 'yaml';
import type { Finding } from '../core/errors.ts';
import type { Json } from '../core/json.ts';
import { defaultLimits, type Limits } from './limits.ts';
import { documentToJson, type Trouble } from './node-to-json.ts';
import { jsonErrorOffset, parseCleanJson } from './parse-json.ts';

export interface ParsedDocument {
  /** Position among the documents of the file, from 0. */
  index: number;
  value: Json;
  /** Where its content starts; both count from 1. */
  line: number;
  col: number;
}

export interface ParsedText {
  documents: ParsedDocument[];
  findings: Finding[];
}

const parseOptions = {
  prettyErrors: false,
  // A comparison of each key with each other would take minutes for a hostile file; node-to-json has a Set.
  uniqueKeys: false,
  stringKeys: true,
  merge: false,
  resolveKnownTags: false,
  logLevel: 'silent',
} as const;

/** All documents of a YAML or JSON text (JSON when the name ends in `.json`). Documents with errors are left out. */
export function parseDocuments(file: string, text: string, limits: Limits = defaultLimits): ParsedText {
  if (!isJsonFile(file)) return parseYaml(file, text, limits);
  const value = parseCleanJson(text, limits);
  if (value !== undefined) return { documents: [{ index: 0, value, ...jsonStart(text) }], findings: [] };
  const parsed = parseYaml(file, text, limits);
  const strict = jsonErrorOffset(text);
  if (parsed.findings.length > 0 || strict === undefined) return parsed;
  return {
    documents: [],
    findings: [
      atOffset(file, text, {
        code: 'JSON_SYNTAX',
        message: `This is not JSON: ${strict.message}.`,
        expected: 'one JSON value',
        remedy: 'Mend the JSON, or name the file .yaml.',
        offset: strict.offset,
      }),
    ],
  };
}

/** The documents as trees with positions; for finding places only. */
export function parseTrees(text: string): { trees: Document.Parsed[]; lines: LineCounter } {
  const lines = new LineCounter();
  const trees = parseAllDocuments(text, { ...parseOptions, lineCounter: lines });
  return { trees: Array.isArray(trees) ? trees : [], lines };
}

export function isJsonFile(file: string): boolean {
  return file.toLowerCase().endsWith('.json');
}

function parseYaml(file: string, text: string, limits: Limits): ParsedText {
  const lines = new LineCounter();
  let trees: Document.Parsed[];
  try {
    const parsed = parseAllDocuments(text, { ...parseOptions, lineCounter: lines });
    trees = Array.isArray(parsed) ? parsed : [];
  } catch (error) {
    return { documents: [], findings: [unparsable(file, error)] };
  }
  const documents: ParsedDocument[] = [];
  const troubles: Trouble[] = [];
  for (const [index, tree] of trees.entries()) {
    const errors = [...tree.errors, ...tree.warnings].map(fromYaml);
    const version = tree.directives?.yaml;
    if (version?.explicit === true && version.version !== '1.2') errors.push(oldYaml(version.version));
    const start = tree.contents?.range?.[0];
    if (errors.length === 0 && start !== undefined && !isEmpty(tree)) {
      const { value, troubles: found } = documentToJson(tree, limits);
      errors.push(...found);
      if (found.length === 0) documents.push({ index, value, ...position(lines, start) });
    }
    troubles.push(...errors);
  }
  return { documents, findings: limited(file, troubles, lines, limits) };
}

/** `---` followed by nothing; but a written `null` is content, and wrong. */
function isEmpty(tree: Document.Parsed): boolean {
  const range = tree.contents?.range;
  return range === undefined || range === null || range[0] === range[1];
}

function fromYaml(error: YAMLError): Trouble {
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
  if (error.code === 'RESOURCE_EXHAUSTION') {
    return {
      code: 'TOO_DEEP',
      message: 'Maps and lists are nested too deeply to be read.',
      remedy: 'Flatten the document.',
      offset,
    };
  }
  return { code: 'YAML_SYNTAX', message: `This is not YAML: ${message}`, remedy: 'Mend the syntax.', offset };
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

function unparsable(file: string, error: unknown): Finding {
  const reason = error instanceof RangeError ? 'it is nested too deeply' : String(error);
  return {
    code: error instanceof RangeError ? 'TOO_DEEP' : 'YAML_SYNTAX',
    severity: 'error',
    message: `The file cannot be read as YAML: ${reason}.`,
    remedy: 'Flatten or mend the document.',
    place: { file, line: 1, col: 1 },
  };
}

function limited(file: string, troubles: readonly Trouble[], lines: LineCounter, limits: Limits): Finding[] {
  const shown = troubles.slice(0, limits.findings).map(
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
