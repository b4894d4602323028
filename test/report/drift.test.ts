import { describe, expect, test } from 'vitest';
import type { Drift } from '../../src/core/drift.ts';
import { defaultLifecycle } from '../../src/core/resource.ts';
import {
  type DriftDocument,
  driftOf,
  hasDrift,
  plainPalette,
  renderDriftMarkdown,
  renderDriftText,
} from '../../src/report/index.ts';
import { sampleChange, samplePlan } from './sample-plan.ts';

const field = (pointer: string, base: string | boolean, live: string | boolean) => ({
  pointer,
  base,
  live,
  desired: base,
  reason: 'drift' as const,
  healed: true,
});

const drift: Drift[] = [
  {
    address: 'SapJob/a',
    path: '',
    what: 'changed',
    fields: [
      field('/description', 'ours', 'theirs'),
      field('/httpMethod', 'POST', 'GET'),
      field('/active', true, false),
    ],
  },
  { address: 'SapJob/a', path: '/schedules/daily', what: 'missing', fields: [] },
  {
    address: 'SapJob/a',
    path: '/schedules/hourly',
    what: 'changed',
    fields: [field('/data', 'secret-old', 'secret-new')],
  },
  { address: 'SapJob/b', path: '', what: 'missing', fields: [] },
  { address: 'SapJob/c', path: '', what: 'missing', fields: [] },
];

const plan = samplePlan({
  diagnostics: [],
  changes: [
    sampleChange({
      address: 'SapJob/a',
      fields: [
        { path: '/description', reason: 'drift', healed: true, live: 'theirs', desired: 'ours' },
        { path: '/httpMethod', reason: 'conflict', healed: true, live: 'GET', desired: 'PUT' },
      ],
      parts: [{ path: '/schedules/daily', action: 'create', reason: 'missing' }],
    }),
    sampleChange({ address: 'SapJob/b', action: 'create', reason: 'missing' }),
    sampleChange({ address: 'SapJob/c', action: 'forget', reason: 'removed' }),
  ],
}).targets[0];

const entry = {
  kind: 'SapJob',
  name: 'a',
  identity: 'a',
  id: '1',
  ownedSince: '2026-01-01T00:00:00Z',
  spec: {},
  parts: {},
  lifecycle: defaultLifecycle,
  secrets: ['/schedules/hourly/data'],
};

function documentOf(items: readonly Drift[]): DriftDocument {
  if (plan === undefined) throw new Error('the sample has a target');
  const target = driftOf(plan, items, { 'SapJob/a': entry });
  return { formatVersion: '1', tool: tool, createdAt: '2026-11-22T12:00:00Z', targets: [target] };
}
const tool = { name: 'reconcile-jobs', version: '0.1.0' };

describe('drift', () => {
  test('says of each field and object what the next apply does', () => {
    const [target] = documentOf(drift).targets;
    expect(target?.drifted.map(({ address, path, what, next }) => [address, path, what, next])).toEqual([
      ['SapJob/a', '', 'changed', 'field by field'],
      ['SapJob/a', '/schedules/daily', 'missing', 'create'],
      ['SapJob/a', '/schedules/hourly', 'changed', 'field by field'],
      ['SapJob/b', '', 'missing', 'create'],
      ['SapJob/c', '', 'missing', 'forget'],
    ]);
    expect(target?.drifted[0]?.fields.map(({ path, next }) => [path, next])).toEqual([
      ['/description', 'restore'],
      ['/httpMethod', 'overwrite'],
      ['/active', 'leave'],
    ]);
  });

  test('SEMANTICS 11: hides secrets by their path', () => {
    const document = documentOf(drift);
    for (const text of [
      JSON.stringify(document),
      renderDriftMarkdown(document),
      renderDriftText(document, { palette: plainPalette, width: 80, verbose: true }),
    ]) {
      expect(text).not.toContain('secret-');
    }
  });

  test('as text', () => {
    expect(
      renderDriftText(documentOf(drift), { palette: plainPalette, width: 80, verbose: false }),
    ).toMatchInlineSnapshot(`
      "Target dev (sap, https://jobscheduler-rest.example.com)

        ! SapJob/a
            description  "ours" → "theirs"  the next apply puts it back
            httpMethod   "POST" → "GET"
                         the manifest moved too: the next apply sets its value
            active       true → false  left as it is
            schedule daily  deleted by somebody else; the next apply creates it again
            schedule hourly
                data  (sensitive) → (sensitive)  left as it is

        ! SapJob/b  deleted by somebody else; the next apply creates it again

        ! SapJob/c  deleted by somebody else; the next apply forgets it

      Drift: 3 resources changed by others since the last apply. (3 not managed here, 12 requests)
      "
    `);
  });

  test('as Markdown', () => {
    expect(renderDriftMarkdown(documentOf(drift))).toContain(
      '| <code>SapJob/b</code> |  |  | **deleted** | creates it again |',
    );
    expect(renderDriftMarkdown(documentOf([]))).toContain('**No drift.**');
  });

  test('is there as soon as one object drifted', () => {
    expect(hasDrift(documentOf([]))).toBe(false);
    expect(hasDrift(documentOf(drift.slice(0, 1)))).toBe(true);
  });
});
