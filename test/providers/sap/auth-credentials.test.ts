import { describe, expect, it } from 'vitest';
import { ReconcileError } from '../../../src/core/errors.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import { normalizePem } from '../../../src/providers/sap/auth-pem.ts';
import { tenantTokenEndpoint, tokenEndpoint } from '../../../src/providers/sap/auth-token-url.ts';
import {
  resolveSapCredentials,
  sapCredentialsSchema,
  type TokenLogin,
} from '../../../src/providers/sap/credentials.ts';
import { clientTls } from '../../http/certs.ts';

const url = 'https://jobscheduler-rest.cfapps.eu10.hana.ondemand.com';
const uaa = {
  clientid: 'sb-1!b1|sap-jobscheduler!b3',
  clientsecret: 'uaa-secret-1234',
  url: 'https://provider.authentication.eu10.hana.ondemand.com',
  identityzone: 'provider',
  uaadomain: 'authentication.eu10.hana.ondemand.com',
  verificationkey: '-----BEGIN PUBLIC KEY-----x-----END PUBLIC KEY-----',
};
const key = { url, uaa };
const login: TokenLogin = {
  method: 'token-service',
  service: 'xsuaa',
  tokenUrl: 'https://provider.authentication.eu10.hana.ondemand.com/oauth/token',
  clientId: 'sb-1!b1|sap-jobscheduler!b3',
  proof: { secret: 'uaa-secret-1234' },
  identityZone: 'provider',
};
const escaped = (pem: string) => pem.replaceAll('\n', '\\n');
const certUaa = {
  clientid: 'sb-2',
  certificate: escaped(clientTls.cert),
  key: escaped(clientTls.key),
  certurl: 'https://provider.authentication.cert.eu10.hana.ondemand.com',
  url: uaa.url,
  'credential-type': 'x509',
};
const certificate = { certificate: normalizePem(clientTls.cert), key: normalizePem(clientTls.key) };

function binding(name: string, credentials: JsonObject, more: JsonObject = {}): JsonObject {
  return { name, label: 'jobscheduler', plan: 'standard', tags: ['jobscheduler'], credentials, ...more };
}

