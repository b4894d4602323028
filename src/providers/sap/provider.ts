import { ReconcileError } from '../../core/errors.ts';
import { isObject, type JsonObject } from '../../core/json.ts';
import type { Connection, Provider, Session, Surroundings } from '../../core/provider.ts';
import { createRedactor } from '../../core/redactor.ts';
import { tenantSapSchema } from '../../generated/schemas/tenant-sap.ts';
import { createHttpClient } from '../../http/client.ts';
import { createSapAuthenticator, type SapTenant } from './auth.ts';
import { createSapClient } from './client.ts';
import { resolveSapCredentials, sapCredentialsSchema } from './credentials.ts';
import { execute } from './execute.ts';
import { sapJob } from './kinds/sap-job.ts';
import { sapSettings } from './kinds/sap-settings.ts';
import { sapTask } from './kinds/sap-task.ts';
import { lastRuns } from './last-runs.ts';
import { observe } from './observe.ts';
import { readResource } from './read-job.ts';
import { sapReads } from './reads.ts';
import { countRunLogs, runLogs } from './run-logs.ts';
import { ownTenant, type TenantScope } from './tenants.ts';

/** SAP Job Scheduling service on BTP. Facts and quirks: README.md beside this file. */
export const sapProvider: Provider = {
  name: 'sap',
  kinds: [sapJob, sapTask, sapSettings],
  credentialsSchema: sapCredentialsSchema,
  tenantSchema: tenantSapSchema as unknown as JsonObject,
  reads: sapReads,
  open: openSap,
};

async function openSap(
  connection: Connection,
  mode: 'read' | 'write',
  surroundings: Surroundings,
): Promise<Session> {
  const credentials = resolveSapCredentials(connection.credentials);
  const baseUrl = baseUrlOf(connection.url ?? credentials.url, connection.target);
  const tenant = tenantOf(connection.tenant);
  const redactor = createRedactor();
  const authenticator = createSapAuthenticator(credentials, tenant, {
    surroundings,
    redactor,
    ...(connection.reload === undefined ? {} : { reload: connection.reload }),
  });
  const http = createHttpClient({ baseUrl, surroundings, authenticate: authenticator, redactor });
  const reader = http.reader(sapReads);
  const client = createSapClient(reader);

  async function tenants(): Promise<TenantScope> {
    if (tenant !== undefined) return { tenant };
    const { login } = credentials;
    const subdomain = login.method === 'token-service' ? login.identityZone : undefined;
    return { own: ownTenant(await authenticator.identity(), subdomain) };
  }

  const session: Session = {
    async instance() {
      const who = await authenticator.identity();
      const whom = tenant === undefined ? '' : ` tenant=${tenant.tenantId ?? tenant.subdomain ?? ''}`;
      return `${baseUrl} ${who}${whom}`;
    },
    reader,
    async observe(kinds, known) {
      const { progress } = surroundings;
      const scope = {
        kinds,
        tenants: await tenants(),
        ...(known === undefined ? {} : { known }),
        ...(progress === undefined ? {} : { progress }),
      };
      const observed = await observe(client, scope);
      return { ...observed, skew: http.serverSkew() };
    },
    read: async (ref) => readResource(client, ref, await tenants()),
    runLogs: ({ id, partId = '' }) => runLogs(reader, id, partId),
    lastRuns: (jobs) => lastRuns(reader, jobs, surroundings.progress),
    countRunLogs: ({ id, partId }) => countRunLogs(reader, id, partId),
    close: () => http.close(),
  };
  if (mode === 'read') return session;
  const writer = http.writer();
  return {
    ...session,
    execute: async (operation, context) => execute(operation, context, writer, await tenants()),
  };
}

/** `…/scheduler` is where all paths begin: people leave it on the URL. */
function baseUrlOf(url: string | undefined, target: string): string {
  if (url !== undefined && url !== '') return url.replace(/\/+$/, '').replace(/\/scheduler$/, '');
  throw new ReconcileError(`Target ${target} has no URL, and its credentials tell none.`, {
    code: 'URL_MISSING',
    category: 'invalid',
    remedy: 'Add `url: https://jobscheduler-rest.…` to the target.',
  });
}

function tenantOf(tenant: JsonObject | undefined): SapTenant | undefined {
  if (!isObject(tenant)) return undefined;
  const { subdomain, tenantId } = tenant;
  return {
    ...(typeof subdomain === 'string' ? { subdomain } : {}),
    ...(typeof tenantId === 'string' ? { tenantId } : {}),
  };
}
