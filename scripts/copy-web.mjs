import { cpSync } from 'node:fs';

/** The pages of the daemon are served as they are written. */
const at = (path) => new URL(path, import.meta.url);
cpSync(at('../src/daemon/web'), at('../lib/daemon/web'), { recursive: true });
