import { describe, expect, it } from 'vitest';
import { runCli } from '../../cli/fake-io.ts';
import { projectFolder } from '../../cli/project-folder.ts';

describe('the example', () => {
  it('is valid without an account and without secrets', async () => {
    const { code, out, err } = await runCli(['validate', '-C', 'examples/riversand']);
    expect({ code, out, err }).toEqual({
      code: 0,
      out: 'Valid. (test 3 resources, prod 3 resources)\n',
      err: '',
    });
  });
});

describe('two manifests for one pair', () => {
  const config = [
    'apiVersion: reconcile/v1',
    'kind: Config',
    'manifests: ["jobs/*.yaml"]',
    'targets:',
    '  dev:',
    '    provider: riversand',
    '    url: https://acme.example.com',
    '    credentials: {tenantId: acme, userId: ann, userRoles: [admin], clientId: c, clientSecret: some-secret}',
    '',
  ].join('\n');
  const manifest = (name: string, appId: string, jobDefId: string): string =>
    `apiVersion: reconcile/v1\nkind: RiversandBatchJob\nmetadata: {name: ${name}}\nspec: {appId: ${appId}, jobDefId: ${jobDefId}, recurrenceInterval: PT1H}\n`;

  it.each([
    ['the same pair', 'a_b', 'c'],
    ['a pair that the service’s ids cannot tell apart', 'a', 'b_c'],
  ])('are an error that names both places: %s', async (_what, appId, jobDefId) => {
    const folder = await projectFolder({
      'reconcile.yaml': config,
      'jobs/one.yaml': manifest('one', 'a_b', 'c'),
      'jobs/two.yaml': manifest('two', appId, jobDefId),
    });
    try {
      const { code, out } = await runCli(['validate'], { cwd: folder.path });
      expect(code).toBe(3);
      expect(out).toContain('DUPLICATE_IDENTITY');
      expect(out).toContain(
        'RiversandBatchJob/two is the same object in the service as RiversandBatchJob/one at jobs/one.yaml:3:18',
      );
    } finally {
      await folder.remove();
    }
  });
});
