import { describe, expect, it } from 'vitest';
import { suggest } from '../../src/manifest/suggest.ts';

describe('a suggestion', () => {
  it.each([
    ['SapJbo', 'SapJob'],
    ['sapjob', 'SapJob'],
    ['SapTaks', 'SapTask'],
    ['SapSetings', 'SapSettings'],
    ['Deployment', undefined],
    ['', undefined],
  ])('for %s is %s', (word, expected) => {
    expect(suggest(word, ['SapJob', 'SapTask', 'SapSettings'])).toBe(expected);
  });

  it('is the nearest one', () => {
    expect(suggest('repeatAtt', ['repeatInterval', 'repeatAt'])).toBe('repeatAt');
  });
});
