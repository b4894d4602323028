import { isRecord } from '../json.ts';
import { type Call, type Reply, scheduleOf } from './call.ts';
import { invalid, notFound } from './errors.ts';
import type { Run } from './model.ts';
import { hasPaging, pageOf, readPage } from './paging.ts';
import { keptRuns } from './runner.ts';
import { MAX_LOGS } from './schedules.ts';
import { showRun } from './shapes.ts';

/** GET …/runs: newest first; paged by offset, or by `next`/`prev` with a run id; else at most 200. */
export function listRuns(call: Call): Reply {
  const schedule = scheduleOf(call);
  const runs = keptRuns(schedule, call.now).reverse();
  const path = `/scheduler/jobs/${schedule.job.id}/schedules/${schedule.scheduleId}/runs`;
  const { query } = call;
  if (query.has('next') || query.has('prev')) return runsBeside(call, runs, path);
  if (hasPaging(query)) return pageOf(runs, readPage(query, MAX_LOGS), path, showRun);
  return {
    status: 200,
    body: {
      total: runs.length,
      results: runs.slice(0, MAX_LOGS).map(showRun),
      prev_url: null,
      next_url: null,
    },
  };
}

/** The runs that follow (`next`) or precede (`prev`) a run in the list. */
function runsBeside(call: Call, runs: readonly Run[], path: string): Reply {
  const { query } = call;
  if (query.has('offset') || (query.has('next') && query.has('prev'))) {
    throw invalid('Only one of offset, next and prev can be used');
  }
  const { size } = readPage(query, MAX_LOGS);
  const forward = query.has('next');
  const at = runs.findIndex((run) => run.runId === query.get(forward ? 'next' : 'prev'));
  if (at < 0) throw notFound('Invalid Run ID');
  const start = forward ? at + 1 : Math.max(0, at - size);
  const end = forward ? Math.min(runs.length, start + size) : at;
  const first = runs[start];
  const last = runs[end - 1];
  const link = (direction: string, run: Run | undefined) =>
    `${path}?page_size=${size}&${direction}=${run?.runId}`;
  return {
    status: 200,
    body: {
      total: runs.length,
      results: runs.slice(start, end).map(showRun),
      prev_url: start > 0 && first !== undefined ? link('prev', first) : null,
      next_url: end < runs.length && last !== undefined ? link('next', last) : null,
    },
  };
}

function runOf(call: Call): Run {
  const run = keptRuns(scheduleOf(call), call.now).find(({ runId }) => runId === call.params['runId']);
  if (run === undefined) throw notFound('Invalid Run ID');
  return run;
}

/** GET …/runs/{runId} */
export function getRun(call: Call): Reply {
  return { status: 200, body: showRun(runOf(call)) };
}

/** PUT …/runs/{runId}: the application's call-back after an asynchronous run; only once. */
export function putRun(call: Call): Reply {
  const run = runOf(call);
  const { body } = call;
  if (!isRecord(body) || typeof body['success'] !== 'boolean') throw invalid('success must be true or false');
  const message = body['message'];
  if (message !== undefined && typeof message !== 'string') throw invalid('message must be a text');
  if (run.status !== 'RUNNING') throw invalid('The run is already completed');
  run.status = 'COMPLETED';
  run.state = body['success'] ? 'SUCCESS' : 'ERROR';
  run.completedAt = call.now;
  run.text = message ?? run.text;
  delete run.deadline;
  call.store.version++;
  return { status: 200, body: { success: true } };
}
