import { ReconcileError } from '../../core/errors.ts';
import type {
  Connection,
  KnownObject,
  Observation,
  Provider,
  Session,
  Surroundings,
} from '../../core/provider.ts';
import { createRedactor } from '../../core/redactor.ts';
import { createHttpClient } from '../../http/client.ts';
import { createRiversandAuthenticator } from './auth.ts';
import { createRiversandClient } from './client.ts';
import { resolveRiversandCredentials, riversandCredentialsSchema } from './credentials.ts';
import { execute } from './execute.ts';
import { identifyBatch } from './identify.ts';
import { riversandBatchJob } from './kinds/riversand-batch-job.ts';
import { riversandSchedule } from './kinds/riversand-schedule.ts';
import { lastRuns } from './last-runs.ts';
import { toLiveObject } from './mapping.ts';
import { createObjectWatch } from './object-watch.ts';
import { type Observed, observeBatch, observeObjects, pairsOf, readBatch } from './observe.ts';
import type { Pair } from './pairs.ts';
import { objectPatience } from './polling.ts';
import { riversandReads } from './reads.ts';
import { isRefusal } from './refusal.ts';

/** Riversand (Syndigo) RDP: batch schedules and schedule objects. Facts and quirks: README.md beside this file. */
export const riversandProvider: Provider = {
  name: 'riversand',
  kinds: [riversandBatchJob, riversandSchedule],
  credentialsSchema: riversandCredentialsSchema,
  reads: riversandReads,
  open: openRiversand,
};

async function openRiversand(
  connection: Connection,
  mode: 'read' | 'write',
  surroundings: Surroundings,
): Promise<Session> {
  const credentials = resolveRiversandCredentials(connection.credentials);
  const { tenantId } = credentials;
  const baseUrl = baseUrlOf(connection);
  const redactor = createRedactor();
  const authenticate = createRiversandAuthenticator(credentials, {
    surroundings,
    redactor,
    ...(connection.reload === undefined ? {} : { reload: connection.reload }),
  });
  const http = createHttpClient({ baseUrl, surroundings, authenticate, redactor });
  const reader = http.reader(riversandReads);
  const client = createRiversandClient(reader, surroundings.random);
  const watch = createObjectWatch(client, surroundings, objectPatience);
  /** Pairs by identity: ids alone do not tell where the app ends and the job begins. */
  const pairs = new Map<string, Pair>();

  async function observe(kinds: readonly string[], known: readonly KnownObject[]): Promise<Observation> {
    for (const [identity, pair] of pairsOf(known)) pairs.set(identity, pair);
    const observed = await Promise.all([
      kinds.includes('RiversandBatchJob') ? observeBatch(client, tenantId, pairs, known) : nothing,
      kinds.includes('RiversandSchedule') ? objectsOrNote(known) : nothing,
    ]);
    return {
      resources: observed.flatMap(({ resources }) => resources),
      diagnostics: observed.flatMap(({ diagnostics }) => diagnostics),
      skew: http.serverSkew(),
    };
  }

  /** A tenant may have no schedule objects at all: that is no failure as long as nobody wants one. */
  async function objectsOrNote(known: readonly KnownObject[]): Promise<Observed> {
    return observeObjects(client, known).catch((error: unknown) => {
      if (!isRefusal(error) || known.some(({ kind }) => kind === 'RiversandSchedule')) throw error;
      const message = 'the tenant refuses to list schedule objects; no manifest wants one';
      return { resources: [], diagnostics: [{ code: 'RIVERSAND_NO_OBJECTS', severity: 'info', message }] };
    });
  }

  const session: Session = {
    instance: async () => `${baseUrl} tenant=${tenantId}`,
    reader,
    observe: (kinds, known = []) => observe(kinds, known),
    async read({ kind, identity }) {
      if (kind === 'RiversandBatchJob') return readBatch(client, tenantId, identity, pairs);
      const object = watch.take(identity) ?? (await client.object(identity));
      return object === null ? null : toLiveObject(object);
    },
    lastRuns: (objects) => lastRuns(client, objects),
    identify: async (live) =>
      live.kind === 'RiversandBatchJob' ? identifyBatch(client, tenantId, live) : [{}],
    close: () => http.close(),
  };
  if (mode === 'read') return session;
  const writer = http.writer();
  return {
    ...session,
    execute: (operation, context) =>
      execute({
        operation,
        context,
        change: context.change,
        client: createRiversandClient(context.reader, surroundings.random),
        writer,
        watch,
        surroundings,
        tenantId,
        pairs,
      }),
  };
}

const nothing: Observed = { resources: [], diagnostics: [] };

/** `…/api` is where all paths begin: people leave it on the URL. */
function baseUrlOf({ url, target }: Connection): string {
  if (url !== undefined && url !== '') return url.replace(/\/+$/, '').replace(/\/api$/, '');
  throw new ReconcileError(`Target ${target} has no URL.`, {
    code: 'URL_MISSING',
    category: 'invalid',
    remedy: 'Add `url: https://<tenant>.example` to the target.',
  });
}
