import { describe, expect, it } from 'vitest';
import { fuzzArea } from '../../bench/fuzz-areas.mjs';
import { run } from '../../src/cli/run.ts';
import { startEmulator } from '../../src/emulator/index.ts';

describe('spoiled input of every sort ends in an error with a code, and in no write', () => {
  it.each([
    ['manifests', 30],
    ['config', 30],
    ['state', 10],
    ['plans', 10],
    ['sap answers', 6],
    ['locks', 15],
    ['journals', 15],
    ['git locks', 3],
  ])(
    '%s',
    async (area, cases) => {
      const { troubles } = await fuzzArea(
        { run, startEmulator },
        { area, seed: 1, enough: (done) => done >= cases },
      );
      expect(troubles).toEqual([]);
    },
    60_000,
  );
});
