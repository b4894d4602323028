import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../src/core/json.ts';
import { fileStems } from '../../src/manifest/import/file-names.ts';
import { placeFiles } from '../../src/manifest/import/index.ts';
import { isWritable, writeManifest } from '../../src/manifest/import/write-manifest.ts';
import { parseDocuments } from '../../src/manifest/parse/parse-documents.ts';

describe('file names', () => {
  const names = fc.uniqueArray(
    fc.oneof(
      fc.string({ unit: 'binary', minLength: 1, maxLength: 300 }),
      fc.constantFrom(
        '..',
        '.',
        '/',
        'a/../../b',
        'NUL',
        'con.txt',
        'A',
        'a',
        'a ',
        '\u0000',
        'node_modules',
        '.git',
        '-rf',
      ),
    ),
    { maxLength: 20 },
  );

  test('are safe and distinct on every machine, whatever the objects are called', () => {
    fc.assert(
      fc.property(names, fc.constantFrom('flat' as const, 'kind' as const), (all, layout) => {
        const stems = [
          ...fileStems(
            all.map((name) => `SapJob/${name}`),
            layout,
          ).values(),
        ];
        expect(new Set(stems.map((stem) => stem.toLowerCase())).size).toBe(all.length);
        for (const stem of stems) {
          expect(stem).toMatch(layout === 'kind' ? /^sap-job\/[\w][\w.-]*$/ : /^[\w][\w.-]*$/);
          expect(stem).not.toMatch(/\.\.|^(con|prn|aux|nul)(\.|$)|\.$/i);
          expect(stem.length).toBeLessThan(120);
        }
      }),
    );
  });

  test('do not depend on the order of the objects', () => {
    fc.assert(
      fc.property(names, (all) => {
        const addresses = all.map((name) => `SapJob/${name}`);
        const forth = fileStems(addresses, 'flat');
        const back = fileStems([...addresses].reverse(), 'flat');
        expect(Object.fromEntries(back)).toEqual(Object.fromEntries(forth));
      }),
    );
  });

  test('are the plain names where those are fine', () => {
    const stems = fileStems(['SapJob/report_Sales-1', 'SapTask/v2.0'], 'flat');
    expect([...stems.values()]).toEqual(['report_Sales-1', 'v2.0']);
  });
});

describe('placing manifests', () => {
  const manifests = ['a', 'b'].map((name) => ({ address: `SapJob/${name}`, text: `name: ${name}\n` }));
  const input = { manifests, target: 'dev', exists: () => false };

  test('takes the fixed part of the first pattern', () => {
    const files = placeFiles({ ...input, layout: 'kind', patterns: ['team/jobs/**/*.yml', '!**/old/**'] });
    expect(files.map(({ path }) => path)).toEqual(['team/jobs/sap-job/a.yml', 'team/jobs/sap-job/b.yml']);
  });

  test('refuses a place that the config would not read', () => {
    const places = [
      { layout: 'kind' as const, patterns: ['jobs/*.yaml'] },
      { layout: 'flat' as const, patterns: ['jobs/*.json'] },
      { layout: 'flat' as const, patterns: ['jobs/*.yaml'], into: 'other' },
      { layout: 'flat' as const, patterns: ['**/*.yaml'], into: '.hidden' },
    ];
    for (const place of places) {
      expect(() => placeFiles({ ...input, ...place })).toThrow(
        expect.objectContaining({ code: 'IMPORT_NOT_MATCHED' }),
      );
    }
  });

  test('one file is never one that is there, and never larger than a file may be', () => {
    const large = Array.from({ length: 30 }, (_, index) => ({
      address: `SapJob/${index}`,
      text: `text: ${'x'.repeat(90_000)}\n`,
    }));
    const files = placeFiles({
      ...input,
      manifests: large,
      layout: 'one-file',
      patterns: ['jobs/*.yaml'],
      exists: (path) => path === 'jobs/dev.yaml',
    });
    expect(files.map(({ path }) => path)).toEqual(['jobs/dev-2.yaml', 'jobs/dev-3.yaml', 'jobs/dev-4.yaml']);
    expect(files.flatMap(({ addresses }) => addresses)).toHaveLength(30);
    for (const { path, text, addresses } of files) {
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(1_000_000);
      expect(parseDocuments(path, text).documents).toHaveLength(addresses.length);
    }
  });
});

describe('a manifest as YAML', () => {
  test('reads back as it was written, whatever the texts and keys are', () => {
    const json = fc.jsonValue({ stringUnit: 'binary', maxDepth: 3 }) as fc.Arbitrary<Json>;
    const documents = fc.dictionary(fc.string({ unit: 'binary' }), json, { noNullPrototype: true });
    fc.assert(
      fc.property(documents, (document) => {
        const text = writeManifest(document as JsonObject);
        if (text === undefined) expect(isWritable(document as JsonObject)).toBe(false);
        else
          expect(parseDocuments('x.yaml', text)).toMatchObject({
            findings: [],
            documents: [{ value: document }],
          });
      }),
    );
  });

  test('a comment cannot become content', () => {
    const comments = new Map([['/a', ['id 1\nb: 2', 'x\u2028y']]]);
    const text = writeManifest({ a: 1 }, comments) ?? '';
    expect(parseDocuments('x.yaml', text).documents[0]?.value).toEqual({ a: 1 });
    expect(text).toContain('# id 1 b: 2');
  });
});
