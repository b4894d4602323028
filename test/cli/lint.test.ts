// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references look like that
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { knownCodes, lintCodes } from '../../src/lint/index.ts';
import { providers } from '../../src/providers/registry.ts';
import { lintCodes as sapLintCodes } from '../../src/providers/sap/lint/codes.ts';
import { runCli } from './fake-io.ts';
import { configText, jobText, type ProjectFolder, projectFolder } from './project-folder.ts';

let folder: ProjectFolder;
beforeEach(async () => {
  folder = await projectFolder({ 'reconcile.yaml': configText(['dev', 'prod']) });
});
afterEach(() => folder.remove());

const lint = (...argv: string[]) => runCli(['lint', ...argv], { cwd: folder.path });
const midnight = '* * * * 0 0 0';

describe('lint', () => {
  test('says so when there is nothing to say, without secrets and network', async () => {
    await folder.write({ 'jobs/a.yaml': jobText('a') });
    expect(await lint()).toEqual({
      code: 0,
      out: 'No advice. (dev 1 resource, prod 1 resource)\n',
      err: '',
    });
  });

  test('gives each advice once over all targets, with its place and the text that would be better, and exits 0', async () => {
    await folder.write({ 'jobs/a.yaml': jobText('a', midnight) });
    const { code, out } = await lint();
    expect(code).toBe(0);
    expect(out).toMatch(
      /^jobs\/a\.yaml:8:19 LINT_MIDNIGHT warning: .*\n {2}→ .*Write: cron: "\* \* \* \* 0 \d+ \d+"/,
    );
    expect(out.match(/LINT_MIDNIGHT/g)).toHaveLength(1);
    expect(out).toContain('Advice: 1 warning.');
  });

  test.each([
    [midnight, 'warning', 2],
    [midnight, 'info', 2],
    ['* * * * 6 12 0', 'warning', 0],
    ['* * * * 6 12 0', 'info', 2],
    ['* * * * 6 12 17', 'info', 0],
  ])('%s with --fail-on %s exits %i', async (cron, severity, code) => {
    await folder.write({ 'jobs/a.yaml': jobText('a', cron) });
    expect((await lint('--fail-on', severity)).code).toBe(code);
  });

  test('what validate refuses is shown as there, without advice, and exits 3', async () => {
    await folder.write({ 'jobs/a.yaml': jobText('a', 'nonsense'), 'jobs/b.yaml': jobText('b', midnight) });
    const linted = await lint('--fail-on', 'info');
    const validated = await runCli(['validate'], { cwd: folder.path });
    expect(linted).toEqual(validated);
    expect(linted.code).toBe(3);
  });

  test('a broken config is shown as validate shows it', async () => {
    await folder.write({ 'reconcile.yaml': 'kind: Config\n', 'jobs/a.yaml': jobText('a', midnight) });
    expect(await lint()).toEqual(await runCli(['validate'], { cwd: folder.path }));
  });

  test('shows the warnings of validate, too, and does not repeat them in its own words', async () => {
    await folder.write({ 'jobs/a.yaml': jobText('a', '* * * * 6 */61 17') });
    const { out } = await lint();
    expect(out).toMatch(/^jobs\/a\.yaml:8:30 TIME_CRON_STEP_TOO_LARGE warning: /m);
    expect(out).not.toContain('LINT_UNEVEN_STEP');
  });

  test('-o json has the advice as data', async () => {
    await folder.write({ 'jobs/a.yaml': jobText('a', midnight) });
    const { out } = await lint('-o', 'json', '-t', 'dev');
    expect(JSON.parse(out)).toEqual({
      valid: true,
      targets: [{ name: 'dev', resources: 1 }],
      hidden: 0,
      findings: [
        {
          code: 'LINT_MIDNIGHT',
          severity: 'warning',
          message: expect.any(String),
          remedy: expect.stringContaining('Write: '),
          pointer: '/spec/schedules/daily/cron',
          address: 'SapJob/a',
          place: { file: 'jobs/a.yaml', line: 8, col: 19 },
        },
      ],
    });
  });

  test('-o markdown is a table', async () => {
    await folder.write({ 'jobs/a.yaml': jobText('a', midnight) });
    expect((await lint('-o', 'markdown')).out).toContain('| place | severity | code | finding |');
  });

  test('rejects an unknown severity and an unknown target', async () => {
    expect((await lint('--fail-on', 'error')).code).toBe(3);
    expect((await lint('-t', 'nowhere')).code).toBe(3);
  });
});

