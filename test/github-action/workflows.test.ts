// biome-ignore-all lint/suspicious/noTemplateCurlyInString: expressions of workflows look like that
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { readInputs, variableOf } from '../../src/github-action/inputs.ts';
import { root } from '../docs/pages.ts';

interface Step {
  id?: string;
  uses?: string;
  run?: string;
  if?: string;
  with?: Record<string, string | number | boolean>;
  env?: Record<string, string>;
}

interface Job {
  'runs-on'?: string;
  'timeout-minutes'?: number;
  needs?: string | string[];
  environment?: string;
  concurrency?: { group: string; 'cancel-in-progress': boolean };
  strategy?: { matrix?: { include?: Record<string, string>[] } };
  outputs?: Record<string, string>;
  steps: Step[];
}

interface Workflow {
  name: string;
  on: Record<string, unknown>;
  permissions: Record<string, string>;
  concurrency?: Job['concurrency'];
  jobs: Record<string, Job>;
}

const folder = join(root, 'examples/workflows');
const files = readdirSync(folder).filter((name) => name.endsWith('.yml'));
const action = parse(readFileSync(join(root, 'action.yml'), 'utf8')) as {
  inputs: Record<string, unknown>;
  outputs: Record<string, unknown>;
};
const isOurs = ({ uses }: Step): boolean => uses?.startsWith('OWNER/REPOSITORY@') === true;
const contexts = ['github', 'secrets', 'steps', 'needs', 'matrix', 'inputs', 'runner'];

function read(file: string): { text: string; workflow: Workflow } {
  const text = readFileSync(join(folder, file), 'utf8');
  return { text, workflow: parse(text) as Workflow };
}

test('there is one for each purpose, and the page names them all', () => {
  expect(files.length).toBeGreaterThanOrEqual(6);
  const page = readFileSync(join(folder, 'README.md'), 'utf8');
  expect(files.filter((file) => !page.includes(`[${file}](${file})`))).toEqual([]);
});

