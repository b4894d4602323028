import { type Finding, ReconcileError } from '../../core/errors.ts';
import { isObject, type Json, type JsonObject } from '../../core/json.ts';
import { credentialsRiversandSchema } from '../../generated/schemas/credentials-riversand.ts';

/** JSON Schema (2020-12) of `credentials` in the config, for targets of this provider. */
export const riversandCredentialsSchema: JsonObject = credentialsRiversandSchema;

export interface RiversandCredentials {
  tenantId: string;
  userId: string;
  userRoles: readonly string[];
  clientId: string;
  clientSecret: string;
  /** More headers, or other values for the usual ones; names in lower case. */
  headers: Readonly<Record<string, string>>;
}

/**
 * Reads `credentials` of a target. All that is wrong is said at once, in an error CREDENTIALS_INVALID whose findings carry pointers
 * into `credentials`; values are never repeated in it.
 */
export function resolveRiversandCredentials(credentials: JsonObject): RiversandCredentials {
  const findings: Finding[] = [];
  const wrong = (field: string, message: string, expected: string): void => {
    findings.push({
      code: 'CREDENTIALS_INVALID',
      severity: 'error',
      message,
      expected,
      pointer: `/${field}`,
    });
  };
  const text = (field: string): string => {
    const value = credentials[field];
    if (typeof value === 'string' && value.trim() !== '' && isHeaderText(value)) return value.trim();
    wrong(field, `${field} is missing, empty or no text that fits into a header.`, 'a text in one line');
    return '';
  };
  const tenantId = text('tenantId');
  const userId = text('userId');
  const clientId = text('clientId');
  const clientSecret = text('clientSecret');
  const userRoles = readRoles(credentials['userRoles']);
  if (userRoles.length === 0 || !userRoles.every(isHeaderText))
    wrong('userRoles', 'userRoles names no role.', 'a list of names, such as [admin]');
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(
    isObject(credentials['headers']) ? credentials['headers'] : {},
  )) {
    if (typeof value === 'string' && isHeaderText(value) && /^[\w!#$%&'*+.^`|~-]+$/.test(name))
      headers[name.toLowerCase()] = value;
    else
      wrong(`headers/${name}`, `The header ${name} cannot be sent.`, 'a header name and a text in one line');
  }
  if (findings.length > 0) {
    throw new ReconcileError('The credentials are not complete.', {
      code: 'CREDENTIALS_INVALID',
      category: 'invalid',
      remedy: 'Riversand needs tenantId, userId, userRoles, clientId and clientSecret.',
      findings,
    });
  }
  return { tenantId, userId, userRoles, clientId, clientSecret, headers };
}

/** A list, one text with commas, or the JSON text of a list. */
function readRoles(value: Json | undefined): string[] {
  const parts = Array.isArray(value)
    ? value.filter((item) => typeof item === 'string')
    : typeof value === 'string'
      ? value.replace(/^\s*\[|\]\s*$/g, '').split(',')
      : [];
  return parts.map((part) => part.trim().replace(/^"(.*)"$/, '$1')).filter((part) => part !== '');
}

/** Printable ASCII: what may stand in a header. */
function isHeaderText(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text);
}
