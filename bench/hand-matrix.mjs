/**
 * Somebody edits or deletes what is ours, right after every single request of an apply; then one more apply. In virtual time.
 *   npm run build && node bench/hand-matrix.mjs [sap] [riversand] [--every n] [--only words of the doing]
 */
import { parseArgs } from 'node:util';
import { defaultPolicy } from '../lib/core/policy.js';
import { defaultLifecycle } from '../lib/core/resource.js';
import { startEmulator } from '../lib/emulator/index.js';
import { applyTarget, planTarget } from '../lib/engine/index.js';
import { riversandProvider } from '../lib/providers/riversand/provider.js';
import { sapProvider } from '../lib/providers/sap/provider.js';
import { memoryStore } from '../lib/state/memory.js';
import { handMatrix } from './hand-cases.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { every: { type: 'string', default: '1' }, only: { type: 'string' } },
});
const product = {
  startEmulator,
  planTarget,
  applyTarget,
  memoryStore,
  sapProvider,
  riversandProvider,
  defaultPolicy,
  defaultLifecycle,
};
let bad = 0;
for (const service of /** @type {('sap' | 'riversand')[]} */ (['sap', 'riversand'])) {
  if (positionals.length > 0 && !positionals.includes(service)) continue;
  const { points, overwritten, failures } = await handMatrix(product, {
    service,
    take: (point) => point % Number(values.every) === 0,
    ...(values.only === undefined ? {} : { only: values.only }),
    onFailure: (text) => console.log(`\n### ${text}`),
  });
  bad += failures.length;
  console.log(
    `${service}: ${points} points, ${overwritten} edits overwritten between a read and its write, ${failures.length} wrong`,
  );
}
process.exitCode = bad === 0 ? 0 : 1;
