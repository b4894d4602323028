/**
 * Every fault of the emulator at every request of plan and of apply, searches included; then the same apply once more, with a
 * service that is well: it has to end as wanted, with nothing lost, doubled, or of somebody else's touched. In virtual time.
 *   npm run build && node bench/fault-matrix.mjs [sap] [riversand] [--every n] [--only words of the fault]
 */
import { parseArgs } from 'node:util';
import { defaultPolicy } from '../lib/core/policy.js';
import { defaultLifecycle } from '../lib/core/resource.js';
import { startEmulator } from '../lib/emulator/index.js';
import { applyTarget, planTarget } from '../lib/engine/index.js';
import { riversandProvider } from '../lib/providers/riversand/provider.js';
import { sapProvider } from '../lib/providers/sap/provider.js';
import { memoryStore } from '../lib/state/memory.js';
import { faultMatrix } from './fault-cases.mjs';

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
  const started = performance.now();
  const { points, plan, apply, converged, failures } = await faultMatrix(product, {
    service,
    take: (point) => point % Number(values.every) === 0,
    ...(values.only === undefined ? {} : { only: values.only }),
    onFailure: (text) => console.log(`\n### ${text}`),
  });
  bad += failures.length;
  const seconds = Math.round((performance.now() - started) / 1000);
  const share = ((converged / points) * 100).toFixed(2);
  console.log(
    `${service}: ${points} points (${plan} of plan, ${apply} of apply), ${converged} as wanted (${share} %), ${seconds} s`,
  );
}
process.exitCode = bad === 0 ? 0 : 1;
