import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Document, Scalar } from 'yaml';
import { equalJson } from '../../src/core/json.ts';
import { createLocator } from '../../src/manifest/locate.ts';
import { parseDocuments } from '../../src/manifest/parse/parse-documents.ts';

function at(
  text: string,
  pointer: string,
  options: { at?: 'key' | 'value'; offset?: number; document?: number } = {},
) {
  const { document = 0, ...rest } = options;
  const { line, col } = createLocator('x.yaml', text)(document, pointer, rest);
  return `${line}:${col}`;
}

const text = [
  '# a comment',
  'spec:',
  '  plain: one two',
  "  single: 'it''s here'",
  '  double: "tab\\tand \\u00e9 x"',
  '  literal: |',
  '    first',
  '    second line',
  '  folded: >-',
  '    one two',
  '    three',
  '  multi: one',
  '    two three',
  '  flow: {a: 1, "b c": [x, {d: y}]}',
  '  list:',
  '    - p',
  '    - q: r',
  '  empty:',
  '  a/b~c: slash',
  '  anchor: &n {deep: here}',
  '  alias: *n',
  '---',
  '{"second": "doc"}',
].join('\n');

describe('the place of a pointer', () => {
  it.each([
    ['', '2:1'],
    ['/spec', '3:3'],
    ['/spec/plain', '3:10'],
    ['/spec/flow/a', '14:13'],
    ['/spec/flow/b c', '14:23'],
    ['/spec/flow/b c/1/d', '14:31'],
    ['/spec/list/0', '16:7'],
    ['/spec/list/1/q', '17:10'],
    ['/spec/a~1b~0c', '19:10'],
    ['/spec/alias/deep', '20:21'],
  ])('%s is %s', (pointer, expected) => {
    expect(at(text, pointer)).toBe(expected);
  });

  it.each([
    ['/spec/plain', '3:3'],
    ['/spec', '2:1'],
    ['/spec/flow/b c', '14:16'],
  ])('of the key %s is %s', (pointer, expected) => {
    expect(at(text, pointer, { at: 'key' })).toBe(expected);
  });

  it.each([
    ['an empty value is its key', '/spec/empty', '18:3'],
    ['what is not there is the key that holds it', '/spec/list/7', '15:3'],
    ['what is not there at all is the document', '/nope/x', '2:1'],
    ['an index that is none is the list', '/spec/list/x', '15:3'],
  ])('of %s', (_what, pointer, expected) => {
    expect(at(text, pointer)).toBe(expected);
  });

  it('counts documents', () => {
    expect(at(text, '/second', { document: 1 })).toBe('23:12');
    expect(at(text, '/second', { document: 1, at: 'key' })).toBe('23:2');
  });

  it('in JSON with tabs and several lines', () => {
    const json = '{\n\t"spec": {\n\t\t"cron": "x",\n\t\t"list": [1,\n\t\t\t2]\n\t}\n}';
    expect(at(json, '/spec/cron')).toBe('3:11');
    expect(at(json, '/spec/list/1')).toBe('5:4');
  });

  it('after Windows line ends', () => {
    expect(at('a: 1\r\nb:\r\n  c: 2\r\n', '/b/c')).toBe('3:6');
  });
});

describe('the place of a character within a text value', () => {
  it.each([
    ['plain', '/spec/plain', 'one two', 'two', '3:14'],
    ['single quotes with an escape', '/spec/single', "it's here", 'here', '4:18'],
    ['double quotes with escapes', '/spec/double', 'tab\tand é x', 'x', '5:28'],
    ['double quotes, the escaped one', '/spec/double', 'tab\tand é x', 'é', '5:21'],
    ['a literal block', '/spec/literal', 'first\nsecond line\n', 'line', '8:12'],
    ['a folded block', '/spec/folded', 'one two three', 'three', '11:5'],
    ['a plain text over two lines', '/spec/multi', 'one two three', 'three', '13:9'],
    ['the first character', '/spec/plain', 'one two', 'one', '3:10'],
  ])('in %s', (_what, pointer, value, word, expected) => {
    const { documents } = parseDocuments('x.yaml', text);
    const spec = (documents[0] as unknown as { value: { spec: Record<string, string> } }).value.spec;
    expect(spec[pointer.slice('/spec/'.length)]).toBe(value);
    expect(at(text, pointer, { offset: value.indexOf(word) })).toBe(expected);
  });

  it('is its key or value when the offset lies beyond or the value is no text', () => {
    expect(at('a: xy', '/a', { offset: 99 })).toBe('1:6');
    expect(at('a: 12', '/a', { offset: 1 })).toBe('1:4');
  });

  const styles = [
    Scalar.PLAIN,
    Scalar.QUOTE_SINGLE,
    Scalar.QUOTE_DOUBLE,
    Scalar.BLOCK_LITERAL,
    Scalar.BLOCK_FOLDED,
  ] as const;
  const words = fc.array(fc.stringMatching(/^[a-z'"#:é\\]{1,12}$/), { minLength: 1, maxLength: 30 });

  it('shows the same character as the value, whatever the style and folding', () => {
    fc.assert(
      fc.property(
        words,
        fc.constantFrom(...styles),
        fc.constantFrom(' ', '\n'),
        fc.nat(),
        (list, type, glue, at) => {
          const value = list.join(glue);
          const scalar = new Scalar(value);
          scalar.type = type;
          const source = new Document({ before: 1, nested: { key: scalar } }).toString({ lineWidth: 40 });
          const [parsed] = parseDocuments('x.yaml', source).documents;
          // Not every text can be written in every style.
          fc.pre(equalJson(parsed?.value, { before: 1, nested: { key: value } }));
          const offset = at % value.length;
          const place = createLocator('x.yaml', source)(0, '/nested/key', { offset });
          const shown = source.split('\n')[place.line - 1]?.slice(place.col - 1) ?? '';
          const wanted = value[offset] ?? '';
          if (wanted === ' ' || wanted === '\n') return;
          const escaped = JSON.stringify(wanted).slice(1, -1);
          expect(shown.startsWith(wanted) || shown.startsWith(escaped)).toBe(true);
        },
      ),
      { numRuns: 400 },
    );
  });
});