describe.each(files)('%s', (file) => {
  const { text, workflow } = read(file);
  const jobs = Object.entries(workflow.jobs);
  const steps = jobs.flatMap(([, job]) => job.steps);
  const ours = jobs.flatMap(([name, job]) => job.steps.filter(isOurs).map((step) => ({ name, job, step })));

  test('is YAML without doubtful places, and a workflow in its shape', () => {
    const [document, ...more] = parseAllDocuments(text, { uniqueKeys: true, strict: true });
    expect(more).toEqual([]);
    expect([...(document?.errors ?? []), ...(document?.warnings ?? [])]).toEqual([]);
    const keys = ['name', 'on', 'permissions', 'concurrency', 'jobs'];
    expect(Object.keys(workflow).filter((key) => !keys.includes(key))).toEqual([]);
    expect(workflow.name).toBeTruthy();
    const known = [
      'runs-on',
      'timeout-minutes',
      'needs',
      'if',
      'environment',
      'concurrency',
      'strategy',
      'outputs',
      'steps',
    ];
    for (const [, job] of jobs) {
      expect(Object.keys(job).filter((key) => !known.includes(key))).toEqual([]);
      expect(job['runs-on']).toBe('ubuntu-latest');
      expect(job['timeout-minutes']).toBeGreaterThan(0);
      for (const need of [job.needs ?? []].flat()) expect(Object.keys(workflow.jobs)).toContain(need);
      if (job.strategy !== undefined) expect(job.strategy.matrix?.include?.length).toBeGreaterThan(0);
    }
    for (const step of steps) {
      expect([step.uses, step.run].filter((what) => what !== undefined)).toHaveLength(1);
      if (step.uses !== undefined) expect(step.uses).toMatch(/^[\w.-]+\/[\w.-]+@v\d+$/);
    }
  });

  test('its events are events', () => {
    const events = ['pull_request', 'push', 'schedule', 'workflow_dispatch'];
    expect(Object.keys(workflow.on).filter((event) => !events.includes(event))).toEqual([]);
  });

  test('its expressions are closed, and name what is there', () => {
    const opened = [...text.matchAll(/\$\{\{/g)].length;
    const expressions = [...text.matchAll(/\$\{\{ (.+?) \}\}/g)].map(([, inside = '']) => inside);
    expect(expressions).toHaveLength(opened);
    for (const expression of expressions) expect(contexts).toContain(expression.split(/[.[]/)[0]);
    for (const [, job] of jobs) {
      const own = JSON.stringify(job);
      for (const [, id, output = ''] of own.matchAll(/steps\.([\w-]+)\.outputs\.([\w-]+)/g)) {
        expect(job.steps.filter((step) => step.id === id && isOurs(step))).toHaveLength(1);
        expect(Object.keys(action.outputs)).toContain(output);
      }
      for (const [, need = '', output = ''] of own.matchAll(/needs\.([\w-]+)\.outputs\.([\w-]+)/g)) {
        expect(Object.keys(workflow.jobs[need]?.outputs ?? {})).toContain(output);
      }
      for (const [, key = ''] of own.matchAll(/matrix\.([\w-]+)/g)) {
        const rows = job.strategy?.matrix?.include ?? [];
        expect(rows.length).toBeGreaterThan(0);
        expect(rows.filter((row) => row[key] === undefined)).toEqual([]);
      }
    }
  });

  test('gives the Action inputs that it has, with values that it takes', () => {
    expect(ours.length).toBeGreaterThan(0);
    for (const { step } of ours) {
      const given = Object.entries(step.with ?? {});
      expect(given.filter(([name]) => !(name in action.inputs))).toEqual([]);
      const env = Object.fromEntries(
        given.map(([name, value]) => [variableOf(name), String(value).replaceAll(/\$\{\{.*?\}\}/g, 'x')]),
      );
      expect(readInputs(env).command).toBe(step.with?.['command']);
    }
  });

  test('checks out before the Action runs, and gives it the rights that it needs and no more', () => {
    const needed = new Set(['contents: read']);
    for (const { job, step } of ours) {
      const before = job.steps.slice(0, job.steps.indexOf(step));
      expect(before.some(({ uses }) => uses?.startsWith('actions/checkout@'))).toBe(true);
      const { command, comment, 'drift-issue': issue } = step.with ?? {};
      if (command === 'apply') needed.add('contents: write');
      if ('pull_request' in workflow.on && comment !== 'never') needed.add('pull-requests: write');
      if ('push' in workflow.on && command === 'apply') needed.add('pull-requests: write');
      if (issue === true) needed.add('issues: write');
    }
    if (needed.has('contents: write')) needed.delete('contents: read');
    const given = Object.entries(workflow.permissions).map(([scope, right]) => `${scope}: ${right}`);
    expect(given.sort()).toEqual([...needed].sort());
  });

  test('an apply has an environment, a group in which it is alone and never cancelled, and a safe event', () => {
    for (const { job, step } of ours.filter(({ step }) => step.with?.['command'] === 'apply')) {
      expect(job.environment).toBeTruthy();
      expect(job.concurrency ?? workflow.concurrency).toMatchObject({ 'cancel-in-progress': false });
      expect('pull_request' in workflow.on).toBe(false);
      expect(step.with?.['target']).toBeTruthy();
    }
  });

  test('secrets are in the environment of the step, never among the inputs', () => {
    for (const { step } of ours) {
      expect(JSON.stringify(step.with ?? {})).not.toContain('secrets');
      if (step.with?.['command'] === 'validate') expect(step.env).toBeUndefined();
      else expect(Object.keys(step.env ?? {}).sort()).toEqual(['RECONCILE_STATE_KEY', 'SERVICE_KEY']);
    }
  });
});

test('an apply looks for its plan under the label that the plan has', () => {
  const labels = (file: string): (string | undefined)[] =>
    Object.values(read(file).workflow.jobs).flatMap(({ steps, strategy }) =>
      steps.filter(isOurs).flatMap((step) => {
        const label = step.with?.['label'] as string | undefined;
        const rows = strategy?.matrix?.include ?? [];
        return label === '${{ matrix.target }}' ? rows.map(({ target }) => target) : [label];
      }),
    );
  expect(labels('apply.yml')).toEqual(labels('plan.yml'));
  expect(labels('promotion.yml').sort()).toEqual(labels('promotion-plan.yml').sort());
});
