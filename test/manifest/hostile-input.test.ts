// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references look like that
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultLimits } from '../../src/manifest/limits.ts';
import { loadManifests } from '../../src/manifest/load-manifests.ts';
import { decodeText } from '../../src/manifest/parse/decode-text.ts';
import { parseDocuments } from '../../src/manifest/parse/parse-documents.ts';
import { findJsonError } from '../../src/manifest/parse/parse-json.ts';

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

async function load(path: string, bytes: Uint8Array) {
  return loadManifests({ list: async () => ({ files: [{ path, bytes }], findings: [] }) });
}

function brief(findings: { code: string; place?: { line: number; col: number } | undefined }[]): string[] {
  return findings.map(({ code, place }) => `${place?.line}:${place?.col} ${code}`);
}

const bomb = [
  'a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]',
  ...Array.from({ length: 25 }, (_, index) => {
    const before = String.fromCharCode(97 + index);
    const name = String.fromCharCode(98 + index);
    return `${name}: &${name} [${Array.from({ length: 10 }, () => `*${before}`).join(', ')}]`;
  }),
].join('\n');

describe('hostile or broken YAML is an ordinary finding with its place', () => {
  it.each<[string, string, string[]]>([
    ['an alias bomb', bomb, ['5:8 ALIAS_BOMB']],
    ['a cycle', 'a: &x\n  b: [1, *x]\n', ['2:10 ALIAS_CYCLE']],
    ['a cycle through a list', '&x [*x]', ['1:5 ALIAS_CYCLE']],
    ['an unknown anchor', 'a: *nope\n', ['1:4 UNKNOWN_ANCHOR']],
    ['__proto__', 'a: 1\n__proto__: {polluted: true}\n', ['2:1 FORBIDDEN_KEY']],
    ['a quoted __proto__', '{"__proto__": {polluted: true}}', ['1:2 FORBIDDEN_KEY']],
    [
      'constructor deep inside',
      'a:\n  - b:\n      constructor: {prototype: {}}\n',
      ['3:7 FORBIDDEN_KEY', '3:21 FORBIDDEN_KEY'],
    ],
    ['duplicate keys', 'a: 1\nb: 2\na: 3\n', ['3:1 DUPLICATE_KEY']],
    ['keys that are the same text', '"1": a\n1: b\n', ['2:1 DUPLICATE_KEY']],
    ['merge keys', 'a: &a {x: 1}\nb:\n  <<: *a\n', ['3:3 MERGE_KEY']],
    ['custom tags', 'a: !secret x\nb: !!binary aGk=\n', ['1:4 UNKNOWN_TAG', '2:4 UNKNOWN_TAG']],
    ['tabs', 'a:\n\tb: 1\n', ['2:1 TAB_INDENT']],
    [
      'not a number',
      'a: .nan\nb: .inf\nc: 12345678901234567890\n',
      ['1:4 BAD_NUMBER', '2:4 BAD_NUMBER', '3:4 BAD_NUMBER'],
    ],
    ['a map as a key', '? {a: 1}\n: b\n', ['1:3 BAD_KEY']],
    ['an old version of YAML', '%YAML 1.1\n---\na: yes\n', ['1:1 YAML_VERSION']],
    ['an open bracket', 'a: [1, 2\n', ['2:1 YAML_SYNTAX']],
    ['an open quote', 'a: "x\n', ['2:1 YAML_SYNTAX']],
    ['a bare reference in a flow map', 'a: {b: ${var:x}}\n', ['1:9 YAML_SYNTAX']],
    ['a hundred nested lists', `a: ${'['.repeat(100)}${']'.repeat(100)}`, ['1:63 TOO_DEEP']],
  ])('%s', (_what, text, expected) => {
    const { documents, findings } = parseDocuments('x.yaml', text);
    expect(brief(findings)).toEqual(expected);
    expect(documents).toEqual([]);
    for (const finding of findings) expect(finding.remedy).toEqual(expect.any(String));
  });

  it.each([
    ['lists', '['.repeat(5_000)],
    ['maps', '{a: '.repeat(5_000)],
    ['block lists', '- '.repeat(5_000)],
    ['keys', '? '.repeat(5_000)],
    ['indentation', Array.from({ length: 1100 }, (_, index) => `${' '.repeat(index)}a:`).join('\n')],
  ])('nesting of %s that would exhaust the stack', (_what, text) => {
    expect(parseDocuments('x.yaml', text).findings.map(({ code }) => code)).toEqual(['TOO_DEEP']);
    const inJson = parseDocuments('x.json', text).findings.map(({ code }) => code);
    expect(inJson).toEqual(['TOO_DEEP']);
  });

  it('nesting by way of aliases', () => {
    const levels = Array.from(
      { length: 9 },
      (_, index) => `a${index}: &a${index} [[[[[[[[*a${index - 1}]]]]]]]]`,
    );
    const { findings } = parseDocuments('x.yaml', ['a-1: &a-1 x', ...levels].join('\n'));
    expect(brief(findings)).toEqual(['9:17 TOO_DEEP']);
  });

  it('leaves the prototype of objects alone', () => {
    parseDocuments(
      'x.yaml',
      '__proto__: {polluted: true}\n"constructor": {"prototype": {"polluted": true}}\n',
    );
    parseDocuments('x.json', '{"__proto__": {"polluted": true}}');
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  it('puts the quotes in the remedy when a reference stands bare in a flow map', () => {
    const { findings } = parseDocuments('x.yaml', 'a: {b: ${var:x}}\n');
    expect(findings[0]?.remedy).toBe('Put the reference in quotes.');
  });

  it('reads the sound documents beside broken ones', () => {
    const { documents, findings } = parseDocuments('x.yaml', 'a: 1\n---\na: 1\na: 2\n---\nb: 2\n');
    expect(documents).toEqual([
      { index: 0, value: { a: 1 }, line: 1, col: 1 },
      { index: 2, value: { b: 2 }, line: 6, col: 1 },
    ]);
    expect(brief(findings)).toEqual(['4:1 DUPLICATE_KEY']);
  });

  it('lists a limited number of findings and counts the rest', () => {
    const text = 'a: 1\n'.repeat(1000);
    const { findings } = parseDocuments('x.yaml', text);
    expect(findings).toHaveLength(defaultLimits.findings + 1);
    expect(findings.at(-1)).toMatchObject({
      code: 'MORE_FINDINGS',
      message: expect.stringContaining('949 more'),
    });
  });

  it('reads many keys in one map without comparing each with each', () => {
    const text = Array.from({ length: 20_000 }, (_, index) => `k${index}: 1`).join('\n');
    expect(parseDocuments('x.yaml', text).documents).toHaveLength(1);
  });

  it('allows aliases in reason', () => {
    const { documents } = parseDocuments('x.yaml', 'a: &d {x: [1, 2]}\nb: *d\nc: &k text\nd: *k\n');
    expect(documents[0]?.value).toEqual({ a: { x: [1, 2] }, b: { x: [1, 2] }, c: 'text', d: 'text' });
  });

  it('answers any text with documents or findings, never with an exception', () => {
    const yamlish = fc.string({ unit: fc.constantFrom(...'ab:-?[]{}&*!|>\'"%#,<= \n\t~.0$@`\\') });
    fc.assert(
      fc.property(yamlish, fc.constantFrom('x.yaml', 'x.json'), (source, file) => {
        const { documents, findings } = parseDocuments(file, source);
        for (const finding of findings) {
          expect(finding.place?.line).toBeGreaterThan(0);
          expect(finding.place?.col).toBeGreaterThan(0);
        }
        const text = JSON.stringify(documents);
        expect(JSON.stringify(JSON.parse(text))).toBe(text);
      }),
      { numRuns: 300 },
    );
  });
});

describe('hostile or broken JSON', () => {
  it.each<[string, string, string[]]>([
    ['duplicate keys', '{\n "a": 1,\n "a": 2\n}', ['3:2 DUPLICATE_KEY']],
    ['duplicate keys deep inside', '{"x": [{"a": 1, "a": 2}]}', ['1:17 DUPLICATE_KEY']],
    ['__proto__', '{"a": {"__proto__": {}}}', ['1:8 FORBIDDEN_KEY']],
    ['a trailing comma', '{"a": 1,}', ['1:9 JSON_SYNTAX']],
    ['YAML in a JSON file', 'a: 1\n', ['1:1 JSON_SYNTAX']],
    ['a comment', '# hi\n{"a": 1}\n', ['1:1 JSON_SYNTAX']],
    ['a cut-off file', '{"a": [1', ['1:9 JSON_SYNTAX']],
    ['a number too large', '{"a": 12345678901234567890}', ['1:7 BAD_NUMBER']],
  ])('%s', (_what, text, expected) => {
    const { documents, findings } = parseDocuments('x.json', text);
    expect(brief(findings)).toEqual(expected);
    expect(documents).toEqual([]);
  });

  it('is told from JSON exactly where JSON.parse does', () => {
    const jsonish = fc.string({ unit: fc.constantFrom(...'{}[]:,"\\ 01-.eEtrufalsn\n\t/é') });
    const cut = fc
      .tuple(fc.json(), fc.nat(), fc.string({ maxLength: 1 }))
      .map(
        ([text, at, extra]) =>
          text.slice(0, at % (text.length + 1)) + extra + text.slice((at % (text.length + 1)) + 1),
      );
    fc.assert(
      fc.property(fc.oneof(jsonish, cut, fc.json()), (text) => {
        let valid = true;
        try {
          JSON.parse(text);
        } catch {
          valid = false;
        }
        expect(findJsonError(text) === undefined).toBe(valid);
      }),
      { numRuns: 1000 },
    );
  });

  it('gives the same values as JSON.parse, with tabs, escapes and colons in strings', () => {
    const text = '{\n\t"a:b": "c:\\"d\\":",\n\t"e": ["\\u00e9", -1.5e3, null, true]\n}';
    expect(parseDocuments('x.json', text).documents[0]?.value).toEqual(JSON.parse(text));
  });

  it('says the same about a value whether written as JSON or as YAML', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const text = JSON.stringify(value);
        const json = parseDocuments('x.json', text);
        const yaml = parseDocuments('x.yaml', text);
        expect(json.findings.map(({ code }) => code)).toEqual(yaml.findings.map(({ code }) => code));
        expect(json.documents.map((d) => d.value)).toEqual(yaml.documents.map((d) => d.value));
      }),
    );
  });
});

