import { rmSync } from 'node:fs';

/** Removes what the build makes, so that no file of an earlier build survives. */
rmSync(new URL('../lib', import.meta.url), { recursive: true, force: true });