describe('lint looks at what a target makes of the manifests', () => {
  const patched = (value: string, comment = '') =>
    configText(['dev']).replace(
      '    policy:',
      `    patches:
      - match: {kind: SapJob}
        patch:
          - {op: replace, path: /spec/schedules/daily/cron, value: "${value}"}${comment}
    policy:`,
    );

  test('a value that a patch put in is blamed on the patch', async () => {
    await folder.write({ 'reconcile.yaml': patched(midnight), 'jobs/a.yaml': jobText('a') });
    expect((await lint()).out).toMatch(/^reconcile\.yaml:11:\d+ LINT_MIDNIGHT /);
  });

  test('a comment in the config switches it off there', async () => {
    const config = patched(midnight, ' # lint-disable LINT_MIDNIGHT');
    await folder.write({ 'reconcile.yaml': config, 'jobs/a.yaml': jobText('a') });
    expect((await lint()).out).toBe('No advice. (dev 1 resource, 1 switched off)\n');
  });

  test('a variable says what it was filled in for; what depends on a missing secret is not looked at', async () => {
    const config = configText(['dev']).replace(
      '    policy:',
      `    variables: {when: "${midnight}"}\n    policy:`,
    );
    await folder.write({
      'reconcile.yaml': config,
      'jobs/a.yaml': jobText('a', '${var:when}'),
      'jobs/b.yaml': jobText('b').replace('https://app.example.com', 'http://${secret:HOST}'),
    });
    const { out } = await lint();
    expect(out).toContain('(from "${var:when}" for target "dev")');
    expect(out).not.toContain('LINT_HTTP_ACTION');
  });

  test('secrets are not looked at: what would be offered could give them away', async () => {
    const action = jobText('a').replace('https://app.example.com/run', '${secret:ACTION}');
    await folder.write({ 'jobs/a.yaml': action });
    const { out } = await runCli(['lint'], {
      cwd: folder.path,
      env: { ACTION: 'http://hidden.example/run' },
    });
    expect(out).toBe('No advice. (dev 1 resource, prod 1 resource)\n');
  });

  test('peaks count all jobs of a target, and name the target when not all have them', async () => {
    const jobs = Object.fromEntries(
      Array.from({ length: 11 }, (_, index) => [
        `jobs/j${index}.yaml`,
        jobText(`j${index}`)
          .replace(`{name: j${index}}`, `{name: j${index}, labels: {stage: dev}}`)
          .replace('/run', `/run${index}`),
      ]),
    );
    const config = configText(['dev', 'prod']).replace(
      /( {2}prod:\n)/,
      '$1    select: {labels: {stage: prod}}\n',
    );
    await folder.write({ ...jobs, 'reconcile.yaml': config });
    const { out } = await lint();
    expect(out).toMatch(/^jobs\/j0\.yaml:8:19 LINT_PEAK warning: 11 runs are due .*\(target "dev"\)\.$/m);
    await folder.write({
      'reconcile.yaml': config.replace('targets:', 'lint: {runsPerMinute: 11}\ntargets:'),
    });
    expect((await lint()).out).toContain('No advice.');
  });
});

describe('advice is switched off', () => {
  test('by the config', async () => {
    await folder.write({
      'reconcile.yaml': configText(['dev']).replace('targets:', 'lint: {disable: [LINT_MIDNIGHT]}\ntargets:'),
      'jobs/a.yaml': jobText('a', midnight),
    });
    const { code, out } = await lint('--fail-on', 'info');
    expect({ code, out }).toEqual({ code: 0, out: 'No advice. (dev 1 resource, 1 switched off)\n' });
  });

  test('by a comment on the line or above', async () => {
    const text = jobText('a', midnight);
    await folder.write({
      'jobs/a.yaml': `${text.trimEnd()}   # lint-disable LINT_MIDNIGHT -- as the law says\n`,
      'jobs/b.yaml': text
        .replace(': a}', ': b}')
        .replace('/run', '/b')
        .replace('    daily', '    # lint-disable LINT_MIDNIGHT\n    daily'),
    });
    expect((await lint('-t', 'dev')).out).toBe('No advice. (dev 2 resources, 2 switched off)\n');
  });

  test('only under codes that exist', async () => {
    await folder.write({
      'reconcile.yaml': configText(['dev']).replace('targets:', 'lint: {disable: [LINT_MIDNIHGT]}\ntargets:'),
      'jobs/a.yaml': `${jobText('a').trimEnd()} # lint-disable FULL_HOUR\n`,
    });
    const { code, out } = await lint('--fail-on', 'warning');
    expect(code).toBe(2);
    expect(out).toMatch(/^jobs\/a\.yaml:8:53 LINT_UNKNOWN_CODE .*\n {2}→ Did you mean LINT_FULL_HOUR\?/m);
    expect(out).toMatch(/^reconcile\.yaml:4:18 LINT_UNKNOWN_CODE /m);
  });
});

describe('docs/lint.md', () => {
  const page = readFileSync(new URL('../../docs/lint.md', import.meta.url), 'utf8');
  const listed = [...page.matchAll(/^\| `([A-Z_]+)` \| (\w+) \|/gm)];

  test('explains every code of advice, and no other', () => {
    expect(listed.map(([, code]) => code).sort()).toEqual([...lintCodes, ...sapLintCodes].sort());
  });

  test('names every code that can be switched off', () => {
    const known = [...knownCodes(providers.flatMap(({ kinds }) => kinds))];
    expect(known.filter((code) => !page.includes(`\`${code}\``))).toEqual([]);
  });

  test('what is known to be a warning is marked as one in the list of codes', () => {
    const errors = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8');
    const rows = new Map(
      [...errors.matchAll(/^\| `([A-Z_]+)` \| (.*)$/gm)].map(([, code, text]) => [code, text]),
    );
    const known = [...knownCodes(providers.flatMap(({ kinds }) => kinds))].filter((code) =>
      /^(SAP|TIME)_/.test(code),
    );
    expect(known.filter((code) => !/warning/i.test(rows.get(code) ?? ''))).toEqual([]);
  });

  test('shows advice as it is', async () => {
    const text = /```text\njobs\/report[\s\S]*?```/.exec(page)?.[0] ?? '';
    const remedy = /Write: (.*)$/m.exec(text)?.[1] ?? 'nothing';
    await folder.write({ 'jobs/report.yaml': jobText('report', '* * * * 6 0 0') });
    const { out } = await lint('-t', 'dev');
    expect(out).toContain(remedy);
    expect(out).toMatch(/LINT_FULL_HOUR warning: Schedule daily runs at the top of the hour\./);
  });
});

test('the examples need no advice', async () => {
  const { code, out, err } = await runCli(['lint', '-C', 'examples/sap', '--fail-on', 'info']);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toBe('No advice. (dev 8 resources, prod 7 resources, 1 switched off)\n');
});