describe('hostile bytes', () => {
  it('names the first byte that is not UTF-8, with line and column', async () => {
    const bytes = new Uint8Array([...bytesOf('a: é\nb: '), 0xff, 0x41]);
    const { findings } = await load('x.yaml', bytes);
    expect(brief(findings)).toEqual(['2:4 INVALID_UTF8']);
    expect(findings[0]?.message).toContain('byte 9 (0xff)');
  });

  it('recognises a character that is cut off at the end', async () => {
    expect(brief((await load('x.yaml', bytesOf('a: é').subarray(0, -1))).findings)).toEqual([
      '1:4 INVALID_UTF8',
    ]);
  });

  it('takes UTF-16 for what it is: not UTF-8', async () => {
    const utf16 = new Uint8Array([0xff, 0xfe, 0x61, 0x00]);
    expect(brief((await load('x.yaml', utf16)).findings)).toEqual(['1:1 INVALID_UTF8']);
  });

  it('finds a NUL byte', async () => {
    expect(brief((await load('x.yaml', bytesOf('a: 1\nb: x\0y'))).findings)).toEqual(['2:5 NUL_BYTE']);
  });

  it('reads past a byte order mark', () => {
    expect(decodeText('x', bytesOf('\ufeffa: 1'))).toEqual({ text: 'a: 1' });
  });

  it('accepts exactly what a strict decoder accepts', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), (bytes) => {
        const answer = decodeText('x', bytes);
        const sound = Buffer.from(bytes).toString('utf8').includes('\ufffd') === false && !bytes.includes(0);
        const hasReplacement = Buffer.from('\ufffd').every((byte) => bytes.includes(byte));
        if (!hasReplacement) expect('text' in answer).toBe(sound);
      }),
    );
  });

  it.each(['', '\n\n', '# only a comment\n', '---\n---\n'])(
    'warns of a file without a document: %j',
    async (text) => {
      const { manifests, findings } = await load('x.yaml', bytesOf(text));
      expect(manifests).toEqual([]);
      expect(findings).toMatchObject([{ code: 'EMPTY_FILE', severity: 'warning' }]);
    },
  );

  it('skips empty documents between others without a word', () => {
    const { documents, findings } = parseDocuments('x.yaml', '---\n---\na: 1\n---\n# nothing\n---\nb: 1\n');
    expect(documents.map(({ value }) => value)).toEqual([{ a: 1 }, { b: 1 }]);
    expect(findings).toEqual([]);
  });
});
