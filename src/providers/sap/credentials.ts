import { type Finding, ReconcileError } from '../../core/errors.ts';
import { isObject, type Json, type JsonObject } from '../../core/json.ts';
import { credentialsSapSchema } from '../../generated/schemas/credentials-sap.ts';
import { asObject, type Binding, listBindings, readJsonText, unwrapServiceKey } from './auth-documents.ts';
import { normalizePem } from './auth-pem.ts';
import { type TokenService, tokenEndpoint } from './auth-token-url.ts';

/** JSON Schema (2020-12) of `credentials` in the config, for targets of this provider. */
export const sapCredentialsSchema = credentialsSapSchema as unknown as JsonObject;

/** Client credentials for a token, with a secret or with a certificate and its key (PEM). */
export interface TokenLogin {
  method: 'token-service';
  service: TokenService;
  /** The whole endpoint of the provider's tenant. */
  tokenUrl: string;
  clientId: string;
  proof: { secret: string } | { certificate: string; key: string };
  /** The provider's own subdomain, when the binding tells it. */
  identityZone?: string;
  /** IAS: the subscriber that is acted for. */
  appTid?: string;
  /** IAS: the service instance that is meant. */
  instanceId?: string;
}

export type SapLogin =
  | { method: 'basic'; user: string; password: string }
  | { method: 'token'; token: string }
  | TokenLogin;

export interface SapCredentials {
  /** The service's base URL when the credentials tell it, without `/scheduler` and without a slash at the end. */
  url?: string;
  login: SapLogin;
}

const methods = ['vcap', 'serviceKey', 'basic', 'oauth', 'x509', 'ias', 'token'] as const;

/**
 * Reads `credentials` of a target into one login. All that is missing is said at once, in an error CREDENTIALS_INVALID whose
 * findings carry pointers into `credentials`; values are never repeated in it.
 */
export function resolveSapCredentials(credentials: JsonObject): SapCredentials {
  const given = methods.filter((method) => credentials[method] !== undefined && credentials[method] !== null);
  const [method] = given;
  if (method === undefined || given.length > 1) {
    const found = method === undefined ? 'no method' : given.join(', ');
    throw invalid(`The credentials hold ${found}; exactly one of ${methods.join(', ')} is needed.`, '');
  }
  const value = credentials[method];
  switch (method) {
    case 'vcap':
      return fromVcap(value, credentials['instance']);
    case 'serviceKey':
      return fromServiceKey(value);
    case 'token':
      return { login: { method, token: collect('', credentials, ['token']).token } };
    case 'basic': {
      const { user, password } = collect('/basic', value, ['user', 'password']);
      return { login: { method, user, password } };
    }
    case 'oauth':
      return { login: tokenLogin('/oauth', 'xsuaa', value, names) };
    case 'x509':
      return { login: tokenLogin('/x509', 'xsuaa', value, names, 'certificate') };
    case 'ias':
      return { login: tokenLogin('/ias', 'ias', value, names) };
  }
}

function fromServiceKey(value: Json | undefined): SapCredentials {
  const document = typeof value === 'string' ? readJsonText(value.trim()) : asObject(value);
  if (document === undefined) {
    const what =
      typeof value === 'string' ? 'a text that holds no JSON object' : 'neither an object nor a text';
    throw invalid(
      `The service key is ${what}.`,
      '/serviceKey',
      'Give the JSON that the cockpit or `cf service-key` shows.',
    );
  }
  // People put a whole VCAP_SERVICES document here; with one scheduler in it there is no doubt what is meant.
  const inner = unwrapServiceKey(document);
  if (isObject(document['VCAP_SERVICES']) || Array.isArray(document['jobscheduler']))
    return fromVcap(document, undefined);
  return fromBinding('/serviceKey', inner, undefined);
}

