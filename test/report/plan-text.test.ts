import { describe, expect, test } from 'vitest';
import type { PlanChange, PlanPart } from '../../src/core/plan-document.ts';
import { makePalette, plainPalette } from '../../src/report/palette.ts';
import { renderPlanHtml } from '../../src/report/plan-html.ts';
import { renderPlanMarkdown } from '../../src/report/plan-markdown.ts';
import { renderPlanText } from '../../src/report/plan-text.ts';
import { columns } from '../../src/report/text.ts';
import { noImpact, sampleChange, samplePlan } from './sample-plan.ts';

const plain = { palette: plainPalette, width: 80, verbose: false };
const emptySummary = {
  adopt: 0,
  create: 0,
  update: 0,
  replace: 0,
  forget: 0,
  deactivate: 0,
  delete: 0,
  noop: 0,
  drifted: 0,
  conflicts: 0,
  blocked: 0,
  unmanaged: 0,
};
const marked = makePalette((styles, text) => `<${styles.join(' ')}>${text}</>`);

function part(action: PlanPart['action']): PlanPart {
  return { path: `/schedules/${action}`, action, reason: 'unowned' };
}

/** Addresses by the title they stand under. */
function grouped(changes: PlanChange[]): Record<string, string[]> {
  const groups: Record<string, string[]> = {};
  let title = '';
  for (const line of renderPlanText(samplePlan({ changes, diagnostics: [] }), plain).split('\n')) {
    if (/^\S.* \(\d+\)$/.test(line)) title = line;
    const address = /^ {2}\S+ (SapJob\/\w+)/.exec(line)?.[1];
    if (address !== undefined) groups[title] = [...(groups[title] ?? []), address];
  }
  return groups;
}

test('a deletion speaks of run logs only where some are lost', () => {
  const gone = (impact?: PlanPart['impact']): string => {
    const parts = [{ ...part('delete'), ...(impact === undefined ? {} : { impact }) }];
    return renderPlanText(
      samplePlan({ changes: [sampleChange({ action: 'delete', reason: 'removed', parts })] }),
      plain,
    );
  };
  const none = { before: [], after: [], missed: [], extra: [], immediate: false, runLogsLost: false };
  expect(gone()).toContain('DELETE (1): this cannot be undone');
  expect(gone(none)).toContain('DELETE (1): this cannot be undone');
  expect(gone({ ...none, runLogsLost: true })).toContain('DELETE (1): run logs go with them, this cannot');
});

test('a target that is refused without a change is not said to match (SEMANTICS 8, gate 2)', () => {
  const refused = samplePlan({
    changes: [],
    summary: emptySummary,
    diagnostics: [{ code: 'EMPTY_SET', severity: 'error', message: 'no manifest is left' }],
  });
  const text = renderPlanText(refused, plain);
  expect(text).toContain('Nothing planned.');
  expect(text).toContain('Refused: apply would write nothing at all to dev.');
  expect(text).not.toContain('No changes');
  const markdown = renderPlanMarkdown(refused);
  expect(markdown).toContain('Refused: apply would write nothing.');
  expect(markdown).not.toContain('No changes');
});

