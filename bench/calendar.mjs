/**
 * Time and memory to compute a week of runs for 10,000 jobs with 30,000 schedules, and to draw them:
 *   npm run build && node bench/calendar.mjs [repeats]
 * `fixture`: the jobs of the other benchmarks, a few expressions shared by all. `all different`: no two crons alike.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findKind } from '../lib/providers/registry.js';
import {
  calendarDocument,
  renderCalendarHtml,
  renderCalendarSvg,
  renderCalendarText,
} from '../lib/report/calendar/index.js';
import { plainPalette } from '../lib/report/palette.js';
import { writeProject } from './fixtures.mjs';

const FROM = Date.parse('2026-11-22T12:00:00Z');
const UNTIL = FROM + 7 * 24 * 3600 * 1000;
const JOBS = 10_000;
const PER_JOB = 3;

/** From seven runs a week to one every half hour, each text only once. @param {number} id */
function different(id) {
  const hours = ['6', '*/6', '*', '7:19'][id % 4];
  const minute = id % 60;
  const minutes = id % 4 === 3 ? `${minute % 30},${(minute % 30) + 30}` : minute;
  const second = Math.floor(id / 60) % 60;
  const year = 2090 + Math.floor(id / 3600);
  return { cron: `2026:${year} * * ${id % 4 === 3 ? 'mon:fri' : '*'} ${hours} ${minutes} ${second}` };
}

/** The schedules of each job, by name. @param {string} mix @returns {object[]} */
function schedulesOf(mix) {
  if (mix === 'different') {
    return Array.from({ length: JOBS }, (_, job) =>
      Object.fromEntries(
        Array.from({ length: PER_JOB }, (_, n) => [`part-${n}`, different(job * PER_JOB + n)]),
      ),
    );
  }
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  writeProject({ folder, jobs: JOBS, schedulesPerJob: PER_JOB });
  const { jobs } = JSON.parse(readFileSync(join(folder, 'seed.json'), 'utf8'));
  rmSync(folder, { recursive: true });
  return jobs.map(({ schedules }) =>
    Object.fromEntries(schedules.map((schedule) => [schedule.description, schedule])),
  );
}

/** @param {string} mix */
function resources(mix) {
  const { kind } = findKind('SapJob');
  return schedulesOf(mix).map((schedules, job) => {
    const name = `job-${String(job).padStart(6, '0')}`;
    const spec = { action: `https://app.example.com/jobs/${job}`, schedules };
    return { kind, address: `SapJob/${name}`, ...kind.normalize(name, spec) };
  });
}

/** @param {{ kind: object; address: string; spec: object; parts: { key: string; spec: object }[] }[]} all */
function compute(all) {
  const limit = Number.POSITIVE_INFINITY;
  return all.flatMap(({ kind, address, spec, parts }) =>
    parts.map(({ key, spec: part }) => ({
      address,
      schedule: key,
      runs: kind.runs({ resource: spec, part, from: FROM, until: UNTIL, limit }),
    })),
  );
}

/** @param {() => unknown} work */
function timed(work) {
  const started = performance.now();
  const cpu = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(cpu);
  return { result, ms: performance.now() - started, cpuMs: (user + system) / 1000 };
}

/** In a process of its own, so that nothing is warm and the memory is its own. @param {string} mix */
function measure(mix) {
  const all = resources(mix);
  const before = process.memoryUsage().rss;
  const { result: lanes, ms, cpuMs } = timed(() => compute(all));
  const memory = (process.memoryUsage().rss - before) / 1048576;
  const runs = lanes.reduce((sum, lane) => sum + lane.runs.length, 0);
  const calendar = { title: 'bench', from: FROM, until: UNTIL, lanes };
  const top = { jobs: 40, peaks: 5 };
  const text = timed(() => renderCalendarText(calendar, top, { palette: plainPalette, width: 100 }));
  const svg = timed(() => renderCalendarSvg(calendar, top));
  const html = timed(() => renderCalendarHtml(calendar, top));
  const json = timed(() => JSON.stringify(calendarDocument(calendar, 10)).length);
  console.log(
    JSON.stringify({
      ms,
      cpuMs,
      runs,
      memory,
      textMs: text.ms,
      svgMs: svg.ms,
      svgKb: svg.result.length / 1024,
      htmlMs: html.ms,
      htmlKb: html.result.length / 1024,
      jsonMs: json.ms,
      peak: process.resourceUsage().maxRSS / 1024,
    }),
  );
}

const [, , argument] = process.argv;
if (argument === 'fixture' || argument === 'different') {
  measure(argument);
} else {
  const repeats = Number(argument ?? 5);
  console.log(
    `Node ${process.version}, ${JOBS} jobs, ${JOBS * PER_JOB} schedules, one week; medians of ${repeats}`,
  );
  for (const mix of ['fixture', 'different']) {
    const samples = Array.from({ length: repeats }, () =>
      JSON.parse(
        spawnSync(process.execPath, [fileURLToPath(import.meta.url), mix], { encoding: 'utf8' }).stdout,
      ),
    );
    const of = (key) =>
      samples
        .map((sample) => sample[key])
        .sort((a, b) => a - b)
        [Math.floor(repeats / 2)].toFixed(0);
    console.log(
      `${mix === 'fixture' ? 'fixture' : 'all different'}: ${of('runs')} runs in ${of('ms')} ms (cpu ${of('cpuMs')} ms), ${of('memory')} MB for the lists; peak of the process, JSON included, ${of('peak')} MB`,
    );
    console.log(
      `  then text ${of('textMs')} ms, svg ${of('svgMs')} ms (${of('svgKb')} KB), html ${of('htmlMs')} ms (${of('htmlKb')} KB), json ${of('jsonMs')} ms`,
    );
  }
}
