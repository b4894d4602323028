import type { JsonObject } from '../../core/json.ts';
import type { Surroundings } from '../../core/provider.ts';
import type { Redactor } from '../../core/redactor.ts';
import type { Authenticator, Headers } from '../../http/authenticator.ts';
import { type RiversandCredentials, resolveRiversandCredentials } from './credentials.ts';

export interface RiversandAuthOptions {
  surroundings: Pick<Surroundings, 'redact'>;
  redactor: Redactor;
  /** Credentials read again from their sources. */
  reload?(): Promise<JsonObject>;
}

/** Names whose values are no secrets. */
const OPEN_HEADERS = /^x-rdp-(version|clientid|tenantid|userid|userroles|useremail|ownershipdata)$/;

/** The same headers with every request; there is no token to fetch. After a 401 the credentials are read again. */
export function createRiversandAuthenticator(
  first: RiversandCredentials,
  { surroundings, redactor, reload }: RiversandAuthOptions,
): Authenticator {
  let headers = take(first);

  function take(credentials: RiversandCredentials): Headers {
    const { clientSecret, headers: more } = credentials;
    const secrets = Object.entries(more).filter(([name]) => !OPEN_HEADERS.test(name));
    for (const secret of [clientSecret, ...secrets.map(([, value]) => value)]) {
      surroundings.redact(secret);
      redactor.add(secret);
    }
    return riversandHeaders(credentials);
  }

  return {
    authorize: async () => headers,
    invalidate: (refused) => refused !== headers,
    async reload(refused) {
      if (refused !== headers) return true;
      if (reload === undefined) return false;
      const again = take(resolveRiversandCredentials(await reload()));
      const changed = JSON.stringify(again) !== JSON.stringify(refused);
      headers = again;
      return changed;
    },
  };
}

/** The headers of the platform; `credentials.headers` has the last word. */
export function riversandHeaders(credentials: RiversandCredentials): Headers {
  return {
    'x-rdp-version': '8.1',
    'x-rdp-clientid': 'rdpclient',
    'x-rdp-tenantid': credentials.tenantId,
    'x-rdp-userid': credentials.userId,
    'x-rdp-userroles': JSON.stringify(credentials.userRoles),
    'auth-client-id': credentials.clientId,
    'auth-client-secret': credentials.clientSecret,
    ...credentials.headers,
  };
}
