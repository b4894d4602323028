// biome-ignore-all lint/suspicious/noTemplateCurlyInString: expressions of workflows look like that
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { inputDefaults, readInputs, variableOf } from '../../src/github-action/inputs.ts';
import { noOutputs } from '../../src/github-action/outputs.ts';
import { root } from '../docs/pages.ts';

const action = parse(readFileSync(`${root}action.yml`, 'utf8')) as {
  inputs: Record<string, { description: string; default?: string }>;
  outputs: Record<string, { description: string }>;
  runs: { using: string; main: string };
};

describe('action.yml', () => {
  test('has the inputs of the program, with its defaults; only the token has one of the runner', () => {
    const defaults = Object.fromEntries(
      Object.entries(action.inputs).map(([name, input]) => [name, input.default ?? '']),
    );
    expect(defaults).toEqual({ ...inputDefaults, 'github-token': '${{ github.token }}' });
  });

  test('has the outputs that are set', () => {
    expect(Object.keys(action.outputs)).toEqual(Object.keys(noOutputs));
  });

  test('says what each is for, and runs on node24', () => {
    for (const { description } of [...Object.values(action.inputs), ...Object.values(action.outputs)]) {
      expect(description).toMatch(/\.$/);
    }
    expect(action.runs).toEqual({ using: 'node24', main: 'dist/github-action/main.js' });
  });

  test('its defaults are taken as they are', () => {
    const env = Object.fromEntries(
      Object.entries(inputDefaults).map(([name, value]) => [variableOf(name), value]),
    );
    expect(readInputs(env)).toEqual(readInputs({}));
  });

  test('docs/github-action.md names every input, output and failure reason', () => {
    const page = readFileSync(`${root}docs/github-action.md`, 'utf8');
    const names = [...Object.keys(action.inputs), ...Object.keys(action.outputs)];
    expect(names.filter((name) => !page.includes(`| \`${name}\` |`))).toEqual([]);
    const source = readFileSync(`${root}src/github-action/failure.ts`, 'utf8');
    const type = source.slice(source.indexOf('export type FailureReason'), source.indexOf('/** A failure'));
    const reasons = [...type.matchAll(/'([a-z-]+)'/g)].map(([, reason]) => reason);
    expect(reasons.length).toBeGreaterThan(10);
    expect(reasons.filter((reason) => !page.includes(`| \`${reason}\` |`))).toEqual([]);
  });
});
