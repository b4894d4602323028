import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { code, fence, prose } from '../../src/report/markdown.ts';
import { renderPlanMarkdown } from '../../src/report/plan-markdown.ts';
import { sampleChange, samplePlan } from './sample-plan.ts';

/** What a reader of Markdown or HTML could take for structure. */
const structure = /[<>`*_[\]()|\\~@!"']/;

describe('texts from outside in Markdown', () => {
  test('no text ends its inline code or means anything to Markdown', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const inner = code(text).slice('<code>'.length, -'</code>'.length);
        expect(inner).not.toMatch(structure);
        expect(inner).not.toMatch(/[\n\r]/);
      }),
    );
  });

  test('no running text mentions people, links or opens a tag', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(prose(text)).not.toMatch(structure);
      }),
    );
    expect(prose('see https://evil.example, ask @team about #1')).not.toMatch(/:\/\/|@|[^&]#\d/);
  });

  test('no text ends its fence', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('`', '``', '~~~', '\n', 'x', '```')), (pieces) => {
        const text = pieces.join('');
        const block = fence('diff', text);
        const [first = ''] = block.split('\n');
        const marks = first.replace('diff', '');
        expect(marks).toMatch(/^`{3,}$/);
        expect(text).not.toContain(marks);
      }),
    );
  });
});

describe('a plan in Markdown', () => {
  test('has a summary, a table, and the details folded', () => {
    const text = renderPlanMarkdown(samplePlan());
    expect(text).toContain('**Plan:** 1 to adopt, 1 to create, 2 to update, **1 to delete**');
    expect(text).toContain('**runs immediately**, **1 run missed**, **1 extra run**, run logs lost');
    expect(text.indexOf('SapJob/oldReport')).toBeGreaterThan(text.indexOf('SapJob/reportSales'));
    expect(text.match(/<details>/g)).toHaveLength(4);
    expect(text.match(/<\/details>/g)).toHaveLength(4);
  });

  test('says of adoptions whether they write, and of what is forgotten whether it is gone', () => {
    const field = { path: '/x', reason: 'unowned', healed: true, live: 1, desired: 2 } as const;
    const adopt = sampleChange({ action: 'adopt', reason: 'unowned' });
    const forget = sampleChange({ action: 'forget', reason: 'removed' });
    const text = renderPlanMarkdown(
      samplePlan({
        changes: [
          adopt,
          { ...adopt, fields: [field] },
          forget,
          { ...forget, liveFingerprint: 'f'.repeat(64) },
        ],
      }),
    );
    const actions = [...text.matchAll(/^\| <code>.*?<\/code> \| <code>.*?<\/code> \| (.*?) \|/gm)];
    expect(actions.map(([, action]) => action)).toEqual([
      'adopt, without a write',
      'adopt and change',
      'forget, already gone',
      'let go, left in place',
    ]);
  });

  test('a hostile manifest cannot break out of its place', () => {
    const evil =
      '</code></summary></details><script>alert(1)</script>\n\n# Approved ``` | @octocat [x](javascript:1)';
    const text = renderPlanMarkdown(
      samplePlan({
        name: evil,
        changes: [
          sampleChange({
            address: `SapJob/${evil}`,
            movedFrom: evil,
            warnings: [evil],
            fields: [
              { path: `/${evil}`, reason: 'drift', healed: true, live: evil, desired: { [evil]: evil } },
            ],
            blocked: { code: 'X', message: evil, override: evil },
            parts: [{ path: `/schedules/${evil}`, action: 'update', reason: 'edited', warnings: [evil] }],
          }),
        ],
        diagnostics: [{ code: 'X', severity: 'warning', message: evil, remedy: evil, address: evil }],
      }),
    );
    const outside = text.replace(/^(`{3,})\w*\n[\s\S]*?^\1$/gm, '');
    expect(outside).not.toContain('<script>');
    expect(outside).not.toContain('@octocat');
    expect(outside).not.toMatch(/^# Approved/m);
    expect(outside).not.toContain('](');
    expect(text.match(/<details>/g)).toHaveLength(1);
  });

  test('is cut to a length by leaving out details, and says so', () => {
    const changes = Array.from({ length: 200 }, (_, index) =>
      sampleChange({
        address: `SapJob/job${index}`,
        fields: [
          { path: '/description', reason: 'edited', healed: true, live: 'x'.repeat(200), desired: 'y' },
        ],
      }),
    );
    const document = samplePlan({ changes });
    const full = renderPlanMarkdown(document);
    const cut = renderPlanMarkdown(document, { maxLength: 40_000 });
    expect(full.length).toBeGreaterThan(60_000);
    expect(cut.length).toBeLessThanOrEqual(40_000);
    expect(cut).toMatch(/more changes?: too long to show here/);
    expect(cut).toContain('and 100 more');
  });
});
