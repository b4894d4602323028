import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Calendar, renderCalendarHtml, renderCalendarSvg } from '../../src/report/calendar/index.ts';
import { escapeText, shortened } from '../../src/report/calendar/markup.ts';
import { levelOf, roundUp, ticksOf, timeScale } from '../../src/report/calendar/scale.ts';
import { elementsOf, textsOf } from './well-formed.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const FROM = Date.parse('2026-11-22T12:00:00Z');
const top = { jobs: 40, peaks: 5 };
const MB = 1024 * 1024;

function calendar(lanes: Calendar['lanes'], days = 7, title = 'target dev'): Calendar {
  return { title, from: FROM, until: FROM + days * DAY, lanes };
}

function every(step: number, days: number, offset = 0): number[] {
  return Array.from({ length: Math.floor((days * DAY) / step) }, (_, n) => FROM + offset + n * step);
}

const renderers = [
  ['svg', renderCalendarSvg],
  ['html', renderCalendarHtml],
] as const;

describe.each(renderers)('the calendar as %s', (name, render) => {
  test('is well formed and has no script, whatever the names are', () => {
    const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 40 });
    const hostile = fc.oneof(
      text,
      fc.constantFrom(
        '</text><script>alert(1)</script>',
        '" onload="alert(1)',
        ']]>',
        '<!--',
        '&amp;',
        '\ud800',
        '\ufffe',
        '\u0000',
        '\u202e',
        'javascript:alert(1)',
      ),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(hostile, hostile), { maxLength: 5 }), hostile, (names, title) => {
        const lanes = names.map(([job, schedule]) => ({
          address: `SapJob/${job}`,
          schedule,
          runs: [FROM, FROM + 1],
        }));
        const out = render(calendar(lanes, 1, title), top);
        const elements = elementsOf(out);
        const known = ['svg', 'title', 'desc', 'style', 'rect', 'g', 'text', 'path', 'circle'];
        const page = [
          'html',
          'head',
          'meta',
          'body',
          'main',
          'header',
          'h1',
          'h2',
          'p',
          'b',
          'figure',
          'section',
        ];
        const table = ['div', 'table', 'thead', 'tbody', 'tr', 'th', 'td', 'span'];
        expect(elements.filter((element) => ![...known, ...page, ...table].includes(element))).toEqual([]);
        expect(out).not.toMatch(/(?!\n)[\p{Cc}\p{Bidi_Control}\ufffe\uffff]|\p{Cs}/u);
      }),
      { numRuns: 300 },
    );
  });

  test('says in words what it shows, for those who cannot see it', () => {
    const out = render(calendar([{ address: 'SapJob/report', schedule: 'daily', runs: every(DAY, 7) }]), top);
    expect(out).toMatch(/<svg [^>]*role="img" aria-labelledby="rc-name rc-about"/);
    expect(textsOf(out, 'title')).toContain('Runs of target dev');
    expect(textsOf(out, 'desc')[0]).toContain('7 runs of 1 job');
    expect(textsOf(out, 'desc')[0]).toContain('SapJob/report (7)');
  });

  test('is light and dark, and loads nothing', () => {
    const out = render(calendar([{ address: 'SapJob/report', schedule: 'daily', runs: every(DAY, 7) }]), top);
    expect(out).toContain('@media (prefers-color-scheme:dark)');
    expect(out.replace('http://www.w3.org/2000/svg', '')).not.toMatch(
      /https?:|url\(|@import|<script|<link|src=/,
    );
  });

  test('stays under 2 MB with 10,000 jobs that all differ, long names and the most lanes', () => {
    const lanes = Array.from({ length: 10_000 }, (_, job) => ({
      address: `SapJob/${'界'.repeat(400)}${job}`,
      schedule: '&'.repeat(1000),
      // Columns that never have the shade of their neighbour, for those that get a lane.
      runs:
        job < 100
          ? every(11.2 * MINUTE, 7).flatMap((at, n) => new Array(1 + 7 * (n % 3)).fill(at))
          : [FROM + job * MINUTE],
    }));
    const out = render(calendar(lanes), { jobs: 100, peaks: 100 });
    expect(Buffer.byteLength(out)).toBeLessThan(2 * MB);
    expect(out).toContain('9,900 more jobs');
    expect(Buffer.byteLength(out)).toBeGreaterThan(100_000);
  });

  test('copes with nothing, with one run, and with one minute', () => {
    for (const lanes of [
      [],
      [{ address: 'A/b', schedule: '', runs: [] }],
      [{ address: 'A/b', schedule: '', runs: [FROM] }],
    ]) {
      for (const days of [1 / 1440, 1, 366]) {
        const out = render(calendar(lanes, days), top);
        elementsOf(out);
        expect(out).not.toMatch(/NaN|Infinity|undefined/);
      }
    }
  });

  test(`gives the same bytes again (${name})`, () => {
    const one = calendar([{ address: 'SapJob/report', schedule: 'daily', runs: every(DAY, 7) }]);
    expect(render(one, top)).toBe(render(one, top));
  });
});

