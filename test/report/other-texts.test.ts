import { describe, expect, test } from 'vitest';
import { ReconcileError } from '../../src/core/errors.ts';
import type { OutcomeDocument } from '../../src/core/outcome.ts';
import {
  countFindings,
  plainPalette,
  renderErrorText,
  renderFindingsMarkdown,
  renderFindingsText,
  renderOutcomeMarkdown,
  renderOutcomeText,
  viewError,
} from '../../src/report/index.ts';
import { showInstants } from '../../src/report/instant.ts';

const plain = { palette: plainPalette, width: 80, verbose: false };

describe('findings', () => {
  const findings = [
    {
      code: 'B',
      severity: 'warning' as const,
      message: 'second',
      place: { file: 'b.yaml', line: 1, col: 1 },
    },
    {
      code: 'A',
      severity: 'error' as const,
      message: 'first',
      expected: 'something else',
      remedy: 'Mend it.',
      place: { file: 'a.yaml', line: 12, col: 3 },
    },
    { code: 'C', severity: 'info' as const, message: 'without a place' },
  ];

  test('are sorted by place, with what was expected and how to mend it', () => {
    expect(renderFindingsText(findings, plain)).toMatchInlineSnapshot(`
      "C info: without a place
      a.yaml:12:3 A first
        expected: something else
        → Mend it.
      b.yaml:1:1 B warning: second
      "
    `);
    expect(countFindings(findings)).toBe('1 error, 1 warning, 1 note');
  });

  test('name what they are about when they have no place in a file', () => {
    const finding = { code: 'PROTECTED', severity: 'error' as const, message: 'it is protected' };
    expect(renderFindingsText([{ ...finding, address: 'SapJob/payroll' }], plain)).toBe(
      'PROTECTED SapJob/payroll: it is protected\n',
    );
  });

  test('are a table in Markdown', () => {
    expect(renderFindingsMarkdown(findings)).toContain(
      '| <code>a&#46;yaml&#58;12&#58;3</code> | error | <code>A</code> |',
    );
    expect(renderFindingsMarkdown([])).toBe('**Valid:** no findings.\n');
  });
});

describe('errors', () => {
  const error = new ReconcileError('The service refused the job.', {
    code: 'SERVICE_REJECTED',
    category: 'rejected',
    remedy: 'Change the name.',
    exchange: {
      method: 'POST',
      url: 'https://x.example/scheduler/jobs',
      status: 400,
      request: '{"name":"x"}',
      response: 'Job name must not contain special characters',
    },
    cause: new Error('outer', { cause: new AggregateError([new Error('inner one')], 'several') }),
  });

  test("say what happened, in the service's own words, and what to do", () => {
    expect(renderErrorText(viewError(error), plain)).toMatchInlineSnapshot(`
      "error SERVICE_REJECTED The service refused the job.
        request: POST https://x.example/scheduler/jobs (answered 400)
        the service says: Job name must not contain special characters
        → Change the name.
      "
    `);
  });

  test('with --log-level debug show what was sent and the chain of causes', () => {
    const text = renderErrorText(viewError(error), { ...plain, verbose: true });
    expect(text).toContain('sent: {"name":"x"}');
    for (const cause of ['outer', 'several', 'inner one']) expect(text).toContain(`because: ${cause}`);
  });

  test.each([new TypeError('x is not a function'), 'just a text', undefined, null, { a: 1 }])(
    'whatever else is thrown is a bug: %s',
    (thrown) => {
      expect(viewError(thrown)).toMatchObject({ code: 'INTERNAL', findings: [] });
    },
  );

  test('a cause that leads back to itself ends', () => {
    const loop = new Error('loop');
    loop.cause = loop;
    expect(
      viewError(new ReconcileError('x', { code: 'X', category: 'internal', cause: loop })).causes,
    ).toEqual(['loop']);
  });
});

describe('outcomes', () => {
  const document: OutcomeDocument = {
    formatVersion: '1',
    tool: { name: 'reconcile-jobs', version: '0.1.0' },
    targets: [
      {
        name: 'dev',
        requests: 9,
        writes: 3,
        outcomes: [
          {
            address: 'SapJob/bad',
            action: 'update',
            status: 'failed',
            operations: [
              { id: '1', method: 'POST', path: '/x', summary: 'update the job', status: 'succeeded' },
              {
                id: '2',
                method: 'PUT',
                path: '/x',
                summary: 'update schedule "daily"',
                status: 'failed',
                error: {
                  code: 'SERVICE_REJECTED',
                  message: 'Invalid cron specified',
                  remedy: 'Correct it.',
                  exchange: {
                    method: 'PUT',
                    url: 'https://x.example/s/1',
                    status: 400,
                    response: 'Invalid cron specified',
                  },
                },
              },
            ],
          },
          { address: 'SapJob/good', action: 'create', status: 'succeeded', operations: [] },
          { address: 'SapJob/same', action: 'update', status: 'noop', operations: [] },
          { address: 'SapJob/left', action: 'delete', status: 'notAttempted', operations: [] },
        ],
      },
    ],
    summary: { succeeded: 1, noop: 1, failed: 1, blocked: 0, notAttempted: 1 },
  };

  test('show what is done first, then what failed, where, and what was done before', () => {
    expect(renderOutcomeText(document, plain)).toMatchInlineSnapshot(`
      "Target dev
        ✓ + SapJob/good
        = ~ SapJob/same  nothing left to do
        ✗ ~ SapJob/bad  failed
            at: update schedule "daily"
            SERVICE_REJECTED Invalid cron specified
              request: PUT https://x.example/s/1 (answered 400)
              the service says: Invalid cron specified
            → Correct it.
            already done: update the job
        · - SapJob/left  not attempted

      Applied: 1 done, 1 nothing left to do, 1 failed, 1 not attempted. (3 of 9 requests were writes)
      "
    `);
  });

  test('have a table and the failures in Markdown', () => {
    const text = renderOutcomeMarkdown(document);
    expect(text).toContain('| update | **failed** |');
    expect(text).toContain('Invalid cron specified');
  });
});

describe('instants', () => {
  test('name a day once, and seconds only where there are some', () => {
    expect(
      showInstants([
        '2026-11-23T06:00:00Z',
        '2026-11-23T07:12:17Z',
        '2026-11-24T06:00:00.500Z',
        '{startTime}',
      ]),
    ).toEqual(['Mon 2026-11-23 06:00', '07:12:17', 'Tue 2026-11-24 06:00', '{startTime}']);
  });
});
