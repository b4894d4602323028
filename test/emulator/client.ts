import { request } from 'undici';
import { afterEach } from 'vitest';
import { type Emulator, type EmulatorOptions, startEmulator } from '../../src/emulator/index.ts';

export const NOON = Date.parse('2026-03-10T12:00:00.000Z');
export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

const open: Emulator[] = [];
afterEach(async () => {
  for (const emulator of open.splice(0)) await emulator.close();
});

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any shape
export type Json = any;

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
  body: Json;
}

export interface Service {
  emulator: Emulator;
  /** Calls as the provider, with a token. */
  get(path: string, authorization?: string): Promise<Answer>;
  send(
    method: 'POST' | 'PUT' | 'DELETE',
    path: string,
    body?: unknown,
    authorization?: string,
  ): Promise<Answer>;
}

/** An emulator that stands still at noon of 10 March 2026, a Tuesday. It is closed after the test. */
export async function start(options: EmulatorOptions = {}): Promise<Service> {
  const emulator = await startEmulator({ now: () => NOON, ...options });
  open.push(emulator);
  const { user, password } = emulator.credentialsFor('basic');
  const basic = basicAuth(String(user), String(password));
  return {
    emulator,
    get: (path, authorization = basic) =>
      call(emulator.url + path, { method: 'GET', headers: { authorization } }),
    send: (method, path, body, authorization = basic) =>
      call(emulator.url + path, {
        method,
        headers: { authorization, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      }),
  };
}

export async function call(
  url: string,
  options: { method: 'GET' | 'POST' | 'PUT' | 'DELETE'; headers?: Record<string, string>; body?: string },
): Promise<Answer> {
  const answer = await request(url, options);
  const text = await answer.body.text();
  const isJson = String(answer.headers['content-type'] ?? '').startsWith('application/json');
  return {
    status: answer.statusCode,
    headers: answer.headers,
    text,
    body: isJson ? JSON.parse(text) : undefined,
  };
}

export function basicAuth(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

/** A token from the XSUAA side; gives the Authorization header. */
export async function bearer(service: Service, subdomain?: string): Promise<string> {
  const { tokenUrl, clientId, clientSecret } = service.emulator.credentialsFor(
    'oauth',
    subdomain === undefined ? {} : { subdomain },
  );
  const answer = await askToken(String(tokenUrl), {}, basicAuth(String(clientId), String(clientSecret)));
  if (answer.status !== 200) throw new Error(`${answer.status} ${answer.text}`);
  return `Bearer ${answer.body.access_token}`;
}

export function askToken(url: string, form: Record<string, string>, authorization?: string): Promise<Answer> {
  return call(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      ...(authorization === undefined ? {} : { authorization }),
    },
    body: new URLSearchParams({ grant_type: 'client_credentials', ...form }).toString(),
  });
}

export const JOB = {
  name: 'report',
  description: 'Makes the report',
  action: 'https://app.example.com/report',
  active: true,
  httpMethod: 'POST',
  schedules: [] as unknown[],
};

/** Creates a job with one schedule; gives the ids and the path of the schedule. */
export async function withSchedule(
  service: Service,
  schedule: Record<string, unknown>,
  job: Record<string, unknown> = {},
): Promise<{ jobId: number; scheduleId: string; path: string }> {
  const created = await service.send('POST', '/scheduler/jobs', {
    ...JOB,
    ...job,
    schedules: [{ active: true, ...schedule }],
  });
  if (created.status !== 201) throw new Error(created.text);
  const scheduleId = String(created.body.schedules[0].scheduleId);
  const jobId = Number(created.body._id);
  return { jobId, scheduleId, path: `/scheduler/jobs/${jobId}/schedules/${scheduleId}` };
}