describe('lanes', () => {
  const busy = (count: number) =>
    Array.from({ length: count }, (_, job) => ({
      address: `SapJob/job-${String(job).padStart(3, '0')}`,
      schedule: 'x',
      runs: every(DAY, 7, job * 1000).slice(0, 1 + (job % 7)),
    }));

  test('every job has its own as long as there are few', () => {
    const out = renderCalendarSvg(calendar(busy(40)), top);
    for (let job = 0; job < 40; job++) expect(out).toContain(`>job-${String(job).padStart(3, '0')}<`);
    expect(out).not.toContain('more job');
  });

  test('beyond, the busiest keep theirs and the others become one band with all their runs', () => {
    const lanes = busy(70);
    const out = renderCalendarSvg(calendar(lanes), { jobs: 10, peaks: 5 });
    const counts = lanes.map(({ runs }) => runs.length).sort((a, b) => b - a);
    const rest = counts.slice(10).reduce((a, b) => a + b, 0);
    expect(textsOf(out, 'title').at(-1)).toContain(`60 more jobs with ${rest} runs`);
    expect([...out.matchAll(/>job-\d+</g)]).toHaveLength(10);
  });

  test('a run stands where its time is', () => {
    const out = renderCalendarSvg(
      calendar([{ address: 'A/b', schedule: '', runs: [FROM + 3.5 * DAY] }]),
      top,
    );
    const [, x = ''] = /rc-l1" stroke-width="14" d="M([\d.]+) 0h/.exec(out) ?? [];
    expect(Number(x)).toBeCloseTo(450, 0);
  });

  test('peaks are numbered in the picture and named below it', () => {
    const lanes = ['a', 'b', 'c'].map((job) => ({
      address: `SapJob/${job}`,
      schedule: 'x',
      runs: [FROM + DAY],
    }));
    const out = renderCalendarSvg(calendar(lanes), top);
    expect(textsOf(out, 'text')).toContain('3 runs, Mon 23 Nov 12:00');
    expect(textsOf(out, 'text')).toContain('a x, b x and c x');
    expect(out.match(/class="rc-no"/g)).toHaveLength(2);
  });
});

describe('the page', () => {
  test('has the peaks and the jobs as tables, and its policy forbids scripts', () => {
    const lanes = ['a', 'b'].map((job) => ({
      address: `SapJob/${job}`,
      schedule: 'daily',
      runs: every(DAY, 7),
    }));
    const out = renderCalendarHtml(
      calendar([...lanes, { address: 'SapJob/c', schedule: 'x', runs: [] }]),
      top,
    );
    expect(out).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
    expect(textsOf(out, 'td')).toEqual(
      expect.arrayContaining(['12:00 daily, Sun 22 Nov to Sat 28 Nov', 'SapJob/a daily and SapJob/b daily']),
    );
    expect(textsOf(out, 'p')).toContain('And 1 job without a run in this time.');
  });
});

describe('scales', () => {
  test('ticks are round times within the stretch, never closer than their labels', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 366 * 1440 }),
        fc.integer({ min: 0, max: 10 ** 6 }),
        (minutes, offset) => {
          const scale = timeScale(FROM + offset * 1000, FROM + offset * 1000 + minutes * MINUTE, 900);
          const { at, step } = ticksOf(scale);
          expect(at.length).toBeLessThanOrEqual(17);
          for (const tick of at) {
            expect(tick).toBeGreaterThanOrEqual(scale.from);
            expect(tick).toBeLessThan(scale.until);
            expect(tick % Math.min(step, DAY)).toBe(0);
          }
        },
      ),
    );
  });

  test('every instant of the stretch has a column, in order', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10 ** 8 }),
        fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })),
        (span, parts) => {
          const scale = timeScale(FROM, FROM + span, 900);
          const columns = parts
            .sort((a, b) => a - b)
            .map((part) => scale.column(FROM + Math.floor(part * span)));
          expect(columns.every((column) => column >= 0 && column < scale.columns)).toBe(true);
          expect([...columns].sort((a, b) => a - b)).toEqual(columns);
        },
      ),
    );
  });

  test('shades grow with the runs, and the most are the darkest', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), fc.integer({ min: 1, max: 10_000 }), (a, b) => {
        const most = Math.max(a, b);
        expect(levelOf(Math.min(a, b), most)).toBeLessThanOrEqual(levelOf(most, most));
        expect(levelOf(most, most)).toBe(Math.min(4, most));
        expect(levelOf(0, most)).toBe(0);
        expect(roundUp(a)).toBeGreaterThanOrEqual(a);
        expect(roundUp(a)).toBeLessThanOrEqual(2 * a);
      }),
    );
  });
});

describe('texts', () => {
  test('are cut to their width, never within a character', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 60 }),
        fc.integer({ min: 2, max: 40 }),
        (text, most) => {
          const cut = shortened(text, most);
          const width = [...cut].reduce(
            (sum, one) => sum + ((one.codePointAt(0) ?? 0) >= 0x1100 && one !== '…' ? 2 : 1),
            0,
          );
          expect(width).toBeLessThanOrEqual(most);
          expect(cut).not.toMatch(/\p{Cs}/u);
        },
      ),
    );
    expect(shortened('report', 6)).toBe('report');
    expect(shortened('reports', 6)).toBe('repor…');
  });

  test('a name that looks like a secret cannot make the redactor eat a tag', () => {
    expect(escapeText('password: x=y')).toBe('password&#58; x&#61;y');
  });
});
