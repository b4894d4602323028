import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';

const days = ['* * * *', '* * * mon:fri', '* * 1 *', '* * * -1.sun'];

/** As good as every job has another one. @param {number} job */
function cron(job) {
  return `${days[job % days.length]} ${job % 24} ${(7 * job) % 60} ${(13 * job + Math.floor(job / 60)) % 60}`;
}

/** The n-th of the job's schedules: all recurring modes in turn. @param {number} job @param {number} n */
function schedule(job, n) {
  const data = { job, part: n, note: 'payload of a realistic size '.repeat(4) };
  switch ((job + n) % 4) {
    case 0:
      return { cron: cron(job), data };
    case 1:
      return { repeatInterval: `${2 + (job % 20)} hours`, startTime: '2030-01-01T00:00:00Z', data };
    case 2:
      return { repeatAt: `${1 + (job % 12)}.${10 + (n % 40)}pm`, data };
    default:
      return { time: `203${n % 10}-0${1 + (job % 9)}-11T04:27:00Z`, data };
  }
}

/**
 * Writes a project with so many jobs (100 documents a file), and the seed of an emulator that already has them all.
 * Manifests are YAML as people write it, or each a line of JSON as generators do.
 * @param {{ folder: string; jobs: number; schedulesPerJob: number; style?: 'yaml' | 'json'; perFile?: number }} options
 */
export function writeProject({ folder, jobs, schedulesPerJob, style = 'yaml', perFile = 100 }) {
  const write = style === 'yaml' ? stringify : (value) => `${JSON.stringify(value)}\n`;
  mkdirSync(join(folder, 'jobs'), { recursive: true });
  const seed = { jobs: [] };
  const files = new Map();
  for (let job = 0; job < jobs; job++) {
    const name = `job-${String(job).padStart(6, '0')}`;
    const action = `https://app.example.com/jobs/${job}`;
    const schedules = Array.from({ length: schedulesPerJob }, (_, n) => [`part-${n}`, schedule(job, n)]);
    const manifest = {
      apiVersion: 'reconcile/v1',
      kind: 'SapJob',
      metadata: { name, labels: { team: `team-${job % 7}` } },
      spec: { description: `Job number ${job}`, action, schedules: Object.fromEntries(schedules) },
    };
    const file = `jobs/${String(Math.floor(job / perFile)).padStart(4, '0')}.yaml`;
    files.set(file, `${files.get(file) ?? ''}---\n${write(manifest)}`);
    seed.jobs.push({
      name,
      description: `Job number ${job}`,
      action,
      active: true,
      httpMethod: 'POST',
      schedules: schedules.map(([key, value]) => ({ description: key, active: true, ...value })),
    });
  }
  for (const [file, text] of files) writeFileSync(join(folder, file), text);
  writeFileSync(join(folder, 'seed.json'), JSON.stringify(seed));
}

/** @param {string} folder @param {{ url: string; credentials: object }} emulator */
export function writeConfig(folder, emulator) {
  const config = {
    apiVersion: 'reconcile/v1',
    kind: 'Config',
    manifests: ['jobs/*.yaml'],
    state: { backend: 'file' },
    targets: {
      bench: {
        provider: 'sap',
        url: emulator.url,
        credentials: { serviceKey: emulator.credentials },
        policy: { adopt: 'equal' },
      },
    },
  };
  writeFileSync(join(folder, 'reconcile.yaml'), JSON.stringify(config));
}
