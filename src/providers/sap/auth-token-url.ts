import { ReconcileError } from '../../core/errors.ts';
import { parseBaseUrl } from '../../http/address.ts';

export type TokenService = 'xsuaa' | 'ias';

const tokenPaths: Readonly<Record<TokenService, string>> = { xsuaa: '/oauth/token', ias: '/oauth2/token' };

/** The whole token endpoint, from itself or from the base of the UAA or IAS tenant. */
export function tokenEndpoint(text: string, service: TokenService): URL {
  const url = parseBaseUrl(/^[a-z]+:\/\//i.test(text) ? text : `https://${text}`, 'token URL');
  const path = url.pathname.replace(/\/+$/, '');
  url.pathname = /\/oauth2?\/token$/.test(path) ? path : path + tokenPaths[service];
  return url;
}

/**
 * The token endpoint of a subscriber tenant: the first label of the host, which is the provider's subdomain
 * (`identityzone` of the binding), gives way to the tenant's. On this machine itself the host becomes
 * `<subdomain>.localhost`, with the same port. Throws where the first label is known to be something else.
 */
export function tenantTokenEndpoint(endpoint: URL, subdomain: string, identityZone: string | undefined): URL {
  if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i.test(subdomain)) {
    throw new ReconcileError(`The subdomain ${JSON.stringify(subdomain)} of the tenant cannot be one.`, {
      code: 'TENANT_INVALID',
      category: 'invalid',
      remedy: 'Write the subdomain of the subscriber subaccount: letters, digits and hyphens.',
    });
  }
  const url = new URL(endpoint);
  const host = url.hostname;
  if (/^(127\.\d+\.\d+\.\d+|\[::1\]|localhost|[^.]+\.localhost)$/.test(host)) {
    url.hostname = `${subdomain}.localhost`;
    return url;
  }
  const [label = '', ...domain] = host.split('.');
  const known = identityZone === undefined || label.toLowerCase() === identityZone.toLowerCase();
  if (domain.length < 2 || !known || /^[\d.]+$|:/.test(host)) {
    throw new ReconcileError(
      `The token URL of the tenant "${subdomain}" cannot be told from ${endpoint.origin}.`,
      {
        code: 'TENANT_INVALID',
        category: 'invalid',
        remedy: `Its host should begin with the provider's subdomain${identityZone ? ` "${identityZone}"` : ''}. Give the tenant's own token URL with \`oauth\` or \`x509\`, and leave \`tenant.subdomain\` out.`,
      },
    );
  }
  url.hostname = [subdomain, ...domain].join('.');
  return url;
}
