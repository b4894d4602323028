import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { exitCodes } from '../../src/cli/exit-codes.ts';
import { buildProgram } from '../../src/cli/program.ts';
import { createRedactor } from '../../src/core/redactor.ts';
import { blocksOf, cellsOf, root } from './pages.ts';

const text = readFileSync(join(root, 'docs/ci.md'), 'utf8');
const blocks = blocksOf({ path: 'docs/ci.md', text });
const block = (info: string): string => blocks.find((one) => one.info === info)?.text ?? '';
const calls = [...text.matchAll(/npx reconcile ([a-z][^'\n>]*)/g)].map(([, call = '']) => call.trim());

interface GitLabJob {
  stage: string;
  needs?: string[];
  script: string[];
  allow_failure?: { exit_codes: number[] };
}

describe('recipes for other CI systems', () => {
  it.each(calls)('npx reconcile %s: a known command with known options', async (call) => {
    const argv = call.split(/\s+/);
    const { signal } = new AbortController();
    const io = { out: () => {}, err: () => {}, env: {}, cwd: '/', interactive: false, signal } as never;
    const program = await buildProgram(argv, { io, redactor: createRedactor(), exitCode: 0 } as never);
    const command = program.commands.find((candidate) => candidate.name() === argv[0]);
    const known = [...program.options, ...(command?.options ?? [])].flatMap(({ short, long }) => [
      short,
      long,
    ]);
    expect(argv.filter((word) => word.startsWith('-') && !known.includes(word))).toEqual([]);
  });

  it('the pipeline for GitLab is YAML whose jobs name stages and jobs that are there', () => {
    const {
      stages,
      default: _,
      variables: __,
      ...jobs
    } = parse(block('yaml')) as {
      stages: string[];
      default: object;
      variables: object;
    } & Record<string, GitLabJob>;
    expect(Object.keys(jobs).length).toBeGreaterThan(3);
    for (const job of Object.values(jobs) as GitLabJob[]) {
      expect(stages).toContain(job.stage);
      for (const need of job.needs ?? []) expect(Object.keys(jobs)).toContain(need);
      expect(job.script.length).toBeGreaterThan(0);
    }
    expect(jobs['plan']?.allow_failure?.exit_codes).toEqual([exitCodes.differences]);
  });

  it('the pipeline for Jenkins closes what it opens', () => {
    const pipeline = block('groovy');
    expect(pipeline.startsWith('pipeline {')).toBe(true);
    for (const [open, close] of ['{}', '()', '[]']) {
      expect(pipeline.split(open ?? '').length).toBe(pipeline.split(close ?? '').length);
    }
  });

  it('the table says what to do about every exit code', () => {
    const rows = text.split('\n').filter((line) => /^\| \d \|/.test(line));
    const said = rows.map((row) => Number(cellsOf(row)[0]));
    expect(said).toEqual(Object.values(exitCodes).filter((code) => code < 128));
  });

  it('the container runs the program that the package names, with a Node that it supports, and not as root', () => {
    const lines = readFileSync(join(root, 'examples/container/Containerfile'), 'utf8').split('\n');
    const { bin } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { bin: object };
    expect(lines).toContain(`ENTRYPOINT ["${Object.keys(bin)[0]}"]`);
    const images = lines.flatMap((line) => /^FROM \S+\/node:(\d+)-/.exec(line)?.[1] ?? []);
    expect(images).toEqual(['24', '24']);
    const user = lines.findIndex((line) => line === 'USER node');
    expect(user).toBeGreaterThan(0);
    expect(lines.slice(user).some((line) => /^(RUN|COPY|USER root)/.test(line))).toBe(false);
  });
});
