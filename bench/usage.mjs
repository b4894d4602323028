/** With `node --import`: writes what the process used to the file in BENCH_USAGE as it exits. */
import { writeFileSync } from 'node:fs';

const started = performance.now();
process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  const usage = {
    ms: performance.now() - started,
    cpuMs: (userCPUTime + systemCPUTime) / 1000,
    maxRssMb: maxRSS / 1024,
  };
  writeFileSync(process.env.BENCH_USAGE ?? '/dev/null', JSON.stringify(usage));
});
