import type { RiversandSeed } from './riversand/seed.ts';
import type { EmulatorSeed as SapSeed } from './sap/seed.ts';

/** What the emulated services start with; `state()` gives the same document. Everything is optional. */
export interface EmulatorSeed extends SapSeed {
  riversand?: RiversandSeed;
}
