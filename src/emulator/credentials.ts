import type { World } from './sap/world.ts';

/** The kinds of credentials the service accepts. */
export type CredentialKind = 'xsuaa' | 'x509' | 'basic' | 'oauth' | 'ias' | 'ias-x509';

/** The ordinary service key: XSUAA with a client secret. */
export interface ServiceKey {
  url: string;
  uaa: { clientid: string; clientsecret: string; url: string; [other: string]: string };
}

export interface CredentialOptions {
  /** Service instance; default: the first one. */
  instance?: string;
  /** Ask for tokens of this subscriber tenant; default: the provider. */
  subdomain?: string;
  /** Puts the subdomain into the host (`http://acme.localhost:1234`) instead of the path. */
  inHost?: boolean;
}

/** Where the emulator listens. */
export interface Addresses {
  url: string;
  /** Only with `tls`. */
  certUrl: string | undefined;
  clientCertificate: string | undefined;
  clientKey: string | undefined;
}

/**
 * Credentials of one kind: `xsuaa` and `x509` are service keys, `basic` has `{url, user, password}`, the others
 * `{url, tokenUrl, clientId, …}`. Throws when the kind needs TLS and the emulator was started without.
 */
export function createCredentials(
  world: World,
  addresses: Addresses,
  kind: CredentialKind,
  options: CredentialOptions = {},
): Record<string, unknown> {
  const { url } = addresses;
  const [first] = world.instances.keys();
  const instance = world.instances.get(options.instance ?? first ?? '');
  if (instance === undefined) throw new Error(`There is no service instance ${options.instance}`);
  const { clientid, clientsecret, user, password } = instance.credentials;
  const tokenBase = tenantUrl(world, url, options);
  if (kind === 'basic') return { url, user, password };
  if (kind === 'xsuaa') return serviceKey(world, url, { clientid, clientsecret, url: tokenBase });
  if (kind === 'oauth') {
    return { url, tokenUrl: `${tokenBase}/oauth/token`, clientId: clientid, clientSecret: clientsecret };
  }
  if (kind === 'ias') {
    const { clientid: clientId, clientsecret: clientSecret } = world.ias;
    return { url, tokenUrl: `${url}/oauth2/token`, clientId, clientSecret, ...iasExtras(world, options) };
  }
  const { certUrl, clientCertificate: certificate, clientKey: key } = addresses;
  if (certUrl === undefined || certificate === undefined || key === undefined) {
    throw new Error(`Credentials of kind ${kind} need the option tls with clientCertificate and clientKey`);
  }
  if (kind === 'ias-x509') {
    const extras = iasExtras(world, options);
    return {
      url,
      tokenUrl: `${certUrl}/oauth2/token`,
      clientId: world.ias.clientid,
      certificate,
      key,
      ...extras,
    };
  }
  const certBase = tenantUrl(world, certUrl, options);
  const uaa = { clientid, certificate, key, certurl: certBase, url: tokenBase, 'credential-type': 'x509' };
  return serviceKey(world, url, uaa);
}

function serviceKey<T extends Record<string, string>>(world: World, url: string, uaa: T) {
  const { subdomain, tenantId } = world.provider;
  const zone = {
    identityzone: subdomain,
    identityzoneid: tenantId,
    tenantid: tenantId,
    tenantmode: 'shared',
  };
  return { url, uaa: { ...zone, ...uaa } };
}

function iasExtras(world: World, options: CredentialOptions): Record<string, string> {
  const tenant = options.subdomain === undefined ? undefined : world.tenants.get(options.subdomain);
  return {
    ...(tenant === undefined ? {} : { appTid: tenant.tenantId }),
    ...(options.instance === undefined ? {} : { instanceId: options.instance }),
  };
}

/** The base of a tenant's token URL: by path, or by the first part of the host. */
function tenantUrl(world: World, url: string, options: CredentialOptions): string {
  const subdomain = options.subdomain ?? world.provider.subdomain;
  if (options.inHost === true) {
    const { protocol, port } = new URL(url);
    return `${protocol}//${subdomain}.localhost:${port}`;
  }
  return options.subdomain === undefined ? url : `${url}/tenant/${encodeURIComponent(subdomain)}`;
}

/** The service key of the first instance. */
export function createServiceKey(world: World, url: string): ServiceKey {
  const [instance] = world.instances.values();
  if (instance === undefined) throw new Error('There is no service instance');
  const { clientid, clientsecret } = instance.credentials;
  return serviceKey(world, url, { clientid, clientsecret, url });
}

/** New secrets for the first instance; the old ones are refused from now on unless they are kept. */
export function rotateSecrets(world: World, keepOld: boolean): void {
  const [instance] = world.instances.values();
  if (instance === undefined) return;
  const { credentials } = instance;
  instance.older = keepOld ? [...instance.older, credentials] : [];
  const next = (text: string) =>
    `${text.replace(/-r\d+$/, '')}-r${Number(/-r(\d+)$/.exec(text)?.[1] ?? 0) + 1}`;
  instance.credentials = {
    ...credentials,
    clientsecret: next(credentials.clientsecret),
    password: next(credentials.password),
  };
}
