import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commandTable } from '../../src/cli/command-table.ts';
import { cellsOf, root } from './pages.ts';

/** Words in capitals in the source that are no codes of ours. */
const others = new Set([
  // Variables of the environment and names of the system.
  ...[
    'COLUMNS',
    'FORCE_COLOR',
    'GITHUB_ACTOR',
    'GITLAB_USER_LOGIN',
    'HOME',
    'NO_COLOR',
    'PATH',
    'TERM',
    'USER',
    'BUILD_REQUESTEDFOR',
    'RECONCILE_SECRETS_DIR',
    'RECONCILE_STATE_KEY',
  ],
  ...[
    'EACCES',
    'EADDRINUSE',
    'EEXIST',
    'ENOENT',
    'ENOTDIR',
    'ENOSYS',
    'ENOTSUP',
    'EPERM',
    'EPIPE',
    'ESRCH',
    'SIGINT',
    'SIGKILL',
    'SIGTERM',
    'ERR_INVALID_STATE',
  ],
  // What GitHub's runner sets.
  ...[
    'API_URL',
    'EVENT_NAME',
    'EVENT_PATH',
    'REF',
    'REPOSITORY',
    'RUN_ID',
    'SERVER_URL',
    'SHA',
    'WORKSPACE',
  ].map((name) => `GITHUB_${name}`),
  'RUNNER_TEMP',
  // HTTP methods, names of the service and of its bindings.
  ...['DELETE', 'GET', 'PATCH', 'POST', 'PUT'],
  ...['ASYNC_EXEC_TIMEOUT', 'CF_TASK', 'CONFIG_NAME', 'CONFIG_VALUE', 'HTTP_ENDPOINT', 'VCAP_SERVICES'],
  // Codes of the libraries that read YAML and apply patches.
  ...['NON_STRING_KEY', 'TAB_AS_INDENT', 'TAG_RESOLVE_FAILED', 'TEST_OPERATION_FAILED'],
  ...['QUOTE_DOUBLE', 'NFKD'],
  // git and its environment, time zones, units and tokens of dates.
  ...['GIT_AUTHOR_EMAIL', 'GIT_AUTHOR_NAME', 'GIT_COMMITTER_EMAIL', 'GIT_COMMITTER_NAME', 'GIT_DIR'],
  ...['C', 'DENY', 'HEAD', 'UTC', 'H', 'M', 'PT2M', 'S', 'T', 'U', 'YY', 'YYYY', 'Z'],
]);

/** Generated files and the emulator; providers whose kinds have no page yet, and lint as long as there is no such command. */
function isOther(path: string): boolean {
  const [, provider, room] = /^src\/providers\/([^/]+)\/([^/]+)/.exec(path) ?? [];
  if (provider !== undefined) {
    const described = readdirSync(join(root, 'docs/kinds')).some((page) => page.startsWith(`${provider}-`));
    return !described || (room === 'lint' && commandTable.every(({ name }) => name !== 'lint'));
  }
  // Names of the secrets that a new config refers to.
  if (path === 'src/cli/init/init-files.ts') return true;
  return /^src\/(generated|emulator)\//.test(path);
}

function codesInSource(): string[] {
  const found = new Set<string>();
  for (const entry of readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.name.endsWith('.ts') || isOther(relative(root, path).replaceAll('\\', '/'))) continue;
    const text = readFileSync(path, 'utf8');
    for (const [, code = ''] of text.matchAll(/'([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*)'/g)) found.add(code);
  }
  // The runner's variables are many, and have names of their own.
  return [...found].filter((code) => !others.has(code) && !/^(GITHUB|RUNNER)_/.test(code)).sort();
}

const rows = readFileSync(join(root, 'docs/errors.md'), 'utf8')
  .split('\n')
  .filter((line) => /^\| `[A-Z]/.test(line))
  .map(cellsOf);
const explained = rows.map(([code = '']) => code);

describe('docs/errors.md', () => {
  it('explains exactly the codes that the source has', () => {
    expect([...explained].sort()).toEqual(codesInSource());
  });

  it('says for each what it means', () => {
    expect(rows.filter(([, meaning = '']) => meaning === '')).toEqual([]);
  });
});

describe('docs/safety.md', () => {
  it('names only codes that there are', () => {
    const safety = readFileSync(join(root, 'docs/safety.md'), 'utf8');
    const named = [...safety.matchAll(/`([A-Z]+(?:_[A-Z]+)*)`/g)].map(([, code = '']) => code);
    expect(named.filter((code) => !explained.includes(code) && !others.has(code))).toEqual([]);
  });

  it('names every refusal of the planner with its override', () => {
    const blocks = readdirSync(join(root, 'src/core')).flatMap((file) => {
      const text = readFileSync(join(root, 'src/core', file), 'utf8');
      return [...text.matchAll(/code: '([A-Z_]+)',\s*message:(?:(?!code:)[\s\S])*?override:/g)].map(
        ([, code = '']) => code,
      );
    });
    const gates = readFileSync(join(root, 'docs/safety.md'), 'utf8')
      .split('\n')
      .filter((line) => /^\| `[A-Z]/.test(line))
      .map((line) => cellsOf(line)[0]?.split('`')[0]);
    expect(new Set(blocks).size).toBeGreaterThan(8);
    expect([...new Set(blocks)].filter((code) => !gates.includes(code))).toEqual([]);
  });
});
