#!/usr/bin/env node
import module from 'node:module';
import { readVersion } from '../project/package-files.ts';

const argv = process.argv.slice(2);
if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
  // No other module is loaded for this: scripts ask for the version often.
  process.stdout.write(`${readVersion()}\n`);
} else {
  // Node 22 and newer keep compiled code between starts.
  (module as { enableCompileCache?: () => unknown }).enableCompileCache?.();
  const { start } = await import('./start.ts');
  await start(argv);
}
