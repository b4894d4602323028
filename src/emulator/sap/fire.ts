import { request } from 'undici';
import { isRecord } from '../json.ts';
import type { CallEndpoint } from './runner.ts';

const TIMEOUT = 15_000;

/**
 * Really calls the action endpoint of a job, as the service does: POST and PUT carry `data` as their body, GET and
 * DELETE in the query. An answer must come within 15 s. Only http and https URLs are called.
 * @param token gives the JWT that is sent along
 */
export function createEndpointCaller(schedulerHost: () => string, token: () => string): CallEndpoint {
  return async function callEndpoint(schedule, run) {
    const { job } = schedule;
    if (!/^https?:/i.test(job.action) || !URL.canParse(job.action)) {
      return { httpStatus: null, text: 'Not an http(s) URL' };
    }
    const url = new URL(job.action);
    const inBody = job.httpMethod === 'POST' || job.httpMethod === 'PUT';
    const data = isRecord(schedule.data) ? schedule.data : {};
    if (!inBody) for (const [key, value] of Object.entries(data)) url.searchParams.set(key, asText(value));
    try {
      const answer = await request(url, {
        method: job.httpMethod,
        headers: {
          'x-sap-job-id': String(job.id),
          'x-sap-job-schedule-id': schedule.scheduleId,
          'x-sap-job-run-id': run.runId,
          'x-sap-scheduler-host': schedulerHost(),
          authorization: `Bearer ${token()}`,
          ...(inBody ? { 'content-type': 'application/json' } : {}),
        },
        body: inBody ? JSON.stringify(data) : null,
        signal: AbortSignal.timeout(TIMEOUT),
      });
      const text = await answer.body.text();
      return { httpStatus: answer.statusCode, text: text.slice(0, 1_000) };
    } catch (error) {
      return { httpStatus: null, text: error instanceof Error ? error.message : String(error) };
    }
  };
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
