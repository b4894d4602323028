import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../../src/core/redactor.ts';
import { createRiversandAuthenticator, riversandHeaders } from '../../../src/providers/riversand/auth.ts';
import { resolveRiversandCredentials } from '../../../src/providers/riversand/credentials.ts';
import { riversandProvider } from '../../../src/providers/riversand/provider.ts';
import { fakeSurroundings } from '../../http/fake-surroundings.ts';
import { credentials, world } from './support.ts';

describe('credentials', () => {
  it.each([
    ['a list', ['admin', 'user']],
    ['one text', 'admin, user'],
    ['JSON text', '["admin","user"]'],
  ])('take roles as %s', (_what, userRoles) => {
    const resolved = resolveRiversandCredentials({ ...credentials, userRoles });
    expect(riversandHeaders(resolved)['x-rdp-userroles']).toBe('["admin","user"]');
  });

  it('say everything that is missing at once, and no values', () => {
    const wrong = { tenantId: 'acme', clientSecret: 'line\nbreak-secret', headers: { 'bad name': 'x' } };
    const error = (() => {
      try {
        resolveRiversandCredentials(wrong);
        return undefined;
      } catch (caught) {
        return caught;
      }
    })();
    expect(error).toMatchObject({ code: 'CREDENTIALS_INVALID', category: 'invalid' });
    const pointers = (error as { findings: { pointer: string }[] }).findings.map(({ pointer }) => pointer);
    expect(pointers).toEqual(['/userId', '/clientId', '/clientSecret', '/userRoles', '/headers/bad name']);
    expect(JSON.stringify(error)).not.toContain('break-secret');
  });

  it('headers have the last word, and are secret unless their name says otherwise', () => {
    const surroundings = fakeSurroundings();
    const resolved = resolveRiversandCredentials({
      ...credentials,
      headers: { 'X-RDP-Version': '9.0', 'x-api-gateway': 'gateway-token' },
    });
    createRiversandAuthenticator(resolved, { surroundings, redactor: createRedactor() });
    expect(riversandHeaders(resolved)).toMatchObject({
      'x-rdp-version': '9.0',
      'x-api-gateway': 'gateway-token',
    });
    expect(surroundings.secrets).toEqual(['correct-horse-battery', 'gateway-token']);
  });
});

describe('a target', () => {
  it('is known by its address and tenant, not by who logs in', async () => {
    const here = await world();
    const session = await here.session('read');
    expect(await session.instance()).toBe(`${here.connection.url} tenant=acme`);
    const other = {
      ...here.connection,
      url: `${here.connection.url}/api/`,
      credentials: { ...credentials, clientId: 'x' },
    };
    const again = await riversandProvider.open(other, 'read', here.surroundings);
    expect(await again.instance()).toBe(await session.instance());
    await again.close();
  });

  it('needs a URL', async () => {
    const { surroundings } = await world();
    await expect(
      riversandProvider.open({ target: 'dev', credentials }, 'read', surroundings),
    ).rejects.toMatchObject({ code: 'URL_MISSING' });
  });

  it('reads its credentials again after a 401', async () => {
    const here = await world((tenant) => {
      tenant.before = ({ headers }) =>
        headers['auth-client-secret'] === 'new-secret-value' ? undefined : { status: 401, body: {} };
    });
    const connection = {
      ...here.connection,
      reload: async () => ({ ...credentials, clientSecret: 'new-secret-value' }),
    };
    const session = await riversandProvider.open(connection, 'read', here.surroundings);
    expect((await session.observe(['RiversandBatchJob'], [])).resources).toEqual([]);
    expect(here.surroundings.secrets).toContain('new-secret-value');
    await session.close();
  });

  it('without new credentials a 401 is an error', async () => {
    const here = await world((tenant) => {
      tenant.before = () => ({ status: 401, body: {} });
    });
    const session = await here.session('read');
    await expect(session.observe(['RiversandBatchJob'], [])).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
  });
});
