import type { Json } from '../../core/json.ts';
import type { HttpAnswer, HttpRequest, Reader } from '../../core/provider.ts';
import { createWireValidator, notAsDocumented } from '../../http/wire.ts';
import { namedJob } from './mapping.ts';
import type { Page } from './paging.ts';
import {
  globalParametersPath,
  jobPath,
  jobsPath,
  schedulePath,
  schedulesPath,
  searchSchedulesPath,
} from './paths.ts';
import {
  foundPageSchema,
  jobPageSchema,
  jobSchema,
  schedulePageSchema,
  scheduleSchema,
  serviceErrorSchema,
  settingsSchema,
  type WireFoundSchedule,
  type WireJob,
  type WirePage,
  type WireSchedule,
  type WireSettings,
} from './wire.ts';

const checkJobPage = createWireValidator<WirePage<WireJob>>(jobPageSchema, 'the list of jobs');
const checkJob = createWireValidator<WireJob>(jobSchema, 'a job');
const checkSchedulePage = createWireValidator<WirePage<WireSchedule>>(
  schedulePageSchema,
  'the schedules of a job',
);
const checkSchedule = createWireValidator<WireSchedule>(scheduleSchema, 'a schedule');
const checkFoundPage = createWireValidator<WirePage<WireFoundSchedule>>(
  foundPageSchema,
  'the search for schedules',
);
const checkSettings = createWireValidator<WireSettings>(settingsSchema, 'the global parameters');
const checkError = createWireValidator<Json>(
  serviceErrorSchema,
  'an error that says that something is not there',
);

/** The calls of the API that read, with answers checked against what they have to be. `null`: the service's own 404. */
export interface SapClient {
  jobs(offset: number, size: number): Promise<Page<WireJob>>;
  job(id: string): Promise<WireJob | null>;
  jobByName(name: string): Promise<WireJob | null>;
  /** Rows of the list with this name: one for each tenant that has such a job. */
  jobsNamed(name: string): Promise<WireJob[]>;
  schedules(jobId: string, offset: number, size: number): Promise<Page<WireSchedule>>;
  schedule(jobId: string, scheduleId: string): Promise<WireSchedule | null>;
  foundSchedules(active: boolean, offset: number, size: number): Promise<Page<WireFoundSchedule>>;
  settings(): Promise<WireSettings>;
}

export function createSapClient(reader: Reader): SapClient {
  async function readOrGone<T>(
    request: HttpRequest,
    check: (body: Json | undefined) => Promise<T>,
  ): Promise<T | null> {
    const answer = await reader.read({ ...request, accept: [404] });
    if (answer.status !== 404) return check(answer.body);
    // Absence is believed only when the service says so in its own words.
    await checkError(answer.body);
    return null;
  }

  return {
    async jobs(offset, size) {
      const answer = await reader.read(get(jobsPath, { page_size: size, offset }));
      return toPage(await checkJobPage(answer.body));
    },
    job: (id) =>
      readOrGone(get(jobPath(id), { displaySchedules: true }), async (body) =>
        assertJob(await checkJob(body), id),
      ),
    async jobByName(name) {
      const request = get(jobsPath, { name, displaySchedules: true });
      const body = await readOrGone(request, async (found) => ({ found: namedJob(found, name) }));
      return body === null || body.found === undefined ? null : assertJob(await checkJob(body.found));
    },
    async jobsNamed(name) {
      const filter = `name eq '${name.replaceAll("'", "''")}'`;
      const answer = await reader.read(get(jobsPath, { filter, page_size: 100, offset: 0 }));
      return (await checkJobPage(answer.body)).results.filter((row) => row.name === name);
    },
    async schedules(jobId, offset, size) {
      const answer = await reader.read(get(schedulesPath(jobId), { page_size: size, offset }));
      return toPage(await checkSchedulePage(answer.body));
    },
    schedule: (jobId, scheduleId) =>
      readOrGone(get(schedulePath(jobId, scheduleId)), async (body) => {
        const schedule = await checkSchedule(body);
        if (schedule.scheduleId === scheduleId) return schedule;
        throw notAsDocumented('a schedule', '/scheduleId must be the one that was asked for; found another');
      }),
    async foundSchedules(active, offset, size) {
      const query = { q: `active:${active}`, page_size: size, offset };
      const answer = await reader.read(get(searchSchedulesPath, query));
      const page = toPage(await checkFoundPage(answer.body));
      return { ...page, rows: page.rows.map((row) => ({ ...row, active })) };
    },
    async settings() {
      const answer: HttpAnswer = await reader.read(get(globalParametersPath));
      return checkSettings(answer.body);
    },
  };
}

/**
 * The job that was asked for, each of its schedules once. Its `_id` may differ from the `jobId` that it is asked by (seen in
 * documented lists); a `jobId` may not.
 */
function assertJob(job: WireJob, id?: string): WireJob {
  if (id !== undefined && job.jobId !== undefined && String(job.jobId) !== id)
    throw notAsDocumented('a job', '/jobId must be the one that was asked for; found another');
  const { schedules = [] } = job;
  if (new Set(schedules.map(({ scheduleId }) => scheduleId)).size < schedules.length)
    throw notAsDocumented('a job', '/schedules must name each schedule once; found one twice');
  return job;
}

function get(path: string, query?: HttpRequest['query']): HttpRequest {
  return query === undefined ? { method: 'GET', path } : { method: 'GET', path, query };
}

function toPage<Row>(page: WirePage<Row>): Page<Row> {
  return { total: page.total, rows: page.results };
}
