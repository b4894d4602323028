import { createRandom } from '../faults.ts';
import type { EmulatorSeed, SeedJob, SeedSchedule } from './seed.ts';

export interface RandomSeedOptions {
  jobs: number;
  schedulesPerJob: number;
  /** Same number, same jobs. */
  seed?: number;
}

/** Makes many plausible jobs. They are the same for the same options, ids included. */
export function randomSeed({ jobs, schedulesPerJob, seed = 1 }: RandomSeedOptions): EmulatorSeed {
  const random = createRandom(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  return {
    jobs: Array.from({ length: jobs }, (_, index) => randomJob(index + 1, schedulesPerJob, below)),
  };
}

type Below = (limit: number) => number;

function randomJob(id: number, schedules: number, below: Below): SeedJob {
  const names = ['report', 'cleanup', 'import', 'export', 'billing', 'mail', 'archive', 'sync'];
  return {
    _id: id,
    name: `${names[below(names.length)]}-${String(id).padStart(5, '0')}`,
    description: `Generated job ${id}`,
    action: `https://app-${below(20)}.example.com/jobs/${id}`,
    active: below(10) > 0,
    httpMethod: ['GET', 'POST', 'PUT', 'DELETE'][below(4)] ?? 'POST',
    createdAt: '2026-01-01T00:00:00.000Z',
    schedules: Array.from({ length: schedules }, (_, index) => randomSchedule(id, index, below)),
  };
}

function randomSchedule(job: number, index: number, below: Below): SeedSchedule {
  const hex = (value: number, length: number) => value.toString(16).padStart(length, '0');
  return {
    scheduleId: `${hex(job, 8)}-0000-4000-8000-${hex(index, 12)}`,
    description: `schedule ${index + 1}`,
    data: { job, index, batch: below(1000) },
    active: below(8) > 0,
    ...randomTiming(below),
  };
}

function randomTiming(below: Below): SeedSchedule {
  const two = (value: number) => String(value).padStart(2, '0');
  const kind = below(4);
  if (kind === 0) return { cron: `* * * * ${below(24)} ${below(60)} ${below(60)}` };
  if (kind === 1)
    return { cron: `* * * ${['mon', 'tue', 'wed:fri', '-1.sun'][below(4)]} ${below(24)} ${below(60)} 7` };
  if (kind === 2)
    return {
      repeatInterval: `${1 + below(48)} hours`,
      startTime: `2026-01-${two(1 + below(28))}T00:00:00.000Z`,
    };
  return { repeatAt: `${below(24)}.${two(below(60))}` };
}
