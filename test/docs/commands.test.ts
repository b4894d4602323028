import { describe, expect, it } from 'vitest';
import { commandTable } from '../../src/cli/command-table.ts';
import { exitCodes } from '../../src/cli/exit-codes.ts';
import { buildProgram } from '../../src/cli/program.ts';
import { defaultPolicy } from '../../src/core/policy.ts';
import { createRedactor } from '../../src/core/redactor.ts';
import { runCli } from '../cli/fake-io.ts';
import { blocksOf, cellsOf, readPages } from './pages.ts';

const pages = readPages();
const readme = textOf('README.md');

function textOf(path: string): string {
  return pages.find((page) => page.path === path)?.text ?? '';
}

/** Command lines in fenced blocks: `$ reconcile …` in transcripts, `reconcile …` in scripts. */
const lines = pages.flatMap((page) =>
  blocksOf(page).flatMap(({ info, text, line }) => {
    const pattern = /^(?:console|text)/.test(info)
      ? /^\$ (reconcile [a-z].*)$/
      : /^(?:[A-Z_]+=\S+ )?(reconcile [a-z].*)$/;
    if (!/^(console|text|sh)/.test(info)) return [];
    return text.split('\n').flatMap((row) => {
      const found = pattern.exec(row.trim())?.[1];
      return found === undefined ? [] : [[`${page.path}:${line}`, found] as const];
    });
  }),
);

function argumentsOf(command: string): string[] {
  const plain = command.split(/\s(?:\||\|\||&&|>|#)\s/)[0] ?? '';
  return [...plain.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, word]) => quoted ?? word ?? '').slice(1);
}

describe('command lines in the documentation', () => {
  it('are there', () => {
    expect(lines.length).toBeGreaterThan(25);
  });

  it.each(lines)('%s: %s has a known command and known options', async (_, command) => {
    const argv = argumentsOf(command);
    const { signal } = new AbortController();
    const io = { out: () => {}, err: () => {}, env: {}, cwd: '/', interactive: false, signal } as never;
    const invocation = { io, redactor: createRedactor(), exitCode: 0 } as never;
    const program = await buildProgram(argv, invocation);
    const named = program.commands.find((candidate) => candidate.name() === argv[0]);
    expect(named, `the command ${argv[0]}`).toBeDefined();
    const known = [...program.options, ...(named?.options ?? [])].flatMap(({ short, long }) => [short, long]);
    const options = argv.filter((word) => /^--?[A-Za-z]/.test(word)).map((word) => word.split('=')[0]);
    expect(options.filter((option) => !known.includes(option))).toEqual([]);
  });
});

it('every command has a section in docs/cli.md or a page of its own', () => {
  const sections = [...textOf('docs/cli.md').matchAll(/^## (\S+)$/gm)].map(([, name]) => name);
  const without = commandTable.filter(
    ({ name }) => !sections.includes(name) && textOf(`docs/${name}.md`) === '',
  );
  expect(without.map(({ name }) => name)).toEqual([]);
});

it('every option that a help names is explained somewhere', async () => {
  const all = pages.map(({ text }) => text).join('\n');
  for (const { name } of commandTable) {
    const { out } = await runCli([name, '--help']);
    const options = [...out.matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm)].map(([, option = '']) => option);
    expect(options.filter((option) => !all.includes(option))).toEqual([]);
  }
});

describe('exit codes', () => {
  it.each(['docs/exit-codes.md', 'docs/cli.md'])('%s lists all of them', (path) => {
    const listed = textOf(path)
      .split('\n')
      .filter((line) => /^\| \d/.test(line))
      .flatMap((line) => cellsOf(line)[0]?.split(', ').map(Number) ?? []);
    expect(listed).toEqual(expect.arrayContaining(Object.values(exitCodes)));
  });
});

describe('the README', () => {
  it('gives the two commands at the top, word for word', () => {
    const blocks = blocksOf({ path: 'README.md', text: readme });
    expect(blocks.slice(0, 2).map(({ text }) => text.trim())).toEqual([
      'npm ci && npm run demo',
      'npm ci && npm test',
    ]);
  });

  it('promises no command that does not exist', () => {
    const [, missing = ''] = /These do \*\*not\*\* exist:\n\n((?:- .*\n)+)/.exec(readme) ?? [];
    expect(missing).not.toBe('');
    const names = [...missing.matchAll(/`([a-z]+)`/g)].map(([, name]) => name);
    expect(names.filter((name) => commandTable.some((command) => command.name === name))).toEqual([]);
  });
});

describe('docs/config.md', () => {
  it('gives the defaults of the policy', () => {
    const rows = textOf('docs/config.md')
      .split('\n')
      .filter((line) => /^\| `(prune|adopt|maxDeletes|allowDeleteAll|allowEmpty|heal)`/.test(line))
      .map(cellsOf);
    const { maxDeletes, heal, ...plain } = defaultPolicy;
    const shown = Object.fromEntries(rows.map(([name, value]) => [name, value]));
    expect(shown).toEqual({
      ...Object.fromEntries(Object.entries(plain).map(([name, value]) => [name, String(value)])),
      maxDeletes: `{percent: ${maxDeletes.percent}, count: ${maxDeletes.count}}`,
      heal: `[${heal.join(', ')}]`,
    });
  });
});