function fromVcap(value: Json | undefined, wanted: Json | undefined): SapCredentials {
  const document = asObject(value);
  if (document === undefined) {
    throw invalid(
      'The vcap credentials are not a VCAP_SERVICES document: no JSON object was found.',
      '/vcap',
      'Give the value of the variable VCAP_SERVICES, for instance by interpolating env:VCAP_SERVICES.',
    );
  }
  const bindings = listBindings(document);
  const schedulers = bindings.filter(({ service }) => service === 'jobscheduler');
  const shown = schedulers.map(({ name }) => `"${name}"`).join(', ');
  if (schedulers.length === 0) {
    const others = [...new Set(bindings.map(({ service }) => service))].join(', ') || 'nothing';
    throw invalid(
      `VCAP_SERVICES has no binding of the service jobscheduler; it has: ${others}.`,
      '/vcap',
      'Bind the Job Scheduling instance to the application, or use a service key (`serviceKey`).',
    );
  }
  const fitting =
    typeof wanted === 'string' ? schedulers.filter(({ names: all }) => all.includes(wanted)) : schedulers;
  const [binding] = fitting;
  if (binding !== undefined && fitting.length === 1) return fromSchedulerBinding(binding, bindings);
  if (typeof wanted === 'string' && binding === undefined) {
    throw invalid(`VCAP_SERVICES has no jobscheduler instance "${wanted}"; it has ${shown}.`, '/instance');
  }
  throw invalid(
    `VCAP_SERVICES has several jobscheduler instances: ${shown}.`,
    '/vcap',
    'Pick one with `instance`: its name, or its `instance_guid`.',
  );
}

/** With IAS the scheduler's binding has no secret: the one of the `identity` service beside it is used (SAP's page "Credential Rotation"). */
function fromSchedulerBinding(binding: Binding, all: readonly Binding[]): SapCredentials {
  const { credentials } = binding;
  const own = asObject(credentials['uaa']) ?? (credentials['user'] === undefined ? undefined : credentials);
  const identities = all.filter(({ service }) => service === 'identity');
  const [identity] = identities;
  if (own !== undefined || identity === undefined) return fromBinding('/vcap', credentials, binding);
  if (identities.length > 1) {
    const shown = identities.map(({ name }) => `"${name}"`).join(', ');
    throw invalid(
      `The binding of "${binding.name}" uses Identity Authentication, and VCAP_SERVICES has several identity bindings: ${shown}.`,
      '/vcap',
      'Give the credentials of the right one with `ias`.',
    );
  }
  const login = tokenLogin('/vcap/identity', 'ias', identity.credentials, bindingNames);
  const { url } = collect('/vcap', credentials, ['url']);
  const instanceId = binding.instanceId === undefined ? {} : { instanceId: binding.instanceId };
  return { url: serviceUrl(url), login: { ...login, ...instanceId } };
}

function fromBinding(pointer: string, credentials: JsonObject, binding: Binding | undefined): SapCredentials {
  const url = typeof credentials['url'] === 'string' ? { url: serviceUrl(credentials['url']) } : {};
  const uaa = asObject(credentials['uaa']);
  if (uaa !== undefined) {
    return { ...url, login: tokenLogin(`${pointer}/uaa`, 'xsuaa', uaa, bindingNames) };
  }
  if (credentials['user'] !== undefined || credentials['password'] !== undefined) {
    const { user, password } = collect(pointer, credentials, ['user', 'password']);
    return { ...url, login: { method: 'basic', user, password } };
  }
  const whose = binding === undefined ? 'The service key' : `The binding of "${binding.name}"`;
  const looksLikeIas = credentials['clientid'] !== undefined || credentials['url'] !== undefined;
  throw invalid(
    `${whose} holds neither "uaa" nor "user" and "password"; it has the fields: ${Object.keys(credentials).sort().join(', ') || 'none'}.`,
    pointer,
    looksLikeIas
      ? 'An instance with Identity Authentication keeps its credentials in the binding of the identity service: give them with `ias`, and the URL with `url`.'
      : 'Take the key of the Job Scheduling instance itself.',
  );
}

interface FieldNames {
  clientId: string;
  secret: string;
  tokenUrl: string;
  certUrl: string;
}

const names: FieldNames = {
  clientId: 'clientId',
  secret: 'clientSecret',
  tokenUrl: 'tokenUrl',
  certUrl: 'tokenUrl',
};
const bindingNames: FieldNames = {
  clientId: 'clientid',
  secret: 'clientsecret',
  tokenUrl: 'url',
  certUrl: 'certurl',
};

