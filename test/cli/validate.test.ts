import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runCli } from './fake-io.ts';
import { configText, jobText, type ProjectFolder, projectFolder } from './project-folder.ts';

let folder: ProjectFolder;
beforeEach(async () => {
  folder = await projectFolder({ 'reconcile.yaml': configText(['dev', 'prod']) });
});
afterEach(() => folder.remove());

const validate = (...argv: string[]) => runCli(['validate', ...argv], { cwd: folder.path });

describe('validate', () => {
  test('needs neither secrets nor the network', async () => {
    await folder.write({ 'jobs/a.yaml': jobText('a') });
    expect(await validate()).toEqual({ code: 0, out: 'Valid. (dev 1 resource, prod 1 resource)\n', err: '' });
  });

  test('shows all findings at once, each with its place, and exits 3', async () => {
    await folder.write({
      'jobs/a.yaml': jobText('a', '* 1-3 * * 10 0 20'),
      'jobs/b.yaml': jobText('b').replace('action:', 'acton:'),
      'jobs/c.yaml': 'apiVersion: reconcile/v1\nkind: SapJob\n  bad: [',
    });
    const { code, out } = await validate();
    expect(code).toBe(3);
    const places = out.split('\n').filter((line) => /^\S+:\d+:\d+ [A-Z_]+ /.test(line));
    expect(new Set(places.map((line) => line.split(':')[0]))).toEqual(
      new Set(['jobs/a.yaml', 'jobs/b.yaml', 'jobs/c.yaml']),
    );
    expect(out).toMatch(/jobs\/a\.yaml:8:\d+ /);
    expect(out).toMatch(/Invalid: \d+ errors/);
  });

  test('a broken config hides nothing about the manifests', async () => {
    await folder.write({
      'reconcile.yaml': configText(['dev']).replace('provider:', 'provder:'),
      'jobs/a.yaml': jobText('a', '* 1-3 * * 10 0 20'),
    });
    const { code, out } = await validate();
    expect(code).toBe(3);
    expect(out).toMatch(/^jobs\/a\.yaml:8:\d+ TIME_CRON_DASH_RANGE/m);
    expect(out).toMatch(/^reconcile\.yaml:\d+:\d+ UNKNOWN_PROPERTY/m);
  });

  test('-o json has the findings as data', async () => {
    await folder.write({ 'jobs/a.yaml': jobText('a', 'nonsense') });
    const { code, out, err } = await validate('-o', 'json');
    expect(code).toBe(3);
    expect(err).toBe('');
    expect(JSON.parse(out)).toMatchObject({
      valid: false,
      findings: expect.arrayContaining([
        expect.objectContaining({
          severity: 'error',
          place: expect.objectContaining({ file: 'jobs/a.yaml', line: 8 }),
        }),
      ]),
    });
  });

  test('-o markdown makes a table that the text of a manifest cannot break out of', async () => {
    await folder.write({ 'jobs/a.yaml': jobText('a', '</td>|<script>`@team') });
    const { out } = await validate('-o', 'markdown');
    expect(out).not.toContain('<script>');
    expect(out).not.toContain('@team');
  });

  test('a broken config is a finding with its place', async () => {
    await folder.write({
      'reconcile.yaml': 'apiVersion: reconcile/v1\nkind: Config\nmanifests: [a]\ntargets:\n  Bad_Name: {}\n',
    });
    const { code, out } = await validate();
    expect(code).toBe(3);
    expect(out).toMatch(/^reconcile\.yaml:5:\d+ /m);
  });

  test('plan refuses the same with exit code 3 before any request', async () => {
    await folder.write({ 'jobs/a.yaml': jobText('a', 'nonsense') });
    const { code, err } = await runCli(['plan'], { cwd: folder.path });
    expect(code).toBe(3);
    expect(err).toContain('jobs/a.yaml:8:');
    expect(err).toContain('no request was sent');
  });

  test('finds the config above the working directory and names files from there', async () => {
    await folder.write({ 'jobs/a.yaml': jobText('a', 'nonsense') });
    const { code, out } = await runCli(['validate'], { cwd: `${folder.path}/jobs` });
    expect(code).toBe(3);
    expect(out).toContain('a.yaml:8:');
  });
});

describe('examples', () => {
  test('every example is valid, without a single finding', async () => {
    const { code, out, err } = await runCli(['validate', '-C', 'examples/sap']);
    expect({ code, out, err }).toEqual({
      code: 0,
      out: 'Valid. (dev 8 resources, prod 7 resources)\n',
      err: '',
    });
  });
});
