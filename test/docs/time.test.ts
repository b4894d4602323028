import { describe, expect, it } from 'vitest';
import { explainExpression } from '../../src/cli/explain-expression.ts';
import type { Notation } from '../../src/cli/notations.ts';
import { parseSapDate } from '../../src/time/index.ts';
import { runCli } from '../cli/fake-io.ts';
import { blocksOf, markedRows, readPages } from './pages.ts';

const pages = readPages();
const from = Date.parse('2027-01-01T00:00:00Z');
const understood = pages.flatMap((page) => markedRows(page, 'explain'));
const refused = pages.flatMap((page) => markedRows(page, 'refused'));

function issueOf(as: string, expression: string) {
  if (as === 'date') {
    const parsed = parseSapDate(expression, { relativeTo: from });
    return parsed.ok ? undefined : parsed.issue;
  }
  const explained = explainExpression(expression, { as: as as Notation, from, count: 0 });
  return explained.ok ? undefined : explained.issue;
}

describe('tables of time expressions', () => {
  it('are there', () => {
    expect(understood.length).toBeGreaterThan(30);
    expect(refused.length).toBeGreaterThan(30);
  });

  it.each(understood.map(({ argument, cells }) => [argument, ...cells]))(
    '%s `%s` means: %s',
    (as = '', expression = '', words = '') => {
      const explained = explainExpression(expression, { as: as as Notation, from, count: 0 });
      expect(explained).toMatchObject({ ok: true, explanation: { words } });
    },
  );

  it.each(refused.map(({ argument, cells }) => [argument, ...cells]))(
    '%s `%s` is refused with %s and offers `%s`',
    (as = '', expression = '', code = '', offered = '') => {
      const issue = issueOf(as, expression);
      expect({ code: issue?.code, offered: issue?.suggestion ?? '–' }).toEqual({ code, offered });
    },
  );
});

const examples = pages
  .flatMap(blocksOf)
  .filter(({ info, text }) => info === 'console' && text.startsWith('$ reconcile explain'))
  .filter(({ text }) => !/^\$ /.test(text.split('\n')[1] ?? '$ '));

/** The words of a command line; double quotes keep blanks. */
function wordsOf(command: string): string[] {
  return [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
}

describe('examples of explain', () => {
  it('are there', () => {
    expect(examples.length).toBeGreaterThan(2);
  });

  it.each(examples.map((block) => [`${block.page}:${block.line}`, block.text]))(
    '%s is what is printed',
    async (_, text) => {
      const [command = '', ...output] = text.split('\n');
      const { out, err } = await runCli(wordsOf(command).slice(2));
      expect(`${out}${err}`).toBe(output.join('\n'));
    },
  );
});