function tokenLogin(
  pointer: string,
  service: TokenService,
  value: Json | undefined,
  field: FieldNames,
  proof?: 'certificate',
): TokenLogin {
  const source = asObject(value) ?? {};
  const type = String(source['credential-type'] ?? '').toLowerCase();
  const hasSecret = isText(source[field.secret]);
  const byCertificate =
    proof === 'certificate' || (!hasSecret && (isText(source['certificate']) || type.startsWith('x509')));
  // IAS uses one host for both; a UAA has a host of its own for certificates.
  const urlField =
    byCertificate && !(service === 'ias' && !isText(source[field.certUrl])) ? field.certUrl : field.tokenUrl;
  const needed = [field.clientId, urlField, ...(byCertificate ? ['certificate', 'key'] : [field.secret])];
  const found = collect(pointer, source, needed);
  const text = (name: string) => found[name] ?? '';
  const optional = (name: string) => (isText(source[name]) ? String(source[name]) : undefined);
  const appTid = optional('appTid');
  const instanceId = optional('instanceId');
  const identityZone = optional('identityzone');
  return {
    method: 'token-service',
    service,
    tokenUrl: endpointText(text(urlField), service, `${pointer}/${urlField}`),
    clientId: text(field.clientId),
    proof: byCertificate
      ? {
          certificate: pem(text('certificate'), `${pointer}/certificate`, /CERTIFICATE/),
          key: pem(text('key'), `${pointer}/key`, /^(?!.*ENCRYPTED).*PRIVATE KEY/),
        }
      : { secret: text(field.secret) },
    ...(identityZone === undefined ? {} : { identityZone }),
    ...(appTid === undefined ? {} : { appTid }),
    ...(instanceId === undefined ? {} : { instanceId }),
  };
}

function endpointText(text: string, service: TokenService, pointer: string): string {
  try {
    return tokenEndpoint(text, service).href;
  } catch (cause) {
    throw invalid(cause instanceof Error ? cause.message : String(cause), pointer);
  }
}

function pem(text: string, pointer: string, label: RegExp): string {
  const found = normalizePem(text);
  const first = found?.split('\n')[0] ?? '';
  if (found !== undefined && label.test(first)) return found;
  const what = pointer.endsWith('/key') ? 'an unencrypted private key' : 'a certificate';
  throw invalid(`${pointer.slice(1)} is not ${what} in PEM form (-----BEGIN …-----).`, pointer);
}

function isText(value: Json | undefined): value is string {
  return typeof value === 'string' && value.trim() !== '';
}

/** The texts of the fields; throws one error that names every missing one. */
function collect<const F extends string>(
  pointer: string,
  value: Json | undefined,
  fields: readonly F[],
): Record<F, string> {
  const source = asObject(value) ?? {};
  const missing = fields.filter((field) => !isText(source[field]));
  if (missing.length === 0)
    return Object.fromEntries(fields.map((field) => [field, source[field]])) as Record<F, string>;
  const findings = missing.map(
    (field): Finding => ({
      code: 'CREDENTIALS_INVALID',
      severity: 'error',
      message: `"${field}" is missing or empty`,
      expected: 'a text',
      pointer: `/credentials${pointer}/${field}`,
    }),
  );
  throw new ReconcileError(
    `The credentials are incomplete: ${pointer.slice(1) || 'credentials'} lacks ${missing.join(', ')}.`,
    {
      code: 'CREDENTIALS_INVALID',
      category: 'invalid',
      remedy: 'An empty value often means that the variable or file it comes from is empty.',
      findings,
    },
  );
}

function serviceUrl(text: string): string {
  return text
    .trim()
    .replace(/\/+$/, '')
    .replace(/\/scheduler$/, '');
}

function invalid(message: string, pointer: string, remedy?: string): ReconcileError {
  const more = remedy === undefined ? {} : { remedy };
  return new ReconcileError(message, {
    code: 'CREDENTIALS_INVALID',
    category: 'invalid',
    ...more,
    findings: [
      { code: 'CREDENTIALS_INVALID', severity: 'error', message, pointer: `/credentials${pointer}`, ...more },
    ],
  });
}
