import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRedactor } from '../../src/core/redactor.ts';
import { renderPlanHtml } from '../../src/report/index.ts';
import { sampleChange, samplePlan } from './sample-plan.ts';
import { elementsOf, textsOf } from './well-formed.ts';

const noImpact = { before: [], after: [], missed: [], extra: [], immediate: false, runLogsLost: false };
const known = new Set(
  'html head meta title style body main header h1 h2 h3 p span section ul ol li div details summary b code pre table tr th td del ins br nav a footer'.split(
    ' ',
  ),
);

/** The text a reader sees, in its order. */
function read(html: string): string {
  return textsOf(html.replace(/<style>.*?<\/style>/s, ''), 'body').join('');
}

describe('the plan as a page', () => {
  test('is one document without scripts, links to elsewhere or handlers', () => {
    const html = renderPlanHtml(samplePlan());
    expect(elementsOf(html).filter((name) => !known.has(name))).toEqual([]);
    expect(html).toContain("default-src 'none'; style-src 'unsafe-inline'");
    expect(html).not.toMatch(/<(script|link|img|iframe|object|svg)|url\(|@import|\son\w+=|https?:\/\//);
  });

  test('no text from a manifest or from the service becomes a tag or an attribute', () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.constantFrom(
        '</pre><script>alert(1)</script>',
        '" onload="x',
        '<!--',
        '&amp;',
        '\ud800',
        '\u202e',
        'a\nb',
      ),
    );
    fc.assert(
      fc.property(hostile, hostile, (name, value) => {
        const plan = samplePlan({
          name,
          url: value,
          changes: [
            sampleChange({
              address: `SapJob/${name}`,
              movedFrom: value,
              fields: [
                { path: '/a', reason: 'edited', healed: true, live: value, desired: `${value}x`.repeat(10) },
                { path: '/schedules/k/b', reason: 'drift', healed: false, live: value, base: name },
              ],
              parts: [
                {
                  path: '/schedules/k',
                  action: 'update',
                  reason: 'edited',
                  impact: { ...noImpact, before: [value] },
                  blocked: { code: name, message: value, override: value },
                  warnings: [value],
                },
              ],
              operations: [
                { id: 'a', summary: value, method: 'PUT', path: value, after: [], destructive: false },
              ],
              blocked: { code: 'X', message: value, override: name },
              warnings: [value],
            }),
            sampleChange({
              action: 'create',
              reason: 'new',
              desired: { text: value, block: { deep: `${value}y`.repeat(9) } },
            }),
          ],
          diagnostics: [{ code: 'X', severity: 'warning', message: value, remedy: name, address: value }],
        });
        expect(elementsOf(renderPlanHtml(plan)).filter((element) => !known.has(element))).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  test('survives the redactor of all outputs: hiding a field by its name leaves the page whole', () => {
    const plan = samplePlan({
      changes: [
        sampleChange({
          fields: [
            {
              path: '/data',
              reason: 'edited',
              healed: true,
              live: 'password: a',
              desired: 'token=b, password=c',
            },
          ],
          warnings: ['password: hunter2', 'authorization: Bearer abcdefghij', 'client_secret=abc'],
        }),
      ],
    });
    expect(() => elementsOf(createRedactor().text(renderPlanHtml(plan)))).not.toThrow();
  });

  test('what is deleted comes last and is said loudly', () => {
    const text = read(renderPlanHtml(samplePlan()));
    const order = ['Adopt', 'Create (1)', 'Update in place (1)', 'DELETE (1), run logs go with them'];
    const places = order.map((title) => text.indexOf(title));
    expect(places).not.toContain(-1);
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(text).toContain('15 run logs will be lost.');
  });

  test('shows the runs before and after each change, and marks those that are missed or added', () => {
    const html = renderPlanHtml(samplePlan());
    expect(html).toContain('<span class="missed" title="missed">Mon 2026-11-23 02&#58;00</span>');
    expect(html).toContain('<span class="extra" title="extra">Sun 2026-11-22 23&#58;00</span>');
    expect(read(html)).toContain('Misses 1 run that would have been due.');
    expect(read(html)).toContain('RUNS IMMEDIATELY.');
  });

  test('says at the top why a target is refused and what would allow it', () => {
    const plan = samplePlan({
      changes: [
        sampleChange({
          parts: [
            {
              path: '/schedules/daily',
              action: 'delete',
              reason: 'removed',
              blocked: { code: 'DELETE_LIMIT', message: 'too many', override: 'policy.maxDeletes.count: 60' },
            },
          ],
        }),
      ],
      diagnostics: [{ code: 'EMPTY_SET', severity: 'error', message: 'no manifest is left' }],
    });
    const html = renderPlanHtml(plan);
    const box = html.slice(html.indexOf('Refused.'), html.indexOf('Update in place'));
    expect(box).toContain('SapJob/sample/schedules/daily');
    expect(box).toContain('policy.maxDeletes.count&#58; 60');
    expect(box).toContain('EMPTY_SET');
  });

  test('secrets show as (sensitive), and the digest is there to compare', () => {
    const html = renderPlanHtml(samplePlan());
    expect(html).toContain('(sensitive)');
    expect(html).not.toContain('$sealed');
    expect(html).toContain('d'.repeat(64));
  });

  test('many changes are folded, but for deletes and what is refused', () => {
    const many = Array.from({ length: 40 }, (_, n) => sampleChange({ address: `SapJob/j${n}` }));
    const gone = sampleChange({ address: 'SapJob/gone', action: 'delete', reason: 'removed' });
    const html = renderPlanHtml(samplePlan({ changes: [...many, gone] }));
    expect([...html.matchAll(/<details class="change \w+" open=""/g)]).toHaveLength(1);
    expect([...renderPlanHtml(samplePlan()).matchAll(/<details class="change \w+" open=""/g)]).toHaveLength(
      4,
    );
  });

  test('several targets are listed at the top with their verdicts', () => {
    const { targets, ...rest } = samplePlan();
    const [first] = targets;
    if (first === undefined) throw new Error('no target');
    const idle = { ...first, name: 'prod', changes: [], summary: { ...first.summary, drifted: 0 } };
    const text = read(renderPlanHtml({ ...rest, targets: [first, idle] }));
    expect(text).toContain('dev 4 changesprod no changes');
    expect(text).toContain('No changes. The service matches the manifests.');
  });
});
