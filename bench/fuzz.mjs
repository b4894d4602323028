/**
 * Spoiled input of every sort, and services that lie:
 *   npm run build && node bench/fuzz.mjs [--minutes 10] [--seed 1] [--area manifests] [--cases n]
 * Looks for: bugs (INTERNAL), hangs, secrets in outputs, writes where nothing had to be written, strangers touched,
 * duplicates, and applies that do not converge afterwards. Prints each with the seed that shows it again.
 */
import { parseArgs } from 'node:util';
import { run } from '../lib/cli/run.js';
import { startEmulator } from '../lib/emulator/index.js';
import { areas, fuzzArea } from './fuzz-areas.mjs';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string', default: '1' },
    cases: { type: 'string' },
    area: { type: 'string', multiple: true, default: Object.keys(areas) },
  },
});
let bad = 0;
for (const area of values.area) {
  const until = performance.now() + Number(values.minutes) * 60_000;
  const most = values.cases === undefined ? Number.POSITIVE_INFINITY : Number(values.cases);
  const started = performance.now();
  const { cases, troubles } = await fuzzArea(
    { run, startEmulator },
    {
      area,
      seed: Number(values.seed),
      enough: (count) => count >= most || performance.now() >= until,
      onTrouble: (seed, { what, detail }) => console.log(`\n### ${area}, seed ${seed}: ${what}\n${detail}`),
    },
  );
  bad += troubles.length;
  const minutes = (performance.now() - started) / 60_000;
  console.log(
    `${area.padEnd(20)} ${String(cases).padStart(7)} cases in ${minutes.toFixed(1)} min, ${troubles.length} troubles`,
  );
}
process.exitCode = bad === 0 ? 0 : 1;
