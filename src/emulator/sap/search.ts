import { type Call, type Reply, readFlagParameter } from './call.ts';
import { invalid } from './errors.ts';
import type { Job, Schedule } from './model.ts';
import { allOf, hasPaging, type Page, pageOf, readPage } from './paging.ts';
import { showFoundJob, showFoundSchedule } from './shapes.ts';
import { readDate } from './when.ts';
import { visibleJobs } from './world.ts';

/** What a search query asks for; all of it must hold. */
interface Query {
  words: string[];
  active: boolean | undefined;
  times: { field: 'start' | 'end'; sign: '<' | '>'; at: number }[];
}

interface Searched {
  active: boolean;
  start: { at: number } | undefined;
  end: { at: number } | undefined;
}

/** Reads `q`: words and quoted phrases, `active:true|false`, `startTime:>date`, `endTime:<date`. */
function readQuery(text: string): Query {
  const query: Query = { words: [], active: undefined, times: [] };
  for (const token of text.match(/(?:[^\s"]|"[^"]*")+/g) ?? []) readTerm(query, token.replaceAll('"', ''));
  return query;
}

function readTerm(query: Query, term: string): void {
  const active = /^active:(.*)$/.exec(term);
  const time = /^(start|end)Time:([<>])(.+)$/.exec(term);
  if (active !== null) {
    if (active[1] !== 'true' && active[1] !== 'false')
      throw invalid('Invalid search query: active is true or false');
    query.active = active[1] === 'true';
    return;
  }
  if (time === null) {
    query.words.push(term.toLowerCase());
    return;
  }
  const at = readDate(time[3]);
  if (at === undefined) throw invalid('Invalid search query: date expected');
  query.times.push({ field: time[1] === 'start' ? 'start' : 'end', sign: time[2] === '<' ? '<' : '>', at });
}

function matches(query: Query, item: Searched, text: () => string): boolean {
  if (query.active !== undefined && item.active !== query.active) return false;
  for (const { field, sign, at } of query.times) {
    const own = item[field]?.at;
    if (own === undefined || (sign === '<' ? own >= at : own <= at)) return false;
  }
  if (query.words.length === 0) return true;
  const searched = text().toLowerCase();
  return query.words.every((word) => searched.includes(word));
}

function jobText(job: Job): string {
  const own = [job.name, job.description, job.action, job.httpMethod, job.jobType].join('\n');
  return [own, ...job.schedules.map((schedule) => schedule.description ?? '')].join('\n');
}

function scheduleText(schedule: Schedule): string {
  const { timing, description, data } = schedule;
  const when = typeof timing.raw === 'string' ? timing.raw : '';
  return [schedule.scheduleId, description ?? '', when, JSON.stringify(data ?? {})].join('\n');
}

function requiredQuery(call: Call): string {
  const q = call.query.get('q');
  if (q === null || q.trim() === '') throw invalid('The query parameter q is required');
  return q;
}

/** A page is cut to what the search gives at once; nobody is told. */
function searchPage(call: Call): Page | undefined {
  if (!hasPaging(call.query)) return undefined;
  const page = readPage(call.query, Number.MAX_SAFE_INTEGER);
  return { ...page, size: Math.min(page.size, call.world.searchPageCap) };
}

/** GET /scheduler/search/jobs */
export function searchJobs(call: Call): Reply {
  const { caller, store, world } = call;
  const q = requiredQuery(call);
  const query = readQuery(q);
  const withSchedules = readFlagParameter(call, 'displaySchedules', true);
  const page = searchPage(call);
  const found = store.cached(JSON.stringify(['searchJobs', caller.provider, caller.tenantId, q]), () =>
    visibleJobs(caller, store).filter((job) => matches(query, job, () => jobText(job))),
  );
  const show = (job: Job) => showFoundJob(job, world.shapes('searchJobs', job.id), withSchedules);
  return page === undefined ? allOf(found, show) : pageOf(found, page, '/scheduler/search/jobs', show);
}

/** GET /scheduler/search/schedules: schedules across all jobs, each with its parent. */
export function searchSchedules(call: Call): Reply {
  const { caller, store, world } = call;
  const q = requiredQuery(call);
  const query = readQuery(q);
  const page = searchPage(call);
  const found = store.cached(JSON.stringify(['searchSchedules', caller.provider, caller.tenantId, q]), () => {
    const schedules: Schedule[] = [];
    for (const job of visibleJobs(caller, store)) {
      for (const schedule of job.schedules) {
        if (matches(query, schedule, () => scheduleText(schedule))) schedules.push(schedule);
      }
    }
    return schedules;
  });
  const show = (schedule: Schedule) =>
    showFoundSchedule(schedule, world.shapes('searchSchedules', schedule.scheduleId));
  return page === undefined ? allOf(found, show) : pageOf(found, page, '/scheduler/search/schedules', show);
}