describe('a schedule that is not due any more', () => {
  const why = { why: 'resourceInactive', text: 'the <job> is inactive' } as const;
  const shown = (noRuns: PlanPart['impact'], action: PlanPart['action'] = 'update') => {
    const parts: PlanPart[] = [{ ...part(action), ...(noRuns === undefined ? {} : { impact: noRuns }) }];
    const plan = samplePlan({ changes: [sampleChange({ parts })] });
    return [renderPlanText(plan, plain), renderPlanMarkdown(plan), renderPlanHtml(plan)];
  };

  test('says why, in every output, also where it was not due before', () => {
    const [text, markdown, html] = shown({ ...noImpact, noRuns: why });
    expect(text).toContain('next runs  none: the <job> is inactive');
    expect(markdown).toContain('- next runs: none&#58; the &#60;job&#62; is inactive');
    expect(html).toMatch(
      /<p class="warn">Next runs: none&[#\w]+; the &[#\w]+;job&[#\w]+; is inactive\.<\/p>/,
    );
    const [stops = ''] = shown({ ...noImpact, before: ['2026-11-27T12:00:00Z'], noRuns: why });
    expect(stops).toContain('runs after   none: the <job> is inactive');
  });

  test('that nothing tells about is not called one without runs', () => {
    const noRuns = { why: 'unknown', text: 'nothing tells the phase of its interval' } as const;
    const [text, markdown] = shown({ ...noImpact, noRuns }, 'create');
    expect(text).toContain('next runs  not known: nothing tells the phase of its interval');
    expect(markdown).toContain('next runs: not known&#58; nothing tells');
  });
});

describe('the text of a plan', () => {
  test('groups by action, shows fields old → new and runs before and after, and puts deletes last', () => {
    expect(renderPlanText(samplePlan(), plain)).toMatchInlineSnapshot(`
      "Target dev (sap, https://jobscheduler-rest.example.com)

      Adopt: take over without a write (1)
        = SapJob/metering  there already, but not ours

      Create (1)
        + SapJob/reportSales
            description  "Sales figures by region"
            action       "https://shop.example.com/reports/sales"
            httpMethod   "POST"
            + schedule every working day
                cron  "* * * mon:fri 6 12 17"
                data  {"period":"day","token":"(sensitive)"}
                next runs  Mon 2026-11-23 06:12:17, Tue 2026-11-24 06:12:17,
                           Wed 2026-11-25 06:12:17

      Update in place (1)
        ~ SapJob/cleanup
            description  "Old text" → "New text"
          ! active       false (applied: true)
              changed by somebody else; left as it is (policy.heal does not cover it)
            httpMethod   "PUT" → "DELETE"
              changed here and by somebody else (applied: "POST"); the manifest wins
            ~ schedule nightly  changed by somebody else since the last apply
                data
                    {
                      "limit": 100,
                  -   "olderThanDays": 1,
                  +   "olderThanDays": 7,
                      "tables": [
                        "sessions",
                runs before  Mon 2026-11-23 02:00, 03:00
                runs after   Mon 2026-11-23 03:00
                ! RUNS IMMEDIATELY: this write starts a run.
                ! MISSES 1 run that would have been due: Mon 2026-11-23 02:00
                ! ADDS 1 run that nobody expects: Sun 2026-11-22 23:00
                ! It also runs at midnight UTC, as everybody else.
            -/+ schedule hourly
                runs before  Sun 2026-11-22 11:00
                runs after   none within a year
            - DELETE schedule gone  its manifest is gone
                ! Its run logs are lost.

      DELETE (1): run logs go with them, this cannot be undone
        - SapJob/oldReport  its manifest is gone
            - DELETE schedule weekly
                would have run  Fri 2026-11-27 12:00
                ! 15 run logs will be lost.

      warning UNOWNED_PART SapJob/cleanup: a schedule that is not ours (cb5c9def) was
              found on the job
        → Add it to the manifest, or leave it.
      info PRUNE_OFF SapJob/older: SapJob/older stays

      Plan: 1 to adopt, 1 to create, 2 to update, 1 to delete. (7 unchanged, 1 changed
      by others, 1 conflict, 3 not managed here and left alone; 12 requests)
      "
    `);
  });

  test('says of each adoption whether it writes, refused or not', () => {
    const equal = sampleChange({ address: 'SapJob/equal', action: 'adopt', reason: 'unowned' });
    const left = { path: '/x', reason: 'drift', healed: false, live: 1, desired: 2 } as const;
    const changes = [
      equal,
      { ...equal, address: 'SapJob/other', fields: [{ ...left, healed: true }] },
      { ...equal, address: 'SapJob/drifted', fields: [left] },
      { ...equal, address: 'SapJob/part', parts: [part('adopt')] },
      { ...equal, address: 'SapJob/morning', parts: [part('adopt'), part('update')] },
    ];
    expect(grouped(changes)).toEqual({
      'Adopt: take over without a write (3)': ['SapJob/equal', 'SapJob/drifted', 'SapJob/part'],
      'Adopt: take over and change (2)': ['SapJob/other', 'SapJob/morning'],
    });
  });

  test('tells what is gone already from what is left in the service', () => {
    const gone = sampleChange({ address: 'SapJob/gone', action: 'forget', reason: 'removed' });
    const changes = [
      {
        ...gone,
        address: 'SapJob/kept',
        liveFingerprint: 'f'.repeat(64),
        warnings: ['left in the service as it is'],
      },
      gone,
    ];
    expect(grouped(changes)).toEqual({
      'Forget: already gone from the service (1)': ['SapJob/gone'],
      'Let go: left in the service, no longer managed (1)': ['SapJob/kept'],
    });
  });

  test('with --verbose also lists the requests and all runs', () => {
    const text = renderPlanText(samplePlan(), { ...plain, verbose: true });
    expect(text).toContain('1. DELETE /scheduler/jobs/7');
    expect(text).toContain('after 1; startTime is computed just before');
  });

  test('is the same text with and without colour', () => {
    const colourful = renderPlanText(samplePlan(), { ...plain, palette: marked });
    const wide = { ...plain, width: 10_000 };
    expect(renderPlanText(samplePlan(), { ...wide, palette: marked }).replace(/<\/?[a-z ]*>/g, '')).toBe(
      renderPlanText(samplePlan(), wide),
    );
    expect(colourful).toContain('<bold red>DELETE (1): run logs go with them, this cannot be undone</>');
  });

  test('says so when there is nothing to do', () => {
    const summary = {
      ...samplePlan().targets[0]?.summary,
      create: 0,
      update: 0,
      delete: 0,
      adopt: 0,
      drifted: 0,
      conflicts: 0,
    };
    const text = renderPlanText(
      samplePlan({ changes: [], diagnostics: [], summary: summary as never }),
      plain,
    );
    expect(text).toMatchInlineSnapshot(`
      "Target dev (sap, https://jobscheduler-rest.example.com)

      No changes. The service matches the manifests. (7 unchanged, 3 not managed here
      and left alone; 12 requests)
      "
    `);
  });

  test('shows a refusal with what allows it, at its place and in the summary', () => {
    const change = sampleChange({
      blocked: {
        code: 'REPLACE_WHOLE',
        message: 'the job would be deleted and created again',
        override: 'lifecycle.allowReplace: true',
      },
    });
    const summary = { ...samplePlan().targets[0]?.summary, blocked: 1 };
    const text = renderPlanText(
      samplePlan({ changes: [change], diagnostics: [], summary: summary as never }),
      plain,
    );
    expect(text).toContain('BLOCKED REPLACE_WHOLE the job would be deleted and created again');
    expect(text).toContain('to allow it: lifecycle.allowReplace: true');
    expect(text).toContain('Refused: 1 of these is blocked, so apply would write nothing at all to dev.');
  });

  test.each([80, 120])('keeps sentences and lists of runs within %i columns', (width) => {
    const lines = renderPlanText(samplePlan(), { ...plain, width }).split('\n');
    // Values are never broken: they are there to be copied.
    expect(lines.filter((line) => columns(line) > width && !line.includes('"'))).toEqual([]);
  });

  test('makes control characters of names and values visible', () => {
    const text = renderPlanText(
      samplePlan({
        changes: [
          sampleChange({
            address: 'SapJob/\u001b[2Jgone\u202e',
            fields: [{ path: '/x\ny', reason: 'edited', healed: true, live: 'a\u0007', desired: 'b\r' }],
            warnings: ['watch\u001b]0;title\u0007'],
          }),
        ],
      }),
      plain,
    );
    expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Bidi_Control}]/u);
    expect(text).toContain('SapJob/\\u001b[2Jgone\\u202e');
  });

  test('a long text is shown as a difference of lines', () => {
    const before = Array.from({ length: 12 }, (_, line) => `line ${line}`).join('\n');
    const fields = [
      {
        path: '/description',
        reason: 'edited' as const,
        healed: true,
        live: before,
        desired: before.replace('line 6', 'line six'),
      },
    ];
    expect(
      renderPlanText(samplePlan({ changes: [sampleChange({ fields })], diagnostics: [] }), plain),
    ).toContain(
      [
        '          line 4',
        '          line 5',
        '        - line 6',
        '        + line six',
        '          line 7',
      ].join('\n'),
    );
  });
});
