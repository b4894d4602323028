import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileGlob, compileGlobs, globBase } from '../../src/manifest/glob.ts';

describe('a glob', () => {
  it.each([
    ['jobs/**/*.{yaml,yml,json}', 'jobs/a.yaml', true],
    ['jobs/**/*.{yaml,yml,json}', 'jobs/a/b/c.json', true],
    ['jobs/**/*.{yaml,yml,json}', 'jobs/a.txt', false],
    ['jobs/**/*.{yaml,yml,json}', 'other/a.yaml', false],
    ['./jobs/*.yaml', 'jobs/a.yaml', true],
    ['jobs/*.yaml', 'jobs/a/b.yaml', false],
    ['**', 'a/b/c', true],
    ['jobs/**', 'jobs/a/b', true],
    ['jobs/**', 'jobs', false],
    ['**/x.yaml', 'x.yaml', true],
    ['**/x.yaml', 'a/b/x.yaml', true],
    ['a?c', 'abc', true],
    ['a?c', 'a/c', false],
    ['report*', 'report', true],
    ['report*', 'report 1', true],
    ['report*', 'a report', false],
    ['job[0-9]', 'job7', true],
    ['job[!0-9]', 'job7', false],
    ['job[!0-9]', 'jobx', true],
    ['job[z-a]', 'job-', true],
    ['a.b', 'axb', false],
    ['a+(b)|c', 'a+(b)|c', true],
    ['\\*', '*', true],
    ['\\*', 'a', false],
    ['{a,b{1,2}}', 'b2', true],
    ['{a,b{1,2}}', 'b', false],
    ['{a', '{a', true],
    ['[a', '[a', true],
    ['a**b', 'axxb', true],
    ['ü*', 'über', true],
  ])('%s against %s: %s', (pattern, path, expected) => {
    expect(compileGlob(pattern)(path)).toBe(expected);
  });

  it('with a leading ! takes files out again', () => {
    const matches = compileGlobs(['jobs/*', '!jobs/draft*']);
    expect(['jobs/a', 'jobs/draft-b', 'x'].filter(matches)).toEqual(['jobs/a']);
  });

  it('never fails to compile, and an escaped text matches itself alone', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (text, other) => {
        compileGlob(text)(other);
        const escaped = [...text].map((character) => `\\${character}`).join('');
        expect(compileGlob(escaped)(text)).toBe(true);
        expect(compileGlob(escaped)(other)).toBe(text === other);
      }),
    );
  });

  it.each([
    ['jobs/**/*.yaml', 'jobs'],
    ['a/b/c.yaml', 'a/b'],
    ['*.yaml', ''],
    ['a/{b,c}/d', 'a'],
    ['c.yaml', ''],
  ])('%s lies below "%s"', (pattern, base) => {
    expect(globBase(pattern)).toBe(base);
  });
});
