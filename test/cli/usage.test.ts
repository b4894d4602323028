import { describe, expect, test } from 'vitest';
import { runCli } from './fake-io.ts';

describe('usage', () => {
  test('--help goes to stdout, lists every command and the exit codes', async () => {
    const { code, out, err } = await runCli(['--help']);
    expect(code).toBe(0);
    expect(err).toBe('');
    for (const command of [
      'validate',
      'plan',
      'apply',
      'drift',
      'explain',
      'schema',
      'emulator',
      'demo',
      'completion',
    ]) {
      expect(out).toMatch(new RegExp(`^  ${command}\\b`, 'm'));
    }
    expect(out).toContain('Exit codes');
  });

  test.each(['validate', 'plan', 'apply', 'drift', 'explain', 'schema', 'emulator', 'demo', 'completion'])(
    '%s --help has examples',
    async (command) => {
      const { code, out } = await runCli([command, '--help']);
      expect(code).toBe(0);
      expect(out).toContain('Examples:');
      expect(out).toContain(
        `$ reconcile ${command}`.replace('$ reconcile completion', 'reconcile completion'),
      );
    },
  );

  test.each(['plan', 'apply', 'import', 'status', 'forget', 'watch', 'calendar', 'lint'])(
    '%s --help does not call an empty list a default',
    async (command) => {
      const { out } = await runCli([command, '--help']);
      expect(out).toContain('default: ');
      expect(out).not.toContain('[])');
    },
  );

  test.each([
    { argv: [], says: 'Usage: reconcile' },
    { argv: ['pln'], says: 'Did you mean plan?' },
    { argv: ['plan', '--targt', 'dev'], says: 'Did you mean --target?' },
    { argv: ['plan', 'surplus'], says: 'too many arguments' },
    { argv: ['plan', '-o', 'xml'], says: 'Allowed choices are text, json, markdown' },
    { argv: ['plan', '--concurrency', '0'], says: 'whole number from 1 to 16' },
    ...['0', '101', '-1', '2.5', 'many'].map((runs) => ({
      argv: ['plan', '--runs', runs],
      says: 'whole number from 1 to 100',
    })),
    ...['59m', '0h', '99999d', '3661d', '1', 'soon'].map((horizon) => ({
      argv: ['plan', '--horizon', horizon],
      says: 'Expected hours or days, such as 36h or 30d (1h to 3660d)',
    })),
    { argv: ['plan', '--concurrency', '1e1'], says: 'whole number from 1 to 16' },
    { argv: ['plan', '--only', ''], says: 'USAGE_ONLY' },
    { argv: ['plan', '--target'], says: 'argument missing' },
    { argv: ['explain'], says: 'missing required argument' },
    { argv: ['explain', '2 hours', '--count', '1001'], says: 'whole number from 0 to 1000' },
    { argv: ['explain', '2 hours', '--count', '-1'], says: 'whole number from 0 to 1000' },
    { argv: ['explain', '2 hours', '--from', 'yesterday'], says: 'Expected an instant' },
    { argv: ['explain', '2 hours', '--from', '2100-01-01T00:00:00Z'], says: 'within 1970 to 2099' },
    { argv: ['explain', '2 hours', '--as', 'quartz'], says: 'Allowed choices' },
    { argv: ['emulator', '--port', '70000'], says: 'whole number from 0 to 65535' },
    { argv: ['emulator', '--seed', '/no/such/file'], says: 'USAGE_SEED_UNREADABLE' },
    { argv: ['completion', 'tcsh'], says: 'Allowed choices' },
    { argv: ['schema', '__proto__'], says: 'USAGE_UNKNOWN_SCHEMA' },
    { argv: ['apply', '--on-error', 'panic'], says: 'Allowed choices are stop, continue' },
    { argv: ['validate', '-C', '/'], says: 'NO_CONFIG' },
    { argv: ['validate', '-c', 'no-such.yaml'], says: 'no-such.yaml' },
    { argv: ['--color', 'pink', 'plan'], says: 'Allowed choices' },
    { argv: ['constructor'], says: 'unknown command' },
  ])('$argv is refused with exit code 3 and an explanation', async ({ argv, says }) => {
    const { code, out, err } = await runCli(argv);
    expect(code).toBe(3);
    expect(out + err).toContain(says);
  });

  test('an unexpected crash is reported as INTERNAL, without the secrets in it, and exits 1', async () => {
    const { code, err } = await runCli(['explain', '2 hours'], {
      now: () => {
        throw new TypeError('cannot read password=hunter2hunter2 of undefined');
      },
    });
    expect(code).toBe(1);
    expect(err).toContain('error INTERNAL');
    expect(err).toContain('cannot read');
    expect(err).not.toContain('hunter2');
  });

  test.each([
    { env: { NO_COLOR: '1', FORCE_COLOR: '1' }, argv: [], colourful: false },
    { env: { FORCE_COLOR: '1' }, argv: [], colourful: true },
    { env: { FORCE_COLOR: '0' }, argv: [], terminal: true, colourful: false },
    { env: {}, argv: [], terminal: true, colourful: true },
    { env: { TERM: 'dumb' }, argv: [], terminal: true, colourful: false },
    { env: {}, argv: [], colourful: false },
    { env: { NO_COLOR: '1' }, argv: ['--color', 'always'], colourful: true },
    { env: { FORCE_COLOR: '1' }, argv: ['--color=never'], colourful: false },
  ])(
    'colour: $env $argv terminal=$terminal gives $colourful',
    async ({ env, argv, terminal = false, colourful }) => {
      const { out } = await runCli(['explain', '2 hours', ...argv], { env, outIsTerminal: terminal });
      expect(out.includes('\u001b[')).toBe(colourful);
    },
  );
});

describe('schema', () => {
  test('without a kind it lists all names', async () => {
    const { code, out } = await runCli(['schema']);
    expect(code).toBe(0);
    expect(out.split('\n')).toEqual(
      expect.arrayContaining(['SapJob', 'SapTask', 'SapSettings', 'manifest', 'config', 'plan']),
    );
  });

  test.each(['SapJob', 'sapjob', 'manifest', 'config', 'plan'])('prints %s', async (kind) => {
    const { code, out } = await runCli(['schema', kind]);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ $schema: 'https://json-schema.org/draft/2020-12/schema' });
  });
});

describe('completion', () => {
  test.each(['bash', 'zsh', 'fish', 'powershell'])(
    'prints a script for %s that calls back',
    async (shell) => {
      const { code, out } = await runCli(['completion', shell]);
      expect(code).toBe(0);
      expect(out).toMatch(/complete '?--/);
      expect(out).toContain('reconcile');
    },
  );

  test.each([
    { words: ['va'], offers: 'validate' },
    { words: ['plan', '--conc'], offers: '--concurrency' },
    { words: ['explain', '--as', ''], offers: 'repeatInterval' },
    { words: ['schema', ''], offers: 'SapJob' },
    { words: ['apply', '--on-error', ''], offers: 'stop' },
  ])('offers $offers after $words', async ({ words, offers }) => {
    const { code, out } = await runCli(['complete', '--', ...words]);
    expect(code).toBe(0);
    expect(out.split('\n').map((line) => line.split('\t')[0])).toContain(offers);
  });

  test('offers the targets of the nearest config', async () => {
    const { out } = await runCli(['complete', '--', 'plan', '-t', ''], { cwd: 'examples/sap' });
    expect(out.split('\n').map((line) => line.split('\t')[0])).toEqual(
      expect.arrayContaining(['dev', 'prod']),
    );
  });
});
