import { StatusError } from './answers.ts';
import type { RiversandTenant } from './model.ts';
import { DEFAULT_CLIENT, DEFAULT_USER, type RiversandWorld } from './world.ts';

/** What a caller shows; the shape is that of a target's credentials. */
export interface RiversandCredentials {
  tenantId: string;
  userId: string;
  userRoles: string[];
  clientId: string;
  clientSecret: string;
}

/** Credentials of a tenant (default: the first one): its first client and its first user. */
export function riversandCredentials(world: RiversandWorld, tenantId?: string): RiversandCredentials {
  const tenant = tenantOf(world, tenantId);
  const [client] = tenant.clients;
  const [user] = tenant.users;
  return {
    tenantId: tenant.tenantId,
    userId: user?.[0] ?? DEFAULT_USER.userId,
    userRoles: [...(user?.[1] ?? DEFAULT_USER.roles)],
    clientId: client?.[0] ?? DEFAULT_CLIENT.clientId,
    clientSecret: client?.[1] ?? DEFAULT_CLIENT.clientSecret,
  };
}

/** A tenant by its id, or the first one; throws an Error when there is none. */
export function tenantOf(world: RiversandWorld, tenantId?: string): RiversandTenant {
  const [first] = world.tenants.values();
  const tenant = tenantId === undefined ? first : world.tenants.get(tenantId);
  if (tenant === undefined) throw new Error(`There is no tenant ${tenantId}`);
  return tenant;
}

/** The tenant that a request is for. Throws 401 without good credentials, 403 for what they do not allow. */
export function admitCaller(world: RiversandWorld, headers: Headers, writes: boolean): RiversandTenant {
  const tenantId = headers.get('x-rdp-tenantid') ?? '';
  const known = world.tenants.get(tenantId);
  if (!world.settings.checkHeaders) return known ?? tenantOf(world);
  for (const name of ['x-rdp-version', 'x-rdp-clientId']) {
    if (!headers.has(name)) throw new StatusError('HEADER_MISSING', `The header ${name} is missing`, 400);
  }
  for (const name of [
    'auth-client-id',
    'auth-client-secret',
    'x-rdp-tenantId',
    'x-rdp-userId',
    'x-rdp-userRoles',
  ]) {
    if (!headers.has(name)) throw new StatusError('UNAUTHORIZED', `The header ${name} is missing`, 401);
  }
  const clientId = headers.get('auth-client-id') ?? '';
  const secret = headers.get('auth-client-secret');
  const holders = [...world.tenants.values()].filter(({ clients }) => clients.get(clientId) === secret);
  if (holders.length === 0)
    throw new StatusError('UNAUTHORIZED', 'The client is unknown or its secret wrong', 401);
  if (known === undefined || !holders.includes(known)) {
    throw new StatusError('FORBIDDEN', `The client may not act for the tenant ${tenantId}`, 403);
  }
  const userId = headers.get('x-rdp-userid') ?? '';
  const own = known.users.get(userId);
  if (own === undefined) throw new StatusError('FORBIDDEN', `The user ${userId} is unknown`, 403);
  const roles = readRoles(headers.get('x-rdp-userroles') ?? '');
  const stranger = roles.find((role) => !own.includes(role));
  if (stranger !== undefined || roles.length === 0) {
    throw new StatusError(
      'FORBIDDEN',
      `The user ${userId} does not have the role ${stranger ?? '(none named)'}`,
      403,
    );
  }
  const { writeRoles } = world.settings;
  if (writes && writeRoles.length > 0 && !roles.some((role) => writeRoles.includes(role))) {
    throw new StatusError('FORBIDDEN', `Writing needs one of the roles ${writeRoles.join(', ')}`, 403);
  }
  return known;
}

function readRoles(text: string): string[] {
  try {
    const roles: unknown = JSON.parse(text);
    if (Array.isArray(roles) && roles.every((role) => typeof role === 'string')) return roles;
  } catch {
    // Said below.
  }
  throw new StatusError('FORBIDDEN', 'x-rdp-userRoles: a JSON array of texts is expected', 403);
}
