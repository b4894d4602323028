import { ReconcileError } from '../core/errors.ts';
import type { Emulator } from '../emulator/index.ts';

/** Plays the colleague who changes a schedule by hand, through the service's own API. */
export async function changeByHand(
  emulator: Emulator,
  change: { job: string; schedule: string; cron: string },
): Promise<{ method: string; path: string; body: string }> {
  const authorization = `Bearer ${await fetchToken(emulator)}`;
  const call = async (method: string, path: string, body?: string): Promise<unknown> => {
    const response = await fetch(`${emulator.url}${path}`, {
      method,
      headers: { authorization, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body }),
    });
    if (!response.ok) throw unexpected(`${method} ${path} answered ${response.status}`);
    return response.json();
  };
  const name = encodeURIComponent(change.job);
  const job = (await call('GET', `/scheduler/jobs?name=${name}&displaySchedules=true`)) as {
    _id: number;
    schedules: { scheduleId: string; description: string }[];
  };
  const schedule = job.schedules.find(({ description }) => description === change.schedule);
  if (schedule === undefined) throw unexpected(`${change.job} has no schedule "${change.schedule}"`);
  const path = `/scheduler/jobs/${job._id}/schedules/${schedule.scheduleId}`;
  const body = JSON.stringify({ cron: change.cron });
  await call('PUT', path, body);
  return { method: 'PUT', path, body };
}

async function fetchToken({ credentials: { uaa } }: Emulator): Promise<string> {
  const login = Buffer.from(`${uaa.clientid}:${uaa.clientsecret}`).toString('base64');
  const response = await fetch(`${uaa.url}/oauth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${login}`, 'content-type': 'application/x-www-form-urlencoded' },
    body: 'grant_type=client_credentials',
  });
  const { access_token: token } = (await response.json()) as { access_token?: string };
  if (token === undefined) throw unexpected('the emulator gave no token');
  return token;
}

function unexpected(what: string): ReconcileError {
  return new ReconcileError(`The demo went wrong: ${what}.`, { code: 'DEMO', category: 'internal' });
}
