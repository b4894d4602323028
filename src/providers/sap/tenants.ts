import { ReconcileError } from '../../core/errors.ts';
import type { SapTenant } from './auth.ts';
import type { WireJob } from './wire.ts';

/** Whose jobs a target is about. `own` is what the credentials tell about the provider's own tenant. */
export interface TenantScope {
  tenant?: SapTenant;
  own?: SapTenant;
}

/**
 * Drops rows of other tenants before anything else looks at them (SEMANTICS 2): a provider's token sees all. Without a
 * configured tenant the provider's own is meant; when that cannot be told and there are several, that is an error.
 */
export function ownRows(rows: readonly WireJob[], scope: TenantScope): WireJob[] {
  const wanted = wantedOf(scope);
  const kept = rows.filter((row) => isOf(row, wanted));
  const tenants = new Set(kept.map((row) => row.tenantId ?? row.subDomain ?? ''));
  if (tenants.size <= 1 || decides(kept, wanted)) return kept;
  const shown = [...tenants].map((tenant) => tenant || '(none)').sort();
  throw new ReconcileError(
    `These credentials see the jobs of ${tenants.size} tenants: ${shown.slice(0, 5).join(', ')}.`,
    {
      code: 'SAP_TENANT_UNCLEAR',
      category: 'invalid',
      remedy: 'Name the one that the target is about: `tenant: {subdomain: …}` or `tenant: {tenantId: …}`.',
    },
  );
}

export function isOwnRow(row: WireJob, scope: TenantScope): boolean {
  return isOf(row, wantedOf(scope));
}

function wantedOf({ tenant, own }: TenantScope): SapTenant {
  return tenant ?? own ?? {};
}

/** A row that does not say whose it is can only be ours; one mark that fits is enough. */
function isOf(row: WireJob, wanted: SapTenant): boolean {
  const marks = [
    [row.tenantId, wanted.tenantId],
    [row.subDomain, wanted.subdomain],
  ].filter(([mark, want]) => mark && want);
  return marks.length === 0 || marks.some(([mark, want]) => mark === want);
}

/** Could every row that says whose it is be compared? */
function decides(rows: readonly WireJob[], wanted: SapTenant): boolean {
  return rows.every(
    (row) =>
      (!row.tenantId && !row.subDomain) ||
      (row.tenantId && wanted.tenantId) ||
      (row.subDomain && wanted.subdomain),
  );
}

/** The provider's own tenant, from the identity that the authenticator tells (`zone=…`) and the binding's subdomain. */
export function ownTenant(identity: string, subdomain: string | undefined): SapTenant {
  const zone = /(?:^|\s)zone=(\S+)/.exec(identity)?.[1];
  const isId = zone !== undefined && /^[0-9a-f]{8}-[0-9a-f-]{27}$/i.test(zone);
  return {
    ...(isId ? { tenantId: zone } : {}),
    ...(subdomain !== undefined ? { subdomain } : zone !== undefined && !isId ? { subdomain: zone } : {}),
  };
}