function failure(credentials: JsonObject): ReconcileError {
  try {
    resolveSapCredentials(credentials);
  } catch (error) {
    if (error instanceof ReconcileError) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

describe('credentials as people have them', () => {
  it.each<[string, JsonObject]>([
    ['a bare service key', { serviceKey: key }],
    ['a service key below credentials', { serviceKey: { credentials: key } }],
    ['the text of one', { serviceKey: JSON.stringify(key, null, 2) }],
    ['a text with a byte order mark', { serviceKey: `\ufeff${JSON.stringify({ credentials: key })}` }],
    [
      'what cf service-key prints',
      {
        serviceKey: `Getting key k for service instance s as me@x...\n\n${JSON.stringify({ credentials: key }, null, 2)}\n`,
      },
    ],
    [
      'a key of the Kubernetes operator, with uaa as text',
      { serviceKey: { url, uaa: JSON.stringify(uaa), tags: '["a"]' } },
    ],
    [
      'a Kubernetes secret',
      {
        serviceKey: {
          kind: 'Secret',
          apiVersion: 'v1',
          data: { url: btoa(url), uaa: btoa(JSON.stringify(uaa)) },
        },
      },
    ],
    ['a VCAP_SERVICES document as a service key', { serviceKey: { jobscheduler: [binding('a', key)] } }],
    [
      'VCAP_SERVICES',
      { vcap: { jobscheduler: [binding('a', key)], xsuaa: [{ name: 'x', credentials: uaa }] } },
    ],
    ['its text', { vcap: JSON.stringify({ jobscheduler: [binding('a', key)] }) }],
    ['default-env.json', { vcap: { VCAP_SERVICES: { jobscheduler: [binding('a', key)] } } }],
    [
      'the output of cf env',
      {
        vcap: `Getting env variables...\n\nSystem-Provided:\nVCAP_SERVICES: ${JSON.stringify({ jobscheduler: [binding('a {"b"}', key)] }, null, 1)}\n\nVCAP_APPLICATION: {"a": 1}\n`,
      },
    ],
    [
      'a user-provided service with the tag',
      { vcap: { 'user-provided': [binding('a', key, { label: 'user-provided' })] } },
    ],
    [
      'a user-provided service without marks',
      { vcap: { 'user-provided': [binding('a', key, { label: 'user-provided', tags: [] })] } },
    ],
    [
      'one of several, by name',
      {
        vcap: { jobscheduler: [binding('b', { url, user: 'u', password: 'p' }), binding('a', key)] },
        instance: 'a',
      },
    ],
    [
      'one of several, by instance name',
      {
        vcap: { jobscheduler: [binding('b', {}), binding('x', key, { instance_name: 'a' })] },
        instance: 'a',
      },
    ],
    [
      'one of several, by id',
      {
        vcap: { jobscheduler: [binding('b', {}), binding('x', key, { instance_guid: 'guid-1' })] },
        instance: 'guid-1',
      },
    ],
    ['a URL with /scheduler/', { serviceKey: { ...key, url: `${url}/scheduler/` } }],
  ])('reads %s', (_name, credentials) => {
    expect(resolveSapCredentials(credentials)).toEqual({ url, login });
  });

  it.each<[string, JsonObject, JsonObject]>([
    [
      'basic of the plan lite',
      { serviceKey: { url, user: 'u', password: 'p', clientid: 'x', identityzone: 'z' } },
      { url, login: { method: 'basic', user: 'u', password: 'p' } },
    ],
    [
      'basic',
      { basic: { user: 'u', password: 'p' } },
      { login: { method: 'basic', user: 'u', password: 'p' } },
    ],
    ['token', { token: 't' }, { login: { method: 'token', token: 't' } }],
    [
      'oauth with the base of the UAA',
      { oauth: { tokenUrl: 'https://uaa.test/', clientId: 'c', clientSecret: 's' } },
      {
        login: {
          method: 'token-service',
          service: 'xsuaa',
          tokenUrl: 'https://uaa.test/oauth/token',
          clientId: 'c',
          proof: { secret: 's' },
        },
      },
    ],
    [
      'x509',
      {
        x509: {
          tokenUrl: 'https://uaa.test/oauth/token',
          clientId: 'c',
          certificate: clientTls.cert,
          key: escaped(clientTls.key),
        },
      },
      {
        login: {
          method: 'token-service',
          service: 'xsuaa',
          tokenUrl: 'https://uaa.test/oauth/token',
          clientId: 'c',
          proof: certificate as JsonObject,
        },
      },
    ],
    [
      'ias with a secret',
      {
        ias: {
          tokenUrl: 'https://t.accounts.test',
          clientId: 'c',
          clientSecret: 's',
          appTid: 'tid',
          instanceId: 'i',
        },
      },
      {
        login: {
          method: 'token-service',
          service: 'ias',
          tokenUrl: 'https://t.accounts.test/oauth2/token',
          clientId: 'c',
          proof: { secret: 's' },
          appTid: 'tid',
          instanceId: 'i',
        },
      },
    ],
    [
      'ias with a certificate',
      {
        ias: {
          tokenUrl: 'https://t.accounts.test/oauth2/token',
          clientId: 'c',
          certificate: clientTls.cert,
          key: clientTls.key,
        },
      },
      {
        login: {
          method: 'token-service',
          service: 'ias',
          tokenUrl: 'https://t.accounts.test/oauth2/token',
          clientId: 'c',
          proof: certificate as JsonObject,
        },
      },
    ],
    [
      'a key with a certificate',
      { serviceKey: { url, uaa: certUaa } },
      {
        url,
        login: {
          method: 'token-service',
          service: 'xsuaa',
          tokenUrl: `${certUaa.certurl}/oauth/token`,
          clientId: 'sb-2',
          proof: certificate as JsonObject,
        },
      },
    ],
    [
      'a binding with Identity Authentication beside the one of the identity service',
      {
        vcap: {
          jobscheduler: [binding('a', { url, clientid: 'callback' }, { instance_guid: 'g' })],
          identity: [
            { name: 'i', credentials: { url: 'https://t.accounts.test', clientid: 'c', clientsecret: 's' } },
          ],
        },
      },
      {
        url,
        login: {
          method: 'token-service',
          service: 'ias',
          tokenUrl: 'https://t.accounts.test/oauth2/token',
          clientId: 'c',
          proof: { secret: 's' },
          instanceId: 'g',
        },
      },
    ],
  ])('reads %s', (_name, credentials, expected) => {
    expect(resolveSapCredentials(credentials)).toEqual(expected);
  });
});

describe('credentials that are not enough', () => {
  it.each<[string, JsonObject, RegExp, string]>([
    ['nothing', {}, /exactly one of vcap, serviceKey/, '/credentials'],
    [
      'two methods',
      { token: 't', basic: { user: 'u', password: 'p' } },
      /basic, token; exactly one/,
      '/credentials',
    ],
    ['an empty token', { token: '' }, /lacks token/, '/credentials/token'],
    [
      'a service key without secret',
      { serviceKey: { url, uaa: { clientid: 'c', url: uaa.url } } },
      /serviceKey\/uaa lacks clientsecret/,
      '/credentials/serviceKey/uaa/clientsecret',
    ],
    [
      'a certificate without certurl',
      { serviceKey: { url, uaa: { ...certUaa, certurl: '' } } },
      /lacks certurl/,
      '/credentials/serviceKey/uaa/certurl',
    ],
    [
      'a key of another service',
      { serviceKey: { host: 'x', port: 1 } },
      /neither "uaa" nor "user".*host, port/,
      '/credentials/serviceKey',
    ],
    [
      'a service key that is no JSON',
      { serviceKey: 'dev-key.json' },
      /holds no JSON object/,
      '/credentials/serviceKey',
    ],
    ['a VCAP that is no JSON', { vcap: '' }, /not a VCAP_SERVICES document/, '/credentials/vcap'],
    [
      'a VCAP without the service',
      { vcap: { xsuaa: [{ name: 'x', credentials: uaa }] } },
      /no binding of the service jobscheduler; it has: xsuaa/,
      '/credentials/vcap',
    ],
    [
      'a VCAP with several',
      { vcap: { jobscheduler: [binding('a', key), binding('b', key)] } },
      /several jobscheduler instances: "a", "b"/,
      '/credentials/vcap',
    ],
    [
      'an instance that is not there',
      { vcap: { jobscheduler: [binding('a', key), binding('b', key)] }, instance: 'c' },
      /no jobscheduler instance "c"; it has "a", "b"/,
      '/credentials/instance',
    ],
    [
      'an IAS binding alone',
      { vcap: { jobscheduler: [binding('a', { url, clientid: 'x' })] } },
      /neither "uaa"/,
      '/credentials/vcap',
    ],
    [
      'a certificate that is none',
      { x509: { tokenUrl: 'https://u.test', clientId: 'c', certificate: 'hush-hush', key: clientTls.key } },
      /x509\/certificate is not a certificate in PEM form/,
      '/credentials/x509/certificate',
    ],
    [
      'a certificate as the key',
      {
        x509: { tokenUrl: 'https://u.test', clientId: 'c', certificate: clientTls.cert, key: clientTls.cert },
      },
      /x509\/key is not an unencrypted private key/,
      '/credentials/x509/key',
    ],
    [
      'a token URL that is none',
      { oauth: { tokenUrl: 'ftp://u', clientId: 'c', clientSecret: 'hush-hush' } },
      /token URL/,
      '/credentials/oauth/tokenUrl',
    ],
  ])('%s: says what is missing, and where', (_name, credentials, message, pointer) => {
    const error = failure(credentials);
    expect(error).toMatchObject({ code: 'CREDENTIALS_INVALID', category: 'invalid' });
    expect(error.message).toMatch(message);
    expect(error.findings[0]?.pointer).toBe(pointer);
    expect(`${error.message} ${error.remedy} ${JSON.stringify(error.findings)}`).not.toMatch(
      /hush-hush|uaa-secret/,
    );
  });

  it('names everything that is missing at once', () => {
    const error = failure({ oauth: { clientId: 'c' } });
    expect(error.findings.map(({ pointer }) => pointer)).toEqual([
      '/credentials/oauth/tokenUrl',
      '/credentials/oauth/clientSecret',
    ]);
  });
});

describe('PEM texts', () => {
  const real = clientTls.cert.trimEnd();
  it.each([
    ['as it should be', clientTls.cert],
    ['with \\n for line ends', escaped(clientTls.cert)],
    ['with \\r\\n for line ends', clientTls.cert.replaceAll('\n', '\\r\\n')],
    ['with Windows line ends', clientTls.cert.replaceAll('\n', '\r\n')],
    ['with spaces for line ends', clientTls.cert.replaceAll('\n', ' ')],
    ['on one line', clientTls.cert.replaceAll('\n', '')],
  ])('%s', (_name, text) => {
    expect(normalizePem(text)).toBe(`${real}\n`);
  });

  it('keeps a chain whole', () => {
    expect(normalizePem(escaped(clientTls.cert + clientTls.cert))?.match(/BEGIN/g)).toHaveLength(2);
  });
});

describe("the token URL of a subscriber's tenant", () => {
  it.each([
    [
      'https://provider.authentication.eu10.hana.ondemand.com',
      'provider',
      'https://acme.authentication.eu10.hana.ondemand.com/oauth/token',
    ],
    [
      'https://provider.authentication.cert.eu10.hana.ondemand.com/oauth/token',
      undefined,
      'https://acme.authentication.cert.eu10.hana.ondemand.com/oauth/token',
    ],
    ['http://127.0.0.1:4004', 'provider', 'http://acme.localhost:4004/oauth/token'],
    ['http://localhost:4004', undefined, 'http://acme.localhost:4004/oauth/token'],
    ['http://provider.localhost:4004', 'provider', 'http://acme.localhost:4004/oauth/token'],
    ['https://[::1]:4004', 'provider', 'https://acme.localhost:4004/oauth/token'],
  ])('%s (zone %s) becomes %s', (base, zone, expected) => {
    expect(tenantTokenEndpoint(tokenEndpoint(base, 'xsuaa'), 'acme', zone).href).toBe(expected);
  });

  it.each([
    ['https://uaa.shared.test', 'provider', 'acme'],
    ['https://example.test', undefined, 'acme'],
    ['https://10.1.2.3', undefined, 'acme'],
    ['https://provider.auth.test', 'provider', 'evil.test/'],
    ['https://provider.auth.test', 'provider', ''],
  ])('is not guessed from %s (zone %s) for %j', (base, zone, subdomain) => {
    expect(() => tenantTokenEndpoint(tokenEndpoint(base, 'xsuaa'), subdomain, zone)).toThrow(
      expect.objectContaining({ code: 'TENANT_INVALID' }),
    );
  });
});

it('the schema of the credentials names the methods of the contract', () => {
  expect(Object.keys(sapCredentialsSchema['properties'] as JsonObject).sort()).toEqual([
    'basic',
    'ias',
    'instance',
    'oauth',
    'serviceKey',
    'token',
    'vcap',
    'x509',
  ]);
});
