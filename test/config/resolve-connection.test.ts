// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references look like that
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createConfigEnvironment } from '../../src/config/config-environment.ts';
import { resolveConnection } from '../../src/config/resolve-connection.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { temporaryFolder } from '../manifest/temporary-folder.ts';

const key = {
  url: 'https://s.example',
  uaa: { clientid: 'id', clientsecret: 'very-secret', url: 'https://uaa.example' },
};

function connect(
  credentials: JsonObject,
  options: {
    files?: Record<string, string>;
    env?: Record<string, string>;
    allowFiles?: string[];
    root?: string;
    url?: string;
  } = {},
) {
  const root = options.root ?? temporaryFolder(options.files ?? {});
  const redacted: string[] = [];
  const environment = createConfigEnvironment(
    { root, allowFiles: options.allowFiles ?? [] },
    options.env ?? {},
  );
  const resolved = resolveConnection(
    {
      name: 'dev',
      provider: 'sap',
      credentials,
      ...(options.url !== undefined && { url: options.url }),
      locate: (pointer) => ({ file: pointer, line: 1, col: 1 }),
    },
    { environment, redact: (secret) => redacted.push(secret) },
  );
  return { ...resolved, redacted, root };
}

describe('a connection', () => {
  it('has its references filled in and documents parsed', () => {
    const { connection, findings } = connect(
      { serviceKey: '${file:keys/dev.json}' },
      {
        files: { 'keys/dev.json': JSON.stringify(key) },
        url: 'https://${env:HOST}/',
        env: { HOST: 'h.example' },
      },
    );
    expect(findings).toEqual([]);
    expect(connection).toMatchObject({
      target: 'dev',
      url: 'https://h.example/',
      credentials: { serviceKey: key },
    });
  });

  it.each([
    ['the document', key],
    ['its JSON text', JSON.stringify(key)],
    [
      'what the command line tool prints',
      `Getting key dev for service instance x ...\n\n${JSON.stringify(key, null, 2)}\n`,
    ],
  ])('takes a service key as %s', (_what, serviceKey) => {
    expect(connect({ serviceKey }).connection?.credentials).toEqual({ serviceKey: key });
  });

  it('makes secrets known to the redactor, but not addresses and ids', () => {
    const { redacted } = connect(
      { vcap: '${env:VCAP}' },
      { env: { VCAP: JSON.stringify({ jobscheduler: [{ credentials: key }] }) } },
    );
    expect(redacted).toEqual(['very-secret']);
    expect(connect({ oauth: { tokenUrl: 'https://t', clientId: 'c', clientSecret: 'cs' } }).redacted).toEqual(
      ['cs'],
    );
    expect(
      connect({ basic: { user: 'u', password: '${secret:PW}' } }, { env: { PW: 'pw' } }).redacted,
    ).toContain('pw');
    expect(connect({ token: 'jwt' }).redacted).toEqual(['jwt']);
  });

  it.each<[string, JsonObject, string, string]>([
    ['a missing variable', { token: '${env:NOPE}' }, 'UNRESOLVED_ENV', '/credentials/token'],
    [
      'a missing secret',
      { basic: { user: 'u', password: '${secret:NOPE}' } },
      'UNRESOLVED_SECRET',
      '/credentials/basic/password',
    ],
    ['a missing file', { serviceKey: '${file:nope.json}' }, 'UNRESOLVED_FILE', '/credentials/serviceKey'],
    ['a file outside', { serviceKey: '${file:../nope.json}' }, 'FILE_NOT_ALLOWED', '/credentials/serviceKey'],
    [
      'an absolute file outside',
      { serviceKey: '${file:/etc/passwd}' },
      'FILE_NOT_ALLOWED',
      '/credentials/serviceKey',
    ],
    [
      'a link that leads out',
      { serviceKey: '${file:link.json}' },
      'FILE_NOT_ALLOWED',
      '/credentials/serviceKey',
    ],
    ['a variable of the target', { token: '${var:x}' }, 'VARIABLE_NOT_ALLOWED', '/credentials/token'],
    [
      'text that is no JSON',
      { serviceKey: '${file:broken.json}' },
      'CREDENTIALS_NOT_JSON',
      '/credentials/serviceKey',
    ],
    ['an empty value', { token: '${env:EMPTY}' }, 'EMPTY', '/credentials/token'],
  ])('is refused with its place: %s', (_what, credentials, code, pointer) => {
    const outside = temporaryFolder({ 'secret.json': '{}' });
    const root = temporaryFolder({ 'broken.json': 'hush-hush {' });
    symlinkSync(join(outside, 'secret.json'), join(root, 'link.json'));
    const { connection, findings } = connect(credentials, { root, env: { EMPTY: '' } });
    expect(connection).toBeUndefined();
    expect(findings).toMatchObject([{ code, place: { file: pointer } }]);
    expect(JSON.stringify(findings)).not.toContain('hush-hush');
  });

  it('may use files outside of the project when they are listed', () => {
    const outside = temporaryFolder({ 'key.json': JSON.stringify(key) });
    const path = join(outside, 'key.json');
    const credentials = { serviceKey: `\${file:${path}}` };
    expect(connect(credentials, { allowFiles: [path] }).connection?.credentials).toEqual({ serviceKey: key });
    expect(connect(credentials, { allowFiles: [outside] }).findings).toMatchObject([
      { code: 'FILE_NOT_ALLOWED' },
    ]);
  });

  it('reads rotated credentials again', async () => {
    const { connection, root, redacted } = connect(
      { token: '${file:token.txt}' },
      { files: { 'token.txt': 'first-token\n' } },
    );
    expect(connection?.credentials).toEqual({ token: 'first-token' });
    writeFileSync(join(root, 'token.txt'), 'second-token');
    expect(await connection?.reload?.()).toEqual({ token: 'second-token' });
    expect(redacted).toEqual(['first-token', 'second-token']);
    writeFileSync(join(root, 'token.txt'), '');
    await expect(connection?.reload?.()).rejects.toMatchObject({
      code: 'CREDENTIALS_UNREADABLE',
      category: 'invalid',
    });
  });
});
