import { isObject, type Json, type JsonObject } from '../../core/json.ts';

/** The claims of a JWT, unchecked: only to tell which instance it is for. Undefined for an opaque token. */
export function readClaims(token: string): JsonObject | undefined {
  const payload = token.split('.')[1];
  if (payload === undefined) return undefined;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    return isObject(claims) ? claims : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Which service instance a token is for: the zone (XSUAA `zid`; IAS `app_tid`) and the service instance id where the token
 * names it, else the client. The client is left out beside an instance id, as every binding may have a client of its own.
 */
export function identityOfClaims(claims: JsonObject): string | undefined {
  const extra = isObject(claims['ext_attr']) ? claims['ext_attr'] : {};
  const zone = firstText(claims['zid'], claims['app_tid'], extra['zdn']);
  const instance = firstText(extra['serviceinstanceid']);
  const client = firstText(claims['client_id'], claims['cid'], claims['azp'], claims['sub']);
  const who = instance === undefined ? client && `client=${client}` : `instance=${instance}`;
  const parts = [zone && `zone=${zone}`, who].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.join(' ');
}

function firstText(...values: (Json | undefined)[]): string | undefined {
  return values.find((value): value is string => typeof value === 'string' && value !== '');
}
